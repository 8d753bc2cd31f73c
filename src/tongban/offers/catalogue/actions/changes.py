"""Acts on bulk changes (批量变更行为): take in a file, or choose an operation; confirm what was shown, all of it; or drop it.

What is done with each item is what the single acts do, with an entry in the ledger each.
"""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.db import aside, fetch_one
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.base.workbooks import unpacked_size
from tongban.offers.catalogue.actions import editions
from tongban.offers.catalogue.actions.items import ensure_basic_editor, register_item
from tongban.offers.catalogue.actions.looking import BATCH, look_through
from tongban.offers.catalogue.actions.reading import read_draft, read_reason
from tongban.offers.catalogue.models import BulkChange, BulkRow, Item
from tongban.offers.catalogue.queries.guides import sound
from tongban.offers.catalogue.queries.transfer import Text, chosen, texts_of
from tongban.offers.catalogue.rules.changes import (
    AT_ONCE,
    CHANGE_LABELS,
    SMALL_FILE,
    ChangeState,
    Verdict,
)
from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.rules.operations import Operation, told
from tongban.people.parties import queries as parties
from tongban.standards.text import msg

_ALONE = "SELECT pg_advisory_xact_lock(%s)"
_PROGRESS = "UPDATE bulk_change SET progress = %s WHERE id = %s"


def take_in(*, actor: Actor, name: str, content: bytes, at: datetime, key: str | None = None) -> uuid.UUID:
    """Take in a file of items (收下文件), to be looked through: a small one at once, a large one by the worker."""
    small = unpacked_size(content) <= SMALL_FILE
    change = BulkChange(id=new_id(), name=sound(name)[:200], content=content)
    data = {"name": change.name, "digest": hashlib.sha256(content).hexdigest(), "size": len(content)}
    return _begin(actor, change, "catalogue.take_in", data, at, key, small=small)


def choose(
    *,
    actor: Actor,
    operation: Operation,
    selection: Mapping[str, Any],
    at: datetime,
    key: str | None = None,
) -> uuid.UUID:
    """Choose an operation and the items for it (选定批量操作); then it is looked through like a file."""
    count = chosen(actor, selection).count()
    change = BulkChange(
        id=new_id(),
        name=(str(told(operation)) % told_params(operation))[:200],
        operation=operation.model_dump(mode="json"),
        selection={name: _sound(value) for name, value in selection.items()},
        total=count,
    )
    data = {"operation": change.operation, "selection": change.selection}
    return _begin(actor, change, "catalogue.choose", data, at, key, small=count <= AT_ONCE)


def _sound(value: object) -> object:
    if isinstance(value, list):
        return [sound(str(one)) for one in value]
    return sound(value) if isinstance(value, str) else value


def told_params(operation: Operation) -> Mapping[str, object]:
    """What goes into the words of an operation (操作参数)."""
    return getattr(told(operation), "params", {})


def _begin(
    actor: Actor,
    change: BulkChange,
    act: str,
    data: Mapping[str, object],
    at: datetime,
    key: str | None,
    *,
    small: bool,
) -> uuid.UUID:
    if not actor.organs_as("editor"):
        raise Forbidden("catalogue.editor", msg("只有事项编辑可以导入和批量改动。"))
    change.made_at, change.made_by, change.maker = at, actor.id, actor.name[:60]
    event = None if small else {"change": str(change.id)}
    try:
        with transaction.atomic():
            change.save(force_insert=True)
            told_data = {"change": str(change.id), **data}
            record(
                stream=f"change:{change.id}",
                act=act,
                actor=actor,
                at=at,
                data=told_data,
                key=key,
                event=event,
            )
    except Repeated:
        before = done_before(actor, key or "")
        if before is None or before[1] != act:
            raise Conflict("catalogue.key", msg("这个请求编号已经用在另一次操作上。")) from None
        return uuid.UUID(before[0].partition(":")[2])
    if small:
        look_through(actor=actor, change_id=change.id, at=at)
    return change.id


def confirm(
    *,
    actor: Actor,
    change_id: uuid.UUID,
    at: datetime,
    together: bool = False,
    starts_on: date | None = None,
    reason: str = "",
) -> None:
    """Confirm what was shown (确认): drafts of everything that differs, ``together`` sent to approval for ``starts_on``.

    All or nothing; more than a few items are done by the worker. Confirming again changes nothing.
    """
    with transaction.atomic():
        change = _mine(actor, change_id)
        if change.state in (ChangeState.CONFIRMED, ChangeState.DONE):
            return
        if change.state != ChangeState.READY:
            raise Conflict(
                "catalogue.change",
                msg("这次批量变更现在是“%(state)s”，不能确认。"),
                {"state": CHANGE_LABELS[ChangeState(change.state)]},
            )
        change.reason = read_reason(reason)
        if together:
            _ensure_plan(change, starts_on)
        change.together, change.starts_on = together, starts_on if together else None
        change.state, change.confirmed_at, change.progress = ChangeState.CONFIRMED, at, 0
        change.save()
        count = change.changed + change.fresh
        data = {
            "change": str(change.id),
            "items": count,
            "together": together,
            "starts_on": starts_on.isoformat() if together and starts_on else None,
            "reason": change.reason,
        }
        record(
            stream=f"change:{change.id}",
            act="catalogue.confirm",
            actor=actor,
            at=at,
            data=data,
            event={"change": str(change.id)} if count > AT_ONCE else None,
        )
    if count <= AT_ONCE:
        carry_out(actor=actor, change_id=change_id, at=at)


