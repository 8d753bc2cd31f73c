"""The report as files (责任认定报告文件): what is in the archive, and how the archive is held against its own ledger and signatures. Pure.

Everything that a reader is asked to believe is derived again from the ledger's entries and from the evidence; what only the platform
says, which is by what right somebody acted, stands under the manifest's signature and is named as such in the README.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from tongban.base.ledger.rules import Finding, content_of
from tongban.oversight.responsibility.rules.authority import Attendance
from tongban.oversight.responsibility.rules.report import Judge, Line, Report, Signed, title_of

FORMAT = "tongban-responsibility-1"
REPORT, LEDGER, README, PAPER = "report.json", "ledger.json", "README.txt", "report.pdf"
ROOTS = "certificates/"
JSON_MEMBERS = frozenset({REPORT, LEDGER})
_FIXED = frozenset({REPORT, LEDGER, README, PAPER, "manifest.json"})

Told = Mapping[str, Any]


def evidence_name(signature: str) -> str:
    """Member that is the evidence of a signed act (签名证据文件名)."""
    return f"signatures/{signature}.p7s"


def content_name(signature: str) -> str:
    """Member that is what was signed (签名原文文件名): a stranger's tools want it as a file of its own."""
    return f"signatures/{signature}.json"


def text_name(document: str) -> str:
    """Member that is the words of a document (文书原文文件名): canonical, so that its SHA-256 is the digest in the ledger."""
    return f"texts/{document}.json"


def wanted(name: str) -> bool:
    """Whether the content of a member is needed to check an archive (核验所需文件)."""
    return name in JSON_MEMBERS or name.startswith((ROOTS, "signatures/", "texts/"))


def told(report: Report) -> dict[str, Any]:
    """The report as data (报告数据), fit to be written as JSON."""
    return {
        "format": FORMAT,
        "case": {
            "id": str(report.subject.id),
            "number": report.subject.number,
            "item": report.subject.item,
            "item_code": report.subject.item_code,
            "organ": report.subject.organ,
            "applicant": report.subject.applicant,
            "number_of_id": report.subject.number_of_id,
        },
        "made_at": _moment(report.made_at),
        "acts": [_line(line) for line in report.lines],
    }


def _attendance(one: Attendance) -> dict[str, str]:
    told = {"document": one.seen.value}
    if one.mandate is not None:
        told |= {
            "agent": one.mandate.agent_name,
            "for": one.mandate.giver_name,
            "mandate": one.mandate.number,
            "proof": one.mandate.seen,
        }
    return told | ({"lost": one.lost} if one.lost else {})


def _line(line: Line) -> dict[str, Any]:
    authority = line.authority
    return {
        "number": line.number,
        "act": line.act,
        "title": title_of(line.act),
        "at": _moment(line.at),
        "kind": line.kind,
        "account": line.account_id,
        "who": line.who,
        "authority": {
            "ground": authority.ground.value,
            "role": authority.role,
            "organ": authority.organ,
            "since": _day(authority.since),
            "until": _day(authority.until),
            "for": authority.for_name,
            "agent": authority.agent,
            "by": authority.by,
            "basis": authority.basis,
            "proof": authority.proof,
        },
        "present": None if line.attendance is None else _attendance(line.attendance),
        "text": line.text,
        "document": line.document,
        "signature": line.signature,
        "certificate": None if line.signed is None else _certificate(line.signed),
        "stamped_at": None if line.signed is None else _moment(line.signed.stamped_at),
        "checks": {one.part.value: one.outcome.value for one in line.checks},
        "entry": {
            "stream": line.stream,
            "place": line.seq,
            "hash": line.hash,
            "seal": line.seal,
            "sealed_at": _moment(line.sealed_at),
        },
    }


