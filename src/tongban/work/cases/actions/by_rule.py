"""What may follow a decision by rule (自动决定之后的行为): its applicant asks that a person look at it."""

import uuid
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.errors import Conflict
from tongban.standards.text import msg
from tongban.work.cases.actions.moving import Locked, Ref, Step, move
from tongban.work.cases.actions.staff import noted
from tongban.work.cases.queries import review_standing
from tongban.work.cases.rules.moves import Verb


def ask_review(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    reason: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Ask that a person review what a rule decided (申请人工复核), with what is thought wrong. Its answer is a ``review``.

    One request at a time; after the answer another may be made.
    """

    def write(case: Locked) -> Step:
        by_rule, asked = review_standing(case.id)
        if not by_rule:
            raise Conflict("cases.not_by_rule", msg("这个决定是由人作的，不适用人工复核。"))
        if asked:
            raise Conflict("cases.review_asked", msg("您已经申请人工复核，正在等答复。"))
        return Step(data=noted(actor, case, Verb.ASK_REVIEW, {"reason": reason}, at))

    return move(
        actor=actor, case_id=case_id, verb=Verb.ASK_REVIEW, at=at, key=key, version=version, write=write
    )
