"""What is half written is judged as far as it goes, in words for who writes it; every part has its name."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from tests.world import GUIDE

from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.judging import Judgement, judge
from tongban.offers.catalogue.rules.labels import PARTS
from tongban.standards.item_codes import ItemType

TERMS = {name: value for name, value in GUIDE.items() if name not in ("windows", "phones")}
STANDARD = Terms.model_validate(TERMS)


def said(body: dict[str, object], standard: Terms | None = STANDARD) -> Judgement:
    return judge(Guide, body, ItemType.LICENCE, standard)


def test_a_draft_without_a_counter_is_held_against_the_standard_all_the_same():
    found = said({"limits": {"statutory_days": 20, "promised_days": 6}})
    assert found.missing == ("windows", "phones")
    assert [(one.path, one.basic, one.local) for one in found.beyond] == [("limits.promised_days", "5", "6")]
    assert found.points is None
    assert found.findings != ()


def test_a_whole_draft_has_points_and_nothing_missing():
    found = said(dict(GUIDE))
    assert (found.wrong, found.missing, found.beyond) == ((), (), ())
    assert found.points is not None
    assert found.points > 80


@pytest.mark.parametrize(
    ("element", "value", "path", "told"),
    [
        ("limits", {"statutory_days": "x", "promised_days": 5}, "limits.statutory_days", "请填整数。"),
        ("limits", {"statutory_days": 900, "promised_days": 5}, "limits.statutory_days", "不能小于|不能大于"),
        ("limits", {"statutory_days": 3, "promised_days": 5}, "limits", "承诺期限不能比法定期限长。"),
        ("case_kind", "soon", "case_kind", "请从列出的选项里选一个。"),
        ("phones", {"advice": "0898-1", "complaint": "0898-1"}, "phones", "不能是同一个"),
        ("name", "名" * 300, "name", "最多"),
        ("keywords", ["反\u202e写"], "keywords.0", "隐藏"),
        ("materials", [{"key": "Ä", "name": "x"}], "materials.0.key", "写法不对"),
        ("materials", [{"key": "a"}], "materials.0.name", "这一项要填。"),
        ("steps", [], "steps", "至少要有一条。"),
        ("colour", "red", "colour", "没有这一项。"),
        ("rule", {"name": "规则", "when": {"nobody": "x"}}, "rule.when.nobody", "表单里没有"),
        (
            "departments",
            [{"key": "a", "organ": "11460106MB12345673", "name": "甲", "days": 2, "after": ["b"]}],
            "departments.0.after",
            "只能写排在前面的部门",
        ),
        (
            "departments",
            [{"key": "a", "organ": "11460106MB12345673", "name": "甲", "days": 2}] * 2,
            "departments.1.key",
            "两个联办部门的代号相同",
        ),
        (
            "departments",
            [{"key": "a", "organ": "短", "name": "甲", "days": 2}],
            "departments.0.organ",
            "写法不对",
        ),
        (
            "commitment",
            {"proves": ["有"], "duty": "办", "liability": "撤", "check_days": 9, "replaces": ["none"]},
            "commitment.replaces.0",
            "申请材料里没有",
        ),
        ("channels", {"online": "full", "visits": 1, "visit_reason": "x"}, "channels", "到现场次数是0"),
    ],
)
def test_what_is_wrong_is_named_at_its_place_in_chinese(element: str, value: object, path: str, told: str):
    found = said({**GUIDE, element: value})
    words = [str(one.message) for one in found.wrong if one.path == path]
    assert any(any(part in word for part in told.split("|")) for word in words), found.wrong
    assert not any(one.message.isascii() for one in found.wrong)


def test_a_standard_is_judged_without_another_standard_and_without_a_counter():
    found = judge(Terms, TERMS, ItemType.LICENCE, None)
    assert (found.wrong, found.missing, found.beyond) == ((), (), ())
    assert "quality.basic" not in {one.check for one in found.findings}
    assert found.points is not None


def models(kind: type[BaseModel], seen: set[type[BaseModel]] | None = None) -> Iterator[type[BaseModel]]:
    seen = set() if seen is None else seen
    if kind in seen:
        return
    seen.add(kind)
    yield kind
    for field in kind.model_fields.values():
        for part in parts(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from models(part, seen)


def parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for one in get_args(annotation):
        yield from parts(one)


def test_every_part_of_every_element_has_its_name():
    unnamed = [
        f"{kind.__name__}.{name}"
        for kind in models(Guide)
        if kind.__name__ not in ("Guide", "Terms", "Attachment", "Between")
        for name in kind.model_fields
        if name not in PARTS.get(kind.__name__, {})
    ]
    assert unnamed == []
