"""Demands that hide in free text: each sentence that asks for more is found, and what the standard says itself is not."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.world import GUIDE

from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.quality import HIDDEN_DEMAND, Severity, findings, score
from tongban.standards.item_codes import ItemType

Body = dict[str, Any]
Change = Callable[[Body], object]


def terms(**changed: object) -> Terms:
    body = {name: value for name, value in GUIDE.items() if name not in ("windows", "phones")}
    return Terms.model_validate(body | changed)


def local(change: Change) -> Guide:
    body = copy.deepcopy(json.loads(json.dumps(GUIDE)))
    change(body)
    return Guide.model_validate(body)


def hidden(guide: Guide, standard: Terms | None) -> set[str]:
    found = findings(guide, ItemType.LICENCE, standard=standard)
    return {one.path for one in found if one.check == HIDDEN_DEMAND}


# path, what breaks it, what just keeps it
PAIRS: list[tuple[str, Change, Change]] = [
    (
        "materials.lease.notes",
        lambda b: b["materials"][1].update(notes="租期要包住申请的日期。另附房东身份证复印件。"),
        lambda b: b["materials"][1].update(notes="租期要包住申请的日期"),
    ),
    (
        "steps.0.what",
        lambda b: b["steps"][0].update(what="看材料齐不齐，还需到所在社区盖章"),
        lambda b: b["steps"][0].update(what="看材料齐不齐，当场告诉您"),
    ),
    (
        "windows.0.transport",
        lambda b: b["windows"][0].update(transport="坐 1 路车；请携带营业执照原件"),
        lambda b: b["windows"][0].update(transport="坐 1 路车到龙华广场"),
    ),
    (
        "faq.0.answer",
        lambda b: b["faq"][0].update(answer="要办。需要提供无犯罪证明！"),
        lambda b: b["faq"][0].update(answer="要办，网上就能办。"),
    ),
    (
        "channels.appointment_how",
        lambda b: b["channels"].update(appointment=True, appointment_how="预约时须提供健康证"),
        lambda b: b["channels"].update(appointment=True, appointment_how="打电话预约"),
    ),
    (
        "form.sections.0.intro",
        lambda b: b["form"]["sections"][0].update(intro="打印以后加盖公章。"),
        lambda b: b["form"]["sections"][0].update(intro="照营业执照上的写。"),
    ),
    (
        "remarks.0.text",
        lambda b: b.update(remarks=[{"label": "其他", "text": "自备快递袋"}]),
        lambda b: b.update(remarks=[{"label": "其他", "text": "大厅有母婴室"}]),
    ),
]


@pytest.mark.parametrize(("path", "breaks", "keeps"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_what_the_standard_does_not_ask_is_pointed_at_and_plain_words_are_not(
    path: str, breaks: Change, keeps: Change
):
    assert hidden(local(breaks), terms()) == {path}
    assert hidden(local(keeps), terms()) == set()


def test_what_the_standard_says_in_the_same_place_may_be_said_and_elsewhere_may_not():
    asks = "租期要包住申请的日期；另附房东身份证复印件"
    materials = copy.deepcopy(GUIDE["materials"])
    materials[1]["notes"] = asks  # type: ignore[index] # a list in this literal
    standard = terms(materials=materials)
    assert hidden(local(lambda b: b["materials"][1].update(notes=asks)), standard) == set()
    assert (
        hidden(local(lambda b: b["materials"][1].update(notes="另附房东身份证复印件。")), standard) == set()
    )
    assert hidden(local(lambda b: b["materials"][0].update(notes=asks)), standard) == {
        "materials.report.notes"
    }


def test_materials_in_another_order_are_still_the_same_materials():
    materials = copy.deepcopy(GUIDE["materials"])
    for one in materials:  # type: ignore[attr-defined] # a list in this literal
        one["notes"] = f"{one['name']}要加盖公章"
    turned = local(lambda b: b.update(materials=materials[::-1]))  # type: ignore[index] # the same
    assert hidden(turned, terms(materials=materials)) == set()


def test_a_hidden_demand_warns_comes_first_and_lowers_the_score():
    guide = local(lambda b: b["faq"][0].update(answer="须提供担保"))
    found = findings(guide, ItemType.LICENCE, standard=terms())
    assert (found[0].check, found[0].severity) == (HIDDEN_DEMAND, Severity.WARNING)
    assert "须提供担保" in str(found[0].message.params["said"])  # type: ignore[attr-defined] # a Message
    assert score(guide, ItemType.LICENCE, standard=terms()) < score(guide, ItemType.LICENCE)


def test_without_a_standard_nobody_can_tell():
    assert hidden(local(lambda b: b["faq"][0].update(answer="须提供担保")), None) == set()
