"""What can be done to a case, by whom, and with what words (随机行为): the vocabulary of :mod:`tests.random_cases`."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests import engine, random_bundles
from tests import world as worlds
from tests.random_cases import Act, Life

from tongban.base.actor import PUBLIC, Actor, ActorKind, system
from tongban.base.errors import Refusal
from tongban.base.ids import new_id
from tongban.offers.catalogue import actions as catalogue
from tongban.people.identity.rules import Role
from tongban.standards.iso7064 import mod11_2
from tongban.work.cases import actions
from tongban.work.cases.rules.application import Demand, still_to_come
from tongban.work.cases.rules.checks import CHECK_MOVES, CheckState
from tongban.work.cases.rules.moves import PROPOSALS, State, Verb, verbs_from

if TYPE_CHECKING:
    from tests.random_cases import Driver

OWN_OPINION = {"key": "own", "organ": worlds.ORGAN_CODE, "name": "本机关", "days": 4}
ANYWHERE: dict[str, object] = {
    "channels": {
        "online": "full",
        "visits": 0,
        "post": True,
        "anywhere": "city",
        "ways": ["window", "computer"],
    }
}
KINDS: dict[str, dict[str, object]] = {
    "plain": {**engine.SPECIAL, **engine.later("plan")},
    "pre-reviewed": {**engine.PRE_REVIEW, **engine.SPECIAL},
    "joint": dict(engine.JOINT),
    "joint with own": {**engine.JOINT, "departments": [*engine.DEPARTMENTS[:2], OWN_OPINION]},
    "committed": {**engine.COMMITMENT, **engine.later("lease")},
    "instant": dict(engine.INSTANT),
    "by rule": dict(engine.RULE),
    "misdirected": {**engine.SPECIAL, **ANYWHERE},
    "at a counter": {**engine.later("lease"), **ANYWHERE},
}
SYSTEM = system("tests.random")


@dataclass
class Hands:
    """Who there is and what can be applied for (人和事项)."""

    world: worlds.World
    items: dict[str, str]
    applicants: list[Actor]
    staff: dict[str, list[Actor]]
    materials: dict[uuid.UUID, list[uuid.UUID]]
    elsewhere: dict[
        str, list[Actor]
    ]  # the organ of another county, to which what was misdirected is passed on
    cards: dict[uuid.UUID, actions.Presented]

    @property
    def begin(self) -> Any:
        """The first moment at which a case may begin: within the announced calendar."""
        return self.world.at.replace(year=2024, month=1, day=2)

    def started(self, life: Life) -> actions.Ref:
        """A draft of the life's kind: her own, or begun by another county's counter that serves her."""
        if life.kind == "at a counter":
            return actions.start_at_counter(
                actor=self.elsewhere["clerk"][0],
                counter=self.world.other_organ_id,
                applicant=self.cards[life.applicant.id],
                item_code=self.items[life.kind],
                at=life.at,
            )
        return actions.start(actor=life.applicant, item_code=self.items[life.kind], at=life.at)

    def everybody(self, life: Life) -> list[Actor]:
        """All that could try something."""
        both = (*self.staff.values(), *self.elsewhere.values())
        found = [actor for actors in both for actor in actors]
        return [*found, *self.applicants, PUBLIC, SYSTEM]

    def one(self, role: str, life: Life, rng: Random) -> Actor:
        """One who holds ``role`` for this case."""
        if role == "applicant":
            served = life.kind == "at a counter" and rng.random() < 0.5
            return self.elsewhere["clerk"][0] if served else life.applicant
        if role == "system":
            return SYSTEM
        if role == "handler":
            found = [a for a in self.everybody(life) if life.now and str(a.id) == life.now.row["handler_id"]]
            return found[0] if found and rng.random() < 0.9 else self.one("turn", life, rng)
        if role == "turn":
            assert life.now is not None
            turns = [m.by.value for m in verbs_from(life.now.state, life.now.traits)]
            staff = [by for by in turns if by not in ("applicant", "system")]
            return self.one(rng.choice(staff or ["clerk"]), life, rng)
        if role == "superior":
            return self.one("governor" if life.kind.startswith("joint") else "head", life, rng)
        if role == "department":
            parts = (
                [part for part in life.now.parts if part["state"] in ("open", "paused")] if life.now else []
            )
            keys = [part["key"] for part in parts] or ["fire", "ecology", "market", "own"]
            return rng.choice(self.staff[f"department {rng.choice(keys)}"])
        return rng.choice(self.staff_of(life).get(role) or self.staff[role])

    def staff_of(self, life: Life) -> dict[str, list[Actor]]:
        """The people of the organ that has the case now."""
        passed_on = life.now is not None and life.now.row["organ_id"] == str(self.world.other_organ_id)
        return self.elsewhere if passed_on else self.staff

    def roles_of(self, actor: Actor, life: Life) -> frozenset[str]:
        """The roles of the table that an actor holds for a case, told from who she is and not by the actions."""
        found = {name for name, actors in self.staff_of(life).items() if actor in actors}
        if life.now is not None and actor in self.elsewhere["clerk"]:
            there = str(self.world.other_organ_id)
            found |= {"applicant"} if life.now.row["counter_id"] == there else set()
            found |= {"clerk"} if life.now.row["delivery"].get("counter") == there else set()
        found |= {"department"} if any(name.startswith("department") for name in found) else set()
        found |= {"applicant"} if actor == life.applicant else set()
        found |= {"system"} if actor is SYSTEM else set()
        return frozenset(found)

    def offered(self, life: Life, rng: Random) -> list[str]:
        """Names of acts that make sense now: the table's, and what stands beside it."""
        now = life.now
        assert now is not None
        names: list[str] = []
        for move in verbs_from(now.state, now.traits):
            names += _NAMES.get(move.verb, (move.verb.value,))
            if move.verb in PROPOSALS:
                open_ = any(q["verb"] == move.verb.value and q["ended_at"] is None for q in now.proposals)
                names.remove(move.verb.value)
                told = any(document["verb"] == "request_supplement" for document in now.documents)
                if open_:
                    names += [move.verb.value] * 3 + ["turn_down"]
                elif move.verb is Verb.EXTEND or told:
                    names += [_PROPOSE[move.verb]] * (3 if move.verb is Verb.REQUEST_AGAIN else 1)
        names = [name for name in names if name in _KNOWN]
        if now.state is State.DRAFT:
            return self._filling(life, rng)
        if now.state in (State.RETURNED, State.SUPPLEMENT):
            names += ["save", "attach"]
        if now.state not in (State.RETURNED, State.SUPPLEMENT, State.GRANTED) and rng.random() < 0.2:
            names += ["claim"] if now.row["handler_id"] is None else ["put_back", "hand_over"]
        if now.check is not None:
            state = CheckState(now.check["state"])
            names += [_CHECKS[move.verb.value] for move in CHECK_MOVES if move.source is state] * 3
        if "grant" in names or "refuse" in names:
            names += ["grant", "grant"]
        return names

    def _filling(self, life: Life, rng: Random) -> list[str]:
        now = life.now
        assert now is not None
        if not worlds.FORM.keys() <= now.row["form"].keys() and rng.random() < 0.9:
            return ["save"]
        if rng.random() < 0.1:
            return ["attach", "detach", "save", "choose_delivery"]
        there = {pair.split(" ")[0] for pair in now.handed_in}
        if life.kind == "committed" and now.row["committed"] is None and rng.random() < 0.7:
            return ["commit"]
        if len(there & {"report", "lease"}) < 2 and rng.random() < 0.9:
            return ["attach"]
        return ["submit", "submit", "commit"] if life.kind == "committed" else ["submit"]


