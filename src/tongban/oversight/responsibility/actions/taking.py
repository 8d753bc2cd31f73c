"""Taking a report away (取走责任认定报告), signed. That somebody took it is recorded in a stream of its own."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from tongban.base.actor import Actor
from tongban.base.archives import Member, Signing, pack, text
from tongban.base.documents import render, sign_pdf
from tongban.base.errors import Conflict
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import content_of
from tongban.base.ledger.rules.receipts import receipt_text
from tongban.base.record import record
from tongban.base.signing import ledger_signer
from tongban.oversight.responsibility import queries
from tongban.oversight.responsibility.queries import Found
from tongban.oversight.responsibility.rules import files
from tongban.oversight.responsibility.rules.paper import paper
from tongban.people.certificates import actions as certificates
from tongban.people.parties import queries as parties
from tongban.standards.canonical import canonical
from tongban.standards.text import msg
from tongban.work.cases.queries import SEAL_SECONDS

_ROOM = Path(__file__).parent.parent
_TEMPLATE = _ROOM / "templates_pdf" / "report.typ"
_README = _ROOM / "templates_text" / "report_readme.txt"


@dataclass(frozen=True, slots=True)
class Taken:
    """A report on its way (取走的报告): the name of its file and its bytes."""

    file_name: str
    media_type: str
    chunks: Iterator[bytes]


def take_paper(*, actor: Actor, case_id: uuid.UUID, at: datetime) -> Taken:
    """The report as a signed PDF (纸质报告), fit to be laid before a court."""
    found = queries.report_of(actor, case_id, at=at)
    pdf = _pdf(found, at)
    _record(actor, found, "paper", at)
    return Taken(f"{found.report.subject.number}-责任认定.pdf", "application/pdf", iter([pdf]))


def take_archive(*, actor: Actor, case_id: uuid.UUID, at: datetime) -> Taken:
    """The report with all that proves it in one archive (责任认定包). Raises Conflict while something of it has no seal yet."""
    found = queries.report_of(actor, case_id, at=at)
    if found.report.waiting:
        words = msg("最近的一步还没有封存进账本，大约 %(seconds)s 秒后再取，证明才是全的。")
        raise Conflict("responsibility.unsealed", words, {"seconds": SEAL_SECONDS})
    signer = ledger_signer()
    number = found.report.subject.number
    facts = {"format": files.FORMAT, "case": number, "at": at.astimezone(UTC).isoformat()}
    signing = Signing(signer.key_id, signer.public_key_pem(), signer.sign)
    chunks = pack(list(_members(found, at)), facts, signer=signing)
    _record(actor, found, "archive", at)
    return Taken(f"{number}-责任认定.zip", "application/zip", chunks)


def _record(actor: Actor, found: Found, form: str, at: datetime) -> None:
    data = {"case": str(found.case.id), "form": form, "acts": len(found.report.lines)}
    record(stream=f"responsibility:{found.case.id}", act="responsibility.take", actor=actor, at=at, data=data)


def _pdf(found: Found, at: datetime) -> bytes:
    organ = parties.organ(found.case.organ_id)
    number = found.report.subject.number
    data = paper(found.report) | {
        "verify_url": f"{settings.PUBLIC_URL}/track?number={number}",
        "demonstration": organ.demonstration,
    }
    seal = certificates.sealer(organ.id, at=at)
    return sign_pdf(
        render(_TEMPLATE, data, at=at), reason=data["title"], location=organ.name, at=at, seal=seal
    )


def _members(found: Found, at: datetime) -> Iterator[Member]:
    yield text(
        files.README, _README.read_text(encoding="utf-8").replace("NUMBER", found.report.subject.number)
    )
    yield text(files.PAPER, _pdf(found, at))
    yield text(files.REPORT, json.dumps(files.told(found.report), ensure_ascii=False, indent=1) + "\n")
    yield text(files.LEDGER, receipt_text(ledger.receipt_of(found.streams)))
    for name, pem in queries.roots().items():
        yield text(f"{files.ROOTS}{name}", pem)
    for line, entry in zip(found.report.lines, found.entries, strict=True):
        if entry.evidence is not None and line.signature:
            yield text(files.evidence_name(line.signature), entry.evidence)
            yield text(files.content_name(line.signature), content_of(entry.body))
    for words in found.texts:
        if words.body is not None:
            yield text(files.text_name(str(words.id)), canonical(dict(words.body)))
