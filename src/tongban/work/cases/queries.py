"""Reads of cases (办件查询): lists and details, all through ``access.visible_to``."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Q

from tongban.base.actor import Actor, ActorKind
from tongban.base.batches import batched
from tongban.base.db import fetch_all, fetch_one
from tongban.base.errors import NotFound
from tongban.base.files import queries as files
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import Finding
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import FieldSpec, FieldType
from tongban.people.parties import queries as parties
from tongban.standards.canonical import digest
from tongban.standards.text import msg
from tongban.standards.workdays import Calendar, rows_of
from tongban.work.cases.access import STAFF_ROLES, may, visible_to
from tongban.work.cases.models import Attachment, Case, Document
from tongban.work.cases.rules.moves import By, Move, State, Verb, verbs_from
from tongban.work.cases.rules.witness import differing, expected


@cache
def calendar() -> Calendar:
    """The working days (工作日历) as announced, from the data shipped with this installation."""
    path = settings.DATA / "cn_holidays_2004_2026.csv"
    with path.open(encoding="utf-8") as lines:
        return Calendar.from_rows(rows_of(lines), edition=path.stem)


def shown(spec: FieldSpec, value: object) -> str:
    """An answer as people read it (填写内容展示): the label of an option, the unit beside a number."""
    if spec.type is FieldType.CHOICE:
        return next((option.label for option in spec.options if option.value == value), str(value))
    return f"{value} {spec.unit}" if spec.unit else str(value)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list (办件行)."""

    id: uuid.UUID
    number: str | None
    state: State
    item_name: str
    organ_name: str
    place_name: str
    applicant_name: str
    started_at: datetime
    submitted_at: datetime | None
    act_by: date | None
    warn_on: date | None
    promised_on: date | None
    due_on: date | None
    provisional: bool
    edition_id: uuid.UUID


_ROW = [
    "id",
    "number",
    "state",
    "edition__name",
    "organ__short_name",
    "edition__item__place__name",
    "party__name",
    "started_at",
    "submitted_at",
    "act_by",
    "warn_on",
    "promised_on",
    "due_on",
    "provisional",
    "edition_id",
]


def _rows(found: Iterator[tuple[object, ...]]) -> list[CaseRow]:
    return [CaseRow(row[0], row[1], State(str(row[2])), *row[3:]) for row in found]  # type: ignore[arg-type] # columns as named in _ROW


def mine(actor: Actor, limit: int = 100) -> list[CaseRow]:
    """The actor's own cases (我的办件), newest first. One statement."""
    if actor.party_id is None:
        return []
    found = Case.objects.filter(visible_to(actor), party_id=actor.party_id).order_by("-id")
    return _rows(found.values_list(*_ROW)[:limit].iterator())


# Which states wait for which role: drawn from the table of moves, not written a second time.
_WAITING = {
    by: [
        state
        for state in State
        if any(move.by is by and move.verb is not Verb.RETURN for move in verbs_from(state))
    ]
    for by in (By.CLERK, By.REVIEWER, By.DECIDER)
}


def work_list(actor: Actor, *, limit: int = 100) -> list[CaseRow]:
    """What waits for ``actor`` (待办清单) in all posts, the most pressing first. One statement over the partial index."""
    wanted: dict[str, list[uuid.UUID]] = {}
    for by, states in _WAITING.items():
        for state in states:
            wanted.setdefault(state.value, []).extend(actor.organs_as(by.value))
    pairs = [(state, organ) for state, organs in wanted.items() for organ in set(organs)]
    ids = (
        fetch_all(_WORK, [[state for state, _ in pairs], [organ for _, organ in pairs], limit])
        if pairs
        else []
    )
    order = {row[0]: place for place, row in enumerate(ids)}
    found = (
        Case.objects.filter(visible_to(actor), pk__in=order).values_list(*_ROW).iterator()
        if order
        else iter(())
    )
    return sorted(_rows(found), key=lambda row: order[row.id])


