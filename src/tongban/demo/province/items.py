"""Basic and business items of the demonstration (演示事项): further children and business items, derived from real names.

A name that already says what is done (变更, 注销, 查询 …) is parted by who applies; any other by what is applied for, as
befits its type. ``origin`` says of each that and how it was derived.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongban.demo.province.departments import DEPARTMENTS
from tongban.standards.item_codes import WITH_CHILDREN, ItemType

HEADER = ["code", "name", "item_type", "department", "parent", "origin", "demonstration"]
_SAYS_WHAT = re.compile(
    "新办|变更|延续|补办|补证|补发|补领|换发|换证|换领|注销|终止|查询|咨询|打印|首次|延期|续期|撤销|停业|歇业|更正|挂失|废止|撤回"
)
_LICENCE = (
    "新办",
    "变更名称",
    "变更地址",
    "变更法定代表人（负责人）",
    "增加许可范围",
    "延续",
    "遗失补证",
    "损毁换证",
    "注销",
)
_OTHER = ("首次办理", "变更内容", "更正内容", "补办", "延期", "终止")
_SERVICE = ("首次申请", "变更信息", "进度和结果查询", "证明打印", "异议申请", "终止")
_PAYMENT = ("首次申请", "变更信息", "复核", "补发", "停发", "恢复发放")
KINDS: Mapping[ItemType, tuple[str, ...]] = {
    ItemType.LICENCE: _LICENCE,
    ItemType.CONFIRMATION: _LICENCE,
    ItemType.PAYMENT: _PAYMENT,
    ItemType.REWARD: _PAYMENT,
    ItemType.RULING: _OTHER,
    ItemType.OTHER_POWER: _OTHER,
    ItemType.PUBLIC_SERVICE: _SERVICE,
}
WHO = ("个人申请", "企业申请", "事业单位和社会组织申请", "委托他人代办", "撤回申请")
_GRADES = ("省级权限", "设区的市级权限", "县级权限")
_GRADED_EVERY = 8  # of the licences; [O] our own number
_FIRST_GRADED = 600  # main items of our own: far above those that are counted in the data
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Basic:
    """A basic item of the demonstration (演示目录事项). ``what``: what is applied for, or who applies; "" for one of the data."""

    code: str
    name: str
    item_type: ItemType
    department: str
    parent: str
    origin: str
    demonstration: bool
    what: str = ""


def shipped(data: Path) -> list[Basic]:
    """The basic items of the data (已有目录事项), as they stand there."""
    with (data / "basic_items.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Basic(
                row["code"],
                row["name"],
                ItemType(row["item_type"]),
                row["department"],
                row["parent"],
                row["origin"],
                row["demonstration"] == "yes",
            )
            for row in csv.DictReader(lines)
        ]


def derived(given: Sequence[Basic]) -> list[Basic]:
    """What is derived from them (派生事项), each after the one that it belongs to."""
    graded = list(_graded(given))
    business = (one for basic in [*given, *graded] for one in _business(basic))
    return [*graded, *business]


def _business(basic: Basic) -> Iterator[Basic]:
    if basic.code.endswith(WITH_CHILDREN):
        return
    kinds = WHO if _SAYS_WHAT.search(basic.name) else KINDS[basic.item_type]
    for number, kind in enumerate(kinds, 1):
        origin = f"业务办理项：由目录事项“{basic.name}”按办理情形派生，不是公布的业务办理项"
        yield Basic(
            f"{basic.code}{number:02d}",
            f"{basic.name}（{kind}）",
            basic.item_type,
            basic.department,
            basic.code,
            origin[:_LONGEST_NAME],
            True,
            kind,
        )


def _graded(given: Sequence[Basic]) -> Iterator[Basic]:
    """Every so many a licence is parted by who has the power, under a main item of its own."""
    licences = [one for one in given if one.item_type is ItemType.LICENCE and not one.parent]
    fields = {department.given: number for number, department in enumerate(DEPARTMENTS, 1)}
    for number, one in enumerate(licences[::_GRADED_EVERY]):
        main = f"46{one.item_type}{fields.get(one.department, 1):02d}{_FIRST_GRADED + number:03d}"
        said = f"由目录事项“{one.name}”按行使层级派生，演示用，不是公布的子项"
        top = Basic(
            main + WITH_CHILDREN,
            f"{one.name}（分级办理）",
            one.item_type,
            one.department,
            "",
            f"主项：{said}"[:_LONGEST_NAME],
            True,
        )
        yield top
        for place, grade in enumerate(_GRADES, 1):
            yield Basic(
                f"{main}{place:03d}",
                f"{one.name}（{grade}）",
                one.item_type,
                one.department,
                top.code,
                f"子项：{said}"[:_LONGEST_NAME],
                True,
            )


def rows(made: Sequence[Basic]) -> Iterator[list[str]]:
    """What the import of items takes (导入行)."""
    for one in made:
        marked = "yes" if one.demonstration else "no"
        yield [one.code, one.name, one.item_type, one.department, one.parent, one.origin, marked]
