"""Originals between counters (原件流转的行为): one end signs that it sent, the other that it received. No state of the case changes."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.offers.catalogue.rules.form import Errors
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg
from tongban.work.cases.actions.moving import Locked, lock, stream_of
from tongban.work.cases.models import Original
from tongban.work.cases.queries.originals import IN_ORDER
from tongban.work.cases.rules.moves import State
from tongban.work.cases.rules.originals import LONGEST_TRACKING, Leg, cannot_send

_SEND, _RECEIVE = "cases.send_originals", "cases.receive_originals"


def send_originals(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    what: Sequence[str],
    receiver: uuid.UUID,
    tracking: str = "",
    at: datetime,
    key: str | None = None,
) -> None:
    """Send papers of a case on (寄出原件) to another organ that takes part in it.

    ``what``: keys of the edition's materials, each a paper of its own. ``tracking``: of the post, empty where somebody carries
    them. Who sends is the actor's counter that takes part; only who holds a paper can send it.
    """
    try:
        with transaction.atomic():
            case = lock(actor, case_id)
            if _done(actor, key, case, _SEND):
                return
            sender, sent_by = _sender(actor, case, receiver)
            names, number = _checked(case, what, receiver, sender, tracking)
            sent = [
                Original(
                    id=new_id(),
                    case_id=case.id,
                    what=name,
                    sender_id=sender,
                    receiver_id=receiver,
                    tracking=number,
                    sent_by_id=sent_by,
                    sent_at=at,
                )
                for name in names
            ]
            Original.objects.bulk_create(sent)
            data: dict[str, object] = {
                "originals": {str(one.id): one.what for one in sent},
                "sender": str(sender),
                "receiver": str(receiver),
                "tracking": number,
            }
            record(stream=stream_of(case.id), act=_SEND, actor=actor, at=at, key=key, data=data)
    except Repeated:
        raise _other_act() from None


def _sender(actor: Actor, case: Locked, receiver: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """The actor's counter that takes part in the case (寄出的窗口), and her account; the receiver is another."""
    if case.state is State.DRAFT:
        raise Conflict("cases.originals", msg("申请提交以后才能寄原件。"))
    mine = [organ for organ in _taking_part(case) if organ in actor.organs_as("clerk") and organ != receiver]
    if not mine or actor.id is None:
        raise Forbidden("cases.originals", msg("原件由参与这件的窗口寄出和签收。"))
    return mine[0], actor.id


def _taking_part(case: Locked) -> tuple[uuid.UUID, ...]:
    counter = () if case.counter_id is None else (case.counter_id,)
    return tuple(dict.fromkeys((*counter, case.organ_id, *case.reaching)))


def _checked(
    case: Locked, what: Sequence[str], receiver: uuid.UUID, sender: uuid.UUID, tracking: str
) -> tuple[list[str], str]:
    """Names of the papers, and the tracking number (核对寄件内容). Raises Invalid with what is wrong at each field."""
    errors: Errors = {}
    named = {material.key: material.name for material in case.guide.materials}
    keys = list(dict.fromkeys(what))
    if not keys:
        errors["what"] = [msg("请至少选一份原件。")]
    elif not named.keys() >= set(keys):
        errors["what"] = [msg("办事指南没有要求这份材料。")]
    else:
        legs: list[Leg] = list(Original.objects.filter(case_id=case.id).order_by(*IN_ORDER))
        problems = {key: cannot_send(named[key], sender, legs) for key in keys}
        errors |= {f"what:{key}": [problem] for key, problem in problems.items() if problem}
    if receiver not in _taking_part(case):
        errors["receiver"] = [msg("原件只能寄给参与这件的机关。")]
    number = ""
    try:
        number = plaintext.clean(tracking, limit=LONGEST_TRACKING)
    except BadCode as error:
        errors["tracking"] = [Message(error.message, error.params)]
    if errors:
        raise Invalid("cases.originals", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    return [named[key] for key in keys], number


def receive_originals(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    originals: Sequence[uuid.UUID],
    at: datetime,
    key: str | None = None,
) -> None:
    """Sign for papers that have come (签收原件). Each is signed for once, by a clerk of the organ that they were sent to."""
    try:
        with transaction.atomic():
            case = lock(actor, case_id)
            if _done(actor, key, case, _RECEIVE):
                return
            found = list(Original.objects.filter(case_id=case.id, pk__in=originals).order_by("sent_at", "id"))
            if not originals or len(found) != len(set(originals)):
                raise NotFound("cases.original", msg("没有找到这份原件的寄送记录。"))
            if any(one.receiver_id not in actor.organs_as("clerk") for one in found):
                raise Forbidden("cases.originals", msg("原件由收件窗口的人员签收。"))
            if any(one.received for one in found):
                raise Conflict("cases.original_received", msg("这份原件已经签收过了。请刷新后看最新情况。"))
            ids = [one.id for one in found]
            execute(
                "UPDATE case_original SET received_by_id = %s, received_at = %s WHERE id = ANY(%s)",
                [actor.id, at, ids],
            )
            data: dict[str, object] = {"originals": {str(one.id): one.what for one in found}}
            record(stream=stream_of(case.id), act=_RECEIVE, actor=actor, at=at, key=key, data=data)
    except Repeated:
        raise _other_act() from None


def _done(actor: Actor, key: str | None, case: Locked, act: str) -> bool:
    """Whether the actor did this very act under this key before (重复提交); the case's lock lets only one in at a time."""
    return key is not None and done_before(actor, key) == (stream_of(case.id), act)


def _other_act() -> Conflict:
    return Conflict("cases.key", msg("这个请求编号已经用在另一次操作上。"))