# One index probe per (office, state), each already in order, so the cost does not grow with the office's past.
_WORK = """
    SELECT w.id, w.act_by FROM unnest(%s::text[], %s::uuid[]) AS p(state, organ)
    CROSS JOIN LATERAL (
        SELECT c.id, c.act_by FROM case_file c
        WHERE c.organ_id = p.organ AND c.state = p.state
          AND c.state IN ('submitted', 'supplement', 'accepted', 'examined', 'granted')
        ORDER BY c.act_by, c.id LIMIT 100
    ) w ORDER BY w.act_by, w.id LIMIT %s
"""


def of_office(
    actor: Actor,
    *,
    state: State | None = None,
    text: str = "",
    before: uuid.UUID | None = None,
    limit: int = 100,
) -> list[CaseRow]:
    """All cases that ``actor`` may read as staff (本机关办件), newest first, in one state or in any.

    ``text``: a number or its last 12 digits, the beginning of the applicant's name, or a part of the item's name.
    ``before``: the last case of the page before.
    """
    found = Case.objects.filter(visible_to(actor)).exclude(state=State.DRAFT)
    if state is not None:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    if text:
        found = found.filter(_speaks_of(actor, text))
    return _rows(found.order_by("-id").values_list(*_ROW)[:limit].iterator())


_TAIL = re.compile(r"[0-9]{12}")
_NUMBER = re.compile(r"[0-9A-Z]{43}")


