"""Cases whose clock did more than run (有停有延的办件): for the tests of what is shown and recomputed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests import world as worlds
from tests.world import World

from tongban.offers.catalogue import actions as catalogue
from tongban.work.cases import actions

PROCEDURES = [{"kind": "hearing", "days": 20}, {"kind": "expert_review", "days": 30}]
SEPTEMBER = datetime(2026, 9, 21, 1, 30, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 14, 1, 30, tzinfo=UTC)


def item(world: World, at: datetime | None = None, **changed: object) -> World:
    """The same world with another item (另一个事项) whose guide has ``changed`` elements, and on another day."""
    item_id = catalogue.register_item(
        actor=world.editor,
        basic_code=worlds.SUPPLEMENT_BASIC_CODE,
        organ_id=world.organ_id,
        level="4",
        at=world.at,
    )
    worlds.publish_edition(world.editor, item_id, **changed)
    code = f"{worlds.ORGAN_CODE}4{worlds.SUPPLEMENT_BASIC_CODE}"
    return replace(world, item_id=item_id, item_code=code, at=at or world.at)


def paused_and_extended(world: World) -> actions.Ref:
    """Accepted in September, heard over National Day, extended by its head."""
    limits = {"statutory_days": 45, "promised_days": 20}
    here = item(world, SEPTEMBER, special_procedures=PROCEDURES, limits=limits)
    case = worlds.accepted(here)
    begun, over = SEPTEMBER + timedelta(days=2), SEPTEMBER + timedelta(days=29)
    words = "利害关系人要求听证。"
    actions.suspend(actor=world.reviewer, case_id=case.id, kind="hearing", days=12, reason=words, at=begun)
    actions.resume(actor=world.reviewer, case_id=case.id, at=over)
    actions.propose_extension(
        actor=world.reviewer, case_id=case.id, reason="听证提出的问题还要核实。", at=over
    )
    return actions.extend(actor=world.head, case_id=case.id, at=over)


DEPARTMENTS = [
    {"key": "health", "organ": worlds.ORGAN_CODE, "name": "龙华区卫健委", "what": "卫生条件", "days": 5},
    {
        "key": "other",
        "organ": worlds.OTHER_ORGAN_CODE,
        "name": "琼山区卫健委",
        "what": "邻区意见",
        "days": 20,
    },
]


def joint(world: World, at: datetime) -> actions.Ref:
    """Accepted for joint handling (联合办理): two departments at once."""
    limits = {"statutory_days": 45, "promised_days": 30}
    here = item(world, at, departments=DEPARTMENTS, limits=limits, special_procedures=PROCEDURES)
    return worlds.accepted(here)


def in_december(world: World) -> World:
    """The same world a few working days before the announced calendar ends (日历将尽)."""
    return replace(world, at=DECEMBER)
