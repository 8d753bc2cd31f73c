"""Laws and announcements for programs: what is public, as of any day, under strong tags."""

import pytest

from tongban.doors.api.tests.conftest import Door
from tongban.offers.publicinfo.tests import filling


@pytest.fixture
def law(door: Door, tmp_path) -> str:
    filling.take_in(tmp_path, "2010-01-01", "甲", "乙")
    filling.take_in(tmp_path, "2020-01-01", "甲", "乙改")
    return "/v1/laws/样例法"


def test_laws_are_listed_and_searched(door: Door, law: str) -> None:
    line = {
        "key": "样例法",
        "title": "中华人民共和国样例法",
        "kind": "law",
        "dated": "2020-01-01",
        "starts_on": "2020-01-01",
    }
    assert door(None, "GET", "/v1/laws").json() == {"laws": [line]}
    assert door(None, "GET", "/v1/laws?q=样例").json() == {"laws": [line]}
    assert door(None, "GET", "/v1/laws?q=林").json() == {"laws": []}


def test_a_law_is_told_as_of_a_day(door: Door, law: str) -> None:
    now = door(None, "GET", law).json()
    assert now["articles"][1] == {
        "label": "第二条",
        "anchor": "a2",
        "chapter": "第一章 总则",
        "section": "",
        "text": "乙改",
    }
    assert now["editions"] == ["2020-01-01", "2010-01-01"]
    then = door(None, "GET", f"{law}?as_of=2019-12-31").json()
    assert (then["articles"][1]["text"], then["ends_on"]) == ("乙", "2020-01-01")
    assert door(None, "GET", f"{law}?as_of=2009-12-31").status_code == 404


def test_a_law_is_told_unchanged_under_its_tag(door: Door, law: str) -> None:
    tag = door(None, "GET", law).headers["ETag"]
    again = door(None, "GET", law, **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert door(None, "GET", f"{law}?as_of=2015-01-01", **{"If-None-Match": tag}).status_code == 200


def test_announcements_hold_what_is_public_now(door: Door) -> None:
    second = filling.second_editor(door.world)
    ref = filling.published(door.world, second)
    filling.draft(door.world, title="草稿")
    filling.withdrawn(door.world, second)
    for role in (None, "applicant", "clerk"):
        found = door(role, "GET", "/v1/info").json()["infos"]
        assert [(each["id"], each["title"]) for each in found] == [(str(ref.id), "周六照常办理")]
    assert door(None, "GET", "/v1/info?kind=faq").json() == {"infos": []}
    assert door(None, "GET", f"/v1/info?before={ref.id}").json() == {"infos": []}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/laws?q=%00", 422),
        ("/v1/laws?q=%FF", 200),
        ("/v1/laws?q=" + "x" * 101, 422),
        ("/v1/laws/%00", 404),
        ("/v1/laws/%FF", 404),
        ("/v1/laws/" + "x" * 101, 404),
        ("/v1/laws/x?as_of=0000-00-00", 422),
        ("/v1/laws/x?as_of=9999-12-31", 404),
        ("/v1/info?kind=law", 422),
        ("/v1/info?before=x", 422),
        ("/v1/info?limit=0", 422),
        ("/v1/info?limit=101", 422),
    ],
)
def test_questions_without_sense_are_answered_in_words(door: Door, path: str, status: int) -> None:
    response = door(None, "GET", path)
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].startswith("application/json")
