"""Acts on documents (信息行为): write, send to review, review, publish, revise and withdraw."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils import timezone

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.base.search import actions as search
from tongban.offers.publicinfo.access import may, may_edit, sees
from tongban.offers.publicinfo.models import Document, DocumentEdition
from tongban.offers.publicinfo.queries import agencies_with, document_of, service_names, stream_of
from tongban.offers.publicinfo.rules.documents import (
    ANNOUNCED,
    DOCUMENT_STATE_LABELS,
    OPEN,
    Content,
    DocumentKind,
    DocumentMove,
    DocumentState,
    DocumentVerb,
    check_content,
    check_reason,
    find,
    may_become,
)
from tongban.offers.publicinfo.rules.finding import ref_of_info
from tongban.offers.publicinfo.rules.intermediaries import agency_facts
from tongban.people.parties import queries as parties
from tongban.people.places import queries as places
from tongban.standards.canonical import digest
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """Where a document stands after an act (信息凭据)."""

    id: uuid.UUID
    number: int
    state: DocumentState
    version: int


def _ref(edition: DocumentEdition) -> DocumentRef:
    return DocumentRef(edition.document_id, edition.number, DocumentState(edition.state), edition.version)


def _content(given: Mapping[str, str], document_id: uuid.UUID | None = None) -> Content:
    """The content, checked by itself and against what is here; ``document_id``: the document that says it, if there is one."""
    content, errors = check_content(given)
    if content is not None and content.kind is DocumentKind.AGENCY:
        errors = unknown_in_agency(content.facts, document_id)
    if content is None or errors:
        raise Invalid("publicinfo.content", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    return content


def unknown_in_agency(facts: Mapping[str, object], document_id: uuid.UUID | None) -> dict[str, list[str]]:
    """What an agency names that is not here (核对引用): services, places; or that it stands on the list already."""
    told = agency_facts(facts)
    errors: dict[str, list[str]] = {}
    if not set(told.services) <= service_names().keys():
        errors["services"] = [msg("里面有没有公开的中介服务，请从列出的选项里选。")]
    if any(places.find(code) is None for code in told.places):
        errors["places"] = [msg("里面有不认识的区划代码，请核对。")]
    known = agencies_with([told.credit_code]).get(told.credit_code, [])
    if any(edition.document_id != document_id for edition in known):
        errors["credit_code"] = [msg("这个信用代码的机构已经在名录里，或者正在录入。请在那一条上改。")]
    return errors


@contextmanager
def _once_listed() -> Iterator[None]:
    """Two people enter one agency at the same moment: the database lets one through, the other is told."""
    try:
        yield
    except IntegrityError as error:
        if "info_agency_once" not in str(error):
            raise
        raise Conflict(
            "publicinfo.agency_once", msg("这个信用代码的机构已经在名录里，或者正在录入。请在那一条上改。")
        ) from error


def _ensure_editor(actor: Actor, organ_id: uuid.UUID) -> uuid.UUID:
    """The writer's account; what is published must name who wrote it."""
    allowed, reason = may_edit(actor, organ_id)
    if not allowed or actor.id is None:
        raise Forbidden("publicinfo.editor", reason or msg("只有本机关的编辑可以写和改这个机关的信息。"))
    return actor.id


def start(
    *, actor: Actor, organ_id: uuid.UUID, content: Mapping[str, str], at: datetime, key: str | None = None
) -> DocumentRef:
    """Begin a document (起草信息) of an organ. The same key by the same actor gives the same document again."""
    writer = _ensure_editor(actor, organ_id)
    parties.organ(organ_id)
    read = _content(content)
    try:
        with _once_listed(), transaction.atomic():
            document = Document.objects.create(id=new_id(), organ_id=organ_id, made_at=at)
            edition = _new_edition(document, 1, read, [writer], at)
            _record(actor, edition, "publicinfo.start", {}, at, key)
            return _ref(edition)
    except Repeated:
        return _answer_of(actor, key, "publicinfo.start")


def revise(
    *,
    actor: Actor,
    document_id: uuid.UUID,
    content: Mapping[str, str],
    at: datetime,
    key: str | None = None,
) -> DocumentRef:
    """Begin a new edition (起草新版) of a published document; the published one stands until the new one is approved."""
    try:
        with _once_listed(), transaction.atomic():
            last = _locked(actor, document_id)
            writer = _ensure_editor(actor, last.document.organ_id)
            if last.state != DocumentState.PUBLISHED:
                return _repeated_or_refused(actor, last, key, "publicinfo.redraft")
            read = _content(content, document_id)
            _ensure_same_list(last, read)
            edition = _new_edition(last.document, last.number + 1, read, [writer], at)
            _record(actor, edition, "publicinfo.redraft", {}, at, key)
            return _ref(edition)
    except Repeated:
        return _answer_of(actor, key, "publicinfo.redraft")


def _new_edition(
    document: Document, number: int, content: Content, writers: list[uuid.UUID], at: datetime
) -> DocumentEdition:
    return DocumentEdition.objects.create(
        id=new_id(),
        document=document,
        number=number,
        digest=digest(content.told()),
        writers=writers,
        made_at=at,
        kind=content.kind,
        title=content.title,
        body=content.body,
        facts=dict(content.facts),
    )


