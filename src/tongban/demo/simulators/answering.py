"""Answering for a stand-in (模拟系统应答): whole answers of a known length, requests of a bounded one, and no log."""

from http.server import BaseHTTPRequestHandler

LOOPBACK = "127.0.0.1"
LONGEST = 16 * 1024  # bytes of a request


class Answering(BaseHTTPRequestHandler):
    """Answers one request (应答)."""

    def do_GET(self) -> None:
        """A question."""
        self.asked()

    def do_POST(self) -> None:
        """Something was sent, neither nothing nor too much."""
        length = int(self.headers.get("Content-Length") or 0)
        if 0 < length <= LONGEST:
            self.given(self.rfile.read(length))
        else:
            self.answer(413, b"", "text/plain")

    def asked(self) -> None:
        """Answer a question (答询问)."""
        raise NotImplementedError

    def given(self, body: bytes) -> None:
        """Answer what was sent (答来件)."""
        raise NotImplementedError

    def answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        """Answer (应答): ``headers`` by their names, with underscores for hyphens."""
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """No log: what is asked here is personal, even where it is invented, and codes stand in addresses."""
