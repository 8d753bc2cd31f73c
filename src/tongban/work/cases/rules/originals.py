"""Originals on their way (原件流转): where a paper is, who may send it on, and by when it should have come."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from tongban.standards.text import msg
from tongban.standards.workdays import Calendar

DAYS_ON_THE_WAY = (
    5  # working days after which an original that has not come is looked for; [O] our own number
)
LONGEST_TRACKING = 60  # characters
_CHINA = ZoneInfo("Asia/Shanghai")


class Leg(Protocol):
    """One way of one paper (原件一程): from whom to whom, and whether it was signed for."""

    @property
    def what(self) -> str: ...
    @property
    def sender_id(self) -> UUID: ...
    @property
    def receiver_id(self) -> UUID: ...
    @property
    def received(self) -> bool: ...


L = TypeVar("L", bound=Leg)


def latest(legs: Iterable[L]) -> dict[str, L]:
    """The last way of every paper (每份原件的最近一程), from all ways of a case in their order."""
    return {leg.what: leg for leg in legs}


def cannot_send(what: str, sender: UUID, legs: Sequence[Leg]) -> str:
    """Why ``sender`` cannot send this paper now (不能寄出的原因), or ''. Only who holds a paper sends it on."""
    last = latest(legs).get(what)
    if last is None:
        return ""
    if not last.received:
        return msg("这份原件已经在路上，还没有签收。")
    return "" if last.receiver_id == sender else msg("这份原件不在您的窗口，要由签收它的窗口寄出。")


def expected_by(sent_at: datetime, calendar: Calendar) -> date:
    """By when what was sent should have been signed for (最晚签收日)."""
    return calendar.provisional_add(sent_at.astimezone(_CHINA).date(), DAYS_ON_THE_WAY)[0]