def _ensure_plan(change: BulkChange, starts_on: date | None) -> None:
    fields: dict[str, list[str]] = {}
    if starts_on is None:
        fields["starts_on"] = [msg("请填开始日期。")]
    if not change.reason:
        fields["reason"] = [msg("请写理由。")]
    if change.held and not change.selection.get("skip"):
        fields["together"] = [msg("有的事项还没有填完整，只能先存成草稿。")]
    if change.selection.get("everybody"):
        fields["together"] = [msg("别的机关的事项只能代拟草稿，由他们自己送审。")]
    if fields:
        raise Invalid("catalogue.plan", msg("还不能送审，请看标出的地方。"), fields=fields)


def carry_out(*, actor: Actor, change_id: uuid.UUID, at: datetime) -> None:
    """Do what was confirmed (办理), in one transaction; where an item has changed meanwhile, nothing is done and it is told."""
    try:
        with transaction.atomic():
            # The row itself stays free, so that progress can be told while this goes on; one at a time all the same.
            fetch_one(_ALONE, [change_id.int % 2**63])
            change = BulkChange.objects.filter(pk=change_id).first()
            if change is None or change.state != ChangeState.CONFIRMED:
                return
            _carry_out(actor, change, at)
            change.state, change.ended_at = ChangeState.DONE, at
            change.progress = change.changed + change.fresh
            change.save(update_fields=["state", "ended_at", "progress"])
    except Refusal as refusal:
        _undone(change_id, refusal, at)


@transaction.atomic
def _undone(change_id: uuid.UUID, refusal: Refusal, at: datetime) -> None:
    """What was confirmed could not be done: nothing of it was, and this is why."""
    change = BulkChange.objects.select_for_update().get(pk=change_id)
    code = next(iter(getattr(refusal, "__notes__", [])), "")
    reasons = [text for texts in refusal.fields.values() for text in texts] or [refusal.message]
    change.state, change.ended_at = ChangeState.REFUSED, at
    params = {name: str(value) for name, value in refusal.params.items()}
    change.problems = [
        ["", 0, "", code, str(text), {k: str(v) for k, v in getattr(text, "params", params).items()}]
        for text in reasons
    ]
    change.refused = len(reasons)
    change.save()


def _carry_out(actor: Actor, change: BulkChange, at: datetime) -> None:
    rows = change.rows.exclude(verdict=Verdict.SAME).order_by("code")
    for done, row in enumerate(rows.iterator(chunk_size=BATCH), 1):
        try:
            row.edition = _draft(actor, change, row, at)
            if change.together and change.starts_on is not None:
                editions.check(
                    actor=actor,
                    edition_id=row.edition,
                    starts_on=change.starts_on,
                    reason=change.reason,
                    at=at,
                )
        except Refusal as refusal:
            refusal.add_note(row.code)
            raise
        row.save(update_fields=["edition"])
        if done % BATCH == 0:
            aside(_PROGRESS, [done, change.id])


def _draft(actor: Actor, change: BulkChange, row: BulkRow, at: datetime) -> uuid.UUID:
    """The draft of one item: the one that is there, written anew, or a new one."""
    item_id = row.item_id or _registered(actor, row.code, at)
    item = Item.objects.select_for_update(of=("self",)).select_related("basic").get(pk=item_id)
    text = texts_of([item_id], change.made_at.date()).get(item_id)
    if (text.edition if text else None, text.digest if text else "") != (row.base, row.base_digest):
        raise Conflict("catalogue.stale", msg("检查以后，这个事项又被人改过，请重新导入或者重新选。"))
    body = row.body or {}
    if change.selection.get("everybody") and item.organ_id not in actor.organs_as("editor"):
        return _draft_elsewhere(actor, item, body, text, at)
    if text is not None and text.draft:
        editions.write(actor=actor, edition_id=text.edition, body=body, seen=text.digest, at=at)
        return text.edition
    return editions.draft_edition(actor=actor, item_id=item_id, body=body, at=at)


def _draft_elsewhere(
    actor: Actor, item: Item, body: Mapping[str, object], text: Text | None, at: datetime
) -> uuid.UUID:
    """A draft for another organ (代拟草稿), by who edits the catalogue of the province; only that organ brings it further."""
    ensure_basic_editor(actor)
    if text is not None and text.draft:
        raise Conflict("catalogue.draft", msg("这个机关自己正在改这个事项，不能再代拟。"))
    return editions.start(actor, item, read_draft(Guide, body), at)


def _registered(actor: Actor, code: str, at: datetime) -> uuid.UUID:
    organ = parties.organ_by_code(code[:18])
    if organ is None:
        raise NotFound("catalogue.item", msg("没有这个事项。"))
    return register_item(actor=actor, basic_code=code[19:], organ_id=organ.id, level=code[18], at=at)


@transaction.atomic
def drop(*, actor: Actor, change_id: uuid.UUID, at: datetime) -> None:
    """Drop a bulk change (放弃) that was not confirmed. Dropping it again changes nothing."""
    change = _mine(actor, change_id)
    if change.state == ChangeState.DROPPED:
        return
    if change.state in (ChangeState.CONFIRMED, ChangeState.DONE):
        raise Conflict(
            "catalogue.change",
            msg("这次批量变更现在是“%(state)s”，不能放弃。"),
            {"state": CHANGE_LABELS[ChangeState(change.state)]},
        )
    change.rows.all().delete()
    change.state, change.content, change.ended_at = ChangeState.DROPPED, None, at
    change.save()
    record(
        stream=f"change:{change.id}",
        act="catalogue.drop",
        actor=actor,
        at=at,
        data={"change": str(change.id)},
    )


def _mine(actor: Actor, change_id: uuid.UUID) -> BulkChange:
    change = BulkChange.objects.select_for_update().filter(pk=change_id, made_by=actor.id).first()
    if change is None:
        raise NotFound("catalogue.change", msg("没有这次批量变更。"))
    return change


__all__ = ["carry_out", "choose", "confirm", "drop", "look_through", "take_in"]
