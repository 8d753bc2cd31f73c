import copy
from typing import Any

import pytest

from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.rules.narrowing import MESSAGES, Rule, Violation, is_dearer, violations
from tongban.offers.catalogue.tests.narrowing import (
    BASE,
    BASIC,
    NEW_MATERIAL,
    Body,
    Change,
    contact,
    found,
    local,
    shop,
)
from tongban.standards.text import Message

# rule, path, what breaks it, what just keeps it
PAIRS: list[tuple[Rule, str, Change, Change]] = [
    (Rule.NAME, "name", lambda b: b.update(name="卫生许可"), lambda b: b.update(keywords=["卫生许可"])),
    (Rule.SERVED, "served", lambda b: b["served"].pop(), lambda b: b["served"].append("社会组织法人")),
    (
        Rule.BASIS,
        "basis",
        lambda b: b["basis"].append({"title": "本局规定"}),
        lambda b: b.update(sources=["本局网站"]),
    ),
    (
        Rule.CONDITION,
        "conditions.2",
        lambda b: b["conditions"].append("有本地户籍。"),
        lambda b: b["conditions"].pop(),
    ),
    (
        Rule.CONDITION,
        "conditions.0",
        lambda b: b["conditions"].__setitem__(0, "有一百平方米以上的场所。"),
        lambda b: b["conditions"].reverse(),
    ),
    (
        Rule.CONDITION,
        "refusal_conditions.1",
        lambda b: b["refusal_conditions"].append("欠费的。"),
        lambda b: b["refusal_conditions"].clear(),
    ),
    (
        Rule.CONDITION,
        "quantity_limit",
        lambda b: b.update(quantity_limit="每年十件"),
        lambda b: b.update(quantity_limit=""),
    ),
    (
        Rule.LIMIT,
        "limits.statutory_days",
        lambda b: b["limits"].update(statutory_days=21),
        lambda b: b["limits"].update(statutory_days=19),
    ),
    (
        Rule.LIMIT,
        "limits.promised_days",
        lambda b: b["limits"].update(promised_days=6),
        lambda b: b["limits"].update(promised_days=4),
    ),
    (
        Rule.LIMIT,
        "limits.reply_days",
        lambda b: b["limits"].update(reply_days=6),
        lambda b: b["limits"].update(reply_days=4),
    ),
    (
        Rule.LIMIT,
        "limits.delivery_days",
        lambda b: b["limits"].update(delivery_days=11),
        lambda b: b["limits"].update(delivery_days=9),
    ),
    (
        Rule.LIMIT,
        "limits.pre_review_days",
        lambda b: b["limits"].update(pre_review_days=4),
        lambda b: b["limits"].pop("pre_review_days"),
    ),
    (
        Rule.LIMIT,
        "limits.extension_days",
        lambda b: b["limits"].update(extension_days=9),
        lambda b: b["limits"].update(extension_days=7),
    ),
    (
        Rule.LIMIT,
        "limits.extension_days",
        lambda b: b["limits"].pop("extension_days"),
        lambda b: b["limits"].update(extension_days=8),
    ),
    (
        Rule.LIMIT,
        "limits.later_days",
        lambda b: b["limits"].update(later_days=11),
        lambda b: b["limits"].update(later_days=9),
    ),
    (
        Rule.LIMIT,
        "steps.1.days",
        lambda b: b["steps"][1].update(days=4),
        lambda b: b["steps"][1].update(days=2),
    ),
    (
        Rule.STEP,
        "steps.5",
        lambda b: b["steps"].append({"name": "镇里盖章", "days": 0}),
        lambda b: b["steps"].pop(),
    ),
    (
        Rule.STEP,
        "steps.5",
        lambda b: b["steps"].append({"name": "审查", "days": 1}),
        lambda b: b["steps"][1].update(what="另一种说法"),
    ),
    (
        Rule.LIMIT,
        "limits.statutory_unit",
        lambda b: b["limits"].update(statutory_unit="workday"),
        lambda b: b["limits"].update(note="本地的说明"),
    ),
    (
        Rule.PROCEDURE,
        "special_procedures.2",
        lambda b: b["special_procedures"].append({"kind": "exam", "days": 0}),
        lambda b: b["special_procedures"].pop(),
    ),
    (
        Rule.PROCEDURE,
        "special_procedures.0.days",
        lambda b: b["special_procedures"][0].update(days=21),
        lambda b: b["special_procedures"][0].update(days=19),
    ),
    (
        Rule.INTERMEDIARY,
        "intermediaries.1",
        lambda b: b["intermediaries"].append({"name": "图纸审查"}),
        lambda b: b["intermediaries"].clear(),
    ),
    (
        Rule.INTERMEDIARY,
        "intermediaries.0.payer",
        lambda b: b["intermediaries"][0].update(payer="applicant"),
        lambda b: b["intermediaries"][0].update(notes="本地有三家机构"),
    ),
    (
        Rule.REMARK,
        "remarks.1",
        lambda b: b["remarks"].append({"label": "另外", "text": "请带无犯罪证明。"}),
        lambda b: b["remarks"].clear(),
    ),
    (
        Rule.MATERIAL,
        "materials.extra",
        lambda b: b["materials"].append(NEW_MATERIAL),
        lambda b: b["materials"].pop(),
    ),
    (
        Rule.MATERIAL,
        "materials.plan",
        lambda b: b["materials"][2].update(name="盖章的平面图"),
        lambda b: b["materials"][2].update(notes="可以手画"),
    ),
    (
        Rule.MATERIAL,
        "materials.plan",
        lambda b: b["materials"][2].update(source="government"),
        lambda b: b["materials"][2].update(basis="某文件"),
    ),
    (
        Rule.DEMAND,
        "materials.report.requirement",
        lambda b: b["materials"][0].update(requirement="required"),
        lambda b: b["materials"][0].update(requirement="optional"),
    ),
    (
        Rule.DEMAND,
        "materials.plan.requirement",
        lambda b: b["materials"][2].update(requirement="later"),
        lambda b: b["materials"].pop(2),
    ),
    (
        Rule.DEMAND,
        "materials.report.original",
        lambda b: b["materials"][0].update(original="original"),
        lambda b: b["materials"][0].update(original="copy"),
    ),
    (
        Rule.DEMAND,
        "materials.report.copies",
        lambda b: b["materials"][0].update(copies=3),
        lambda b: b["materials"][0].update(copies=1),
    ),
    (
        Rule.DEMAND,
        "materials.report.form",
        lambda b: b["materials"][0].update(form="paper"),
        lambda b: b["materials"][3].update(form="either"),
    ),
    (
        Rule.DEMAND,
        "materials.photo.form",
        lambda b: b["materials"][3].update(form="electronic"),
        lambda b: b["materials"][3].update(form="paper"),
    ),
    (
        Rule.DEMAND,
        "materials.report.signature",
        lambda b: b["materials"][0].update(signature="签名并按手印"),
        lambda b: b["materials"][0].update(signature=""),
    ),
    (
        Rule.DEMAND,
        "materials.lease.when",
        lambda b: b["materials"][1].update(when={}),
        lambda b: b["materials"][2].update(when={"own_place": "own"}),
    ),
    (
        Rule.DEMAND,
        "materials.report.review_points.2",
        lambda b: b["materials"][0]["review_points"].append("要有公证"),
        lambda b: b["materials"][0]["review_points"].pop(),
    ),
    (
        Rule.FIELD,
        "form.father",
        lambda b: contact(b).append({"key": "father", "label": "父亲姓名", "required": False}),
        lambda b: contact(b).pop(),
    ),
    (
        Rule.ANSWER,
        "form.credit_code.required",
        lambda b: shop(b)[1].update(required=True),
        lambda b: shop(b)[0].update(required=False),
    ),
    (
        Rule.ANSWER,
        "form.address.label",
        lambda b: contact(b)[0].update(label="地址和邮编"),
        lambda b: contact(b)[0].update(help="写到门牌号"),
    ),
    (
        Rule.ANSWER,
        "form.area.type",
        lambda b: contact(b)[1].update(type="integer"),
        lambda b: b["form"]["sections"].reverse(),
    ),
    (
        Rule.ANSWER,
        "form.area.minimum",
        lambda b: contact(b)[1].update(minimum=2),
        lambda b: contact(b)[1].update(minimum=0),
    ),
    (
        Rule.ANSWER,
        "form.area.maximum",
        lambda b: contact(b)[1].update(maximum=99999),
        lambda b: contact(b)[1].update(maximum=100001),
    ),
    (
        Rule.ANSWER,
        "form.shop_name.max_length",
        lambda b: shop(b)[0].update(max_length=59),
        lambda b: shop(b)[0].update(max_length=61),
    ),
    (
        Rule.ANSWER,
        "form.own_place.options",
        lambda b: shop(b)[2]["options"].pop(0),
        lambda b: shop(b)[2]["options"].append({"value": "lent", "label": "借的"}),
    ),
    (
        Rule.FEE,
        "fees.1",
        lambda b: b["fees"].append({"name": "资料费", "standard": "1元", "basis": "某文件"}),
        lambda b: b["fees"].clear(),
    ),
    (
        Rule.FEE,
        "fees.0.basis",
        lambda b: b["fees"][0].update(basis="本局文件"),
        lambda b: b["fees"][0].update(online=False),
    ),
    (
        Rule.DEARER,
        "fees.0.standard",
        lambda b: b["fees"][0].update(standard="每证20.5元"),
        lambda b: b["fees"][0].update(standard="每证19.5元"),
    ),
    (
        Rule.DEARER,
        "fees.0.reductions",
        lambda b: b["fees"][0].update(reductions=""),
        lambda b: b["fees"][0].update(reductions="低保户免收，学生减半"),
    ),
    (
        Rule.CHANNEL,
        "channels.ways",
        lambda b: b["channels"].update(ways=["window"]),
        lambda b: b["channels"].update(ways=["phone", "computer", "window"]),
    ),
    (
        Rule.CHANNEL,
        "channels.appointment",
        lambda b: b["channels"].update(appointment=False),
        lambda b: b["channels"].update(appointment_how="打电话"),
    ),
    (
        Rule.CHANNEL,
        "channels.online",
        lambda b: b["channels"].update(online="none"),
        lambda b: b["channels"].update(online="full", visits=0),
    ),
    (
        Rule.CHANNEL,
        "channels.anywhere",
        lambda b: b["channels"].update(anywhere="county"),
        lambda b: b["channels"].update(anywhere="province"),
    ),
    (
        Rule.CHANNEL,
        "channels.post",
        lambda b: b["channels"].update(post=False),
        lambda b: b["channels"].update(post=True),
    ),
    (
        Rule.VISITS,
        "channels.visits",
        lambda b: b["channels"].update(visits=3),
        lambda b: b["channels"].update(visits=1),
    ),
    (
        Rule.LEVEL,
        "channels.level",
        lambda b: b["channels"].update(level="advanced"),
        lambda b: b["channels"].update(level="basic"),
    ),
    (
        Rule.RESULT,
        "result.name",
        lambda b: b["result"].update(name="备案证"),
        lambda b: b.update(windows=[]),
    ),
    (
        Rule.RESULT,
        "result.valid_years",
        lambda b: b["result"].update(valid_years=2),
        lambda b: b.update(themes=["别的主题"]),
    ),
    (
        Rule.RESULT,
        "result.fields",
        lambda b: b["result"].update(fields=["shop_name"]),
        lambda b: b.update(faq=[]),
    ),
]


