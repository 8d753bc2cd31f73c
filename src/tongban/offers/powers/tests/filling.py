"""Power lists for tests (测试用权责清单)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor, system
from tongban.offers.powers import actions, imports
from tongban.offers.powers.actions import AdjustmentRef
from tongban.offers.powers.rules.adjustments import Change
from tongban.offers.powers.rules.content import Content, check_content
from tongban.offers.publicinfo.tests.filling import second_editor

__all__ = ["second_editor"]

FIRST, NEXT, LATER = date(2025, 1, 1), date(2026, 11, 2), date(2026, 12, 1)  # NEXT is the world's own day
BASIC, OTHER_BASIC = worlds.BASIC_CODE, worlds.SUPPLEMENT_BASIC_CODE
TYPED: Mapping[str, str] = {
    "office": "海口市龙华区卫生健康委员会",
    "level": "4",
    "basis": "《公共场所卫生管理条例》第八条",
    "duties": "受理责任：一次说全还差什么。\n决定责任：在期限内决定。",
    "accountability": "不按期办理的。",
    "phone": "12345",
    "note": "",
}
HEADING = {"reason": "机构职责调整", "basis": "《公共场所卫生管理条例》修改", "starts_on": NEXT.isoformat()}
WHY = {"reason": "权力取消", "basis": "《国务院关于取消一批行政许可事项的决定》"}


def content(**changed: str) -> Content:
    read, errors = check_content({**TYPED, **changed})
    assert read is not None, errors
    return read


def listed(
    world: World, *codes: str, on: date = FIRST, organ_id: uuid.UUID | None = None, **changed: str
) -> AdjustmentRef:
    """A list with these entries from a day on, taken in by the platform."""
    return adjusted(world, [Change(code, content(**changed)) for code in codes or (BASIC,)], on, organ_id)


def adjusted(
    world: World, changes: Sequence[Change], on: date, organ_id: uuid.UUID | None = None
) -> AdjustmentRef:
    return actions.adjust(
        actor=system("tests"),
        organ_id=organ_id or world.organ_id,
        changes=changes,
        starts_on=on,
        reason="测试用清单",
        at=world.at,
    )


def draft(world: World, **changed: str) -> AdjustmentRef:
    return actions.start(
        actor=world.editor, organ_id=world.organ_id, heading={**HEADING, **changed}, at=world.at
    )


def written(world: World, basic: str = BASIC, **changed: str) -> AdjustmentRef:
    """A draft that puts one entry."""
    made = draft(world)
    return actions.put(
        actor=world.editor, adjustment_id=made.id, basic_code=basic, content={**TYPED, **changed}, at=world.at
    )


def in_review(world: World, basic: str = BASIC, **changed: str) -> AdjustmentRef:
    return actions.send(actor=world.editor, adjustment_id=written(world, basic, **changed).id, at=world.at)


def published(world: World, second: Actor, basic: str = BASIC, **changed: str) -> AdjustmentRef:
    return actions.approve(actor=second, adjustment_id=in_review(world, basic, **changed).id, at=world.at)


HEAD = ",".join(imports.COLUMNS)


def row(
    organ: str = worlds.ORGAN_CODE, basic: str = BASIC, starts_on: str = "2025-01-01", **more: str
) -> str:
    told = {
        "organ": organ,
        "basic": basic,
        "starts_on": starts_on,
        "listed": "yes",
        "office": "卫健委",
        "level": "4",
        "basis": "《条例》第八条",
        "duties": "",
        "accountability": "",
        "phone": "12345",
        "note": "",
        "reason": "",
        "demonstration": "no",
    } | more  # fmt: skip -- a row reads as a row
    return ",".join(f'"{told[name]}"' for name in imports.COLUMNS)


def take_in(folder: Path, *rows: str) -> tuple[int, list[str]]:
    """Import these rows: (exit code, what was reported)."""
    told: list[str] = []
    file = folder / "powers.csv"
    file.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return imports.run(file, told.append, at=worlds.AT), told
