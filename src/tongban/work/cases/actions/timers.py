"""What the platform does by itself (平台自动的行为): deem accepted, receive after a silent pre-review, decide by rule.

None of it is needed for the dates to be right: they lie in the row. A job that comes late finds the same day as one in time.
"""

import uuid
from datetime import datetime, time

from tongban.base.actor import Actor
from tongban.base.errors import Conflict
from tongban.standards.text import msg
from tongban.work.cases.actions.deciding import decided
from tongban.work.cases.actions.moving import CHINA, Locked, Ref, Step, day_of, file_document, move
from tongban.work.cases.actions.staff import accepted
from tongban.work.cases.queries import unmet
from tongban.work.cases.rules.clock import Happened
from tongban.work.cases.rules.moves import Verb


def deem_accepted(*, actor: Actor, case_id: uuid.UUID, at: datetime) -> Ref:
    """Let an application count as accepted (视为受理, 行政许可法第32条): not a word in five days; from the day it came."""

    def write(case: Locked) -> Step:
        _over(case, at)
        since = next(event.on for event in reversed(case.clock) if event.what is Happened.RECEIVED)
        # After a pre-review or a supplement what came is what counts (自收到申请材料之日起), not the first submission.
        first = case.submitted_at
        came = first if first and day_of(first) == since else datetime.combine(since, time.min, CHINA)
        step = accepted(case, at, came)
        body = {"since": since.isoformat(), "later": step.data.get("later", [])}
        data = step.data | file_document(actor, case, Verb.DEEM_ACCEPTED, body, at)
        return Step(step.changes, data, on=since, events=step.events)

    return move(
        actor=actor, case_id=case_id, verb=Verb.DEEM_ACCEPTED, at=at, key=None, version=None, write=write
    )


def lapse(*, actor: Actor, case_id: uuid.UUID, at: datetime) -> Ref:
    """Receive what a pre-review left without a word in its promised time (预审逾期视为收件), from the promise's last day on."""

    def write(case: Locked) -> Step:
        _over(case, at)
        return Step(on=case.dates.act_by)

    return move(actor=actor, case_id=case_id, verb=Verb.LAPSE, at=at, key=None, version=None, write=write)


def _over(case: Locked, at: datetime) -> None:
    """Only after the last day, and only where the calendar of that day was announced (期限已过)."""
    act_by = case.dates.act_by
    if act_by is None or act_by >= day_of(at) or case.dates.provisional:
        raise Conflict("cases.not_over", msg("期限还没有过，平台不能这样做。"))


def grant_by_rule(*, actor: Actor, case_id: uuid.UUID, at: datetime) -> Ref:
    """Grant by the edition's rule (按规则自动准予): every condition verified; rule, inputs and result stay in the file."""

    def write(case: Locked) -> Step:
        rule = case.guide.rule
        if rule is None:
            raise Conflict("cases.no_rule", msg("这个事项没有自动审批规则。"))
        missing, inputs = unmet(rule, case.form, party_id=case.party_id, on=day_of(at))
        if missing:
            raise Conflict("cases.rule_unmet", msg("自动审批规则的条件没有全部满足，转为人工办理。"))
        body = {"rule": rule.body(), "edition": str(case.edition_id), "inputs": inputs, "result": "grant"}
        data = file_document(actor, case, Verb.GRANT_BY_RULE, body, at)
        return decided(case, data, at, {"accepted_at": at})

    return move(
        actor=actor, case_id=case_id, verb=Verb.GRANT_BY_RULE, at=at, key=None, version=None, write=write
    )