def _ensure_same_list(edition: DocumentEdition, content: Content) -> None:
    """What stands on one list does not move to another."""
    if not may_become(DocumentKind(edition.kind), content.kind):
        told = msg("类别不能这样改：中介服务、中介机构和其他信息是分开的清单。请另写一条。")
        raise Invalid("publicinfo.kind", told, fields={"kind": [told]})


def _locked(actor: Actor, document_id: uuid.UUID) -> DocumentEdition:
    """The latest edition, with its document locked first: whatever is done to the editions of one document queues up there."""
    document = Document.objects.select_for_update().filter(pk=document_id).first()
    edition = None if document is None else document.editions.order_by("-number").first()
    if document is None or edition is None:
        raise _gone()
    if not sees(actor, organ_id=document.organ_id, state=DocumentState(edition.state)):
        raise _gone()
    edition.document = document
    return edition


def _gone() -> NotFound:
    return NotFound("publicinfo.document", msg("没有找到这条信息，或者它还没有公开。"))


def write(
    *,
    actor: Actor,
    document_id: uuid.UUID,
    content: Mapping[str, str],
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> DocumentRef:
    """Change a draft (修改草稿). Whoever wrote once into an edition cannot review it."""

    def change(edition: DocumentEdition) -> None:
        read = _content(content, document_id)
        _ensure_same_list(edition, read)
        edition.kind, edition.title, edition.body = read.kind, read.title, read.body
        edition.facts = dict(read.facts)
        edition.digest = digest(read.told())
        writer = _ensure_editor(actor, edition.document.organ_id)
        edition.writers = [*edition.writers, *({writer} - set(edition.writers))]

    return _move(actor, document_id, DocumentVerb.WRITE, at, version, key, change)


def send(
    *, actor: Actor, document_id: uuid.UUID, at: datetime, version: int | None = None, key: str | None = None
) -> DocumentRef:
    """Send a draft to the confidentiality review (送保密审查)."""
    return _move(actor, document_id, DocumentVerb.SEND, at, version, key)


def send_back(
    *,
    actor: Actor,
    document_id: uuid.UUID,
    reason: str,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> DocumentRef:
    """Send an edition back to its writers (退回修改), with the reason."""
    return _move(actor, document_id, DocumentVerb.SEND_BACK, at, version, key, reason=reason)


def approve(
    *,
    actor: Actor,
    document_id: uuid.UUID,
    confirmed: bool,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> DocumentRef:
    """Approve and publish (审查通过并公开); the edition published before is superseded in the same transaction.

    ``confirmed``: the reviewer states that there is neither a state nor a work nor a business secret nor anybody's private data in it.
    """

    def change(edition: DocumentEdition) -> None:
        if not confirmed:
            told = [msg("请先确认没有不能公开的内容；有的，请退回修改。")]
            raise Invalid("publicinfo.confirmed", told[0], fields={"confirmed": told})
        edition.reviewer_id, edition.published_at = actor.id, at
        standing = DocumentEdition.objects.filter(
            document=edition.document_id, state=DocumentState.PUBLISHED
        ).first()
        if standing is not None:
            move = find(DocumentState.PUBLISHED, DocumentVerb.REVISE)
            assert move is not None  # noqa: S101 -- the table of moves has it; a test walks the table
            standing.state, standing.ended_at = move.target, at
            standing.save(update_fields=["state", "ended_at"])
        if edition.kind in ANNOUNCED:
            search.put(document_of(edition))

    return _move(actor, document_id, DocumentVerb.APPROVE, at, version, key, change)


def withdraw(
    *,
    actor: Actor,
    document_id: uuid.UUID,
    reason: str,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> DocumentRef:
    """Withdraw a published document (撤下): its address stays and tells the reason. A new edition that is being written goes no further."""

    def change(edition: DocumentEdition) -> None:
        edition.ended_at = at
        search.end(ref=ref_of_info(str(document_id)), ends_on=timezone.localtime(at).date())

    return _move(actor, document_id, DocumentVerb.WITHDRAW, at, version, key, change, reason=reason)


def _move(
    actor: Actor,
    document_id: uuid.UUID,
    verb: DocumentVerb,
    at: datetime,
    version: int | None,
    key: str | None,
    change: Callable[[DocumentEdition], None] = lambda edition: None,
    reason: str | None = None,
) -> DocumentRef:
    """Make one move (信息流转): lock, access, table, write, record, in one transaction and one ledger entry."""
    try:
        with _once_listed(), transaction.atomic():
            edition = _of_verb(_locked(actor, document_id), verb)
            move = find(DocumentState(edition.state), verb)
            if move is None or (version is not None and version != edition.version):
                return _repeated_or_refused(actor, edition, key, f"publicinfo.{verb}")
            allowed, why = may(actor, move, organ_id=edition.document.organ_id, writers=edition.writers)
            if not allowed:
                raise Forbidden(f"publicinfo.{verb}", why)
            told = _reason(reason) if reason is not None else {}
            _save(edition, move, change, told.get("reason", ""))
            _record(actor, edition, f"publicinfo.{verb}", told, at, key)
            return _ref(edition)
    except Repeated:
        return _answer_of(actor, key, f"publicinfo.{verb}")


def _of_verb(edition: DocumentEdition, verb: DocumentVerb) -> DocumentEdition:
    """What is withdrawn is what the public sees, even while a new edition is being written."""
    if verb is not DocumentVerb.WITHDRAW or edition.state not in OPEN:
        return edition
    public = DocumentEdition.objects.filter(
        document=edition.document_id, state=DocumentState.PUBLISHED
    ).first()
    if public is None:
        return edition
    public.document = edition.document
    return public


def _reason(text: str) -> dict[str, str]:
    clean, errors = check_reason(text)
    if errors:
        raise Invalid("publicinfo.reason", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    return {"reason": clean}


def _save(
    edition: DocumentEdition, move: DocumentMove, change: Callable[[DocumentEdition], None], reason: str
) -> None:
    withdrawn = DocumentEdition.objects.filter(
        document=edition.document_id, state=DocumentState.WITHDRAWN
    ).exists()
    if withdrawn:
        raise Conflict("publicinfo.withdrawn", msg("这条信息已经撤下，不能再公开。请另写一条。"))
    change(edition)
    edition.state, edition.version, edition.reason = move.target, edition.version + 1, reason
    edition.save()


def _record(
    actor: Actor, edition: DocumentEdition, act: str, more: Mapping[str, str], at: datetime, key: str | None
) -> None:
    data = {
        "document": str(edition.document_id),
        "number": edition.number,
        "to": edition.state,
        "digest": edition.digest,
        **more,
    }
    heard = act in ("publicinfo.approve", "publicinfo.withdraw")
    record(
        stream=stream_of(edition.document_id),
        act=act,
        actor=actor,
        at=at,
        data=data,
        key=key,
        event=data if heard else None,
    )


def _repeated_or_refused(actor: Actor, edition: DocumentEdition, key: str | None, act: str) -> DocumentRef:
    if key is not None and done_before(actor, key) == (stream_of(edition.document_id), act):
        return _ref(edition)
    _ensure_editor(actor, edition.document.organ_id)
    raise Conflict(
        "publicinfo.move",
        msg("这条信息现在是“%(state)s”，您打开页面以后它有了变化。请看过最新情况再办。"),
        {"state": DOCUMENT_STATE_LABELS[DocumentState(edition.state)]},
    )


def _answer_of(actor: Actor, key: str | None, act: str) -> DocumentRef:
    """The answer to a repeated key: what stands now, if it was the same act; a Conflict where it was another."""
    done = done_before(actor, key) if key is not None else None
    if done is None or done[1] != act:
        raise Conflict("publicinfo.key", msg("这个请求编号已经用在另一次操作上。"))
    with transaction.atomic():
        return _ref(_locked(actor, uuid.UUID(done[0].removeprefix("info:"))))


# --- imports of agencies -----------------------------------------------------------------------------------------------


class Taken(StrEnum):
    """What became of an imported agency (导入结果)."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def take_in_agency(*, actor: Actor, organ_id: uuid.UUID, content: Mapping[str, str], at: datetime) -> Taken:
    """Take in an agency of an imported file (导入机构): a new entry, or a new edition of the published one where it differs.

    It goes straight to the confidentiality review: nothing of an imported file is public that no editor has read. Raises
    Conflict where another edition of it is being written or waits for review with something else in it.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("publicinfo.agency_import", msg("只有平台的导入命令可以这样录入。"))
    checked, errors = check_content(content)
    if checked is None:
        raise Invalid("publicinfo.content", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    with _once_listed(), transaction.atomic():
        known = agencies_with([str(checked.facts["credit_code"])])
        document = next((found[0].document for found in known.values()), None)
        if document is None:
            document = Document.objects.create(id=new_id(), organ_id=organ_id, made_at=at)
        else:
            document = Document.objects.select_for_update().get(pk=document.pk)
        if document.organ_id != organ_id:
            raise Conflict("publicinfo.agency_organ", msg("这个机构在另一个机关的名录里。"))
        read, last = _content(content, document.id), document.editions.order_by("-number").first()
        if last is not None and last.digest == digest(read.told()):
            return Taken.UNCHANGED
        if last is not None and last.state in OPEN:
            raise Conflict("publicinfo.agency_open", msg("这个机构有一版正在写或者等审查，请先办完那一版。"))
        edition = _new_edition(document, last.number + 1 if last else 1, read, [], at)
        _record(actor, edition, "publicinfo.redraft" if last else "publicinfo.start", {}, at, None)
        move = find(DocumentState.DRAFT, DocumentVerb.SEND)
        assert move is not None  # noqa: S101 -- the table of moves has it; a test walks the table
        _save(edition, move, lambda edition: None, "")
        _record(actor, edition, "publicinfo.send", {}, at, None)
        return Taken.CHANGED if last else Taken.ADDED
