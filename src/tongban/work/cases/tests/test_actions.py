"""The acts on cases, through the database: every state, verb and role; once, in order, and nothing half done."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests import engine
from tests import world as worlds

from tongban.base.actor import Actor, system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.base.ledger import queries as ledger
from tongban.offers.catalogue.queries import guide_of
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import actor_of
from tongban.people.identity.rules import Role
from tongban.work.cases import actions, queries
from tongban.work.cases.models import Case, Document
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import MOVES, State, Trait, Verb, find, traits_of

DEMANDS = [Demand("field:address", "请写到门牌号。")]
STOP = {"kind": "hearing", "days": 5, "reason": "需要听证"}
WHY = {"reason": "情况属实", "article": "行政许可法第三十八条"}

ACTS: dict[Verb, Callable[..., actions.Ref]] = {
    Verb.SUBMIT: actions.submit,
    Verb.RETURN_FOR_CHANGES: lambda **given: actions.return_for_changes(demands=DEMANDS, **given),
    Verb.PASS_REVIEW: actions.pass_review,
    Verb.INSIST: actions.insist,
    Verb.RECEIVE: actions.receive,
    Verb.LAPSE: lambda **given: actions.lapse(**given | {"at": given["at"] + timedelta(days=30)}),
    Verb.REQUEST_SUPPLEMENT: lambda **given: actions.request_supplement(demands=DEMANDS, **given),
    Verb.REQUEST_AGAIN: actions.request_again,
    Verb.RESUBMIT: actions.resubmit,
    Verb.ACCEPT: actions.accept,
    Verb.DEEM_ACCEPTED: lambda **given: actions.deem_accepted(
        **given | {"at": given["at"] + timedelta(days=30)}
    ),
    Verb.DECLINE: lambda **given: actions.decline(**WHY, **given),
    Verb.HAND_IN: lambda **given: actions.hand_in(given={"lease": new_id()}, **given),
    Verb.SUSPEND: lambda **given: actions.suspend(**STOP, **given),
    Verb.RESUME: actions.resume,
    Verb.EXTEND: actions.extend,
    Verb.PAUSE: lambda **given: actions.pause(part="fire", **STOP, **given),
    Verb.UNPAUSE: lambda **given: actions.unpause(part="fire", **given),
    Verb.CONCLUDE: lambda **given: actions.opine(part="fire", agrees=True, opinion="同意", **given),
    Verb.EXAMINE: lambda **given: actions.examine(opinion="符合条件", **given),
    Verb.RETURN: lambda **given: actions.send_back(reason="请再看一次", parts=("fire",), **given),
    Verb.GRANT: lambda **given: actions.grant(note="", **given),
    Verb.GRANT_PARTLY: lambda **given: actions.grant_partly(**WHY, **given),
    Verb.GRANT_AT_ONCE: lambda **given: actions.grant_at_once(note="", **given),
    Verb.GRANT_BY_RULE: actions.grant_by_rule,
    Verb.REFUSE: lambda **given: actions.refuse(**WHY, **given),
    Verb.MAKE: lambda **given: actions.finish(licence_id=new_id(), **given),
    Verb.DELIVER: lambda **given: actions.deliver(recipient="本人", tracking="EMS1", **given),
    Verb.CLOSE: lambda **given: actions.finish(licence_id=new_id(), **given),
    Verb.WITHDRAW: actions.withdraw,
    Verb.TERMINATE: lambda **given: actions.terminate(**WHY, **given),
    Verb.REVOKE: lambda **given: actions.revoke(**WHY, **given),
    Verb.CORRECT: lambda **given: actions.correct(
        document=_in_file(given["case_id"]), wrong="甲", right="乙", **given
    ),
    Verb.ASK_REVIEW: lambda **given: actions.ask_review(reason="请人看一看", **given),
    Verb.REVIEW: lambda **given: actions.review(opinion="规则用得对", **given),
}
WITHOUT_KEY = {Verb.LAPSE, Verb.DEEM_ACCEPTED, Verb.GRANT_BY_RULE}
# What the right person in the right state is told who lacks something else: a proposal, a material, a pause.
LACKS = {
    Verb.EXTEND: "cases.no_proposal",
    Verb.REQUEST_AGAIN: "cases.no_proposal",
    Verb.HAND_IN: "cases.later",
    Verb.UNPAUSE: "cases.part_move",
}
FAMILIES: dict[str, dict[str, object]] = {
    "plain": dict(engine.SPECIAL),
    "pre_review": dict(engine.PRE_REVIEW),
    "joint": {**engine.JOINT, "departments": engine.DEPARTMENTS[:1]},
    "instant": dict(engine.INSTANT),
    "rule": dict(engine.RULE),
    "by_hand": {},
}
# The way from the draft into each state, verb by verb.
EXAMINED = "submit accept examine"
WAYS = {
    ("plain", State.DRAFT): "",
    ("plain", State.SUBMITTED): "submit",
    ("plain", State.SUPPLEMENT): "submit request_supplement",
    ("plain", State.ACCEPTED): "submit accept",
    ("plain", State.SPECIAL): "submit accept suspend",
    ("plain", State.EXAMINED): EXAMINED,
    ("plain", State.GRANTED): f"{EXAMINED} grant",
    ("plain", State.CLOSED): f"{EXAMINED} grant close",
    ("plain", State.REFUSED): f"{EXAMINED} refuse",
    ("plain", State.DECLINED): "submit decline",
    ("plain", State.WITHDRAWN): "submit withdraw",
    ("plain", State.ENDED): "submit terminate",
    ("plain", State.REVOKED): f"{EXAMINED} grant close revoke",
    ("pre_review", State.DRAFT): "",
    ("pre_review", State.PRE_REVIEW): "submit",
    ("pre_review", State.RETURNED): "submit return_for_changes",
    ("pre_review", State.PASSED): "submit pass_review",
    ("joint", State.ACCEPTED): "submit accept",
    ("joint", State.EXAMINED): "submit accept conclude",
    ("instant", State.SUBMITTED): "submit",
    ("instant", State.GRANTED): "submit grant_at_once",
    ("rule", State.SUBMITTED): "submit",
    ("rule", State.CLOSED): "submit grant_by_rule close",
    ("by_hand", State.GRANTED): f"{EXAMINED} grant",
    ("by_hand", State.MADE): f"{EXAMINED} grant make",
    ("by_hand", State.CLOSED): f"{EXAMINED} grant make deliver",
}


def _in_file(case_id: uuid.UUID) -> Verb:
    """The document that a decider would correct: the last in the file, or one that is not there."""
    last = Document.objects.filter(case_id=case_id).order_by("at", "id").last()
    return Verb.GRANT if last is None else Verb(last.verb)


def _everybody(world: worlds.World) -> dict[str, Actor]:
    named = {who: getattr(world, who) for who in world.logins}
    return named | {"department": engine.departments()["fire"].reviewer, "system": system("tests")}


def _brought(world: worlds.World, who: dict[str, Actor], family: str, state: State) -> actions.Ref:
    code = engine.item(world, "000123011000", **FAMILIES[family])
    by_hand = "post" if family == "by_hand" else ""
    case = engine.draft(world, code, by_hand=by_hand, own_place="own")
    for verb in (Verb(name) for name in WAYS[family, state].split()):
        move = find(case.state, verb, traits_of_case(case.id))
        case = ACTS[verb](actor=who[move.by.value], case_id=case.id, at=world.at)
    assert case.state is state
    return case


def traits_of_case(case_id: uuid.UUID) -> frozenset[Trait]:
    """The traits of a case as its row and its edition have them."""
    row = Case.objects.get(pk=case_id)
    by_hand = row.delivery.get("way") in ("post", "counter")
    return traits_of(guide_of(row.edition_id), committed=row.committed is not None, by_hand=by_hand)


def _refused(world: worlds.World) -> actions.Ref:
    return ACTS[Verb.REFUSE](actor=world.decider, case_id=worlds.examined(world).id, at=world.at)


IN_STATE: dict[State, Callable[[worlds.World], actions.Ref]] = {
    State.DRAFT: worlds.draft_filled,
    State.SUBMITTED: worlds.submitted,
    State.SUPPLEMENT: worlds.supplement,
    State.ACCEPTED: worlds.accepted,
    State.EXAMINED: worlds.examined,
    State.GRANTED: worlds.granted,
    State.REFUSED: _refused,
    State.CLOSED: worlds.closed,
}


def _entries() -> int:
    return ledger.counts()[0]


def _row(case: actions.Ref) -> dict[str, object]:
    return Case.objects.filter(pk=case.id).values().get()


def _answer(act: Callable[..., actions.Ref], **given: object) -> actions.Ref | Refusal:
    try:
        return act(**given)
    except Refusal as refusal:
        return refusal


@pytest.mark.parametrize(("family", "state"), WAYS, ids=str)
def test_every_verb_by_every_role_moves_a_case_only_as_the_table_says(world, family: str, state: State):
    who = _everybody(world)
    case = _brought(world, who, family, state)
    before, entries, traits = _row(case), _entries(), traits_of_case(case.id)
    for verb, act in ACTS.items():
        move = find(state, verb, traits)
        makes = {move.by.value for move in MOVES if move.verb is verb}
        # What the table lacks is refused to whoever could do it elsewhere; what it has, to everybody else.
        for role in makes if move is None else who:
            savepoint = transaction.savepoint()
            answer = _answer(act, actor=who[role], case_id=case.id, at=world.at)
            if (
                move is None
                and verb in (Verb.MAKE, Verb.CLOSE)
                and find(state, Verb.MAKE, traits) != find(state, Verb.CLOSE, traits)
            ):
                transaction.savepoint_rollback(savepoint)  # one act, which is the other verb here
            elif move is None or role != move.by.value:
                assert isinstance(answer, NotFound | Forbidden | Conflict), (verb, role, answer)
                assert (_row(case), _entries()) == (before, entries)
            elif verb in LACKS:
                assert isinstance(answer, Refusal), (verb, role, answer)
                assert answer.rule == LACKS[verb]
                assert (_row(case), _entries()) == (before, entries)
            else:
                assert isinstance(answer, actions.Ref), (verb, role, answer)
                assert (answer.state, answer.version) == (move.target, before["version"] + 1)
                assert _entries() == entries + 1
                transaction.savepoint_rollback(savepoint)


def test_the_ways_lead_into_every_state_and_every_verb_is_tried_but_those_of_several_departments():
    assert {state for _, state in WAYS} == set(State)
    assert set(Verb) - ACTS.keys() == {Verb.OPINE, Verb.TRANSFER}


def test_a_refused_role_is_told_apart_from_an_outsider_and_from_a_wrong_moment(world):
    case = worlds.submitted(world)
    for role, kind in (("reviewer", Forbidden), ("other_clerk", NotFound), ("stranger", NotFound)):
        with pytest.raises(kind):
            actions.accept(actor=getattr(world, role), case_id=case.id, at=world.at)
    with pytest.raises(Conflict):
        ACTS[Verb.EXAMINE](actor=world.reviewer, case_id=case.id, at=world.at)
    with pytest.raises(NotFound):
        actions.accept(actor=world.clerk, case_id=new_id(), at=world.at)


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (State.DRAFT, Verb.SUBMIT),
        (State.SUBMITTED, Verb.ACCEPT),
        (State.SUBMITTED, Verb.REQUEST_SUPPLEMENT),
        (State.SUBMITTED, Verb.DECLINE),
        (State.ACCEPTED, Verb.EXAMINE),
        (State.EXAMINED, Verb.RETURN),
        (State.EXAMINED, Verb.GRANT),
        (State.EXAMINED, Verb.REFUSE),
        (State.SUBMITTED, Verb.WITHDRAW),
    ],
)
def test_the_same_key_gives_the_same_answer_and_writes_once(world, state: State, verb: Verb):
    case = IN_STATE[state](world)
    actor = getattr(world, find(state, verb).by.value)
    given = {
        "actor": actor,
        "case_id": case.id,
        "at": world.at,
        "key": "key-1",
        "version": _row(case)["version"],
    }
    first = ACTS[verb](**given)
    entries, documents = _entries(), Document.objects.count()
    assert ACTS[verb](**given | {"at": world.at + timedelta(hours=1)}) == first
    assert (_entries(), Document.objects.count()) == (entries, documents)


def test_a_key_used_for_another_act_is_a_conflict(world):
    case, other = worlds.submitted(world), worlds.submitted(world)
    actions.accept(actor=world.clerk, case_id=case.id, at=world.at, key="one")
    with pytest.raises(Conflict) as refusal:
        actions.accept(actor=world.clerk, case_id=other.id, at=world.at, key="one")
    assert refusal.value.rule == "cases.key"
    with pytest.raises(Conflict):
        ACTS[Verb.DECLINE](actor=world.clerk, case_id=case.id, at=world.at, key="one")
    assert _row(other)["state"] == "submitted"


def test_whoever_saw_an_older_version_is_told_and_writes_nothing(world):
    case = worlds.accepted(world)
    examined = ACTS[Verb.EXAMINE](actor=world.reviewer, case_id=case.id, at=world.at)
    ACTS[Verb.RETURN](actor=world.decider, case_id=case.id, at=world.at, version=examined.version)
    with pytest.raises(Conflict) as refusal:
        ACTS[Verb.EXAMINE](actor=world.reviewer, case_id=case.id, at=world.at, version=case.version)
    assert refusal.value.rule == "cases.version"
    assert _row(case)["state"] == "accepted"


def test_four_eyes_who_examined_does_not_decide(world):
    case = worlds.accepted(world)
    identity.appoint(
        actor=world.editor,
        account_id=world.decider.id,
        organ_id=world.organ_id,
        role=Role.REVIEWER,
        since=worlds.SINCE,
        at=world.at,
    )
    both = actor_of(world.decider.id, at=world.at)[0]
    ACTS[Verb.EXAMINE](actor=both, case_id=case.id, at=world.at)
    for verb in (Verb.GRANT, Verb.REFUSE):
        with pytest.raises(Forbidden):
            ACTS[verb](actor=both, case_id=case.id, at=world.at)
    view = queries.one(both, case.id)
    assert set(view.hindrances) == {Verb.GRANT, Verb.GRANT_PARTLY, Verb.REFUSE}
    ACTS[Verb.RETURN](actor=both, case_id=case.id, at=world.at)
    ACTS[Verb.EXAMINE](actor=world.reviewer, case_id=case.id, at=world.at)
    assert ACTS[Verb.GRANT](actor=both, case_id=case.id, at=world.at).state is State.GRANTED


def test_a_supplement_is_asked_for_once_and_only_what_was_asked_may_change(world):
    case = worlds.supplement(world)
    save = {"actor": world.applicant, "case_id": case.id, "at": world.at}
    assert set(actions.save(values={"shop_name": "另一家店"}, **save)) == {"shop_name"}
    assert actions.save(values={"address": "海口市龙华区滨海大道1号101铺"}, **save) == {}
    with pytest.raises(Conflict):
        actions.attach(key="plan", material_id=worlds.material(world), **save)
    actions.attach(key="report", material_id=worlds.material(world), **save)
    actions.resubmit(**save)
    with pytest.raises(Conflict) as refusal:
        ACTS[Verb.REQUEST_SUPPLEMENT](actor=world.clerk, case_id=case.id, at=world.at)
    assert refusal.value.rule == "cases.supplement_once"
    assert actions.accept(actor=world.clerk, case_id=case.id, at=world.at).state is State.ACCEPTED


def test_the_database_itself_refuses_a_second_supplement_notice_and_a_second_decision(world):
    case = worlds.supplement(world)
    told = Document.objects.get(case_id=case.id, verb=Verb.REQUEST_SUPPLEMENT)
    with pytest.raises(IntegrityError, match="document_once"), transaction.atomic():
        Document.objects.create(case_id=case.id, verb=told.verb, body=told.body, by_id=told.by_id, at=told.at)
    granted = worlds.granted(world)
    with pytest.raises(IntegrityError, match="decision_once"), transaction.atomic():
        Document.objects.create(case_id=granted.id, verb="refuse", body={}, by_id=told.by_id, at=told.at)


def test_nothing_beyond_the_guide_is_asked_for_and_nothing_is_written(world):
    case = worlds.submitted(world)
    with pytest.raises(Invalid) as refusal:
        actions.request_supplement(
            actor=world.clerk, case_id=case.id, demands=[Demand("field:income", "写收入")], at=world.at
        )
    assert set(refusal.value.fields) == {"field:income"}
    assert not Document.objects.filter(case_id=case.id).exists()
    assert _row(case)["state"] == "submitted"


@pytest.mark.parametrize(
    ("state", "verb", "field"),
    [
        (State.SUBMITTED, Verb.DECLINE, "reason"),
        (State.ACCEPTED, Verb.EXAMINE, "opinion"),
        (State.EXAMINED, Verb.RETURN, "reason"),
        (State.EXAMINED, Verb.REFUSE, "article"),
    ],
)
def test_words_that_say_nothing_or_deceive_are_refused_at_their_field(world, state, verb, field):
    act = {
        Verb.DECLINE: actions.decline,
        Verb.EXAMINE: actions.examine,
        Verb.RETURN: actions.send_back,
        Verb.REFUSE: actions.refuse,
    }[verb]
    words = {"reason": "理由", "article": "第四条"} if verb in (Verb.DECLINE, Verb.REFUSE) else {}
    case = IN_STATE[state](world)
    actor = getattr(world, find(state, verb).by.value)
    for text in ("", " \n", "字" * 1001, "\x00", "反\u202e"):
        with pytest.raises(Invalid) as refusal:
            act(actor=actor, case_id=case.id, at=world.at, **words | {field: text})
        assert set(refusal.value.fields) == {field}
    assert _row(case)["state"] == state.value


def test_an_incomplete_draft_is_not_submitted_and_takes_no_number(world):
    draft = actions.start(actor=world.applicant, item_code=world.item_code, at=world.at)
    with pytest.raises(Invalid) as refusal:
        actions.submit(actor=world.applicant, case_id=draft.id, at=world.at)
    assert "field:shop_name" in refusal.value.fields
    assert "material:report" in refusal.value.fields
    assert worlds.submitted(world).number.endswith("0001")


@pytest.mark.parametrize("state", [State.SUBMITTED, State.SUPPLEMENT, State.ACCEPTED, State.EXAMINED])
def test_an_application_can_be_withdrawn_until_it_is_decided(world, state: State):
    case = IN_STATE[state](world)
    assert actions.withdraw(actor=world.applicant, case_id=case.id, at=world.at).state is State.WITHDRAWN
    row = _row(case)
    assert row["ended_at"] == world.at
    assert row["act_by"] is None
    with pytest.raises(Conflict):
        actions.save(actor=world.applicant, case_id=case.id, values={"shop_name": "x"}, at=world.at)


def test_the_work_list_holds_what_waits_for_each_role_most_pressing_first(world):
    late = actions.submit(
        actor=world.applicant, case_id=worlds.draft_filled(world).id, at=world.at + timedelta(days=3)
    )
    soon, accepted, examined = worlds.submitted(world), worlds.accepted(world), worlds.examined(world)
    worlds.supplement(world)
    worlds.closed(world)
    listed = {
        who: [row.id for row in queries.work_list(getattr(world, who))]
        for who in ("clerk", "reviewer", "decider", "other_clerk", "applicant")
    }
    assert listed == {
        "clerk": [soon.id, late.id],
        "reviewer": [accepted.id],
        "decider": [examined.id],
        "other_clerk": [],
        "applicant": [],
    }


def test_every_refusal_leaves_words_that_can_be_shown(world):
    case = worlds.closed(world)
    for act in ACTS.values():
        with pytest.raises(Refusal) as refusal:
            act(actor=world.clerk, case_id=case.id, at=world.at)
        assert "%(" not in str(refusal.value)