@pytest.mark.parametrize(("rule", "path", "breaks", "keeps"), PAIRS)
def test_each_rule_is_broken_by_the_one_and_kept_by_the_other(
    rule: Rule, path: str, breaks: Change, keeps: Change
):
    assert found(breaks) == {(rule.value, path)}
    assert found(keeps) == set()


def test_an_instant_item_may_not_become_one_with_a_promise():
    instant = {**BASE, "case_kind": "instant"}
    promised = Guide.model_validate(BASE)
    assert [one.rule for one in violations(Guide.model_validate(instant), promised)] == [Rule.KIND]
    assert violations(promised, Guide.model_validate(instant)) == []


OWN: Body = {
    "departments": [
        {"key": "fire", "organ": "11460106MB12345673", "name": "区消防救援大队", "days": 3},
        {"key": "town", "organ": "11460106MB12345673", "name": "区城管局", "days": 2, "after": ["fire"]},
    ],
    "commitment": {
        "proves": ["有场所。"],
        "duty": "照办。",
        "liability": "撤销。",
        "replaces": ["plan"],
        "check_days": 60,
    },
    "rule": {"name": "自己的房子", "when": {"own_place": "own"}, "holds": ["L01"]},
}


def test_who_takes_part_what_may_be_promised_and_what_is_decided_by_rule_an_organ_says_itself():
    assert found(lambda b: b.update(OWN)) == set()


