"""The clock of a case (办件计时): every date computed from what happened, never counted down.

Administrative Licensing Law (行政许可法): article 32 (tell what is missing within five days), 42 (decide within twenty days of
acceptance), 44 (deliver within ten days of the decision), 82 (working days). The promised limit is the edition's.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tongban.offers.catalogue.rules.guide import Limits
from tongban.standards.workdays import Calendar
from tongban.work.cases.rules.moves import Clock

WARN_BEFORE = 1  # working days before the day on which we must act; [O] our own number


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates that a move writes into the case (办理期限).

    ``act_by``: the last day for the office's next act; None while it is the applicant's turn or the case is over.
    ``warn_on``: from this day on it is urgent. ``promised_on``, ``due_on``: by promise and by law, from acceptance.
    ``provisional``: a date lies beyond the announced calendar and may move.
    """

    act_by: date | None = None
    warn_on: date | None = None
    promised_on: date | None = None
    due_on: date | None = None
    provisional: bool = False


def dates_after(clock: Clock, *, today: date, limits: Limits, calendar: Calendar, standing: Dates) -> Dates:
    """The dates of a case after a move on ``today`` (流转后的期限); ``standing``: its dates before the move."""
    if clock is Clock.NONE:
        return standing
    if clock is Clock.START:
        promised, soft = calendar.provisional_add(today, limits.promised_days)
        due, softer = _statutory(limits, today, calendar)
        promised = min(promised, due)  # a law that counts every day may end before a promise in working days
        return Dates(promised, _warning(promised, today, calendar), promised, due, soft or softer)
    kept = {"promised_on": standing.promised_on, "due_on": standing.due_on}
    if clock in (Clock.REPLY, Clock.DELIVER):
        days = limits.reply_days if clock is Clock.REPLY else limits.delivery_days
        act_by, soft = calendar.provisional_add(today, days)
        return Dates(act_by, _warning(act_by, today, calendar), provisional=soft, **kept)
    return Dates(provisional=standing.provisional, **kept)


def _statutory(limits: Limits, today: date, calendar: Calendar) -> tuple[date, bool]:
    """The last day by law (法定期限), and whether it is provisional. A law that counts every day needs no calendar."""
    if limits.statutory_unit == "day":
        return today + timedelta(days=limits.statutory_days), False
    return calendar.provisional_add(today, limits.statutory_days)


def _warning(act_by: date, today: date, calendar: Calendar) -> date:
    """The day from which the list shows it as urgent (预警日): one working day before, not before today."""
    if not calendar.covers(act_by):
        return act_by
    return max(calendar.add(act_by, -WARN_BEFORE), today)
