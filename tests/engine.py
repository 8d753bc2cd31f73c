"""Items with terms of their own, departments, and cases of them (特别的事项): what the tests of the case engine stand on.

``world.build()`` makes one plain item. Here are those that take the other ways through the table of moves: pre-reviewed,
joint, committed, decided on the spot or by rule, with special procedures and deferred materials, delivered by hand.
"""

import copy
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.base.ids import new_id
from tongban.offers.catalogue import actions as catalogue
from tongban.offers.catalogue.models import BasicItem
from tongban.people.identity import actions as identity
from tongban.people.identity.rules import Role
from tongban.people.parties import imports as organ_imports
from tongban.standards import credit_code
from tongban.work.cases import actions, jobs
from tongban.work.cases.models import Case

FIRE_CODE, ECOLOGY_CODE, MARKET_CODE = (
    credit_code.make(code) for code in ("11460106MB1234571", "11460106MB1234572", "11460106MB1234573")
)
_ORGANS = f"""name,short_name,credit_code,place,kind,duties,demonstration
海口市龙华区消防救援大队,龙华区消防,{FIRE_CODE},{worlds.COUNTY},部门,消防检查,yes
海口市龙华区生态环境局,龙华区生态环境局,{ECOLOGY_CODE},{worlds.COUNTY},部门,环境评价,yes
海口市龙华区市场监督管理局,龙华区市监局,{MARKET_CODE},{worlds.COUNTY},部门,登记,yes
"""
# Fire and ecology at once, the market authority after both.
DEPARTMENTS = [
    {"key": "fire", "organ": FIRE_CODE, "name": "龙华区消防", "days": 3, "what": "消防安全检查"},
    {"key": "ecology", "organ": ECOLOGY_CODE, "name": "龙华区生态环境局", "days": 5},
    {"key": "market", "organ": MARKET_CODE, "name": "龙华区市监局", "days": 2, "after": ["fire", "ecology"]},
]
PRE_REVIEW: Mapping[str, object] = {
    "limits": {"statutory_days": 20, "promised_days": 5, "pre_review_days": 2}
}
JOINT: Mapping[str, object] = {
    "limits": {"statutory_days": 45, "promised_days": 20},
    "departments": DEPARTMENTS,
    "special_procedures": [{"kind": "hearing", "days": 20}, {"kind": "expert_review", "days": 30}],
}
SPECIAL: Mapping[str, object] = {
    "special_procedures": [{"kind": "hearing", "days": 20}, {"kind": "expert_review", "days": 30}]
}
COMMITMENT: Mapping[str, object] = {
    "commitment": {
        "proves": ["卫生检测报告合格。"],
        "duty": "我承诺已经达到告知的条件。",
        "liability": "承诺不实的，撤销许可。",
        "replaces": ["report"],
        "check_days": 30,
    }
}
INSTANT: Mapping[str, object] = {
    "case_kind": "instant",
    "limits": {"statutory_days": 20, "promised_days": 0},
}
RULE: Mapping[str, object] = {
    "rule": {"name": "自有场所自动审批", "when": {"own_place": "own"}, "lacks": ["123"]}
}
WORDS = {"reason": "情况属实", "article": "行政许可法第三十八条"}


def later(*keys: str) -> dict[str, object]:
    """The materials of the plain guide, these of which may follow later (容缺后补)."""
    materials = copy.deepcopy(worlds.GUIDE["materials"])
    assert isinstance(materials, list)
    for material in materials:
        if material["key"] in keys:
            material["requirement"] = "later"
    return {"materials": materials}


@dataclass(frozen=True, slots=True)
class Department:
    """A department with the people in it (联办部门)."""

    id: uuid.UUID
    reviewer: Actor
    head: Actor


def departments() -> dict[str, Department]:
    """The departments of joint handling (联办部门), by their keys."""
    worlds._imported(organ_imports.run, _ORGANS)
    found = {}
    for key, code in (("fire", FIRE_CODE), ("ecology", ECOLOGY_CODE), ("market", MARKET_CODE)):
        organ = worlds._organ(code)
        found[key] = Department(
            organ.id,
            worlds._official(f"{key}_reviewer", f"{organ.short_name}审查员", organ.id, Role.REVIEWER),
            worlds._official(f"{key}_head", f"{organ.short_name}负责人", organ.id, Role.HEAD),
        )
    return found


def colleague(world: World, login: str, role: Role, organ_id: uuid.UUID | None = None) -> Actor:
    """One more official of the deciding organ (同事), or of another."""
    return worlds._official(login, f"同事{login}", organ_id or world.organ_id, role)


def also(world: World, actor: Actor, role: Role, organ_id: uuid.UUID | None = None) -> Actor:
    """The same official with one more post (兼任)."""
    assert actor.id is not None
    organ = organ_id or world.organ_id
    identity.appoint(
        actor=world.editor, account_id=actor.id, organ_id=organ, role=role, since=worlds.SINCE, at=world.at
    )
    return worlds._actor(actor.id)


def item(world: World, code: str, **changed: object) -> str:
    """One more item of the world's organ (实施清单), whose guide is the plain one with ``changed`` elements; its code."""
    name = f"事项{code}"
    BasicItem.objects.create(code=code, name=name, item_type="01", origin="测试", demonstration=True)
    item_id = catalogue.register_item(
        actor=world.editor, basic_code=code, organ_id=world.organ_id, level="4", at=world.at
    )
    worlds.publish_edition(world.editor, item_id, **{"name": name, **changed})
    return f"{worlds.ORGAN_CODE}4{code}"


def draft(
    world: World,
    item_code: str,
    *,
    without: tuple[str, ...] = (),
    by_hand: str = "",
    at: datetime | None = None,
    **answers: object,
) -> actions.Ref:
    """A draft of an item that can be submitted (填好的草稿), but for the materials ``without``; delivered online or ``by_hand``."""
    at = at or world.at
    ref = actions.start(actor=world.applicant, item_code=item_code, at=at)
    values = {**worlds.FORM, **answers}
    assert not actions.save(actor=world.applicant, case_id=ref.id, values=values, at=at)
    for key in ("report", "lease"):
        if key not in without and (key != "lease" or values["own_place"] == "rented"):
            actions.attach(
                actor=world.applicant, case_id=ref.id, key=key, material_id=worlds.material(world), at=at
            )
    if by_hand:
        Case.objects.filter(pk=ref.id).update(delivery={"way": by_hand})
    return ref


def submitted(world: World, item_code: str, **given: object) -> actions.Ref:
    """A submitted case of an item (已提交)."""
    at = given.get("at") or world.at
    assert isinstance(at, datetime)
    return actions.submit(actor=world.applicant, case_id=draft(world, item_code, **given).id, at=at)  # type: ignore[arg-type] # passed on


def accepted(world: World, item_code: str, **given: object) -> actions.Ref:
    """An accepted case of an item (已受理)."""
    return actions.accept(actor=world.clerk, case_id=submitted(world, item_code, **given).id, at=world.at)


def issued(ref: actions.Ref) -> None:
    """What the worker does after a granting (制证)."""
    jobs.issue_licence(0, str(ref.id), ref.number or "")


def unknown() -> uuid.UUID:
    """An id that is nothing's (不存在的编号)."""
    return new_id()