def _speaks_of(actor: Actor, text: str) -> Q:
    """What a search means (检索条件), as values that the indexes of the cases find: numbers, parties, editions."""
    organs, number = actor.organs_as(*STAFF_ROLES), text.upper()
    if _NUMBER.fullmatch(number):
        return Q(number=number)
    if _TAIL.fullmatch(text):
        return Q(number__in=[code + text for code in catalogue.codes_of(organs)])
    return Q(party_id__in=parties.ids_named(text)) | Q(edition_id__in=catalogue.editions_named(organs, text))


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A handed-in material (附件视图)."""

    key: str
    material_id: uuid.UUID
    file_name: str
    size: int
    media_type: str
    digest: str
    trust: str
    attached_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document of the case (文书视图)."""

    verb: Verb
    body: Mapping[str, object]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the time line (时间线节点). ``by``: the official's name; empty for the applicant and the platform."""

    verb: Verb
    at: datetime
    kind: str
    by: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as those entitled to it see it (办件视图)."""

    id: uuid.UUID
    number: str | None
    state: State
    version: int
    edition: catalogue.EditionView
    party_id: uuid.UUID
    party: parties.PartyView
    form: dict[str, object]
    started_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    ended_at: datetime | None
    act_by: date | None
    warn_on: date | None
    promised_on: date | None
    due_on: date | None
    provisional: bool
    attachments: list[AttachmentView]
    documents: list[DocumentView]
    moments: list[Moment]
    moves: list[Move] = field(default_factory=list)  # what this actor may do now
    hindrances: dict[Verb, str] = field(
        default_factory=dict
    )  # what the role could do, but this actor may not, and why

    def demands(self) -> dict[str, str]:
        """What the supplement notice asks for (补正要求): target -> text."""
        return {
            str(demand["target"]): str(demand["text"])
            for document in self.documents
            if document.verb is Verb.REQUEST_SUPPLEMENT
            for demand in document.body["demands"]  # type: ignore[attr-defined] # the document was written by request_supplement
        }


def one(actor: Actor, case_id: uuid.UUID) -> CaseView:
    """One case that ``actor`` may read (取办件), complete. NotFound where there is none or it is not for this actor."""
    case = Case.objects.filter(visible_to(actor), pk=case_id).first()
    if case is None:
        raise NotFound("cases.visible", msg("没有找到这件办件，或者您不能查看它。"))
    moves, hindrances = _possible(actor, case)
    return CaseView(
        id=case.id,
        number=case.number,
        state=State(case.state),
        version=case.version,
        edition=catalogue.edition(case.edition_id),
        party_id=case.party_id,
        party=parties.party(case.party_id),
        form=case.form,
        started_at=case.started_at,
        submitted_at=case.submitted_at,
        accepted_at=case.accepted_at,
        decided_at=case.decided_at,
        ended_at=case.ended_at,
        act_by=case.act_by,
        warn_on=case.warn_on,
        promised_on=case.promised_on,
        due_on=case.due_on,
        provisional=case.provisional,
        attachments=_attachments(case.id),
        documents=_documents(actor, case),
        moments=_moments(case.id),
        moves=moves,
        hindrances=hindrances,
    )


def by_number(actor: Actor, number: str) -> CaseView:
    """One case by its number (按编号取办件); as :func:`one`."""
    found = Case.objects.filter(visible_to(actor), number=number).values_list("id", flat=True).first()
    return one(actor, found or uuid.UUID(int=0))


def _possible(actor: Actor, case: Case) -> tuple[list[Move], dict[Verb, str]]:
    moves: list[Move] = []
    hindrances: dict[Verb, str] = {}
    for move in verbs_from(State(case.state)):
        allowed, reason = may(
            actor, move, party_id=case.party_id, organ_id=case.organ_id, examiner_id=case.examiner_id
        )
        if allowed:
            moves.append(move)
        elif case.organ_id in actor.organs_as(move.by.value):
            hindrances[move.verb] = reason
    return moves, hindrances


def _attachments(case_id: uuid.UUID) -> list[AttachmentView]:
    found = (
        Attachment.objects.filter(case_id=case_id)
        .select_related("material__file")
        .order_by("attached_at", "id")
    )
    return [
        AttachmentView(
            key=a.key,
            material_id=a.material_id,
            file_name=a.material.file_name,
            size=a.material.file.size,
            media_type=a.material.file.media_type,
            digest=a.material.file_id,
            trust=a.material.trust,
            attached_at=a.attached_at,
        )
        for a in found
    ]


# Opinions are between officials until the decision is made; the applicant reads notices and decisions.
_FOR_STAFF_ONLY = frozenset({Verb.EXAMINE, Verb.RETURN})


def _documents(actor: Actor, case: Case) -> list[DocumentView]:
    found = Document.objects.filter(case_id=case.id).select_related("by").order_by("at", "id")
    staff = actor.party_id != case.party_id
    return [
        DocumentView(Verb(d.verb), d.body, d.by.staff_name, d.at)
        for d in found
        if staff or Verb(d.verb) not in _FOR_STAFF_ONLY
    ]


def _moments(case_id: uuid.UUID) -> list[Moment]:
    """The time line is the ledger itself: what is shown is what was recorded."""
    return [
        Moment(
            Verb(act.act.removeprefix("cases.")),
            act.at,
            act.actor["kind"],
            act.actor.get("name", "") if act.actor["kind"] == ActorKind.STAFF else "",
            act.data,
        )
        for act in ledger.acts_of(f"case:{case_id}")
        if act.act.removeprefix("cases.") in set(Verb)
    ]


_DEMANDED = "SELECT body FROM case_document WHERE case_id = %s AND verb = 'request_supplement'"


def demanded_targets(case_id: uuid.UUID) -> frozenset[str]:
    """What the case's supplement notice asks for (补正范围); empty where there was none."""
    row = fetch_one(_DEMANDED, [case_id])
    return (
        frozenset()
        if row is None
        else frozenset(demand["target"] for demand in json.loads(row[0])["demands"])
    )


@dataclass(frozen=True, slots=True)
class Download:
    """A file to hand out (下载)."""

    file_name: str
    media_type: str
    size: int
    chunks: Iterator[bytes]


def attached_file(actor: Actor, case_id: uuid.UUID, material_id: uuid.UUID) -> Download:
    """A material handed in to a case that ``actor`` may read (取附件)."""
    visible = Case.objects.filter(visible_to(actor), pk=case_id)
    found = (
        Attachment.objects.filter(case__in=visible, material_id=material_id)
        .select_related("material__file")
        .first()
    )
    if found is None:
        raise NotFound("cases.attachment", msg("没有找到这份材料。"))
    kept = found.material.file
    return Download(found.material.file_name, kept.media_type, kept.size, files.open_file(kept.digest))


