"""Both over HTTP (HTTP 接入): signed requests, short patience, and nothing believed that is not signed in return."""

import http.client
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from tongban.people.identity.providers.interface import Unavailable
from tongban.people.identity.rules.sources import Answer, Question, Rubbish, read_answer, request_signature

PATIENCE = 4.0  # [O] seconds for one answer: somebody is waiting at a page
LONGEST_ANSWER = 64 * 1024


class _Client:
    def __init__(self, address: str, key: str) -> None:
        self._address = urlsplit(address)
        self._key = key.encode()

    def _post(self, path: str, body: bytes, at: datetime) -> tuple[str, bytes, str]:
        """(signature of the request, body of the answer, its signature). Raises Unavailable."""
        kind = http.client.HTTPSConnection if self._address.scheme == "https" else http.client.HTTPConnection
        moment = int(at.timestamp())
        signed = request_signature(self._key, moment, path, body)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Tongban-Time": str(moment),
            "X-Tongban-Signature": signed,
        }
        try:
            connection = kind(self._address.hostname or "", self._address.port, timeout=PATIENCE)
            try:
                connection.request("POST", self._address.path.rstrip("/") + path, body=body, headers=headers)
                answer = connection.getresponse()
                told = answer.read(LONGEST_ANSWER + 1)
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unavailable(type(error).__name__) from error
        if answer.status != http.client.OK or len(told) > LONGEST_ANSWER:
            raise Unavailable(f"status {answer.status}, {len(told)} bytes")
        return signed, told, answer.headers.get("X-Tongban-Signature", "")


class HttpSource(_Client):
    """A source behind our protocol (HTTP 权威来源); see docs/operations/sources.md."""

    def check(self, question: Question, at: datetime) -> Answer:
        """The answer, as the source signed it (核对)."""
        asked, body, signature = self._post("/v1/checks", question.body(), at)
        try:
            return read_answer(self._key, question, asked, body, signature)
        except Rubbish as problem:
            raise Unavailable(str(problem)) from problem


class HttpMessages(_Client):
    """A sender of messages behind the same protocol (HTTP 短信通道)."""

    def send(self, phone: str, text: str, at: datetime) -> None:
        """Hand a message over (发送); taken is what the other end has signed for."""
        question = Question(id=secrets.token_hex(16), kind="message", name="", number=phone, value=text)
        asked, body, signature = self._post("/v1/messages", question.body(), at)
        try:
            read_answer(self._key, question, asked, body, signature)
        except Rubbish as problem:
            raise Unavailable(str(problem)) from problem