_NAMES = {
    Verb.RETURN: ("send_back",),
    Verb.CONCLUDE: (),
    Verb.OPINE: ("opine", "opine", "opine"),
    Verb.MAKE: ("finish",),
    Verb.CLOSE: ("finish",),
}
_PROPOSE = {Verb.EXTEND: "propose_extension", Verb.REQUEST_AGAIN: "propose_second_notice"}
_CHECKS = {
    "assign": "assign_check",
    "keep": "find_kept",
    "breach": "find_breach",
    "rectify": "find_rectified",
    "revoke": "revoke_for_breach",
    "repair": "repair_record",
}


def hands() -> Hands:
    """People and items (人和事项), made through imports and actions in an empty database."""
    world = worlds.build()
    parts = engine.departments()
    items = {
        kind: engine.item(world, f"00012302{n}000", **changed)
        for n, (kind, changed) in enumerate(KINDS.items())
    }
    there = {
        "clerk": [world.other_clerk],
        **{
            role.value: [engine.colleague(world, f"other_{role.value}", role, world.other_organ_id)]
            for role in (Role.REVIEWER, Role.DECIDER, Role.HEAD)
        },
    }
    _also_there(world, items["misdirected"])
    random_bundles.items(world)
    people = ["张一", "李二", "王三", "赵四", "钱五"]
    applicants = [world.applicant] + [
        worlds._person(f"person{n}", name, f"4601061990010{n + 1}12{n}", f"1380013900{n}")
        for n, name in enumerate(people)
    ]
    both = engine.also(world, world.decider, Role.REVIEWER)  # examines and decides, but never the same case
    chief = engine.also(world, engine.colleague(world, "chief", Role.HEAD), Role.REVIEWER)
    clerks = [world.clerk, engine.colleague(world, "clerk2", Role.CLERK)]
    staff = {
        "clerk": clerks,
        "reviewer": [world.reviewer, both, chief],
        "decider": [both, engine.colleague(world, "decider2", Role.DECIDER)],
        "head": [world.head, chief],
        "governor": [world.governor],
        "supervisor": [world.supervisor, world.county_supervisor],
        "editor": [world.editor],
        "department own": [world.reviewer, both, chief],
        **{f"department {key}": [hand.reviewer] for key, hand in parts.items()},
        "head of a department": [parts["fire"].head],
    }
    materials = {
        actor.id: [worlds.material(world, actor, name=f"材料{n}.pdf") for n in range(6)]
        for actor in applicants
    }
    cards = {applicants[0].id: actions.Presented("王秀兰", _number("46010619900101212"))}
    for n, name in enumerate(people, 1):
        cards[applicants[n].id] = actions.Presented(name, _number(f"4601061990010{n}12{n - 1}"))
    return Hands(world, items, applicants, staff, materials, there, cards)


