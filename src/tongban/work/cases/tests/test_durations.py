"""How long cases took: phase by phase, without what does not count, and played again under other limits."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import world as worlds

from tongban.offers.catalogue.rules.guide import Limits
from tongban.standards.workdays import Calendar, rows_of
from tongban.work.cases import queries
from tongban.work.cases.rules.clock import Event, Happened
from tongban.work.cases.rules.durations import (
    Change,
    Phase,
    handled_days,
    median,
    quantile,
    replay,
    spent,
    verdict,
)

LIMITS = Limits(statutory_days=20, promised_days=5)
# November 2026 has no holiday: the working days are Monday to Friday.
H = Happened
SLOW = (
    Event(H.RECEIVED, date(2026, 11, 2)),
    Event(H.WAITING, date(2026, 11, 4)),
    Event(H.RECEIVED, date(2026, 11, 9)),
    Event(H.ACCEPTED, date(2026, 11, 10)),
    Event(H.STOPPED, date(2026, 11, 11), 5),
    Event(H.RESUMED, date(2026, 11, 17)),
    Event(H.DECIDED, date(2026, 11, 19)),
    Event(H.ENDED, date(2026, 11, 20)),
)
REFUSED = (
    Event(H.RECEIVED, date(2026, 11, 2)),
    Event(H.ACCEPTED, date(2026, 11, 2)),
    Event(H.ENDED, date(2026, 11, 12)),
)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    path = Path(__file__).resolve().parents[5] / "data" / "cn_holidays_2004_2026.csv"
    with path.open(encoding="utf-8") as lines:
        return Calendar.from_rows(rows_of(lines), edition=path.stem)


def test_time_is_booked_to_the_phase_in_which_it_passed(calendar: Calendar):
    assert spent(SLOW, calendar) == {
        Phase.PRE_REVIEW: 0,
        Phase.REPLY: 3,
        Phase.APPLICANT: 3,
        Phase.HANDLING: 3,
        Phase.STOPPED: 4,
        Phase.DELIVERY: 1,
    }


def test_a_special_procedure_is_no_part_of_what_handling_took(calendar: Calendar):
    assert handled_days(SLOW, calendar) == 3
    assert handled_days(REFUSED, calendar) == 8
    assert handled_days(SLOW[:4], calendar) is None  # nothing decided yet


def test_a_case_keeps_its_promise_up_to_the_last_day_of_it(calendar: Calendar):
    assert verdict(SLOW, LIMITS, calendar).kept_promise
    late = verdict(REFUSED, LIMITS, calendar)
    assert (late.kept_promise, late.kept_law) == (False, True)


def test_another_promise_is_played_on_the_same_acts(calendar: Calendar):
    cases = [(SLOW, LIMITS), (REFUSED, LIMITS)]
    same = replay(cases, Change(), calendar)
    assert (same.cases, same.late_before, same.late_after) == (2, 1, 1)
    assert same.days == (3, 8)
    assert replay(cases, Change(promised_days=8), calendar).late_after == 0
    assert replay(cases, Change(promised_days=2), calendar).late_after == 2
    stricter = replay(cases, Change(statutory_days=7), calendar)
    assert (stricter.unlawful_before, stricter.unlawful_after) == (0, 1)


def test_a_shorter_special_procedure_leaves_less_time_out(calendar: Calendar):
    assert replay([(SLOW, LIMITS)], Change(longest_stop=1), calendar).late_after == 1


@pytest.mark.parametrize(
    ("days", "middle", "nine"), [((), 0, 0), ((4,), 4, 4), ((1, 3), 2, 3), ((1, 2, 9), 2, 9)]
)
def test_middle_and_quantile_of_sorted_days(days: tuple[int, ...], middle: float, nine: int):
    assert median(days) == middle
    assert quantile(days, 0.9) == nine


def test_staff_see_their_own_organ_s_durations_and_a_supervisor_those_of_her_places(db):
    world = worlds.build()
    worlds.closed(world)
    period = {"since": world.at.date(), "until": world.at.date() + timedelta(days=60)}
    found = queries.by_item(world.clerk, **period)
    assert [(one.cases, one.promised, one.statutory, one.late) for one in found] == [(1, 5, 20, 0)]
    assert [one.item_id for one in queries.by_item(world.supervisor, **period)] == [world.item_id]
    assert queries.by_item(world.other_clerk, **period) == []
    assert queries.by_item(world.applicant, **period) == []
    told = queries.histories(world.clerk, world.item_id, **period)
    assert len(told) == 1
    assert queries.histories(world.other_clerk, world.item_id, **period) == []
    assert {one.phase for one in queries.phases(told)} <= set(Phase)
