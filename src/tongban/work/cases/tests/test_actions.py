"""The acts on cases, through the database: every state, verb and role; once, in order, and nothing half done."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from tests import world as worlds

from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.base.ledger import queries as ledger
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import actor_of
from tongban.people.identity.rules import Role
from tongban.work.cases import actions, queries
from tongban.work.cases.models import Case, Document
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import State, Verb, find

ROLES = ("applicant", "stranger", "clerk", "reviewer", "decider", "editor", "other_clerk")
DEMANDS = [Demand("field:address", "请写到门牌号。")]

ACTS: dict[Verb, Callable[..., actions.Ref]] = {
    Verb.SUBMIT: actions.submit,
    Verb.RESUBMIT: actions.resubmit,
    Verb.WITHDRAW: actions.withdraw,
    Verb.ACCEPT: actions.accept,
    Verb.REQUEST_SUPPLEMENT: lambda **given: actions.request_supplement(demands=DEMANDS, **given),
    Verb.DECLINE: lambda **given: actions.decline(
        reason="不归我们管", article="行政许可法第三十二条", **given
    ),
    Verb.EXAMINE: lambda **given: actions.examine(opinion="符合条件", **given),
    Verb.RETURN: lambda **given: actions.send_back(reason="请再看一次", **given),
    Verb.GRANT: lambda **given: actions.grant(note="", **given),
    Verb.REFUSE: lambda **given: actions.refuse(reason="报告不合格", article="条例第四条", **given),
}


def _withdrawn(world: worlds.World) -> actions.Ref:
    return actions.withdraw(actor=world.applicant, case_id=worlds.submitted(world).id, at=world.at)


def _declined(world: worlds.World) -> actions.Ref:
    return ACTS[Verb.DECLINE](actor=world.clerk, case_id=worlds.submitted(world).id, at=world.at)


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
    State.DECLINED: _declined,
    State.WITHDRAWN: _withdrawn,
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


@pytest.mark.parametrize("state", State)
def test_every_verb_by_every_role_moves_a_case_only_as_the_table_says(world, state: State):
    case = IN_STATE[state](world)
    before, entries = _row(case), _entries()
    for verb, act in ACTS.items():
        move = find(state, verb)
        for role in ROLES:
            savepoint = transaction.savepoint()
            answer = _answer(act, actor=getattr(world, role), case_id=case.id, at=world.at)
            if move is None or role != move.by.value:
                assert isinstance(answer, NotFound | Forbidden | Conflict), (verb, role, answer)
                assert (_row(case), _entries()) == (before, entries)
                continue
            assert isinstance(answer, actions.Ref), (verb, role, answer)
            assert (answer.state, answer.version) == (move.target, before["version"] + 1)
            assert _entries() == entries + 1
            transaction.savepoint_rollback(savepoint)


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
    assert set(view.hindrances) == {Verb.GRANT, Verb.REFUSE}
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
    told = Document.objects.get(case_id=case.id)
    with pytest.raises(IntegrityError, match="supplement_once"), transaction.atomic():
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


def _together(acts: list[Callable[[], object]]) -> list[object]:
    """What each act gave or raised, all begun at the same time on connections of their own."""
    answers: list[object] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place: int) -> None:
        try:
            gate.wait(timeout=30)
            answers[place] = acts[place]()
        except Exception as error:
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_fifty_accepts_at_once_exactly_one_is_made():
    world = worlds.build()
    case = worlds.submitted(world)
    accept = [
        lambda n=n: actions.accept(
            actor=world.clerk, case_id=case.id, at=world.at, key=f"press-{n}", version=case.version
        )
        for n in range(50)
    ]
    answers = _together(accept)
    assert sum(isinstance(answer, actions.Ref) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 49, answers
    assert _row(case)["version"] == case.version + 1
    assert [act.act for act in ledger.acts_of(f"case:{case.id}")].count("cases.accept") == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_thirty_submits_at_once_are_numbered_without_a_gap():
    world = worlds.build()
    drafts = [worlds.draft_filled(world) for _ in range(30)]
    answers = _together(
        [lambda d=draft: actions.submit(actor=world.applicant, case_id=d.id, at=world.at) for draft in drafts]
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert sorted(int(answer.number[-4:]) for answer in answers) == list(range(1, 31))


def _statements(act: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        act()
    return [query["sql"] for query in seen.captured_queries]


def _acted(statements: list[str]) -> list[str]:
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
    return [sql for sql in statements if not sql.startswith(frame)]


@pytest.mark.django_db(transaction=True)
def test_a_submit_costs_four_statements_and_an_accept_three():
    world = worlds.build()
    worlds.accepted(world)  # the edition and the calendar are now in this process's memory
    draft = worlds.draft_filled(world)
    submit = _statements(
        lambda: actions.submit(actor=world.applicant, case_id=draft.id, at=world.at, key="a")
    )
    assert len(_acted(submit)) <= 4, submit
    assert len(submit) <= 6, submit
    accept = _statements(lambda: actions.accept(actor=world.clerk, case_id=draft.id, at=world.at, key="b"))
    assert len(_acted(accept)) <= 3, accept
    assert len(accept) <= 5, accept


def test_the_work_list_costs_two_statements_and_a_case_the_same_however_long_its_past(world):
    for _ in range(3):
        case = worlds.submitted(world)
    assert len(_statements(lambda: queries.work_list(world.clerk))) == 2
    assert len(_statements(lambda: queries.work_list(world.editor))) == 0
    queries.one(world.clerk, case.id)
    short = len(_statements(lambda: queries.one(world.clerk, case.id)))
    actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    ACTS[Verb.EXAMINE](actor=world.reviewer, case_id=case.id, at=world.at)
    assert len(_statements(lambda: queries.one(world.clerk, case.id))) == short
    assert short <= 5


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
