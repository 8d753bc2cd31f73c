"""One case with all that belongs to it (办件卷宗): answers, materials, documents, time line."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import NotFound
from tongban.base.files import queries as files
from tongban.base.ledger import queries as ledger
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import Column, FieldSpec, FieldType
from tongban.people.mandates import queries as mandates
from tongban.people.parties import queries as parties
from tongban.people.places import queries as places
from tongban.standards.text import msg
from tongban.work.cases.access import may, visible_to
from tongban.work.cases.models import Attachment, Case, Document, Part, Proposal
from tongban.work.cases.rules.clock import Happened, History, history
from tongban.work.cases.rules.delivery import collected_at
from tongban.work.cases.rules.joint import PartState
from tongban.work.cases.rules.moves import SUPPLEMENTS, Move, State, Trait, Verb, traits_of, verbs_from
from tongban.work.cases.rules.presence import Document as Shown


def shown(spec: Column, value: object) -> str:
    """An answer as people read it (填写内容展示): the labels of options, a place by name, a table line by line, with units."""
    if isinstance(spec, FieldSpec) and spec.columns and isinstance(value, list):
        return "\n".join(f"{place}. {_row(spec, row)}" for place, row in enumerate(value, 1))
    if isinstance(value, list):
        return "、".join(_label(spec, one) for one in value)
    if spec.choices:
        return _label(spec, value)
    if spec.type is FieldType.PLACE:
        return "".join(place.name for place in places.path(str(value))) or str(value)
    return f"{value} {spec.unit}" if spec.unit else str(value)


def _label(spec: Column, value: object) -> str:
    return next((option.label for option in spec.choices if option.value == value), str(value))


def _row(spec: FieldSpec, row: Mapping[str, object]) -> str:
    return "；".join(
        f"{column.label}：{shown(column, row[column.key])}" for column in spec.columns if column.key in row
    )


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
    """A document of the case (文书视图). ``number``, ``file``: of the signed PDF, once it is made."""

    id: uuid.UUID
    verb: Verb
    body: Mapping[str, object]
    by: str
    at: datetime
    number: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """Who stood at the counter (到场人): the applicant herself, or another under a mandate; ``seen``: the document shown."""

    seen: Shown
    mandate: mandates.Told | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the time line (时间线节点). ``by``: the official's name; empty for the applicant and the platform.

    ``seq``: its place in the case's stream; ``signed``: whether it was signed with a certificate.
    ``mandate``: under which somebody did it for another, with both names and its number. ``present``: who stood at the counter
    that did it for the applicant.
    """

    verb: Verb
    at: datetime
    kind: str
    by: str
    data: Mapping[str, object]
    seq: int = 0
    signed: bool = False
    mandate: mandates.Told | None = None
    present: Present | None = None


@dataclass(frozen=True, slots=True)
class PartView:
    """A department's part in joint handling (部门办理视图). ``days``: its budget in working days."""

    key: str
    organ_id: uuid.UUID
    name: str
    what: str
    days: int
    after: tuple[str, ...]
    state: PartState
    agrees: bool | None
    opinion: str
    opened_on: date | None
    done_at: datetime | None
    act_by: date | None
    warn_on: date | None


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal that waits for a superior (待批呈批)."""

    verb: Verb
    body: Mapping[str, object]
    by: str
    at: datetime
    id: uuid.UUID
    by_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as those entitled to it see it (办件视图)."""

    id: uuid.UUID
    number: str | None
    state: State
    version: int
    edition: catalogue.EditionView
    party_id: uuid.UUID
    account_id: uuid.UUID
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
    later_by: date | None
    place: str
    organ_id: uuid.UUID
    counter_id: uuid.UUID | None
    bundle_id: uuid.UUID | None
    handler_id: uuid.UUID | None
    examiner_id: uuid.UUID | None
    committed: Mapping[str, object] | None
    delivery: Mapping[str, object]
    kept: Mapping[str, object]
    clock: History
    traits: frozenset[Trait]
    attachments: list[AttachmentView]
    documents: list[DocumentView]
    moments: list[Moment]
    parts: list[PartView] = field(default_factory=list)
    proposals: list[ProposalView] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)  # what this actor may do now
    hindrances: dict[Verb, str] = field(
        default_factory=dict
    )  # what the role could do, but this actor may not, and why

    @property
    def edition_id(self) -> uuid.UUID:
        """The edition on which it stands (所依版本)."""
        return self.edition.id

    def demands(self) -> dict[str, str]:
        """What the last notice asks for (补正要求): target -> text; of a pre-review while it is returned."""
        asking = {Verb.RETURN_FOR_CHANGES} if self.state is State.RETURNED else SUPPLEMENTS
        last = next((document for document in reversed(self.documents) if document.verb in asking), None)
        return {
            str(demand["target"]): str(demand["text"])
            for document in ([] if last is None else [last])
            for demand in document.body["demands"]  # type: ignore[attr-defined] # the document was written by request_supplement
        }


