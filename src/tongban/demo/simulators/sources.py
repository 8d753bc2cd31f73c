"""Sources of facts and a sender of messages (模拟权威来源与短信): ``tongban simulate sources``.

A process of its own that knows invented people and companies, speaks the protocol of docs/operations/sources.md, and shows
on a page the messages that it would have sent. It knows neither the framework nor the database.
"""

import csv
import html
import json
import secrets
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path

from tongban.demo.simulators.answering import LOOPBACK, Answering
from tongban.people.identity.rules.proofs import ProofKind
from tongban.people.identity.rules.sources import (
    LEGAL_PERSON,
    PARENT,
    REPRESENTATIVE,
    Outcome,
    answer_signature,
    request_signature,
    same,
)

OLDEST = 300  # seconds: an older request is one that somebody kept
NAMES: Mapping[str, str] = {
    ProofKind.ID_CARD: "人口基础信息库（模拟）",
    ProofKind.PHONE: "电信企业实名库（模拟）",
    ProofKind.SOCIAL_SECURITY: "社会保障卡库（模拟）",
    ProofKind.BANK_CARD: "银行卡核验（模拟）",
    ProofKind.HOUSING_FUND: "住房公积金中心（模拟）",
    ProofKind.DRIVING_LICENCE: "公安交管库（模拟）",
    LEGAL_PERSON: "法人基础信息库（模拟）",
    REPRESENTATIVE: "法人基础信息库（模拟）",
    PARENT: "人口基础信息库（模拟）",
}


@dataclass
class Registers:
    """What the stand-in knows (模拟数据): people by number, companies by credit code; messages that it took."""

    people: dict[str, dict[str, str]]
    companies: dict[str, dict[str, str]]
    messages: deque[tuple[datetime, str, str]] = field(default_factory=lambda: deque(maxlen=100))

    def outcome(self, asked: Mapping[str, str]) -> Outcome:
        """What it says of a question (答复)."""
        kind, name, number, value = (asked[part] for part in ("kind", "name", "number", "value"))
        if kind == LEGAL_PERSON:
            company = self.companies.get(number)
            return _said(company, company is not None and company["name"] == name)
        if kind == REPRESENTATIVE:
            company = self.companies.get(value)
            own = company is not None and (company["representative"], company["number"]) == (name, number)
            return _said(company, own)
        if kind == PARENT:
            child = self.people.get(value)
            return _said(child, child is not None and child["parent"] == number and self._bears(number, name))
        person = self.people.get(number)
        if person is None or person["name"] != name:
            return _said(person, False)
        return _said(person, kind == ProofKind.ID_CARD or (bool(value) and person.get(kind) == value))

    def _bears(self, number: str, name: str) -> bool:
        return number in self.people and self.people[number]["name"] == name


def _said(known: object, fits: bool) -> Outcome:
    if known is None:
        return Outcome.UNKNOWN
    return Outcome.MATCH if fits else Outcome.MISMATCH


def read_registers(folder: Path) -> Registers:
    """The invented people and companies in ``data/`` (读模拟数据)."""
    with (folder / "simulated_people.csv").open(encoding="utf-8", newline="") as file:
        people = {row["number"]: row for row in csv.DictReader(file)}
    with (folder / "simulated_companies.csv").open(encoding="utf-8", newline="") as file:
        companies = {row["credit_code"]: row for row in csv.DictReader(file)}
    return Registers(people, companies)


def serve(registers: Registers, key: str, port: int = 0, oldest: float = OLDEST) -> ThreadingHTTPServer:
    """A server on loopback (开服务); the caller runs and closes it. Port 0: any that is free. ``oldest``: request, in seconds."""
    shared = key.encode()

    class Handler(Answering):
        """Answers one request (应答)."""

        def asked(self) -> None:
            """Health, the page of messages, and the same as data."""
            if self.path == "/healthz":
                self.answer(200, b"ok\n", "text/plain")
            elif self.path == "/messages.json":
                told = [{"phone": phone, "text": text} for _at, phone, text in registers.messages]
                self.answer(200, json.dumps(told, ensure_ascii=False).encode(), "application/json")
            elif self.path == "/":
                self.answer(200, _page(registers), "text/html")
            else:
                self.answer(404, b"not found\n", "text/plain")

        def given(self, body: bytes) -> None:
            """A question or a message; only what is signed and fresh is looked at."""
            signed, moment = (
                self.headers.get("X-Tongban-Signature", ""),
                self.headers.get("X-Tongban-Time", ""),
            )
            now = datetime.now(UTC)
            fresh = moment.isascii() and moment.isdigit() and abs(int(moment) - now.timestamp()) < oldest
            if not fresh or not same(request_signature(shared, int(moment), self.path, body), signed):
                self.answer(403, b"", "text/plain")
                return
            try:
                told = self._told(json.loads(body), now)
            except (ValueError, KeyError, TypeError):
                self.answer(400, b"", "text/plain")
                return
            answer = json.dumps(told, ensure_ascii=False).encode()
            self.answer(
                200, answer, "application/json", X_Tongban_Signature=answer_signature(shared, signed, answer)
            )

        def _told(self, asked: Mapping[str, str], now: datetime) -> dict[str, str]:
            source = NAMES.get(asked["kind"], "短信通道（模拟）")
            if self.path == "/v1/messages":
                registers.messages.appendleft((now, asked["number"], asked["value"]))
                outcome = Outcome.MATCH
            elif self.path == "/v1/checks":
                outcome = registers.outcome(asked)
            else:
                raise KeyError(self.path)
            return {
                "id": asked["id"],
                "outcome": outcome.value,
                "source": source,
                "reference": secrets.token_hex(8),
                "at": now.isoformat(),
            }

    return ThreadingHTTPServer((LOOPBACK, port), Handler)


def _page(registers: Registers) -> bytes:
    rows = "".join(
        f"<tr><td>{at.astimezone():%H:%M:%S}</td><td>{html.escape(phone)}</td><td>{html.escape(text)}</td></tr>"
        for at, phone, text in registers.messages
    )
    people = "".join(
        "<tr>" + "".join(f"<td>{html.escape(row[name])}</td>" for name in row) + "</tr>"
        for row in registers.people.values()
    )
    heads = "".join(f"<th>{html.escape(name)}</th>" for name in next(iter(registers.people.values()), {}))
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="3">'
        '<meta name="viewport" content="width=device-width"><title>模拟短信</title>'
        "<h1>模拟短信</h1><p>演示里发给手机的短信都到这里，最新的在上面。真的通道接上以后没有这个页面。</p>"
        f"<table border=1 cellpadding=6>{rows or '<tr><td>还没有短信。</td></tr>'}</table>"
        "<h2>模拟来源里的人</h2><p>全部是编的。注册时照其中一行填，就能核验通过。</p>"
        f"<table border=1 cellpadding=6><tr>{heads}</tr>{people}</table></html>"
    ).encode()


def run(folder: Path, key: str, port: int) -> int:
    """Serve until told to stop (运行)."""
    server = serve(read_registers(folder), key, port)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


def in_background(server: ThreadingHTTPServer) -> str:
    """Serve from a thread (后台运行), for a process that does something else as well; returns the address."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{LOOPBACK}:{server.server_address[1]}"
