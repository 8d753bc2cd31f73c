"""The working calendar for programs: the current edition, the days of a year, in words where there is none."""

from datetime import date

import pytest

from tongban.base.calendar.tests import filling
from tongban.doors.api.tests.conftest import Door


def test_the_shipped_calendar_is_told_to_everybody(door: Door) -> None:
    for role in (None, "applicant", "clerk"):
        told = door(role, "GET", "/v1/calendar").json()
        assert (told["edition"]["name"], told["edition"]["id"]) == ("cn_holidays_2004_2026", None)
        assert (told["edition"]["first"], told["edition"]["last"]) == ("2004-01-01", "2026-12-31")
        assert (told["year"], told["days"]) == (None, [])


def test_the_special_days_of_a_year_are_told(door: Door) -> None:
    days = {one["date"]: one for one in door(None, "GET", "/v1/calendar?year=2026").json()["days"]}
    assert len(days) == 39
    assert days["2026-02-17"] == {
        "date": "2026-02-17",
        "kind": "holiday",
        "name": "春节",
        "in_lieu": False,
        "workday": False,
    }
    assert (days["2026-02-14"]["kind"], days["2026-02-14"]["workday"]) == ("workday_makeup", True)
    assert days["2026-02-20"]["in_lieu"]
    assert "2026-02-13" not in days


def test_an_import_is_told_from_then_on_under_another_tag(door: Door) -> None:
    tag = door(None, "GET", "/v1/calendar").headers["ETag"]
    assert door(None, "GET", "/v1/calendar", **{"If-None-Match": tag}).status_code == 304
    assert door(None, "GET", "/v1/calendar?year=2027").status_code == 404
    taken = filling.take_in(filling.INVENTED_2027)
    again = door(None, "GET", "/v1/calendar?year=2027", **{"If-None-Match": tag})
    assert again.status_code == 200
    assert again.json()["edition"]["id"] == str(taken.id)
    assert len(again.json()["days"]) == len(filling.rows(filling.INVENTED_2027, date(2027, 1, 1)))
    filling.take_in(filling.whole(2027, shift=1))
    named = [one["name"] for one in door(None, "GET", "/v1/calendar/editions").json()["editions"]]
    assert named == ["cn_holidays_2004_2027_2", "cn_holidays_2004_2027"]
    newest = door(None, "GET", "/v1/calendar/editions?limit=1").json()["editions"]
    assert [one["name"] for one in newest] == named[:1]
    assert door(None, "GET", "/v1/calendar/editions?limit=0").status_code == 422


@pytest.mark.parametrize(
    ("year", "status"),
    [
        ("2003", 404),
        ("2027", 404),
        ("1", 404),
        ("9999", 404),
        ("0", 422),
        ("10000", 422),
        ("x", 422),
        ("-1", 422),
    ],
)
def test_a_year_that_is_not_announced_is_answered_in_words(door: Door, year: str, status: int) -> None:
    response = door(None, "GET", f"/v1/calendar?year={year}")
    assert response.status_code == status
    told = response.json()
    assert "2026" in told["message"] if status == 404 else told["fields"]["year"]