def one(actor: Actor, case_id: uuid.UUID) -> CaseView:
    """One case that ``actor`` may read (取办件), complete. NotFound where there is none or it is not for this actor."""
    case = Case.objects.filter(visible_to(actor), pk=case_id).first()
    if case is None:
        raise NotFound("cases.visible", msg("没有找到这件办件，或者您不能查看它。"))
    parts = list(case.parts.order_by("position"))
    traits = _traits(case)
    moves, hindrances = _possible(actor, case, traits, parts)
    return CaseView(
        id=case.id,
        number=case.number,
        state=State(case.state),
        version=case.version,
        edition=catalogue.edition(case.edition_id),
        party_id=case.party_id,
        account_id=case.account_id,
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
        later_by=case.later_by,
        place=case.place,
        organ_id=case.organ_id,
        counter_id=case.counter_id,
        bundle_id=case.bundle_id,
        handler_id=case.handler_id,
        examiner_id=case.examiner_id,
        committed=case.committed,
        delivery=case.delivery,
        kept=case.kept,
        clock=history(case.clock),
        traits=traits,
        attachments=_attachments(case.id),
        documents=_documents(actor, case),
        moments=_moments(case.id),
        parts=_parts(case, parts, history(case.clock)) if parts else [],
        proposals=_proposals(case) if actor.party_id != case.party_id else [],
        moves=moves,
        hindrances=hindrances,
    )


def by_number(actor: Actor, number: str) -> CaseView:
    """One case by its number (按编号取办件); as :func:`one`."""
    found = Case.objects.filter(visible_to(actor), number=number).values_list("id", flat=True).first()
    return one(actor, found or uuid.UUID(int=0))


def _traits(case: Case) -> frozenset[Trait]:
    by_hand = case.delivery.get("way") in ("post", "counter")
    guide = catalogue.guide_of(case.edition_id)
    return traits_of(guide, committed=case.committed is not None, by_hand=by_hand)


def _possible(
    actor: Actor, case: Case, traits: frozenset[Trait], parts: Sequence[Part]
) -> tuple[list[Move], dict[Verb, str]]:
    moves: list[Move] = []
    hindrances: dict[Verb, str] = {}
    turns = {part.organ_id for part in parts if part.state in (PartState.OPEN, PartState.PAUSED)}
    turns |= collected_at(case.delivery)
    for move in verbs_from(State(case.state), traits):
        allowed, reason = may(actor, move, case, turns)
        if allowed:
            moves.append(move)
        elif case.organ_id in actor.organs_as(move.by.value):
            hindrances[move.verb] = reason
    return moves, hindrances


def _parts(case: Case, parts: Sequence[Part], clock: History) -> list[PartView]:
    departments = {one.key: one for one in catalogue.guide_of(case.edition_id).departments}
    names = parties.organs_by_id([part.organ_id for part in parts])
    return [
        PartView(
            key=part.key,
            organ_id=part.organ_id,
            name=names[part.organ_id].name,
            what=departments[part.key].what if part.key in departments else "",
            days=departments[part.key].days if part.key in departments else 0,
            after=departments[part.key].after if part.key in departments else (),
            state=PartState(part.state),
            agrees=part.agrees,
            opinion=part.opinion,
            opened_on=next(
                (e.on for e in reversed(clock) if e.part == part.key and e.what is Happened.OPENED), None
            ),
            done_at=part.done_at,
            act_by=part.act_by,
            warn_on=part.warn_on,
        )
        for part in parts
    ]


def _attachments(case_id: uuid.UUID) -> list[AttachmentView]:
    found = (
        Attachment.objects.filter(case_id=case_id)
        .select_related("material__file")
        .order_by("attached_at", "id")
    )
    return [view_of(one) for one in found]


def view_of(one: Attachment) -> AttachmentView:
    """An attachment as it is shown (附件视图)."""
    return AttachmentView(
        key=one.key,
        material_id=one.material_id,
        file_name=one.material.file_name,
        size=one.material.file.size,
        media_type=one.material.file.media_type,
        digest=one.material.file_id,
        trust=one.material.trust,
        attached_at=one.attached_at,
    )