def _number(first17: str) -> str:
    return first17 + mod11_2(first17)


def _also_there(world: worlds.World, item_code: str) -> None:
    """The same basic item, carried out by the organ of the other county as well, which asks a little else."""
    editor = engine.colleague(world, "other_editor", Role.EDITOR, world.other_organ_id)
    item_id = catalogue.register_item(
        actor=editor, basic_code=item_code[-12:], organ_id=world.other_organ_id, level="4", at=world.at
    )
    worlds.publish_edition(editor, item_id, **{**KINDS["misdirected"], **engine.later("plan", "lease")})


# What is told with an act: mostly what is right, now and then what is not.


def _demands(driver: "Driver", life: Life) -> list[Demand]:
    rng = driver.rng
    targets = ["field:address", "field:phone", "field:area", "material:report", "material:lease"]
    wrong = ["field:income", "material:diploma", "field:", "nothing"]
    chosen = rng.sample(targets, rng.randint(1, 3)) + ([rng.choice(wrong)] if rng.random() < 0.15 else [])
    return [Demand(target, rng.choice(["请补齐。", "写清楚。"])) for target in chosen]


def _attended(act: Callable[..., Any]) -> Callable[..., Any]:
    """The act, with whoever stands at the counter named before where a clerk does it (写明到场人)."""

    def done(*, actor: Actor, case_id: uuid.UUID, at: datetime, **more: Any) -> Any:
        if actor.kind is ActorKind.STAFF:
            with suppress(Refusal):  # who may not name anybody may not act either
                actions.name_presence(actor=actor, case_id=case_id, standing=actions.Standing(), at=at)
        return act(actor=actor, case_id=case_id, at=at, **more)

    return done


def _words(driver: "Driver", *names: str) -> dict[str, str]:
    said = ["情况属实", "见附件", "行政许可法第三十八条"]
    wrong = ["", " ", "\x00", "字" * 1001]
    bad = driver.rng.random() < 0.1
    return {name: driver.rng.choice(wrong if bad else said) for name in names}


def _stop(driver: "Driver", life: Life) -> dict[str, Any]:
    rng = driver.rng
    kind = rng.choice(["hearing", "hearing", "expert_review", "expert_review", "auction"])
    return {"kind": kind, "days": rng.choice([1, 3, 5, 10, 20, 30, 0, 500]), **_words(driver, "reason")}


def _part(driver: "Driver", life: Life) -> dict[str, Any]:
    parts = life.now.parts if life.now else []
    turn = [part["key"] for part in parts if part["state"] in ("open", "paused")]
    every = [part["key"] for part in parts] + ["fire", "own", "nobody"]
    return {"part": driver.rng.choice(turn if turn and driver.rng.random() < 0.9 else every)}


def _material(driver: "Driver", life: Life) -> uuid.UUID:
    owner = life.applicant if driver.rng.random() < 0.95 else driver.rng.choice(driver.hands.applicants)
    return driver.rng.choice(driver.hands.materials[owner.id])