def test_with_others_a_decision_may_be_put_off_as_long_as_the_law_says_of_joint_handling():
    plain = copy.deepcopy(BASE)
    del plain["limits"]["extension_days"]
    basic = Guide.model_validate(plain)

    def said(**more: Any) -> set[str]:
        body = plain | more | {"limits": plain["limits"] | {"extension_days": 15}}
        return {one.path for one in violations(basic, Guide.model_validate(body))}

    assert said() == {"limits.extension_days"}
    assert said(departments=OWN["departments"]) == set()


def test_a_pre_review_that_the_standard_does_not_know_is_none_there():
    plain = copy.deepcopy(BASE)
    del plain["limits"]["pre_review_days"]
    (one,) = violations(Guide.model_validate(plain), Guide.model_validate(BASE))
    assert (one.path, one.basic, one.local) == ("limits.pre_review_days", "", "3")


def test_every_rule_has_its_words_and_its_tests():
    assert set(MESSAGES) == set(Rule)
    assert len(set(MESSAGES.values())) == len(Rule)
    assert {pair[0] for pair in PAIRS} | {Rule.KIND} == set(Rule)


def test_a_violation_says_element_values_and_rule():
    (one,) = violations(BASIC, local(lambda b: b["limits"].update(promised_days=6)))
    assert one == Violation(Rule.LIMIT, "limits.promised_days", "5", "6")
    assert (one.element, one.message) == ("办理时限", "时限只能缩短，不能延长。")
    told = one.told()
    assert isinstance(told, Message)
    assert {"5", "6", "narrowing.limit", "办理时限"} <= set(told.params.values())


@pytest.mark.parametrize(
    ("basic", "told", "dearer"),
    [
        ("每证20元", "每证20元", False),
        ("每证20元", "每证0元", False),
        ("每证20元", "每证20.01元", True),
        ("每证20元", "每份10元", True),
        ("首件10元，续件5元", "首件9元，续件6元", True),
        ("首件10元，续件5元", "首件9元，续件5元", False),
        ("按国家规定", "按国家规定", False),
        ("按国家规定", "面议", True),
    ],
)
def test_only_lower_numbers_in_the_same_words_are_not_dearer(basic: str, told: str, dearer: bool):
    assert is_dearer(basic, told) is dearer
