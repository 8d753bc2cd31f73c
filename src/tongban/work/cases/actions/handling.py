"""Who does what in an office (办件分工的行为): claim, put back, hand over, and many acts at once. No state changes here."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Refusal
from tongban.base.record import record
from tongban.people.identity import queries as identity
from tongban.standards.text import msg
from tongban.work.cases.access import may
from tongban.work.cases.actions.moving import Locked, Ref, lock, once, stream_of, update
from tongban.work.cases.actions.staff import accept
from tongban.work.cases.rules.moves import ASIDE, By, verbs_from

MOST_AT_ONCE = 100  # cases of one bulk act; [O] our own number


def _turn(actor: Actor, case_id: uuid.UUID) -> Locked:
    """A case locked for one who could move it now (轮到的办件)."""
    case = lock(actor, case_id)
    if not _could_act(actor, case):
        raise Forbidden("cases.handler", msg("现在没有轮到您办这件。"))
    return case


def _could_act(actor: Actor, case: Locked) -> bool:
    """Whether it is this official's turn: a move that leads on, and is neither the applicant's nor a superior's answer."""
    leading = [
        move
        for move in verbs_from(case.state, case.traits)
        if move.by is not By.APPLICANT and move.verb not in ASIDE
    ]
    return any(may(actor, move, case, case.turns)[0] for move in leading)


def claim(*, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None) -> None:
    """Claim a case (领办): others of the office see that it is being done. Claiming what is one's own changes nothing."""
    with once(actor, case_id, "cases.claim", key):
        case = _turn(actor, case_id)
        if case.handler_id == actor.id:
            return
        if case.handler_id is not None:
            raise Conflict("cases.claimed", msg("这件已经有人领办。需要时可以请他转交。"))
        _hand(actor, case, actor.id, "cases.claim", at, key)


def put_back(*, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None) -> None:
    """Put a claimed case back (退回待领), for anybody of the office."""
    with once(actor, case_id, "cases.put_back", key):
        case = _turn(actor, case_id)
        if case.handler_id not in actor.stands_for():
            raise Conflict("cases.claimed", msg("这件不是您领办的。"))
        _hand(actor, case, None, "cases.put_back", at, key)


def hand_over(
    *, actor: Actor, case_id: uuid.UUID, to: uuid.UUID, at: datetime, key: str | None = None
) -> None:
    """Hand a case over to a colleague (转交) who could act on it as well."""
    with once(actor, case_id, "cases.hand_over", key):
        case = _turn(actor, case_id)
        colleague = identity.actor_of(to, at=at)
        if colleague is None or not _could_act(colleague[0], case):
            raise Conflict("cases.colleague", msg("这位同事现在不能办这件，请选另一位。"))
        _hand(actor, case, to, "cases.hand_over", at, key)


def _hand(
    actor: Actor, case: Locked, handler: uuid.UUID | None, act: str, at: datetime, key: str | None
) -> None:
    update(case.id, {"handler_id": handler})
    data: dict[str, object] = {"handler": None if handler is None else str(handler)}
    record(stream=stream_of(case.id), act=act, actor=actor, at=at, key=key, data=data)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of many (成批结果): where it stands now, or why not."""

    case_id: uuid.UUID
    ref: Ref | None
    refusal: Refusal | None


def accept_all(
    *, actor: Actor, case_ids: Sequence[uuid.UUID], at: datetime, key: str | None = None
) -> list[Outcome]:
    """Accept many applications (成批受理), each for itself: one that is refused keeps none of the others."""
    return _each(
        case_ids, lambda case_id: accept(actor=actor, case_id=case_id, at=at, key=_own(key, case_id))
    )


def _own(key: str | None, case_id: uuid.UUID) -> str | None:
    return None if key is None else f"{key}:{case_id}"


def _each(case_ids: Sequence[uuid.UUID], act: Callable[[uuid.UUID], Ref]) -> list[Outcome]:
    if len(case_ids) > MOST_AT_ONCE:
        raise Conflict("cases.too_many", msg("一次最多选 %(most)s 件。"), {"most": MOST_AT_ONCE})
    found: list[Outcome] = []
    for case_id in case_ids:
        try:
            found.append(Outcome(case_id, act(case_id), None))
        except Refusal as refusal:
            found.append(Outcome(case_id, None, refusal))
    return found