def _save(driver: "Driver", life: Life) -> dict[str, Any]:
    rng = driver.rng
    own = rng.choice(["own", "rented"]) if life.kind != "by rule" else rng.choice(["own", "own", "rented"])
    values = {**worlds.FORM, "own_place": own, "area": str(rng.randint(1, 900))}
    if life.now is not None and life.now.state is State.SUPPLEMENT:
        values = {key: values[key] for key in rng.sample(["address", "phone", "area", "shop_name"], 2)}
    if rng.random() < 0.2:
        values |= {
            rng.choice(["phone", "income", "area", "credit_code"]): rng.choice(["x", "-1", "", "999999999"])
        }
    return {"values": values}


def _attach(driver: "Driver", life: Life) -> dict[str, Any]:
    key = driver.rng.choice(["report", "lease", "report", "lease", "plan", "diploma"])
    return {"key": key, "material_id": _material(driver, life)}


def _hand_in(driver: "Driver", life: Life) -> dict[str, Any]:
    now = life.now
    assert now is not None
    waited = [
        m.key for m in still_to_come(now.guide, now.row["form"], {p.split(" ")[0] for p in now.handed_in})
    ]
    keys = waited or ["plan", "lease"]
    return {"given": {driver.rng.choice(keys): _material(driver, life)}}


def _second_notice(driver: "Driver", life: Life) -> dict[str, Any]:
    now = life.now
    first = next((d for d in now.documents if d["verb"] == "request_supplement"), None) if now else None
    rests = [one["target"] for one in first["body"]["demands"]] if first else []
    rests += ["material:report", "material:lease", "field:shop_name"]
    words = _words(driver, "because")
    return {"demands": _demands(driver, life), "rests_on": driver.rng.choice(rests), **words}


def _colleague(driver: "Driver", life: Life) -> dict[str, Any]:
    rng = driver.rng
    actor = (
        driver.hands.one("turn", life, rng)
        if rng.random() < 0.7
        else rng.choice(driver.hands.everybody(life))
    )
    return {"to": actor.id or new_id()}


def _checker(driver: "Driver", life: Life) -> dict[str, Any]:
    return {
        "to": driver.rng.choice(driver.hands.staff[driver.rng.choice(["reviewer", "reviewer", "clerk"])]).id
    }


def _filed(driver: "Driver", life: Life) -> dict[str, Any]:
    verbs = [document["verb"] for document in life.now.documents] if life.now else []
    document = Verb(driver.rng.choice([*verbs, "refuse"]))
    return {"document": document, **_words(driver, "wrong", "right")}


def _late(driver: "Driver", life: Life) -> dict[str, Any]:
    """The timer comes when it comes: often after the last day, sometimes before it."""
    life.at += timedelta(days=driver.rng.choice([0, 4, 9, 15]))
    return {}


def _parts(driver: "Driver", life: Life) -> dict[str, Any]:
    keys = [part["key"] for part in life.now.parts] if life.now else []
    chosen = (
        driver.rng.sample(keys, driver.rng.randint(0 if driver.rng.random() < 0.1 else 1, len(keys)))
        if keys
        else ()
    )
    return {"parts": chosen, **_words(driver, "reason")}


def _until(driver: "Driver", life: Life) -> dict[str, Any]:
    day = (life.at + timedelta(days=driver.rng.choice([30, 60, 0, 400]))).date()
    return {"rectify_by": day, **_words(driver, "finding")}


def _delivery(driver: "Driver", life: Life) -> dict[str, Any]:
    way = driver.rng.choice(["online", "post", "counter", "balloon"])
    address = {"recipient": "王秀兰", "phone": "13800138000", "address": "海口市龙华区滨海大道1号"}
    counters = [driver.hands.world.organ_id, driver.hands.world.other_organ_id, new_id()]
    return {
        "way": way,
        "counter": driver.rng.choice(counters),
        **(address if driver.rng.random() < 0.9 else {}),
    }


def _transfer(driver: "Driver", life: Life) -> dict[str, Any]:
    here = driver.hands.world.organ_id
    organs = [driver.hands.world.other_organ_id, driver.hands.world.other_organ_id, here]
    return {"to": driver.rng.choice(organs), **_words(driver, "reason")}


def _said(*names: str) -> Any:
    return lambda driver, life: _words(driver, *names)


