"""The demonstration's adjustment (演示清单调整): one editor proposes it, another finds it waiting for review."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tongban.demo import people
from tongban.demo.people import FORESTRY
from tongban.offers.powers import actions, queries
from tongban.offers.powers.rules.adjustments import AdjustmentState
from tongban.offers.powers.rules.content import typed
from tongban.people.parties import queries as parties

_WRITER = "xie"
_BASIC = "000164213999"
_DAYS_AHEAD = 30  # so that it can still be approved for a while
_CHINA = ZoneInfo("Asia/Shanghai")


def propose(now: datetime) -> int:
    """Propose it and send it to review (提出并送审), unless that was done; returns how many were new. May be done again."""
    writer = people.actor(_WRITER, now)
    organ = next(organ for organ in parties.organs() if organ.name == FORESTRY)
    day = now.astimezone(_CHINA).date() + timedelta(days=_DAYS_AHEAD)
    entry = queries.entry_of(organ.id, _BASIC, day)
    if entry is None or any(not one.imported for one in queries.desk(writer)):
        return 0
    heading = {
        "reason": "演示：监督电话加上区号，写明由哪个科室办。",
        "basis": "演示数据，没有真实的调整依据",
        "starts_on": day.isoformat(),
    }
    made = actions.start(actor=writer, organ_id=organ.id, heading=heading, at=now, key="demo-powers-start")
    if made.state is not AdjustmentState.DRAFT:
        return 0
    content = typed(entry.content) | {
        "office": f"{organ.name}（行政审批科）",
        "phone": "0898-12345",
        "note": "演示内容。",
    }
    actions.put(
        actor=writer,
        adjustment_id=made.id,
        basic_code=_BASIC,
        content=content,
        at=now,
        key="demo-powers-put",
    )
    actions.send(actor=writer, adjustment_id=made.id, at=now, key="demo-powers-send")
    return 1
