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