# Opinions are between officials until the decision is made; the applicant reads notices, decisions and what a person
# thinks of a decision by rule.
_FOR_STAFF_ONLY = frozenset({Verb.EXAMINE, Verb.RETURN, Verb.OPINE})


def for_staff_only(actor: Actor, party_id: uuid.UUID, verb: Verb) -> bool:
    """Whether a document of this kind is not for ``actor``, who is the applicant (仅供内部的文书)."""
    return actor.party_id == party_id and verb in _FOR_STAFF_ONLY


def _documents(actor: Actor, case: Case) -> list[DocumentView]:
    found = Document.objects.filter(case_id=case.id).select_related("by").order_by("at", "id")
    return [
        DocumentView(d.id, Verb(d.verb), d.body, d.by.staff_name if d.by else "", d.at, d.number, d.file_id)
        for d in found
        if not for_staff_only(actor, case.party_id, Verb(d.verb))
    ]


def _proposals(case: Case) -> list[ProposalView]:
    found = (
        Proposal.objects.filter(case_id=case.id, ended_at__isnull=True).select_related("by").order_by("at")
    )
    return [
        ProposalView(Verb(one.verb), one.body, one.by.staff_name, one.at, one.id, one.by_id) for one in found
    ]


def _moments(case_id: uuid.UUID) -> list[Moment]:
    """The time line is the ledger itself: what is shown is what was recorded."""
    acts = [act for act in ledger.acts_of(f"case:{case_id}") if act.act.removeprefix("cases.") in set(Verb)]
    named = {act.seq: _named(act.actor.get("mandate")) for act in acts}
    there = {act.seq: found for act in acts if isinstance(found := act.data.get("present"), dict)}
    of_present = {seq: _named(kept.get("mandate")) for seq, kept in there.items()}
    told = mandates.told({one for one in (*named.values(), *of_present.values()) if one is not None})
    return [
        Moment(
            Verb(act.act.removeprefix("cases.")),
            act.at,
            act.actor["kind"],
            act.actor.get("name", "") if act.actor["kind"] == ActorKind.STAFF else "",
            act.data,
            act.seq,
            bool(act.signature),
            told.get(one) if (one := named[act.seq]) else None,
            Present(Shown(there[act.seq]["seen"]), told.get(by) if (by := of_present[act.seq]) else None)
            if act.seq in there
            else None,
        )
        for act in acts
    ]


def _named(mandate: object) -> uuid.UUID | None:
    return None if mandate is None else uuid.UUID(str(mandate))


def signed_act(actor: Actor, case_id: uuid.UUID, seq: int) -> tuple[bytes, bytes]:
    """(content, evidence) of one signed act of a case that ``actor`` may read (签名原文和证据). NotFound where nobody signed it."""
    found = None
    if 0 < seq < _LARGEST_SEQ and Case.objects.filter(visible_to(actor), pk=case_id).exists():
        found = ledger.signed_act(f"case:{case_id}", seq)
    if found is None:
        raise NotFound("cases.signature", msg("这一步没有用证书签名。"))
    return found


_LARGEST_SEQ = 2**31


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


def document_file(actor: Actor, case_id: uuid.UUID, document_id: uuid.UUID) -> Download:
    """The signed PDF of a document of a case that ``actor`` may read (取文书). NotFound where it is not made yet."""
    visible = Case.objects.filter(visible_to(actor), pk=case_id)
    found = Document.objects.filter(case__in=visible, pk=document_id).select_related("file", "case").first()
    hidden = found is not None and for_staff_only(actor, found.case.party_id, Verb(found.verb))
    if found is None or found.file is None or hidden:
        raise NotFound("cases.document", msg("没有找到这份文书，或者它还没有制作好。"))
    name = f"{found.number}.pdf"
    return Download(name, found.file.media_type, found.file.size, files.open_file(found.file.digest))


def has_document(case_id: uuid.UUID, verb: str) -> bool:
    """Whether a case has a document of this verb (是否有此文书)."""
    return Document.objects.filter(case_id=case_id, verb=verb).exists()


def stands(case_id: uuid.UUID) -> tuple[State, uuid.UUID]:
    """State and edition of a case (办件现状), for a job that looks whether there is anything to do; the act itself looks again."""
    state, edition_id = Case.objects.values_list("state", "edition_id").get(pk=case_id)
    return State(state), edition_id


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