def acts() -> dict[str, Act]:
    """Every act by its name (全部行为). An act that a later part of the room brings is taken up where the room has it."""
    a = actions
    found = [
        Act("submit", _attended(a.submit), "applicant"),
        Act("resubmit", _attended(a.resubmit), "applicant"),
        Act("insist", _attended(a.insist), "applicant"),
        Act("withdraw", _attended(a.withdraw), "applicant"),
        Act("hand_in", _attended(a.hand_in), "applicant", _hand_in),
        Act("ask_review", _attended(a.ask_review), "applicant", _said("reason")),
        Act("return_for_changes", a.return_for_changes, "clerk", lambda d, c: {"demands": _demands(d, c)}),
        Act("pass_review", a.pass_review, "clerk"),
        Act("receive", a.receive, "clerk"),
        Act("request_supplement", a.request_supplement, "clerk", lambda d, c: {"demands": _demands(d, c)}),
        Act("accept", a.accept, "clerk"),
        Act("transfer", a.transfer, "clerk", _transfer),
        Act("decline", a.decline, "clerk", _said("reason", "article")),
        Act("deliver", a.deliver, "clerk", _said("recipient", "tracking")),
        Act("request_again", a.request_again, "head"),
        Act("suspend", a.suspend, "reviewer", _stop),
        Act("resume", a.resume, "reviewer"),
        Act("examine", a.examine, "reviewer", _said("opinion")),
        Act("review", a.review, "reviewer", _said("opinion")),
        Act("extend", a.extend, "superior"),
        Act(
            "opine",
            a.opine,
            "department",
            lambda d, c: {**_part(d, c), "agrees": d.rng.random() < 0.8, **_words(d, "opinion")},
        ),
        Act("pause", a.pause, "department", lambda d, c: {**_part(d, c), **_stop(d, c)}),
        Act("unpause", a.unpause, "department", _part),
        Act("send_back", a.send_back, "decider", _parts),
        Act("grant", a.grant, "decider", lambda d, c: {"note": d.rng.choice(["", "同意"])}),
        Act("grant_partly", a.grant_partly, "decider", _said("reason", "article")),
        Act("grant_at_once", a.grant_at_once, "decider", lambda d, c: {"note": ""}),
        Act("refuse", a.refuse, "decider", _said("reason", "article")),
        Act("terminate", a.terminate, "decider", _said("reason", "article")),
        Act("revoke", a.revoke, "decider", _said("reason", "article")),
        Act("correct", a.correct, "decider", _filed),
        Act("finish", a.finish, "system", lambda d, c: {"licence_id": new_id()}, versioned=False),
        Act("lapse", a.lapse, "system", _late, keyed=False, versioned=False),
        Act("deem_accepted", a.deem_accepted, "system", _late, keyed=False, versioned=False),
        Act("grant_by_rule", a.grant_by_rule, "system", keyed=False, versioned=False),
        # Beside the table.
        Act("save", a.save, "applicant", _save, moves=False, keyed=False, entries=(0,)),
        Act("attach", a.attach, "applicant", _attach, moves=False, keyed=False, entries=(0,)),
        Act("detach", a.detach, "applicant", _attach, moves=False, keyed=False, entries=(0,), timed=False),
        Act(
            "commit",
            a.commit,
            "applicant",
            lambda d, c: {"agreed": d.rng.random() < 0.8},
            moves=False,
            keyed=False,
            entries=(0,),
        ),
        Act(
            "choose_delivery",
            a.choose_delivery,
            "applicant",
            _delivery,
            moves=False,
            keyed=False,
            entries=(0,),
        ),
        Act("claim", a.claim, "turn", moves=False, entries=(0, 1)),
        Act("put_back", a.put_back, "handler", moves=False),
        Act("hand_over", a.hand_over, "turn", _colleague, moves=False),
        Act("propose_extension", a.propose_extension, "reviewer", _said("reason"), moves=False),
        Act("propose_second_notice", a.propose_second_notice, "clerk", _second_notice, moves=False),
        Act(
            "turn_down",
            a.turn_down,
            "superior",
            lambda d, c: {"verb": d.rng.choice([Verb.EXTEND, Verb.REQUEST_AGAIN]), **_words(d, "reason")},
            moves=False,
        ),
        Act("assign_check", a.assign_check, "decider", _checker, moves=False),
        Act("find_kept", a.find_kept, "reviewer", _said("finding"), moves=False),
        Act("find_breach", a.find_breach, "reviewer", _until, moves=False),
        Act("find_rectified", a.find_rectified, "reviewer", _said("finding"), moves=False),
        Act("revoke_for_breach", a.revoke_for_breach, "decider", _said("reason", "article"), moves=False),
        Act("repair_record", a.repair_record, "decider", _said("reason"), moves=False),
    ]  # fmt: skip -- one line an act reads as a table
    return {act.name: act for act in found}


_KNOWN = acts().keys()
