import json
from typing import Any

from tests.world import GUIDE

from tongban.offers.catalogue.rules.elements import TERMS, beside, differences, lines, term_of
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.standards.text import Message


def guide(**changed: object) -> Guide:
    body: dict[str, Any] = json.loads(json.dumps(GUIDE)) | changed
    return Guide.model_validate(body)


def said(texts: tuple[str, ...]) -> list[str]:
    return [str(text) % text.params if isinstance(text, Message) else text for text in texts]


def test_every_element_of_a_guide_has_a_term_and_words():
    assert set(TERMS) == set(Guide.model_fields)
    assert len(set(TERMS.values())) == len(TERMS)
    fee = {"name": "工本费", "standard": "10元", "basis": "某文件"}
    whole = guide(
        quantity_limit="没有数量限制",
        fees=[fee],
        special_procedures=[{"kind": "hearing", "days": 30}],
        joint_organs=["消防救援支队"],
        intermediaries=[{"name": "卫生检测"}],
        entrusted_organ="镇政府",
        office="审批科",
        rights=["可以陈述、申辩。"],
        remedies="六十日内申请行政复议。",
        life_events=["开饭馆"],
        remarks=[{"label": "另", "text": "没有别的。"}],
        departments=[{"key": "fire", "organ": "11460106MB12345673", "name": "消防救援支队", "days": 3}],
        commitment={"proves": ["有场所。"], "duty": "照办。", "liability": "撤销。", "check_days": 60},
        rule={"name": "自己的房子"},
    )
    for element in TERMS:
        assert all(said(lines(whole, element))), element
        assert lines(whole, element), element
        assert lines(None, element) == ()


def test_words_carry_the_values():
    assert said(lines(guide(), "limits"))[:2] == ["法定20个工作日", "承诺5个工作日"]
    assert said(lines(guide(), "materials"))[0] == "卫生检测报告（必要，复印件1份，纸质或者电子）"
    assert said(lines(guide(), "steps"))[1] == "审查：3个工作日"
    assert lines(guide(), "keywords") == ("理发店、卫生许可证、开店",)


def test_who_takes_part_what_is_promised_and_what_is_verified_is_said_in_words():
    organ = "11460106MB12345673"
    whole = guide(
        departments=[
            {"key": "fire", "organ": organ, "name": "消防", "days": 3, "what": "看通道", "instance": "lower"},
            {"key": "town", "organ": organ, "name": "城管", "days": 2, "after": ["fire"]},
        ],
        commitment={
            "proves": ["有场所。"],
            "duty": "照办。",
            "liability": "撤销。",
            "replaces": ["plan"],
            "check_days": 60,
        },
        rule={"name": "自己的房子", "when": {"own_place": "own"}, "holds": ["L01"], "lacks": ["W01"]},
        limits={
            "statutory_days": 20,
            "promised_days": 5,
            "pre_review_days": 2,
            "extension_days": 7,
            "later_days": 6,
        },
    )
    assert said(lines(whole, "departments")) == [
        "消防：3个工作日，受理后就开始",
        "看通道",
        "下级先审",
        "城管：2个工作日，等消防",
    ]
    assert said(lines(whole, "commitment")) == [
        "有场所。",
        "照办。",
        "撤销。",
        "代替材料：平面图",
        "决定后60个工作日内核查",
    ]
    assert said(lines(whole, "rule")) == [
        "自己的房子",
        "经营场所是自己的还是租的：自己的",
        "持有有效的证照：L01",
        "没有有效的证照：W01",
    ]
    assert said(lines(whole, "limits"))[-3:] == [
        "2个工作日内预审",
        "最多延长7个工作日",
        "容缺材料6个工作日内补交",
    ]


def test_differences_are_the_elements_that_changed():
    after = guide(keywords=["新"], limits={"statutory_days": 20, "promised_days": 4})
    assert {row.element for row in differences(guide(), after)} == {"keywords", "limits"}
    assert differences(guide(), guide()) == []


def test_a_value_that_moved_within_the_same_words_is_a_difference():
    (row,) = differences(guide(), guide(result=GUIDE["result"] | {"licence_type": "124"}))  # type: ignore[operator] # a dict in this literal
    assert row.element == "result"
    assert row.left == row.right or said(row.left) == said(row.right)


def test_a_counter_is_no_difference_to_a_standard_that_has_none():
    standard = Terms.model_validate(
        guide().model_dump(exclude=set(Guide.model_fields) - set(Terms.model_fields))
    )
    rows = {row.element: row for row in beside(standard, guide())}
    assert rows["windows"].same
    assert (rows["windows"].left, len(rows["windows"].right)) == ((), 1)
    assert all(row.same for row in rows.values())


def test_a_path_is_named_by_its_element():
    assert term_of("materials.plan.copies") == "申请材料"
    assert term_of("name") == "事项名称"
