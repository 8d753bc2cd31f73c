"""Power lists for programs: as of any day, between two days, under strong tags."""

from datetime import date

import pytest
from tests import world as worlds

from tongban.doors.api.tests.conftest import Door
from tongban.offers.powers.rules.adjustments import Change
from tongban.offers.powers.tests import filling
from tongban.offers.powers.tests.filling import BASIC, OTHER_BASIC

HOME = f"/v1/powers/{worlds.ORGAN_CODE}"


@pytest.fixture
def listed(door: Door) -> Door:
    filling.listed(door.world, BASIC)
    filling.adjusted(
        door.world,
        [Change(BASIC, filling.content(phone="0898-65200000")), Change(OTHER_BASIC, filling.content())],
        date(2026, 1, 1),
    )
    return door


def test_a_list_is_told_as_of_a_day(listed: Door) -> None:
    for role in (None, "applicant", "clerk"):
        then = listed(role, "GET", f"{HOME}?as_of=2025-06-01").json()
        assert [(e["basic"], e["phone"], e["ends_on"]) for e in then["entries"]] == [
            (BASIC, "12345", "2026-01-01")
        ]
    now = listed(None, "GET", HOME).json()
    assert [e["basic"] for e in now["entries"]] == [BASIC, OTHER_BASIC]
    assert now["entries"][0]["basis"] == [{"title": "公共场所卫生管理条例", "article": "第八条"}]
    assert [(a["number"], a["added"], a["changed"], a["removed"]) for a in now["adjustments"]] == [
        (2, 1, 1, 0),
        (1, 1, 0, 0),
    ]
    assert listed(None, "GET", f"{HOME}?as_of=2024-01-01").json()["entries"] == []
    organs = listed(None, "GET", f"/v1/powers?place={worlds.COUNTY}").json()["organs"]
    assert [(o["credit_code"], o["entries"]) for o in organs] == [(worlds.ORGAN_CODE, 2)]


def test_a_list_is_told_unchanged_under_its_tag(listed: Door) -> None:
    for path in (HOME, f"{HOME}?as_of=2025-06-01", f"{HOME}/changes?from=2025-06-01&to=2026-06-01"):
        tag = listed(None, "GET", path).headers["ETag"]
        again = listed(None, "GET", path, **{"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    tag = listed(None, "GET", f"{HOME}?as_of=2026-06-01").headers["ETag"]
    filling.adjusted(listed.world, [Change(BASIC, None, "r", "b")], date(2026, 6, 1))
    assert listed(None, "GET", f"{HOME}?as_of=2026-06-01", **{"If-None-Match": tag}).status_code == 200


def test_two_days_are_compared(listed: Door) -> None:
    told = listed(None, "GET", f"{HOME}/changes?from=2025-06-01&to=2026-06-01").json()
    assert [(c["kind"], c["basic"]) for c in told["changes"]] == [("change", BASIC), ("add", OTHER_BASIC)]
    assert told["changes"][0]["elements"] == [
        {"element": "phone", "before": ["12345"], "after": ["0898-65200000"]}
    ]


def test_a_draft_is_told_to_nobody(listed: Door) -> None:
    filling.written(listed.world, note="还没公布")
    for role in (None, "applicant", "clerk"):
        assert "还没公布" not in listed(role, "GET", HOME).content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/powers/11460000000000001J", 404),
        ("/v1/powers/x", 404),
        (f"{HOME}?as_of=x", 422),
        (f"{HOME}?as_of=0000-00-00", 422),
        (f"{HOME}?as_of=9999-12-31", 200),
        (f"{HOME}/changes", 422),
        (f"{HOME}/changes?from=2026-01-01&to=2025-01-01", 422),
        (f"{HOME}/changes?from=0001-01-01&to=9999-12-31", 200),
        ("/v1/powers?place=1", 422),
        ("/v1/powers?place=999999999999", 200),
    ],
)
def test_questions_without_sense_are_answered_in_words(listed: Door, path: str, status: int) -> None:
    response = listed(None, "GET", path)
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].startswith("application/json")
