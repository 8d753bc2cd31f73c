"""What goes into the export of a case (办件导出内容): data, files, documents, licences and the ledger of all of it."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from tongban.base.actor import Actor
from tongban.base.archives import Member, text
from tongban.base.errors import Conflict
from tongban.base.files import queries as files
from tongban.base.files.rules import EXTENSIONS
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import signature_of
from tongban.base.ledger.rules.receipts import Proof, receipt, receipt_text
from tongban.offers.catalogue import queries as catalogue
from tongban.records.licences import queries as licences
from tongban.standards.text import msg
from tongban.work.cases.queries.calendar import clock_file
from tongban.work.cases.queries.files import CaseView, one, shown
from tongban.work.cases.queries.receipts import SEAL_SECONDS
from tongban.work.cases.rules.exported import CASE, CLOCK, EXPORT, LEDGER, README, evidence_name

_README = Path(__file__).parent.parent / "templates_text" / "export_readme.txt"


@dataclass(frozen=True, slots=True)
class Export:
    """An export before it is packed (导出清单)."""

    case: CaseView
    members: list[Member]


def export_of(actor: Actor, case_id: uuid.UUID, *, at: datetime) -> Export:
    """The members of a case's export (导出内容), for its applicant and its staff.

    Raises Conflict while something of it has no seal yet: an export proves all that it holds.
    """
    case = one(actor, case_id)
    if case.number is None:
        raise Conflict("cases.export_draft", msg("还没有提交的草稿不能导出。"))
    found = {view.case_id: view for view in licences.of_cases([case_id], on=at.date()).values()}
    granted = [(view, licences.content_of(view.id)) for view in found.values()]
    told, papers = _told(case, granted)
    return Export(
        case,
        [
            text(README, _README.read_text(encoding="utf-8").replace("NUMBER", case.number)),
            text(CASE, json.dumps(told, ensure_ascii=False, indent=1, default=_plain) + "\n"),
            text(CLOCK, json.dumps(clock_file(actor, case_id), ensure_ascii=False, indent=1) + "\n"),
            *_ledger_of(case, [view.id for view in found.values()]),
            *papers,
        ],
    )


def _ledger_of(case: CaseView, licence_ids: Iterable[uuid.UUID]) -> Iterator[Member]:
    """The ledger, and the evidence of every signed act in it."""
    whole = [f"case:{case.id}", *(f"licence:{licence_id}" for licence_id in licence_ids)]
    materials = {str(found.material_id) for found in case.attachments}
    owner, item = f"party:{case.party_id}", f"item:{case.edition.item_id}"
    handed_in = ledger.proofs_of(
        [owner], keep=lambda act: act.act == "materials.keep" and act.data["material"] in materials
    )
    fixed = ledger.proofs_of(
        [item], keep=lambda act: act.data.get("edition") == str(case.edition.id) and "digest" in act.data
    )
    proofs = ledger.proofs_of(whole)
    _ensure_sealed(whole, proofs, len(materials) - len(handed_in))
    everything = [*proofs, *handed_in, *fixed[-1:]]
    yield text(LEDGER, receipt_text(receipt(everything, whole=whole)))
    signatures = {signature_of(proof.body) for proof in everything}
    for digest, evidence in ledger.evidence_of([*whole, owner, item]).items():
        if digest in signatures:
            yield text(evidence_name(digest), evidence)


def _ensure_sealed(whole: list[str], proofs: list[Proof], materials_waiting: int) -> None:
    """Nothing may wait for its seal but earlier exports: an export proves all that it holds, and cannot tell of itself."""
    acts = [act.act for stream in ledger.acts_of_many(whole).values() for act in stream]
    proven = [json.loads(proof.body)["act"] for proof in proofs]
    if materials_waiting > 0 or len(acts) - acts.count(EXPORT) != len(proven) - proven.count(EXPORT):
        words = msg("最近的一步还没有封存进账本，大约 %(seconds)s 秒后再导出，证明才是全的。")
        raise Conflict("cases.unsealed", words, {"seconds": SEAL_SECONDS})


def _told(
    case: CaseView, granted: list[tuple[licences.LicenceView, dict[str, object]]]
) -> tuple[dict[str, Any], list[Member]]:
    papers: list[Member] = []

    def put(folder: str, name: str, media_type: str, digest: str) -> str:
        path = f"{folder}/{len(papers) + 1:02d}-{name}.{EXTENSIONS[media_type][0]}"
        papers.append(Member(path, _reader(digest)))
        return path

    fields = case.edition.guide.form.by_key()
    told: dict[str, Any] = {
        "case": {name: getattr(case, name) for name in _CASE_FIELDS},
        "applicant": asdict(case.party),
        "organ": case.edition.organ_name,
        "form": case.form,
        "answers": [
            {"key": key, "label": fields[key].label, "shown": shown(fields[key], value)}
            for key, value in case.form.items()
            if key in fields and value not in (None, "")
        ],
        "clock": [event.kept() for event in case.clock],
        "edition": {
            "id": case.edition.id,
            "number": case.edition.number,
            "item_code": case.edition.item_code,
            "name": case.edition.guide.name,
            "digest": case.edition.digest,
            "body": catalogue.body_of(case.edition.id),
        },
        "attachments": [
            {
                "key": one.key,
                "material": one.material_id,
                "file": put("files", one.key, one.media_type, one.digest),
                **{
                    name: getattr(one, name)
                    for name in ("file_name", "size", "digest", "trust", "attached_at")
                },
            }
            for one in case.attachments
        ],
        "documents": [
            {
                "id": one.id,
                "verb": one.verb,
                "body": one.body,
                "by": one.by,
                "at": one.at,
                "number": one.number,
                "file": put("documents", one.verb.value, "application/pdf", one.file) if one.file else None,
            }
            for one in case.documents
        ],
        "parts": [asdict(part) for part in case.parts],
        "licences": [
            {
                "id": view.id,
                "content": content,
                "file": put("licences", "licence", "application/pdf", view.digest),
            }
            for view, content in granted
        ],
    }
    return told, papers


_CASE_FIELDS = (
    "id",
    "number",
    "state",
    "place",
    "organ_id",
    "counter_id",
    "bundle_id",
    "started_at",
    "submitted_at",
    "accepted_at",
    "decided_at",
    "ended_at",
    "act_by",
    "warn_on",
    "promised_on",
    "due_on",
    "provisional",
    "later_by",
    "committed",
    "delivery",
    "kept",
)


def _reader(digest: str) -> Callable[[], Iterable[bytes]]:
    return lambda: files.open_file(digest)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"an export tells nothing of a {type(value).__name__}")
