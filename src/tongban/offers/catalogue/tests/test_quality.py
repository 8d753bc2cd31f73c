import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.world import GUIDE

from tongban.offers.catalogue.rules import guide as structure
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.quality import BY_STRUCTURE, CHECKS, Severity, findings, score
from tongban.standards.item_codes import ItemType
from tongban.standards.text import Message

Body = dict[str, Any]
Change = Callable[[Body], object]
DATA = Path(__file__).resolve().parents[5] / "data" / "guides"

# A guide in which nothing is to be mended.
WHOLE: Body = {
    **json.loads(json.dumps(GUIDE)),
    "quantity_limit": "没有数量限制",
    "fees": [{"name": "工本费", "standard": "每证20元", "basis": "某文件", "online": True}],
}
for _step in WHOLE["steps"]:
    _step.setdefault("what", "做这一步")
for _material in WHOLE["materials"]:
    _material |= {"notes": "说明", "review_points": ["看清楚"]}


def guide(*changes: Change) -> Guide:
    body = copy.deepcopy(WHOLE)
    for change in changes:
        change(body)
    return Guide.model_validate(body)


def found(*changes: Change, item_type: ItemType = ItemType.LICENCE) -> set[tuple[str, str]]:
    return {(one.check, one.path) for one in findings(guide(*changes), item_type)}


def departments(*told: Body) -> Change:
    """Departments of joint handling in the guide, by what differs from an ordinary one."""
    rows = [
        {"key": f"d{n}", "organ": "11460106MB12345673", "name": f"部门{n}", "days": 2} | one
        for n, one in enumerate(told)
    ]
    return lambda body: body.update(departments=rows)


def both(*changes: Change) -> Change:
    """One change made of several."""

    def change(body: Body) -> None:
        for one in changes:
            one(body)

    return change


COMMITMENT = {
    "proves": ["有固定的场所。"],
    "duty": "符合条件。",
    "liability": "撤销决定。",
    "replaces": ["plan"],
    "check_days": 30,
}

# check, path, what breaks it, what just keeps it
PAIRS: list[tuple[str, str, Change, Change]] = [
    (
        "quality.area_code",
        "phones.advice",
        lambda b: b["phones"].update(advice="66778899"),
        lambda b: b["phones"].update(advice="010-66778899"),
    ),
    (
        "quality.area_code",
        "phones.complaint",
        lambda b: b["phones"].update(complaint="12345"),
        lambda b: b["phones"].update(complaint="（0898）12345"),
    ),
    (
        "quality.fee_online",
        "fees.0.online",
        lambda b: b["fees"][0].pop("online"),
        lambda b: b["fees"][0].update(online=False),
    ),
    (
        "quality.licence_steps",
        "steps",
        lambda b: b["steps"].pop(),
        lambda b: b["steps"].append({"name": "公示", "days": 0, "what": "公开"}),
    ),
    (
        "quality.licence_steps",
        "steps",
        lambda b: b["steps"][1].update(name="公示"),
        lambda b: b["steps"][1].update(name="材料审核"),
    ),
    (
        "quality.law_text",
        "basis.0.article",
        lambda b: b["basis"][0].update(article=""),
        lambda b: b["basis"][0].update(article="第五条"),
    ),
    (
        "quality.law_text",
        "basis.0.text",
        lambda b: b["basis"][0].update(text=""),
        lambda b: b["basis"][0].update(text="条文"),
    ),
    (
        "quality.step_what",
        "steps.0.what",
        lambda b: b["steps"][0].update(what=""),
        lambda b: b["steps"][0].update(what="看"),
    ),
    (
        "quality.review_points",
        "materials.plan.review_points",
        lambda b: b["materials"][2].update(review_points=[]),
        lambda b: b["materials"].clear(),
    ),
    (
        "quality.material_notes",
        "materials.plan.notes",
        lambda b: b["materials"][2].update(notes=""),
        lambda b: b["materials"].pop(),
    ),
    (
        "quality.instant_days",
        "limits.promised_days",
        lambda b: b.update(case_kind="instant"),
        lambda b: b.update(case_kind="instant", limits={"statutory_days": 20, "promised_days": 0}),
    ),
    (
        "quality.joint_path",
        "departments",
        departments({"days": 3}, {"days": 3, "after": ["d0"]}),
        departments({"days": 3}, {"days": 2, "after": ["d0"]}, {"days": 5}),
    ),
    (
        "quality.lower_days",
        "departments.1.days",
        both(
            lambda b: b["limits"].update(statutory_days=45, promised_days=45),
            departments({}, {"days": 21, "instance": "lower"}),
        ),
        both(
            lambda b: b["limits"].update(statutory_days=45, promised_days=45),
            departments({"days": 21}, {"days": 20, "instance": "lower"}),
        ),
    ),
    (
        "quality.extension",
        "limits.extension_days",
        lambda b: b["limits"].update(extension_days=11),
        lambda b: b["limits"].update(extension_days=10),
    ),
    (
        "quality.extension",
        "limits.extension_days",
        both(departments({}), lambda b: b["limits"].update(extension_days=16)),
        both(departments({}), lambda b: b["limits"].update(extension_days=15)),
    ),
    (
        "quality.rule_online",
        "rule",
        lambda b: b.update(rule={"name": "都答对"}, channels={"online": "accept", "visits": 0, "post": True}),
        lambda b: b.update(rule={"name": "都答对"}),
    ),
    (
        "quality.statutory",
        "limits.statutory_days",
        lambda b: b["limits"].update(statutory_days=21),
        lambda b: b["limits"].update(statutory_days=21, note="某法第九条规定三十日"),
    ),
    (
        "quality.statutory",
        "limits.statutory_days",
        both(departments({}), lambda b: b["limits"].update(statutory_days=46)),
        lambda b: b.update(limits={"statutory_days": 45, "promised_days": 5}, joint_organs=["消防机构"]),
    ),
    (
        "quality.commitment",
        "commitment",
        lambda b: b.update(commitment=COMMITMENT),
        lambda b: b.update(commitment=COMMITMENT, name="劳务派遣经营许可"),
    ),
    (
        "quality.windows",
        "windows",
        lambda b: b["windows"].clear(),
        lambda b: b["windows"][0].update(name="别的窗口"),
    ),
    (
        "quality.windows",
        "windows.0.phone",
        lambda b: b["windows"][0].update(phone=""),
        lambda b: b["windows"][0].update(phone="12345"),
    ),
    *(
        (check, element, lambda b, element=element, empty=empty: b.update({element: empty}), lambda b: None)
        for check, element, empty in (
            ("quality.served", "served", []),
            ("quality.conditions", "conditions", []),
            ("quality.refusal", "refusal_conditions", []),
            ("quality.quantity", "quantity_limit", ""),
            ("quality.keywords", "keywords", []),
            ("quality.themes", "themes", []),
        )
    ),
]


