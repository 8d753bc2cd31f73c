"""What the acts on editions of items and of basic items have in common (版本流转): locking, the table of moves, checks, dates."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, QuerySet
from django.utils import timezone

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.offers.catalogue.access import may, may_edit
from tongban.offers.catalogue.actions.reading import read_reason
from tongban.offers.catalogue.models import BasicEdition, BasicItem, Content, Edition, Item
from tongban.offers.catalogue.queries import since, whole_digest
from tongban.offers.catalogue.rules.editions import (
    PENDING,
    STATE_LABELS,
    VERB_LABELS,
    EditionState,
    Verb,
    find,
)
from tongban.offers.catalogue.rules.guide import Terms
from tongban.offers.catalogue.rules.narrowing import violations
from tongban.offers.catalogue.rules.quality import Severity, findings
from tongban.standards.canonical import digest
from tongban.standards.item_codes import ItemType
from tongban.standards.text import msg

Editions = QuerySet[Edition] | QuerySet[BasicEdition]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned for an edition (实施计划): its first day, its end where one is known already, and why."""

    starts_on: date
    ends_on: date | None
    reason: str


def plan_of(starts_on: date, ends_on: date | None, reason: str) -> Plan:
    """A plan whose days are in order (核对计划); raises Invalid."""
    if ends_on is not None and ends_on <= starts_on:
        told = msg("结束日期要晚于开始日期。")
        raise Invalid("catalogue.order", told, fields={"ends_on": [told]})
    return Plan(starts_on, ends_on, read_reason(reason))


def ensure_seen(now: str, seen: str | None) -> None:
    """Raise Conflict where the page that acts showed another content than there is ``now`` (核对所见版本); digests, None asks nothing."""
    if seen is not None and seen != now:
        raise Conflict("catalogue.stale", msg("您打开以后，内容又有了改动。请看过最新内容再办。"))


_NO_EDITOR = msg("只有本机关的事项编辑可以改动这个事项。")


def locked(edition_id: uuid.UUID) -> Edition:
    """The edition, with its basic item and its item locked first (锁定版本): whatever is done to their editions queues up there.

    Locking editions one by one would let a publication and a retirement wait for each other for ever. The basic item
    comes first: the standard that an edition is held against stays what it is until the edition stands.
    """
    basic = (
        BasicItem.objects.select_for_update(of=("self",), no_key=True)
        .filter(items__editions=edition_id)
        .first()
    )
    item = Item.objects.select_for_update(of=("self",)).filter(editions=edition_id).first()
    if basic is None or item is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    found = Edition.objects.select_for_update(of=("self",)).select_related("item__basic")
    edition = found.filter(pk=edition_id).first()
    if edition is None:  # discarded while we waited
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    return edition


def locked_own(actor: Actor, edition_id: uuid.UUID, seen: str | None = None) -> Edition:
    """The same for an editor of its organ (锁定本机关版本).

    Raises Forbidden for who edits nothing, whatever there is; for other editors what is pending is as absent as what there is not.
    """
    if not actor.organs_as("editor"):
        raise Forbidden("catalogue.editor", _NO_EDITOR)
    edition = locked(edition_id)
    allowed, reason = may_edit(actor, edition.item.organ_id)
    if not allowed and EditionState(edition.state) in PENDING:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    if not allowed:
        raise Forbidden("catalogue.editor", reason)
    ensure_seen(edition.digest, seen)
    return edition


def locked_basic(edition_id: uuid.UUID, seen: str | None = None) -> BasicEdition:
    """The basic edition, with its basic item locked first (锁定基本目录版本). ``seen``: the digest of it and all that goes along."""
    basic = BasicItem.objects.select_for_update(no_key=True).filter(editions=edition_id).first()
    found = BasicEdition.objects.select_for_update(of=("self",)).select_related("basic")
    edition = None if basic is None else found.filter(pk=edition_id).first()
    if edition is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    if seen is not None:
        ensure_seen(whole_digest(edition_id), seen)
    return edition


