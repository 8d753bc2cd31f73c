"""Every element of a guide is told, wherever a guide is told; an element that the structure gains later cannot be forgotten."""

import html
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pydantic import BaseModel
from tests import full_guide
from tests.world import World

from tongban.base.actor import Actor
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules import elements
from tongban.offers.catalogue.rules.form import FieldSpec, Form, Option, Section
from tongban.offers.catalogue.rules.guide import Guide

Browser = Callable[[Actor | None], Client]

# What is told in words of its own. Field by field, so that a new one is looked for as it stands, and missed.
_CODED: dict[tuple[str, str], dict[str, str]] = {
    ("Guide", "case_kind"): {"promised": "承诺件", "instant": "即办件"},
    ("Guide", "power_source"): dict(elements.POWER_LABELS),
    ("Guide", "organ_nature"): dict(elements.NATURE_LABELS),
    ("Material", "requirement"): {"required": "", "optional": "", "later": "容缺|后补|以后补"},
    ("Material", "kind"): {"form": "form|表格", "certificate": "certificate|证照", "other": "other|其他材料"},
    ("Material", "source"): {
        "own": "own|自己有的",
        "government": "government|政府部门发的",
        "other": "other|其他机构出的",
    },
    ("Material", "form"): {"paper": "纸质", "electronic": "电子", "either": "纸质或"},
    ("Material", "original"): {"original": "原件", "copy": "复印件"},
    ("Material", "when"): {"rented": "租的"},
    ("SpecialProcedure", "kind"): dict(elements.PROCEDURE_LABELS),
    ("Intermediary", "payer"): dict(elements.PAYER_LABELS),
    ("Limits", "statutory_unit"): {"day": "自然日", "workday": "工作日"},
    ("Channels", "ways"): dict(elements.WAY_LABELS),
    ("Channels", "online"): {"none": "窗口", "accept": "网上申请", "full": "全程网"},
    ("Channels", "anywhere"): {"province": "全省通办"},
    ("Channels", "appointment"): {"True": "预约"},
    ("Channels", "post"): {"True": "邮寄"},
    ("Channels", "level"): {"advanced": "高级实名"},
    ("Fee", "online"): {"True": "可以网上缴", "False": "不能网上缴"},
    ("Result", "kind"): {"approval": "批文|approval"},
    ("Result", "fields"): {"shop_name": "店名", "address": "经营地址"},
    ("Guide", "demonstration"): {"True": "演示"},
    ("Department", "after"): {"fire": "区消防救援大队甲"},
    ("Department", "instance"): {"lower": "下级机关先审查|下级先审"},
    ("Commitment", "replaces"): {"plan": "可以承诺代替：平面图酉|代替材料：平面图酉"},
    ("DecisionRule", "when"): {"rented": "自己的还是租的：租的"},
    ("Step", "days"): {"0": "当场|P0D|0个工作日"},
}
# Names for machines, and what only checks what is typed in; a page tells the label instead.
_SILENT = {
    ("Material", "key"),
    ("Department", "key"),
    ("Attachment", "media_type"),
    ("Attachment", "size"),
    *(
        ("FieldSpec", name)
        for name in FieldSpec.model_fields
        if name not in {"label", "help", "unit", "options"}
    ),
    ("Option", "value"),
    ("Section", "key"),
}  # fmt: skip -- pairs read as a table


def _leaves(value: object, owner: str, name: str) -> Iterator[tuple[str, str, object]]:
    """(model, field, value) of everything that a guide says."""
    if isinstance(value, BaseModel):
        for part in type(value).model_fields:
            yield from _leaves(getattr(value, part), type(value).__name__, part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _leaves(part, owner, name)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _leaves(part, owner, name)
    elif value is not None and value != "":
        yield owner, name, value


def _untold(guide: Guide, text: str) -> list[str]:
    """What ``guide`` says and ``text`` does not."""
    missing = []
    for owner, name, value in _leaves(guide, "Guide", ""):
        if (owner, name) in _SILENT:
            continue
        words = _CODED.get((owner, name), {}).get(str(value), re.escape(str(value)))
        if not re.search(words, text):
            missing.append(f"{owner}.{name} = {value}")
    return missing


def _fields(model: type[BaseModel], seen: set[type[BaseModel]]) -> None:
    seen.add(model)
    for field in model.model_fields.values():
        for part in re.findall(r"\w+", str(field.annotation)):
            inner = globals().get(part) or getattr(__import__(Guide.__module__, fromlist=["x"]), part, None)
            if isinstance(inner, type) and issubclass(inner, BaseModel) and inner not in seen:
                _fields(inner, seen)


@pytest.fixture
def told(world: World) -> tuple[World, Guide]:
    full_guide.publish(world, timezone.localdate() - timedelta(days=1))
    return world, catalogue.in_force(world.item_code, timezone.localdate()).guide


def test_the_full_guide_fills_every_element_there_is(told: tuple[World, Guide]):
    _, guide = told
    filled = {(owner, name) for owner, name, _ in _leaves(guide, "Guide", "")}
    models: set[type[BaseModel]] = set()
    _fields(Guide, models)
    assert {Form, Section, FieldSpec, Option} <= models
    assert len(models) >= 15
    empty = {
        f"{model.__name__}.{name}"
        for model in models
        for name in model.model_fields
        if (model.__name__, name) not in filled
        and (model.__name__, name) not in _SILENT
        and not any(part.__name__ in str(model.model_fields[name].annotation) for part in models)
    }
    # The tests' form helps with nothing and asks nothing only in certain situations; forms have tests of their own.
    assert empty <= {"FieldSpec.help", "FieldSpec.when", "Section.when"}


@pytest.mark.parametrize("form", ["", "/print", "/screen", ".jsonld"])
def test_every_element_of_a_guide_is_told(told: tuple[World, Guide], browser: Browser, form: str):
    world, guide = told
    answer = browser(None).get(f"/items/{world.item_code}{form}")
    assert answer.status_code == 200
    text = answer.content.decode()
    text = text if form == ".jsonld" else html.unescape(re.sub(r"<(?!a |img )[^>]*>", "", text))
    assert _untold(guide, text) == []


def test_an_element_that_a_page_leaves_out_is_missed_by_this_test(told: tuple[World, Guide]):
    _, guide = told
    assert "Guide.office = 医政科" in _untold(guide, "")
    assert len(_untold(guide, "")) > 100


def test_nothing_empty_is_shown(world: World, browser: Browser):
    page = browser(None).get(f"/items/{world.item_code}").content.decode()
    for heading in (
        "#services",
        "其他说明",
        "减免",
        "怎么去",
        "预约",
        "自助终端",
        "一起办的机关",
        "历史",
        "承办处室",
        "轮廓示意",
        "几家一起办",
        "可以承诺办理",
        "由系统核对",
        "先预审",
        "再延长",
        "内补上",
    ):
        assert heading not in page
    assert "这个事项分几种办法" not in page


def test_the_page_says_what_helps_to_fill_in_the_form(world: World, browser: Browser):
    form = json.loads(json.dumps(full_guide.GUIDE["form"]))
    form["sections"][0]["fields"][0]["help"] = "照门头上的写"
    full_guide.publish(world, timezone.localdate() - timedelta(days=1), form=form)
    for address in ("", "/print", "/screen", ".jsonld"):
        assert "照门头上的写" in browser(None).get(f"/items/{world.item_code}{address}").content.decode()