@pytest.mark.parametrize(("check", "path", "breaks", "keeps"), PAIRS)
def test_each_check_is_failed_by_the_one_and_passed_by_the_other(
    check: str, path: str, breaks: Change, keeps: Change
):
    assert found(breaks) == {(check, path)}
    assert found(keeps) == set()
    assert score(guide(breaks), ItemType.LICENCE) < score(guide(keeps), ItemType.LICENCE) == 100


def test_what_only_licences_need_is_asked_of_licences_only():
    def without(body: Body) -> None:
        body.update(faq=[], steps=body["steps"][:1])

    assert {check for check, _ in found(without)} == {"quality.licence_faq", "quality.licence_steps"}
    assert {check for check, _ in found(without, item_type=ItemType.PUBLIC_SERVICE)} == {"quality.faq"}


def test_what_the_licensing_law_says_binds_licences_only():
    long = both(
        departments({"days": 30, "instance": "lower"}),
        lambda b: b["limits"].update(statutory_days=200, promised_days=100, extension_days=40),
    )
    checks = {"quality.statutory", "quality.extension", "quality.lower_days"}
    assert {check for check, _ in found(long)} == checks
    assert found(long, item_type=ItemType.PUBLIC_SERVICE) == set()


def test_the_departments_that_take_too_long_are_named():
    (one,) = findings(
        guide(departments({"days": 3}, {"days": 3, "after": ["d0"]}, {"days": 1})), ItemType.LICENCE
    )
    assert isinstance(one.message, Message)
    assert one.message.params == {"path": "部门0、部门1", "days": 6, "promised": 5}


def test_a_guide_without_a_basic_edition_behind_it_says_so():
    (one,) = findings(guide(), ItemType.LICENCE, has_basic=False)
    assert (one.check, one.severity) == ("quality.basic", Severity.WARNING)


def test_terms_have_no_counter_to_be_asked_for():
    terms = Terms.model_validate(
        guide().model_dump(exclude=set(Guide.model_fields) - set(Terms.model_fields))
    )
    assert findings(terms, ItemType.LICENCE) == []


def test_errors_come_first_and_weigh_three():
    error, warning = (lambda b: b["fees"][0].pop("online")), (lambda b: b.update(themes=[]))
    both = findings(guide(warning, error), ItemType.LICENCE)
    assert [one.severity for one in both] == [Severity.ERROR, Severity.WARNING]
    lost = [100 - score(guide(change), ItemType.LICENCE) for change in (error, warning)]
    assert lost[0] > 2 * lost[1] > 0


def test_every_check_is_tested_and_every_reference_to_the_structure_exists():
    tested = {pair[0] for pair in PAIRS} | {
        "quality.licence_faq",
        "quality.faq",
        "quality.basic",
        "quality.hidden_demand",  # test_demands.py
    }
    assert tested == {check.id for check in CHECKS}
    for place in BY_STRUCTURE.values():
        owner, _, part = place.partition(".")
        held = getattr(structure, owner)
        assert not part or part in held.model_fields or hasattr(held, part), place


@pytest.mark.parametrize("file", sorted(DATA.glob("*.json")), ids=lambda file: file.stem)
def test_the_shipped_guides_have_no_error_for_any_organ(file: Path):
    told = json.loads(file.read_text(encoding="utf-8"))
    item_type = ItemType(told["basic"][2:4])
    for organ in told["organs"]:
        whole = Guide.model_validate({**told["guide"], **told["local"].get(organ, {})})
        errors = [one for one in findings(whole, item_type) if one.severity is Severity.ERROR]
        assert errors == []
        assert score(whole, item_type) >= 80
