"""Choosing how the result is delivered (选择送达方式), in the draft. Names, numbers and addresses are kept encrypted."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.errors import Conflict, Invalid
from tongban.offers.catalogue.rules.form import Errors
from tongban.standards import phone as phones
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg
from tongban.work.cases.actions.applicant import opened
from tongban.work.cases.actions.moving import Locked, day_of, reach, update
from tongban.work.cases.queries import one
from tongban.work.cases.queries.delivery import counters, sealed
from tongban.work.cases.rules.delivery import LONGEST_ADDRESS, LONGEST_NAME, Way, collected_at, ways_of
from tongban.work.cases.rules.moves import State


def choose_delivery(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    way: Way | str,
    recipient: str = "",
    phone: str = "",
    address: str = "",
    counter: uuid.UUID | None = None,
    at: datetime,
) -> None:
    """Choose how the result is to be received (选择送达方式), before it is sent: the ways are the edition's.

    By post with recipient, telephone and address; or collected at a ``counter`` within the edition's scope. Submission fixes it
    in the ledger, by way and digest.
    """
    with transaction.atomic():
        case, _demanded = opened(actor, case_id, at)
        if case.state is not State.DRAFT:
            raise Conflict("cases.delivery", msg("申请已经提交，不能再改送达方式。需要改的，请打窗口电话。"))
        if way not in ways_of(case.guide):
            raise Invalid(
                "cases.delivery",
                msg("还有内容没有填好，已经在下面标出。"),
                fields={"way": [msg("请从列出的方式里选一种。")]},
            )
        kept: dict[str, object] = {"way": Way(way).value}
        if way == Way.POST:
            kept |= _by_post(recipient, phone, address)
        if way == Way.COUNTER:
            kept["counter"] = str(_counter(actor, case, counter, at))
        _share(case, kept)
        update(case.id, {"delivery": Jsonb(kept), "version": case.version + 1})


def _by_post(recipient: str, phone: str, address: str) -> dict[str, object]:
    errors: Errors = {}
    clean: dict[str, object] = {}
    reads: dict[str, tuple[str, Callable[[str], str]]] = {
        "recipient": (recipient, lambda text: plaintext.clean(text, limit=LONGEST_NAME)),
        "phone": (phone, phones.parse_mobile),
        "address": (address, lambda text: plaintext.clean(text, limit=LONGEST_ADDRESS)),
    }
    for name, (given, read) in reads.items():
        try:
            found = read(given) if given.strip() else ""
        except BadCode as error:
            errors[name] = [Message(error.message, error.params)]
            continue
        if not found:
            errors[name] = [msg("请填写这一项。")]
        clean[name] = sealed(found)
    if errors:
        raise Invalid("cases.delivery", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    return clean


def _counter(actor: Actor, case: Locked, counter: uuid.UUID | None, at: datetime) -> uuid.UUID:
    """The counter where it is to be collected (领取窗口): within the edition's scope."""
    offered = {organ.id for organ in counters(one(actor, case.id), day_of(at))}
    if counter is None or counter not in offered:
        wrong = msg("请从列出的窗口里选一个。")
        raise Invalid(
            "cases.delivery",
            msg("还有内容没有填好，已经在下面标出。"),
            fields={"counter": [wrong]},
        )
    return counter


def _share(case: Locked, kept: dict[str, object]) -> None:
    """Let the counter that hands the result out read the case once it is sent, and no longer the one chosen before."""
    for former in collected_at(case.delivery) - {case.counter_id}:
        execute("DELETE FROM case_reach WHERE case_id = %s AND organ_id = %s", [case.id, former])
    reach(case.id, *(collected_at(kept) - {case.organ_id}))