def step(edition: Content, verb: Verb, actor: Actor) -> EditionState:
    """Where ``verb`` leads (查表): raises Conflict where the table has no such move, Forbidden where it is not this actor's."""
    state = EditionState(edition.state)
    move = find(state, verb)
    if move is None:
        raise Conflict(
            "catalogue.move",
            msg("这个版本现在是“%(state)s”，不能“%(verb)s”。请看过最新情况再办。"),
            {"state": STATE_LABELS[state], "verb": VERB_LABELS[verb]},
        )
    allowed, why = may(actor, move, writers=edition.writers)
    if not allowed:
        raise Forbidden(f"catalogue.{verb}", why)
    return move.target or state


def fill(edition: Content, body: dict[str, object], actor: Actor) -> None:
    """Put ``body`` into a draft (填入草稿). Whoever wrote once into an edition cannot approve it."""
    edition.body, edition.digest = body, digest(body)
    name = body.get("name")
    edition.name = name if isinstance(name, str) else edition.name
    if actor.id is not None and actor.id not in edition.writers:
        edition.writers = [*edition.writers, actor.id]


def next_number(editions: Editions) -> int:
    """The number of the next edition (下一版号)."""
    return (editions.aggregate(last=Max("number"))["last"] or 0) + 1


def written(edition: Content, body: dict[str, object], seen: str, actor: Actor) -> dict[str, object]:
    """Change a draft (改草稿) that stood as ``seen`` (its digest) when it was opened; returns what the ledger says."""
    step(edition, Verb.WRITE, actor)
    if seen != edition.digest:
        raise Conflict(
            "catalogue.stale", msg("您打开以后，这份草稿又被人改过。您填的内容还在，请看过最新内容再保存。")
        )
    fill(edition, body, actor)
    edition.save(update_fields=["body", "digest", "name", "writers"])
    return {"edition": str(edition.id), "digest": edition.digest}


def checked(
    edition: Content, editions: Editions, terms: Terms, plan: Plan, actor: Actor, at: datetime
) -> dict[str, object]:
    """A draft that passed every check goes to approval (送审) as the whole that it is now; returns what the ledger says."""
    step(edition, Verb.CHECK, actor)
    ensure_order(editions, plan.starts_on, at)
    data = to_checked(edition, terms, plan, actor, at)
    edition.save()
    return data


def to_checked(edition: Content, terms: Terms, plan: Plan, actor: Actor, at: datetime) -> dict[str, object]:
    """The same for an edition that is not saved here (改为待审批)."""
    edition.state = step(edition, Verb.CHECK, actor)
    fill(edition, terms.body(), actor)
    edition.name = terms.name
    edition.starts_on, edition.ends_on, edition.reason, edition.remark = (
        plan.starts_on,
        plan.ends_on,
        plan.reason,
        "",
    )
    edition.checked_at, edition.checked_by = at, actor.id
    return {
        "edition": str(edition.id),
        "digest": edition.digest,
        "starts_on": plan.starts_on.isoformat(),
        "ends_on": plan.ends_on.isoformat() if plan.ends_on else None,
        "reason": plan.reason,
    }


def sent_back(edition: Content, reason: str, actor: Actor) -> dict[str, object]:
    """Back to its writers (退回修改), with the reason; returns what the ledger says."""
    edition.state = step(edition, Verb.SEND_BACK, actor)
    edition.remark = read_reason(reason)
    edition.checked_at = edition.checked_by = edition.approved_at = edition.approved_by = None
    edition.approver = ""
    edition.save()
    return {"edition": str(edition.id), "digest": edition.digest, "reason": edition.remark}


def approved(edition: Content, remark: str, actor: Actor, at: datetime) -> dict[str, object]:
    """Approve (批准): what was approved is exactly what will be published; returns what the ledger says."""
    data = to_approved(edition, remark, actor, at)
    edition.save(update_fields=["state", "remark", "approved_at", "approved_by", "approver"])
    return data


