"""Mutual TLS behind a proxy that really ends TLS: the handshake decides whose certificate it is, whatever headers somebody sends along."""

import base64
import http.client
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.contrib.auth import get_user_model
from tests import world as worlds

from tongban.base.pki import keys, pem
from tongban.base.pki.tests.judge import accepted, file
from tongban.doors.web.tests.test_certificate_login import Holding, hold
from tongban.people.certificates import actions
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import Service
from tongban.people.identity.rules import Level

pytestmark = pytest.mark.django_db(transaction=True)

PAGE, SECRET = "/login/certificate", "of-the-proxy"
FORGEABLE = {"client-cert", "x-tongban-proxy"}


@dataclass
class Proxy:
    """Where the proxy listens, and what a visitor must trust."""

    port: int
    certificate: Path


@dataclass
class Visitor:
    """Somebody with a client that speaks TLS and keeps cookies."""

    proxy: Proxy
    holding: Holding | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def asks(self, method: str, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str]:
        context = ssl.create_default_context(cafile=str(self.proxy.certificate))
        if self.holding is not None:
            own = self.holding.folder / "client.pem"
            private = pem.armour("PRIVATE KEY", keys.private_key_info(self.holding.key))
            issuing = authorities.current(AuthorityKind.ISSUING, Algorithm.P256).certificate.pem
            own.write_bytes(private + pem.armour("CERTIFICATE", self.holding.certificate) + issuing)
            context.load_cert_chain(own)
        link = http.client.HTTPSConnection("localhost", self.proxy.port, context=context, timeout=20)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **self.more,
        }
        body = urlencode(form) if form is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        link.request(method, path, body, headers)
        answer = link.getresponse()
        for value in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        text = answer.read().decode()
        link.close()
        return answer.status, text

    def presses(self) -> int:
        """The button "log in with this certificate", with the page's own token."""
        _, page = self.asks("GET", PAGE)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        return self.asks("POST", PAGE, {"connection": "1", "csrfmiddlewaretoken": token[1]})[0]

    @property
    def is_offered(self) -> bool:
        return "用这张证书登录" in self.asks("GET", PAGE)[1]

    @property
    def is_in(self) -> bool:
        return self.asks("GET", "/my/account")[0] == 200


@pytest.fixture
def service(settings, tmp_path) -> Service:
    settings.HOME, settings.ROOT_URLCONF, settings.DOOR = tmp_path, "config.urls_portal", "portal"
    settings.PROXY_SECRET, settings.ALLOWED_HOSTS = SECRET, ["localhost", "127.0.0.1", "testserver"]
    return services.build(worlds.build(), at=services.NOW - timedelta(hours=1))


@pytest.fixture
def holding(service: Service, tmp_path: Path) -> Holding:
    get_user_model().objects.filter(pk=service.holder.id).update(level=Level.ADVANCED)
    return hold(service, tmp_path)


@pytest.fixture
def proxy(service: Service, live_server, tmp_path: Path) -> Iterator[Proxy]:
    """A process's worth of a proxy: it does with each request what docs/operations/certificates.md asks of one."""
    certificate, key = _own_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    context.verify_mode = ssl.CERT_OPTIONAL
    roots = authorities.current(AuthorityKind.ROOT, Algorithm.P256).certificate
    context.load_verify_locations(file(tmp_path, "roots.pem", roots.pem))
    behind = live_server.thread.host, live_server.thread.port

    class Door(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            told = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in FORGEABLE and "_" not in name
            }
            told |= {"X-Tongban-Proxy": SECRET, "Accept-Language": "zh-CN"}
            held = self.connection.getpeercert(binary_form=True)  # type: ignore[attr-defined] # a TLS socket
            if held:
                told["Client-Cert"] = quote(ssl.DER_cert_to_PEM_cert(held), safe="/+=")
            link = http.client.HTTPConnection(*behind, timeout=20)
            link.request(
                self.command, self.path, self.rfile.read(int(self.headers.get("Content-Length", 0))), told
            )
            answer = link.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            link.close()

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def log_message(self, *_words: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_of_whom: object) -> None:
            return  # a handshake that fails is the visitor's affair

    with Server(("127.0.0.1", 0), Door) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Proxy(server.server_port, certificate)
        server.shutdown()


def _own_certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "proxy.pem", folder / "proxy.key"
    accepted(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"),
        *(
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            key,
            "-out",
            certificate,
        ),
    )
    return certificate, key


def forged(holding: Holding) -> dict[str, str]:
    """What somebody sends who has seen the certificate, and even knows the secret."""
    value = f":{base64.b64encode(holding.certificate).decode()}:"
    return {"Client-Cert": value, "X-Tongban-Proxy": SECRET, "Client_Cert": value, "X_Tongban_Proxy": SECRET}


def test_the_handshake_lets_its_holder_in(proxy: Proxy, holding: Holding) -> None:
    visitor = Visitor(proxy, holding)
    assert visitor.is_offered
    assert visitor.presses() == 302
    assert visitor.is_in


def test_without_a_certificate_forged_headers_lead_nowhere(proxy: Proxy, holding: Holding) -> None:
    visitor = Visitor(proxy, None, forged(holding))
    assert not visitor.is_offered
    assert visitor.presses() == 403
    assert not visitor.is_in


def test_a_forged_header_is_not_heard_beside_ones_own_certificate(
    proxy: Proxy, holding: Holding, service: Service, tmp_path: Path
) -> None:
    """Her own certificate is on hold; she sends the good one of another along."""
    folder = tmp_path / "other"
    folder.mkdir()
    held = hold(service, folder)
    actions.suspend(actor=service.holder, certificate_id=held.certificate_id, because="丢了", at=service.at)
    visitor = Visitor(proxy, held, forged(holding))
    assert visitor.presses() == 403
    assert not visitor.is_in


def test_the_certificate_without_its_key_opens_no_connection(proxy: Proxy, holding: Holding) -> None:
    stolen = Holding(
        holding.service, holding.folder, holding.certificate_id, keys.generate(keys.Algorithm.P256)
    )
    with pytest.raises(ssl.SSLError):
        Visitor(proxy, stolen).asks("GET", PAGE)


def test_past_the_proxy_nobody_is_believed(live_server, proxy: Proxy, holding: Holding) -> None:
    """Whoever reaches the door itself does not know the secret."""
    headers = forged(holding) | {"X-Tongban-Proxy": "guess", "X_Tongban_Proxy": "guess"}
    link = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=20)
    link.request("GET", PAGE, headers=headers | {"Accept-Language": "zh-CN"})
    assert "用这张证书登录" not in link.getresponse().read().decode()
    link.close()
