"""Acts on cases at the same time, and what each costs: on connections of their own, against the real database."""

import itertools
import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from tests import engine
from tests import world as worlds

from tongban.base.errors import Conflict
from tongban.base.ledger import queries as ledger
from tongban.people.identity.rules import Role
from tongban.work.cases import actions, queries
from tongban.work.cases.models import Case, Document
from tongban.work.cases.rules.moves import State


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
    assert Case.objects.get(pk=case.id).version == case.version + 1
    assert [act.act for act in ledger.acts_of(f"case:{case.id}")].count("cases.accept") == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_decisions_at_once_exactly_one_is_made():
    world = worlds.build()
    deciders = [world.decider, engine.colleague(world, "decider2", Role.DECIDER)]
    case = worlds.examined(world)
    why = {"reason": "情况属实", "article": "第四条"}
    ways = [
        lambda **given: actions.grant(note="", **given),
        lambda **given: actions.grant_partly(**why, **given),
        lambda **given: actions.refuse(**why, **given),
    ]
    # No version is told: only the table and the lock keep them apart.
    decide = [
        lambda way=way, who=who, n=n: way(actor=who, case_id=case.id, at=world.at, key=f"press-{n}")
        for n, (way, who) in zip(range(100), itertools.cycle(itertools.product(ways, deciders)), strict=False)
    ]
    answers = _together(decide)
    assert sum(isinstance(answer, actions.Ref) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 99, answers
    decided = Document.objects.filter(case_id=case.id, verb__in=["grant", "grant_partly", "refuse"])
    assert decided.count() == 1
    told = [act.act for act in ledger.acts_of(f"case:{case.id}")]
    assert told[-1] == f"cases.{decided.get().verb}"
    assert len(told) == 5  # start, submit, accept, examine and the one decision
    row = Case.objects.get(pk=case.id)
    assert (row.version, row.state in (State.GRANTED, State.REFUSED)) == (case.version + 1, True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_a_decision_and_a_withdrawal_at_once_one_is_made_and_the_other_is_told():
    world = worlds.build()
    for _ in range(5):
        case = worlds.examined(world)
        given = {"case_id": case.id, "at": world.at, "version": case.version}
        answers = _together(
            [
                lambda given=given: actions.grant(actor=world.decider, note="", **given),
                lambda given=given: actions.withdraw(actor=world.applicant, **given),
            ]
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Ref"], answers


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_last_two_opinions_at_once_join_exactly_once():
    world = worlds.build()
    hands = engine.departments()
    code = engine.item(world, "000123011000", **{**engine.JOINT, "departments": engine.DEPARTMENTS[:2]})
    for _ in range(5):
        case = engine.accepted(world, code)
        answers = _together(
            [
                lambda key=key, case=case: actions.opine(
                    actor=hands[key].reviewer,
                    case_id=case.id,
                    part=key,
                    agrees=True,
                    opinion="同意",
                    at=world.at,
                )
                for key in ("fire", "ecology")
            ]
        )
        assert sorted(answer.state for answer in answers) == [State.ACCEPTED, State.EXAMINED]
        told = [act.act for act in ledger.acts_of(f"case:{case.id}")]
        assert told[-2:] == ["cases.opine", "cases.conclude"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_is_attached_while_a_case_is_submitted_is_told_to_the_ledger_or_refused():
    world = worlds.build()
    for _ in range(5):
        case = worlds.draft_filled(world)
        extra = worlds.material(world)
        given = {"actor": world.applicant, "case_id": case.id, "at": world.at}
        _together(
            [
                lambda given=given, extra=extra: actions.attach(key="plan", material_id=extra, **given),
                lambda given=given: actions.submit(**given),
            ]
        )
    assert list(queries.against_ledger()) == []


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
def test_a_submit_and_an_accept_cost_five_statements():
    world = worlds.build()
    worlds.accepted(world)  # the edition and the calendar are now in this process's memory
    draft = worlds.draft_filled(world)
    submit = _statements(
        lambda: actions.submit(actor=world.applicant, case_id=draft.id, at=world.at, key="a")
    )
    # lock, read, number (or document), row, ledger; and BEGIN and COMMIT.
    assert len(_acted(submit)) <= 5, submit
    assert len(submit) <= 7, submit
    accept = _statements(lambda: actions.accept(actor=world.clerk, case_id=draft.id, at=world.at, key="b"))
    assert len(_acted(accept)) <= 5, accept
    assert len(accept) <= 7, accept


def test_the_work_list_costs_two_statements_and_a_case_the_same_however_long_its_past(world):
    for _ in range(3):
        case = worlds.submitted(world)
    assert len(_statements(lambda: queries.work_list(world.clerk))) == 2
    assert len(_statements(lambda: queries.work_list(world.editor))) == 0
    queries.one(world.clerk, case.id)
    short = len(_statements(lambda: queries.one(world.clerk, case.id)))
    actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="符合条件", at=world.at)
    assert len(_statements(lambda: queries.one(world.clerk, case.id))) == short
    assert short <= 7