def to_approved(edition: Content, remark: str, actor: Actor, at: datetime) -> dict[str, object]:
    """The same for an edition that is not saved here (改为已批准)."""
    edition.state = step(edition, Verb.APPROVE, actor)
    edition.remark = read_reason(remark)
    edition.approved_at, edition.approved_by, edition.approver = at, actor.id, actor.name[:60]
    return {"edition": str(edition.id), "digest": edition.digest, "remark": edition.remark}


def put_in_force(edition: Content, editions: Editions, actor: Actor, at: datetime) -> dict[str, object]:
    """Publish what was approved (发布): the edition in force until its first day ends then; returns what the ledger says."""
    step(edition, Verb.PUBLISH, actor)
    starts_on = edition.starts_on
    assert starts_on is not None  # noqa: S101 -- a constraint: what was checked has a first day
    ensure_order(editions, starts_on, at)
    superseded = find(EditionState.PUBLISHED, Verb.SUPERSEDE)
    assert superseded is not None  # noqa: S101 -- the table of moves has it; a test walks the table
    standing = editions.exclude(state__in=PENDING).filter(since(starts_on))
    standing.update(state=superseded.target, ends_on=starts_on)
    data = to_published(edition, actor, at)
    edition.save(update_fields=["state", "published_at"])
    return data


def to_published(edition: Content, actor: Actor, at: datetime) -> dict[str, object]:
    """The same for an edition that is not saved here (改为在用)."""
    edition.state, edition.published_at = step(edition, Verb.PUBLISH, actor), at
    return {
        "edition": str(edition.id),
        "digest": edition.digest,
        "starts_on": edition.starts_on.isoformat() if edition.starts_on else None,
        "ends_on": edition.ends_on.isoformat() if edition.ends_on else None,
        "reason": edition.reason,
        "approver": edition.approver,
    }


def ensure_order(editions: Editions, starts_on: date, at: datetime) -> None:
    """Raise Conflict where an edition cannot begin on a day (核对先后): one begins later, or the past would change."""
    standing = editions.exclude(state__in=PENDING).filter(since(starts_on))
    if standing.filter(starts_on__gte=starts_on).exists():
        raise Conflict("catalogue.order", msg("已有从同一天或更晚开始的版本，请换一个开始日期。"))
    if standing.exclude(state=EditionState.PUBLISHED).exists():
        raise Conflict("catalogue.order", msg("到这一天前一个版本还没有结束，请换一个更晚的开始日期。"))
    if starts_on < timezone.localtime(at).date() and standing.exists():
        raise Conflict(
            "catalogue.past", msg("过去的日子里在用的是前一个版本，不能倒回去改。请从今天或者以后开始。")
        )


def retired(edition: Content, ends_on: date, reason: str, actor: Actor) -> dict[str, object]:
    """End a published edition (取消); returns what the ledger says of it."""
    kept = read_reason(reason)
    target = step(edition, Verb.RETIRE, actor)
    if edition.starts_on is not None and ends_on < edition.starts_on:
        raise Conflict("catalogue.order", msg("取消日期不能早于这个版本的开始日期。"))
    edition.state, edition.ends_on, edition.reason = target, ends_on, kept
    edition.save(update_fields=["state", "ends_on", "reason"])
    return {"edition": str(edition.id), "ends_on": ends_on.isoformat(), "reason": kept}


def ensure_publishable(terms: Terms, basic: BasicItem, standards: Collection[Terms] = ()) -> None:
    """Refuse what a check of quality calls an error, and what goes beyond a standard that it stands on (核对能否发布)."""
    fields: dict[str, list[str]] = {}
    for found in findings(terms, ItemType(basic.item_type)):
        if found.severity is Severity.ERROR:
            fields.setdefault(found.path, []).append(found.message)
    beyond = [one for standard in standards for one in violations(standard, terms)]
    for one in dict.fromkeys(beyond):
        fields.setdefault(one.path, []).append(one.told())
    if beyond:
        raise Invalid("catalogue.narrowing", msg("指南超出了基本目录的标准，不能发布。"), fields=fields)
    if fields:
        raise Invalid("catalogue.quality", msg("指南里还有必须改的地方，不能发布。"), fields=fields)
