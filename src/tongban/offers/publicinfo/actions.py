"""Acts on public information (公开信息行为): take in a law's wording; write, review, publish and withdraw documents."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.offers.publicinfo.access import may, may_edit, sees
from tongban.offers.publicinfo.models import Article, Document, DocumentEdition, Law, LawEdition
from tongban.offers.publicinfo.queries import changes, stream_of
from tongban.offers.publicinfo.rules.documents import (
    DOCUMENT_STATE_LABELS,
    OPEN,
    Content,
    DocumentMove,
    DocumentState,
    DocumentVerb,
    check_content,
    check_reason,
    find,
)
from tongban.offers.publicinfo.rules.laws import Change, LawText, in_force_from, kind_of
from tongban.people.parties import queries as parties
from tongban.standards.canonical import digest
from tongban.standards.citations import key_of
from tongban.standards.text import msg

# --- laws --------------------------------------------------------------------------------------------------------------


def digest_of(law: LawText, dated: date) -> str:
    """Digest of a wording (法规文本摘要): over title, day, history and every article."""
    told = [
        {"label": a.number.label, "chapter": a.chapter, "section": a.section, "text": a.text}
        for a in law.articles
    ]
    return digest({"title": law.title, "dated": dated.isoformat(), "history": law.history, "articles": told})


@transaction.atomic
def publish_law(*, actor: Actor, text: LawText, dated: date, source_digest: str, at: datetime) -> bool:
    """Take in a law's wording (录入法规文本) of a day; whether it is new: the same wording again changes nothing.

    The wording in force until then ends on the day on which this one starts. Raises Conflict where another wording of
    the same day is published, or where it would start before the one that it follows.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("publicinfo.law_import", msg("法规由平台按官方文本导入，不能手工改。"))
    key, told = key_of(text.title), digest_of(text, dated)
    law, _ = Law.objects.get_or_create(key=key, defaults={"title": text.title, "kind": kind_of(text)})
    law = Law.objects.select_for_update().get(pk=law.pk)
    if law.title != text.title:
        raise Conflict("publicinfo.law_title", msg("同一个简称下已经有另一部法规。"))
    same = law.editions.filter(dated=dated).first()
    if same is not None:
        if same.digest == told:
            return False
        raise Conflict("publicinfo.law_same_day", msg("这一天的文本已经公布，内容不能再改。"))
    starts_on, said = in_force_from(text, dated)
    before = law.editions.filter(dated__lt=dated).order_by("-dated").first()
    after = law.editions.filter(dated__gt=dated).order_by("dated").first()
    if (before and before.starts_on > starts_on) or (after and after.starts_on < starts_on):
        raise Conflict("publicinfo.law_order", msg("施行日期和前后的文本对不上：后公布的文本不能先施行。"))
    edition = LawEdition(
        law=law,
        dated=dated,
        history=text.history,
        starts_on=starts_on,
        starts_said=said,
        ends_on=after.starts_on if after else None,
        digest=told,
        source_digest=source_digest,
    )
    if before is not None:
        before.ends_on = starts_on
        before.save(update_fields=["ends_on"])
    edition.save(force_insert=True)
    _write_articles(edition, text)
    edition.published_at = at
    edition.save(update_fields=["published_at"])
    _record_law(actor, edition, before, after, at)
    return True


def _write_articles(edition: LawEdition, text: LawText) -> None:
    Article.objects.bulk_create(
        Article(
            edition=edition,
            number=article.number.number,
            inserted=article.number.inserted,
            label=article.number.label,
            chapter=article.chapter,
            section=article.section,
            text=article.text,
        )
        for article in text.articles
    )


def _record_law(
    actor: Actor, edition: LawEdition, before: LawEdition | None, after: LawEdition | None, at: datetime
) -> None:
    """One entry; where the law has another wording as well, the event names every article that differs."""
    data: dict[str, object] = {
        "law": edition.law.key,
        "edition": str(edition.id),
        "dated": edition.dated.isoformat(),
        "starts_on": edition.starts_on.isoformat(),
        "digest": edition.digest,
        "source_digest": edition.source_digest,
    }
    stream = f"law:{edition.law_id}"
    if before is None and after is None:
        record(stream=stream, act="publicinfo.law_published", actor=actor, at=at, data=data)
        return
    # A wording taken in late, before one that is here, differs from what follows it.
    older, newer = (before, edition) if before else (edition, after)
    assert older is not None and newer is not None  # noqa: S101, PT018 -- one of the two neighbours is there, see above
    data |= {
        "from": older.dated.isoformat(),
        "to": newer.dated.isoformat(),
        "changed": [_told(change) for change in changes(older.id, newer.id)],
    }
    record(stream=stream, act="publicinfo.law_changed", actor=actor, at=at, data=data, event=data)


def _told(change: Change) -> dict[str, str]:
    """A changed article in the event: what happened, under which number before and after."""
    named = {"old": change.old, "new": change.new}
    return {"kind": change.kind.value} | {
        name: article.number.label for name, article in named.items() if article is not None
    }


# --- documents ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """Where a document stands after an act (信息凭据)."""

    id: uuid.UUID
    number: int
    state: DocumentState
    version: int


def _ref(edition: DocumentEdition) -> DocumentRef:
    return DocumentRef(edition.document_id, edition.number, DocumentState(edition.state), edition.version)


def _content(given: Mapping[str, str]) -> Content:
    content, errors = check_content(given)
    if content is None:
        raise Invalid("publicinfo.content", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    return content


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
        with transaction.atomic():
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
        with transaction.atomic():
            last = _locked(actor, document_id)
            writer = _ensure_editor(actor, last.document.organ_id)
            if last.state != DocumentState.PUBLISHED:
                return _repeated_or_refused(actor, last, key, "publicinfo.redraft")
            edition = _new_edition(last.document, last.number + 1, _content(content), [writer], at)
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
        **content.told(),
    )


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
        read = _content(content)
        edition.kind, edition.title, edition.body = read.kind, read.title, read.body
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
        with transaction.atomic():
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