@dataclass(frozen=True, slots=True)
class Granted:
    """What issuing a licence needs of a case (制证所需)."""

    id: uuid.UUID
    state: State
    edition_id: uuid.UUID
    organ_id: uuid.UUID
    party_id: uuid.UUID
    form: dict[str, object]


def granted(case_id: uuid.UUID) -> Granted:
    """A case for the job that issues its licence (取待制证办件), locked against a second run of the job."""
    case = Case.objects.select_for_update().get(pk=case_id)
    return Granted(case.id, State(case.state), case.edition_id, case.organ_id, case.party_id, case.form)


_CHUNK = 1_000
_FILES = """
    SELECT c.id, c.number, c.state, c.edition_id, c.organ_id, c.party_id, c.account_id, c.form, c.examiner_id,
           c.started_at, c.submitted_at, c.accepted_at, c.decided_at, c.ended_at,
           c.act_by, c.warn_on, c.promised_on, c.due_on, c.provisional,
           (SELECT array_agg(a.key || ' ' || a.material_id ORDER BY a.key, a.material_id)
              FROM case_attachment a WHERE a.case_id = c.id) AS handed_in
    FROM case_file c WHERE c.id > %s ORDER BY c.id LIMIT %s
"""
_FILE_COLUMNS = [
    "id",
    "number",
    "state",
    "edition_id",
    "organ_id",
    "party_id",
    "account_id",
    "form",
    "examiner_id",
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
    "handed_in",
]


def against_ledger() -> Iterator[Finding]:
    """Hold every case and every document against the ledger (办件对账): what differs, row by row, in bounded memory."""
    after = uuid.UUID(int=0)
    while rows := fetch_all(_FILES, [after, _CHUNK]):
        acts = ledger.acts_of_many([f"case:{row[0]}" for row in rows])
        documents: dict[uuid.UUID, list[Document]] = {}
        for document in Document.objects.filter(case_id__in=[row[0] for row in rows]):
            documents.setdefault(document.case_id, []).append(document)
        for row in rows:
            found = dict(zip(_FILE_COLUMNS, row, strict=True))
            told = acts.get(f"case:{row[0]}", [])
            yield from _case_findings(found, told)
            yield from _document_findings(documents.get(row[0], []), told)
        after = rows[-1][0]
    yield from _gone()


def _gone() -> Iterator[Finding]:
    """Cases that the ledger knows and the table has lost; a discarded draft is not lost."""
    for batch in batched(ledger.streams("case"), _CHUNK):
        here = set(
            Case.objects.filter(pk__in=[s.removeprefix("case:") for s in batch]).values_list("id", flat=True)
        )
        lost = [stream for stream in batch if uuid.UUID(stream.removeprefix("case:")) not in here]
        for stream, acts in ledger.acts_of_many(lost).items():
            if acts[-1].act != "cases.discard":
                yield Finding(f"case_file({stream.removeprefix('case:')})", "missing: recorded in the ledger")


def _case_findings(found: dict[str, Any], told: list[ledger.Act]) -> Iterator[Finding]:
    if not told:
        yield Finding(f"case_file({found['id']})", "changed: the ledger knows nothing of this case")
        return
    found["form"] = digest(json.loads(found["form"]))
    found["handed_in"] = found["handed_in"] or []
    for name in differing(expected(told), found):
        yield Finding(f"case_file({found['id']})", f"changed: {name} is not what its last act left")


def _document_findings(documents: list[Document], told: list[ledger.Act]) -> Iterator[Finding]:
    digests = {str(act.data["document"]): act.data["digest"] for act in told if "document" in act.data}
    for document in documents:
        if digests.pop(str(document.id), None) != digest(document.body):
            yield Finding(f"case_document({document.id})", "changed: its text is not what was recorded")
    for gone in digests:
        yield Finding(f"case_document({gone})", "missing: recorded in the ledger")
