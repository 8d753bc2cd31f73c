"""Who takes part, what may be promised, what is decided by rule: how the guide's page says it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from tests import full_guide
from tests.world import GUIDE

from tongban.doors.portal import guide_joint, guide_sections
from tongban.offers.catalogue.rules.guide import Guide

ORGAN = "11460106MB12345673"


def department(key: str, days: int, *after: str) -> dict[str, object]:
    return {"key": key, "organ": ORGAN, "name": f"{key}局", "days": days, "after": after}


def guide(**changed: object) -> Guide:
    return Guide.model_validate(GUIDE | changed)


@pytest.fixture(autouse=True)
def in_chinese():
    with translation.override("zh-hans"):
        yield


def test_each_department_lies_where_its_turn_is_and_the_longest_way_is_marked():
    told = guide_joint.joint(
        guide(departments=[department("a", 3), department("b", 4), department("c", 4, "a", "b")])
    )
    assert [(row["x"], row["width"], row["longest"]) for row in told["rows"]] == [
        ("0.00%", "37.50%", False),
        ("0.00%", "50.00%", True),
        ("50.00%", "50.00%", True),
    ]
    assert [row["begins"] for row in told["rows"]] == ["受理后就开始", "受理后就开始", "等a局、b局的意见"]
    assert (told["days"], told["path"]) == ("8 个工作日", ["b局", "c局"])
    assert [row["cells"][0] for row in told["table"]["rows"]] == ["a局", "b局", "c局"]


def test_where_nobody_else_takes_part_and_nothing_is_promised_there_is_nothing_to_say():
    assert guide_joint.joint(guide()) == guide_joint.commitment(guide()) == guide_joint.rule(guide()) == {}


def test_what_the_rule_verifies_is_said_as_what_the_reader_answers_and_holds():
    told = guide_joint.rule(
        guide(rule={"name": "规则", "when": {"own_place": "own"}, "holds": ["L01"], "lacks": ["W01"]})
    )
    assert told["conditions"] == [
        "经营场所是自己的还是租的：自己的",
        "您有有效的证照（类型 L01）",
        "您没有有效的证照（类型 W01）",
    ]


def test_a_material_says_when_it_may_follow_and_when_it_may_be_promised():
    report, lease, plan = GUIDE["materials"]  # type: ignore[misc] # a list in this literal
    promised = {"proves": ["有"], "duty": "办", "liability": "撤", "replaces": ["plan"], "check_days": 9}
    told = guide(materials=[report | {"requirement": "later"}, lease, plan], commitment=promised)
    rows = {row["key"]: row for row in guide_sections.materials(told, (), "code")}
    assert [(row["later"], row["promised"]) for row in rows.values()] == [
        ("10 个工作日", False),
        ("", False),
        ("", True),
    ]


def test_the_page_tells_the_way_of_an_application_through_all_departments(world, browser):
    full_guide.publish(world, timezone.localdate() - timedelta(days=1))
    page = browser(None).get(f"/items/{world.item_code}").content.decode()
    text = re.sub(r"<[^>]*>", "", page)
    assert (
        "材料只交一次，3 个部门分头看。最慢的一路是：区消防救援大队甲 → 区城市管理局丙，共 7 个工作日。"
        in text
    )
    assert "先预审，最晚 2 个工作日告诉您" in text
    assert "经批准最多再延长 12 个工作日" in text
    assert "可以先受理，6 个工作日内补上" in text
    assert "决定以后 45 个工作日内，会核查您承诺的内容" in text
    assert page.count("tb-bar-aside") == 1, "one department is not on the longest way"
