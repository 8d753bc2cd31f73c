"""How a bundle stands as a whole, and what it lacks: pure, without a database."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from tests.world import GUIDE

from tongban.offers.catalogue.rules.bundles import merge
from tongban.offers.catalogue.rules.guide import Guide, Limits
from tongban.offers.catalogue.tests.bundles import definition
from tongban.standards.workdays import Calendar, rows_of
from tongban.work.cases.rules.bundles import PHASE_LABELS, Phase, Standing, if_sent, missing, outlook
from tongban.work.cases.rules.moves import State


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    with (Path(settings.DATA) / "cn_holidays_2004_2026.csv").open(encoding="utf-8") as lines:
        return Calendar.from_rows(rows_of(lines), edition="cn_holidays_2004_2026")


def standing(state: State, by: date | None = None, promised: date | None = None, days: int = 5) -> Standing:
    return Standing(state, by, promised, False, Limits(statutory_days=20, promised_days=days))


MON, FRI, LATER = date(2026, 11, 2), date(2026, 11, 6), date(2026, 11, 20)


@pytest.mark.parametrize(
    ("states", "phase"),
    [
        ([State.DRAFT, State.DRAFT], Phase.DRAFT),
        ([State.SUBMITTED, State.ACCEPTED], Phase.RUNNING),
        ([State.CLOSED, State.ACCEPTED], Phase.RUNNING),
        ([State.SUPPLEMENT, State.CLOSED], Phase.YOURS),
        ([State.RETURNED, State.EXAMINED], Phase.YOURS),
        ([State.GRANTED, State.REFUSED], Phase.DECIDED),
        ([State.MADE, State.CLOSED], Phase.DECIDED),
        ([State.CLOSED, State.REFUSED], Phase.OVER),
        ([State.WITHDRAWN, State.CLOSED], Phase.OVER),
        ([State.WITHDRAWN, State.WITHDRAWN], Phase.WITHDRAWN),
    ],
)
def test_a_bundle_stands_where_its_items_leave_it(calendar, states, phase):
    assert outlook([standing(state, FRI, LATER) for state in states], calendar).phase is phase
    assert phase in PHASE_LABELS


def test_the_one_day_is_the_latest_and_names_the_item_that_takes_longest(calendar):
    items = [
        standing(State.ACCEPTED, FRI, FRI),
        standing(State.EXAMINED, LATER, LATER),
        standing(State.CLOSED),
    ]
    found = outlook(items, calendar)
    assert (found.day, found.critical, found.estimated, found.ready) == (LATER, 1, False, 1)


def test_before_acceptance_the_promise_is_counted_from_the_last_day_for_it_and_said_to_be_an_estimate(
    calendar,
):
    found = outlook([standing(State.SUBMITTED, FRI, days=5), standing(State.ACCEPTED, FRI, FRI)], calendar)
    assert (found.day, found.estimated, found.critical) == (date(2026, 11, 13), True, 0)


def test_what_waits_for_the_applicant_has_no_day_of_its_own(calendar):
    assert outlook([standing(State.SUPPLEMENT)], calendar).day is None
    assert outlook([standing(State.SUPPLEMENT), standing(State.ACCEPTED, FRI, FRI)], calendar).day == FRI


def test_when_all_is_decided_the_day_is_that_of_the_last_delivery(calendar):
    found = outlook([standing(State.GRANTED, FRI, MON), standing(State.MADE, LATER, MON)], calendar)
    assert (found.phase, found.day, found.ready) == (Phase.DECIDED, LATER, 2)


def test_a_day_beyond_the_announced_calendar_is_provisional(calendar):
    found = outlook([standing(State.SUBMITTED, date(2026, 12, 30), days=20)], calendar)
    assert found.provisional


def _guide(form: object, materials: object) -> Guide:
    result = {"name": "许可证", "licence_type": "123"}
    return Guide.model_validate({**GUIDE, "form": form, "materials": materials, "result": result})


NAME = {"key": "name", "label": "店名"}
LEASE = {"key": "lease", "name": "租赁合同"}


def _form(*fields: object) -> object:
    return {"sections": [{"key": "shop", "title": "店铺", "fields": list(fields)}]}


def test_what_is_missing_is_told_once_in_the_order_of_the_merged_form():
    area = {"key": "area", "label": "面积", "type": "decimal"}
    guides = [_guide(_form(NAME, area), [LEASE]), _guide(_form(area, NAME), [LEASE])]
    merged = merge(definition(), guides)
    found = missing(merged, guides, [{}, {}], [(), ()], [False, False])
    assert list(found) == ["field:name", "field:area", "material:lease"]
    assert missing(merged, guides, [{}, {}], [(), ("lease",)], [False, False]).keys() == found.keys()
    answers = merged.split({"name": "阿秀", "area": "3"})
    assert missing(merged, guides, answers, [("lease",), ("lease",)], [False, False]) == {}


def test_the_expected_day_counts_the_answer_and_the_promise_of_the_slowest_item(calendar):
    slow = _guide(_form(NAME), []).model_copy(update={"limits": Limits(statutory_days=20, promised_days=10)})
    quick = _guide(_form(NAME), [])
    assert if_sent([quick, slow], MON, calendar) == if_sent([slow], MON, calendar)
    assert if_sent([quick], MON, calendar)[0] < if_sent([slow], MON, calendar)[0]
