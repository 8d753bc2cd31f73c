"""What the applicant does while her case is handled (补交和撤回): hand in what was to follow, withdraw."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.errors import Invalid
from tongban.standards.text import msg
from tongban.work.cases.actions.applicant import put_in
from tongban.work.cases.actions.joint import close_all
from tongban.work.cases.actions.moving import Changes, Locked, Ref, Step, day_of, move, waiting_for
from tongban.work.cases.rules.moves import Verb


def hand_in(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    given: Mapping[str, uuid.UUID],
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Hand in materials that were allowed to follow (补交容缺材料): key of the demand -> one of one's materials."""

    def write(case: Locked) -> Step:
        waited_for = {material.key for material in waiting_for(case, day_of(at))}
        if not given or not given.keys() <= waited_for:
            raise Invalid("cases.later", msg("这里只能补交受理时约定后补、还没有交的材料。"))
        for target, material_id in given.items():
            put_in(actor, case, target, material_id, at)
        pairs = sorted([*case.handed_in, *(f"{target} {material}" for target, material in given.items())])
        changes: Changes = {} if waited_for - given.keys() else {"later_by": None}
        return Step(changes, {"handed_in": pairs})

    return move(actor=actor, case_id=case_id, verb=Verb.HAND_IN, at=at, key=key, version=version, write=write)


def withdraw(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Withdraw an application (撤回申请) at any time before the decision."""
    return move(
        actor=actor,
        case_id=case_id,
        verb=Verb.WITHDRAW,
        at=at,
        key=key,
        version=version,
        write=lambda case: withdrawal(case, at),
    )


def withdrawal(case: Locked, at: datetime) -> Step:
    """What a withdrawal writes (撤回内容)."""
    return Step({"ended_at": at}, events=close_all(case, day_of(at)))
