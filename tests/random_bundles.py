"""Random acts on bundles (随机一件事): filled in and submitted as one by its applicant and by wrong people; then each case lives its own life."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests import bundle as shops
from tests import bundle_invariants as hold
from tests import engine
from tests import world as worlds
from tests.random_cases import Life

from tongban.base.actor import Actor, system
from tongban.base.db import fetch_one
from tongban.base.errors import Refusal
from tongban.base.ids import new_id
from tongban.offers.catalogue import actions as catalogue
from tongban.work.cases import actions
from tongban.work.cases.rules.moves import Verb, find

if TYPE_CHECKING:
    from tests.random_cases import Driver

BUNDLED = "bundled"
CODE = "random-shop"
_BASIC = ("000123041000", "000123042000", "000123043000")
# As kinds of their own, because the people of a case are found by its kind.
MEMBERS = ("joint of a bundle", "pre-reviewed of a bundle", "plain of a bundle")
_KITCHEN = {"key": "kitchen", "label": "厨房面积", "type": "decimal", "unit": "平方米", "required": False}
ANSWERS: dict[str, object] = {**worlds.FORM, "kitchen": "12", "delivery": "net"}


@dataclass
class Together(Life):
    """A bundle on its way (一件事一生), with the lives of its cases; they are lived with all the others once it is submitted."""

    members: list[Life] = field(default_factory=list)
    whole: hold.Whole | None = None
    sent: bool = False

    @property
    def stream(self) -> str:
        """Its ledger stream."""
        return f"bundle:{self.id}"


# Two items ask for the same name under other keys, and one for a size that no other asks.
def _form(**renamed: str) -> dict[str, Any]:
    guide = worlds.GUIDE["form"]
    assert isinstance(guide, dict)
    form: dict[str, Any] = copy.deepcopy(guide)
    for section in form["sections"]:
        for one in section["fields"]:
            one["key"] = renamed.get(one["key"], one["key"])
    form["sections"].append(copy.deepcopy(shops.DELIVERY))
    return form


def items(world: worlds.World) -> None:
    """The items and the bundle (事项和一件事), in force from the first day on."""
    joint, renamed = _form(), _form(shop_name="unit_name")
    joint["sections"][1]["fields"].append(_KITCHEN)
    result = {"result": {"name": "许可证", "licence_type": "124"}}
    engine.item(world, _BASIC[0], **{**engine.JOINT, "form": joint})
    engine.item(world, _BASIC[1], **{**engine.PRE_REVIEW, **engine.SPECIAL, **result, "form": renamed})
    engine.item(world, _BASIC[2], **{**engine.SPECIAL, **engine.later("plan"), "form": _form()})
    body = {
        **shops.BODY,
        "code": CODE,
        "items": [{"basic": basic, "short": f"第{basic[8]}件"} for basic in _BASIC],
        "facts": [
            {
                "fact": "shop_name",
                "label": "店名",
                "fields": dict(zip(_BASIC, ("shop_name", "unit_name", "shop_name"), strict=True)),
            }
        ],
        "materials": [],
    }
    catalogue.publish_bundle(
        actor=system("tests.random"), definition=catalogue.read_bundle(body), on=worlds.SINCE, at=world.at
    )


def act(driver: "Driver", life: Together) -> None:
    """One act on a bundle (一次行为): its start, then what makes sense now, now and then by somebody else or too late."""
    if life.id is None:
        _start(driver, life)
        return
    life.at = max(life.at, *(member.at for member in life.members))
    chance = driver.rng.random()
    if chance < 0.05 and life.pressed:
        _again(driver, life)
    elif chance < 0.15 and not life.sent:
        driver.disturb(driver.rng.choice(life.members))  # by itself it goes nowhere yet
        _look(driver, life, _now(life))
    else:
        _do(driver, life, _chosen(driver, life))


def _start(driver: "Driver", life: Together) -> None:
    rng = driver.rng
    key = f"{driver.seed}-{driver.step}" if rng.random() < 0.5 else None
    wrong = rng.random() < 0.2
    places = [worlds.OTHER_COUNTY, worlds.PROVINCE, "990000000000", ""] if wrong else []
    places = places or [worlds.COUNTY, worlds.TOWN, worlds.VILLAGE]
    staff = wrong and rng.random() < 0.5
    given: dict[str, Any] = {
        "actor": driver.hands.world.clerk if staff else life.applicant,
        "code": CODE,
        "place": rng.choice(places),
        "at": life.at,
        "key": key,
    }
    driver.tally.tried["start_bundle"] += 1
    before = _counted()
    try:
        ref = actions.start_bundle(**given)
    except Refusal as refusal:
        driver.tally.refused[refusal.rule] += 1
        driver.tally.checked += 1
        assert _counted() == before
        return
    assert not wrong
    life.id = ref.id
    life.members = [
        Life(kind, life.applicant, life.at, case_id) for kind, case_id in zip(MEMBERS, ref.cases, strict=True)
    ]
    driver.tally.kinds.update([BUNDLED, *MEMBERS])
    after = _now(life)
    assert [entry["act"] for entry in after.entries] == ["bundles.start"]
    assert [[one["act"] for one in case.entries] for case in after.members] == [["cases.start"]] * len(
        MEMBERS
    )
    _done(driver, life, after, "start_bundle")
    if key:
        life.pressed.append(("start_bundle", life.applicant, given))


def _counted() -> tuple[int, ...] | None:
    return fetch_one(
        "SELECT (SELECT count(*) FROM case_bundle), (SELECT count(*) FROM case_file), (SELECT count(*) FROM ledger_entry)"
    )


def _chosen(driver: "Driver", life: Together) -> str:
    """What the applicant would do next, or anything."""
    rng, whole = driver.rng, life.whole
    assert whole is not None
    if rng.random() < 0.2:
        return rng.choice(list(_ACTS))
    if life.sent:
        # It stays among the lives as long as anything of it is under way, and is seldom withdrawn.
        return "withdraw_bundle" if rng.random() < 0.15 else rng.choice(["save_bundle", "submit_bundle"])
    answers = whole.merged.gather([case.row["form"] for case in whole.members])
    if rng.random() < 0.1:
        return rng.choice(["save_bundle", "detach_from_bundle", "attach_to_bundle", "discard_bundle"])
    if not ANSWERS.keys() - {"kitchen"} <= answers.keys() and rng.random() < 0.9:
        return "save_bundle"
    there = {pair.split(" ")[0] for case in whole.members for pair in case.handed_in}
    wanted = {"report", "lease"} if answers.get("own_place") == "rented" else {"report"}
    return "submit_bundle" if wanted <= there or rng.random() < 0.1 else "attach_to_bundle"


def _values(driver: "Driver", life: Together) -> dict[str, Any]:
    rng = driver.rng
    values = {
        **ANSWERS,
        "own_place": rng.choice(["own", "rented"]),
        "area": str(rng.randint(1, 900)),
        "delivery": rng.choice(["net", "net", "post"]),
        "post_address": "海甸岛一东路1号",
    }
    if rng.random() < 0.2:
        values = {key: values[key] for key in rng.sample(list(values), 2)}
    if rng.random() < 0.2:
        wrong = rng.choice(["phone", "income", "area", "shop_name", "unit_name", "kitchen", "delivery"])
        values |= {wrong: rng.choice(["x", "-1", "", "999999999", "字" * 61, "\x00", None, ["x"]])}
    return {"values": values}


def _paper(driver: "Driver", life: Together) -> dict[str, Any]:
    rng = driver.rng
    key = rng.choice(["report", "lease", "report", "lease", "plan", "diploma"])
    owner = life.applicant if rng.random() < 0.95 else rng.choice(driver.hands.applicants)
    return {"key": key, "material_id": rng.choice(driver.hands.materials[owner.id])}


def _handed_in(driver: "Driver", life: Together) -> dict[str, Any]:
    assert life.whole is not None
    pairs = [pair.split(" ") for case in life.whole.members for pair in case.handed_in]
    if not pairs or driver.rng.random() < 0.2:
        return _paper(driver, life)
    key, material = driver.rng.choice(pairs)
    return {"key": key, "material_id": material}


def _detach(*, at: object, **given: Any) -> None:
    actions.detach_from_bundle(**given)


_ACTS: dict[str, tuple[Callable[..., Any], Callable[["Driver", Together], dict[str, Any]]]] = {
    "save_bundle": (actions.save_bundle, _values),
    "attach_to_bundle": (actions.attach_to_bundle, _paper),
    "detach_from_bundle": (_detach, _handed_in),
    "upgrade_bundle": (actions.upgrade_bundle, lambda driver, life: {}),
    "submit_bundle": (actions.submit_bundle, lambda driver, life: {}),
    "withdraw_bundle": (actions.withdraw_bundle, lambda driver, life: {}),
    "discard_bundle": (actions.discard_bundle, lambda driver, life: {}),
}
_MOVES = ("submit_bundle", "withdraw_bundle")


def _do(driver: "Driver", life: Together, name: str) -> None:
    rng, before = driver.rng, _before(life)
    call, told = _ACTS[name]
    others = [*driver.hands.everybody(life), life.applicant]
    actor: Actor = life.applicant if rng.random() < 0.85 else rng.choice(others)
    given: dict[str, Any] = {"actor": actor, "bundle_id": life.id, "at": life.at, **told(driver, life)}
    stale = name in _MOVES and rng.random() < 0.1
    if name in _MOVES and rng.random() < 0.5:
        given["key"] = f"{driver.seed}-{driver.step}"
    if stale or (name in _MOVES and rng.random() < 0.5):
        given["version"] = before.row["version"] - stale
    driver.tally.tried[name] += 1
    try:
        answer = call(**given)
    except Refusal as refusal:
        str(refusal)
        driver.tally.refused[refusal.rule] += 1
        driver.tally.checked += hold.refused(before, _now(life))
        return
    assert actor == life.applicant, "somebody else's bundle"
    assert not stale, "a stale version was taken"
    if name == "save_bundle" and answer:
        driver.tally.refused["save: told by field"] += 1
    if name == "discard_bundle":
        driver.tally.checked += hold.discarded(before, life.seen)
        driver.tally.done[name] += 1
        driver.tally.entries += 1 + len(life.members)
        driver.lives.remove(life)
        return
    after = _now(life)
    applicant = frozenset({"applicant"})
    if name == "submit_bundle":
        driver.tally.checked += hold.submitted(before, after, applicant)
        assert answer.number == after.row["number"]
        assert answer.number not in driver.numbers, "a number twice"
        driver.numbers.add(answer.number)
    elif name == "withdraw_bundle":
        driver.tally.checked += hold.withdrawn(before, after, applicant)
    else:
        driver.tally.checked += hold.drafted(before, after)
    _done(driver, life, after, name)
    if name in _MOVES and "key" in given:
        life.pressed.append((name, actor, given))


def _again(driver: "Driver", life: Together) -> None:
    """A second press of the same button, later: it gets an answer, and does nothing."""
    name, _, given = driver.rng.choice(life.pressed)
    driver.tally.tried["second press"] += 1
    call = actions.start_bundle if name == "start_bundle" else _ACTS[name][0]
    before = _before(life)
    assert call(**given | {"at": life.at}).id == life.id
    driver.tally.done["second press"] += 1
    driver.tally.checked += hold.refused(before, _now(life))


def _now(life: Together) -> hold.Whole:
    assert life.id is not None
    return hold.snapshot(life.id, life.seen, [(one.id or new_id(), one.seen) for one in life.members])


def _before(life: Together) -> hold.Whole:
    """As it was last seen; its cases may have been acted on since then."""
    assert life.whole is not None
    cases = tuple(one.now for one in life.members if one.now is not None)
    return hold.Whole(life.whole.row, [], cases)


def _look(driver: "Driver", life: Together, after: hold.Whole) -> None:
    """An act on one of its cases left the bundle as it was."""
    driver.tally.checked += hold.refused(_before(life), after) + hold.holds(after)


def _done(driver: "Driver", life: Together, after: hold.Whole, name: str) -> None:
    """Take in what became of the bundle and of each case of it; after the submission the cases are lived by themselves."""
    driver.tally.done[name] += 1
    driver.tally.entries += len(after.entries)
    life.seen += len(after.entries)
    life.whole = after
    life.acts.append(name)
    for member, case in zip(life.members, after.members, strict=True):
        member.at = life.at
        if name in _MOVES and case.entries:
            member.acts.append(case.entries[0]["act"].removeprefix("cases."))
        driver.took(member, case)
        driver.tally.checked += hold.hold.holds(case)
    driver.tally.checked += hold.holds(after)
    if name == "submit_bundle":
        life.sent = True
        driver.lives += life.members
    life.over_for = int(life.sent and not any(_open(member) for member in life.members))


def _open(member: Life) -> bool:
    return member.now is not None and find(member.now.state, Verb.WITHDRAW, member.now.traits) is not None