def _certificate(signed: Signed) -> dict[str, str]:
    return {
        "subject": signed.subject,
        "serial": signed.serial,
        "issuer": signed.issuer,
        "fingerprint": signed.fingerprint,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def check_report(
    read: Told, receipt: Mapping[str, Any], contents: Mapping[str, bytes | None], judge: Judge
) -> list[Finding]:
    """Findings in an archive whose manifest and receipt hold (核对责任认定报告): each names the act and the part of it.

    ``contents``: of the members, by name; absent ones are not in it, large ones are None.
    """
    try:
        return [
            *_acts(read, receipt, contents, judge),
            *_members(read, contents),
        ]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
        return [Finding(REPORT, f"is not the form of a report: {type(fault).__name__} {fault}")]


def _acts(
    read: Told, receipt: Mapping[str, Any], contents: Mapping[str, bytes | None], judge: Judge
) -> Iterator[Finding]:
    lines, entries = read["acts"], receipt["entries"]
    if len(lines) != len(entries):
        yield Finding(REPORT, f"tells {len(lines)} acts, the ledger {len(entries)}")
        return
    seals = {seal["number"]: seal["at"] for seal in receipt["seals"]}
    places: dict[str, int] = {}
    whole = {f"case:{read['case']['id']}"}
    if not whole <= set(receipt["whole"]):
        yield Finding(LEDGER, "does not hold every act of the case")
    for number, (line, entry) in enumerate(zip(lines, entries, strict=True), 1):
        body = json.loads(entry["body"])
        stream = body["stream"]
        places[stream] = places.get(stream, 0) + 1
        yield from _line_against(number, line, body, contents, judge)
        position = {
            "stream": stream,
            "place": places[stream],
            "hash": entry["hash"],
            "seal": entry["seal"],
            "sealed_at": seals[entry["seal"]],
        }
        if line["entry"] != position:
            yield Finding(f"act {number} ({body['act']}), entry", "is not where the ledger has it")


def _line_against(
    number: int,
    line: Told,
    body: Mapping[str, Any],
    contents: Mapping[str, bytes | None],
    judge: Judge,
) -> Iterator[Finding]:
    row = f"act {number} ({body['act']})"
    actor, data = body["actor"], body["data"]
    signature = body.get("signature", "")
    wanted_values = {
        "number": number,
        "act": body["act"],
        "title": title_of(body["act"]),
        "at": body["at"],
        "kind": actor["kind"],
        "account": actor.get("id", ""),
        "who": actor.get("name", ""),
        "document": data.get("document") or data.get("filed") or "",
        "signature": signature,
    }
    for name, value in wanted_values.items():
        if line[name] != value:
            yield Finding(f"{row}, {name}", "is not what the ledger tells")
    yield from _text_against(row, line, data, contents)
    if signature:
        yield from _evidence_against(row, line, body, contents, judge)
    elif line["certificate"] is not None or line["stamped_at"] is not None:
        yield Finding(f"{row}, certificate", "the act was not signed")


def _text_against(
    row: str, line: Told, data: Mapping[str, Any], contents: Mapping[str, bytes | None]
) -> Iterator[Finding]:
    named = {data.get(name) for name in ("digest", "content", "form", "file")} | {""}
    if line["text"] not in named:
        yield Finding(f"{row}, text", "is not a digest that the ledger tells")
    content = contents.get(text_name(str(data.get("document", ""))))
    if content is not None and hashlib.sha256(content).hexdigest() != data.get("digest"):
        yield Finding(f"{row}, text", "changed: it is not the text whose digest the ledger keeps")


def _evidence_against(
    row: str,
    line: Told,
    body: Mapping[str, Any],
    contents: Mapping[str, bytes | None],
    judge: Judge,
) -> Iterator[Finding]:
    signature = body["signature"]
    evidence, content = contents.get(evidence_name(signature)), contents.get(content_name(signature))
    if evidence is None or content is None:
        yield Finding(f"{row}, signature", "missing: the evidence, or what was signed, is not there")
        return
    if content != content_of(json.dumps(body)):
        yield Finding(f"{row}, content", "changed: what was signed is not the entry of the ledger")
    signed = judge(evidence, content)
    for part, problem in signed.faults.items():
        yield Finding(f"{row}, {part.value}", problem)
    if hashlib.sha256(evidence).hexdigest() != signature and not signed.faults:
        yield Finding(f"{row}, signature", "changed: it is not the evidence that the ledger names")
    if not signed.faults:
        if line["certificate"] != _certificate(signed):
            yield Finding(f"{row}, certificate", "is not the one in the evidence")
        if line["stamped_at"] != _moment(signed.stamped_at):
            yield Finding(f"{row}, stamped_at", "is not the time of the time stamp")


def _members(read: Told, contents: Mapping[str, bytes | None]) -> Iterator[Finding]:
    known = set(_FIXED)
    for line in read["acts"]:
        known |= {evidence_name(line["signature"]), content_name(line["signature"])}
        known.add(text_name(line["document"]))
    for name in sorted(contents.keys() - known):
        if not name.startswith(ROOTS):
            yield Finding(name, f"is in the archive, but {REPORT} says nothing of it")


def names_of(lines: Sequence[Line]) -> list[str]:
    """The digests of all evidence of a report, each once (签名证据清单)."""
    return list(dict.fromkeys(line.signature for line in lines if line.signature))
