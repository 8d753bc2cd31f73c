"""Who sees and moves a case: the applicant, her clerk, a stranger, and everybody else."""

import uuid
from dataclasses import dataclass, replace

import pytest
from tests import world as worlds

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.base.errors import NotFound
from tongban.work.cases import actions, queries
from tongban.work.cases.access import may, may_propose, sees, visible_to
from tongban.work.cases.models import Case, Reach
from tongban.work.cases.rules.moves import MOVES, By, State, Verb

ORGAN, OTHER_ORGAN, PARTY, EXAMINER, COUNTER, DEPARTMENT, GOVERNMENT = (uuid.UUID(int=n) for n in range(1, 8))
APPLICANT = Actor(ActorKind.PERSON, uuid.UUID(int=10), party_id=PARTY)
STRANGER = Actor(ActorKind.PERSON, uuid.UUID(int=11), party_id=uuid.UUID(int=12))
PLACE = worlds.COUNTY
NUMBER = f"{worlds.ORGAN_CODE}4{worlds.BASIC_CODE}202611020001"


@dataclass(frozen=True)
class Standing:
    """A case as access asks for it."""

    party_id: uuid.UUID = PARTY
    organ_id: uuid.UUID = ORGAN
    counter_id: uuid.UUID | None = COUNTER
    place: str = PLACE
    examiner_id: uuid.UUID | None = EXAMINER
    number: str | None = NUMBER


CASE = Standing()


def official(role: str, organ: uuid.UUID = ORGAN, place: str = PLACE, number: int = 20) -> Actor:
    post = Post(role, organ, place)
    return Actor(ActorKind.STAFF, uuid.UUID(int=number), name="某", posts=frozenset({post}))


EVERYBODY = {
    "applicant": APPLICANT,
    "stranger": STRANGER,
    "clerk": official("clerk"),
    "reviewer": official("reviewer"),
    "decider": official("decider"),
    "head": official("head"),
    "governor": official("governor", GOVERNMENT),
    "department": official("reviewer", DEPARTMENT),
    "counter": official("clerk", COUNTER),
    "editor": official("editor"),
    "supervisor": official("supervisor", GOVERNMENT),
    "supervisor of the province": official("supervisor", uuid.UUID(int=9), worlds.PROVINCE),
    "supervisor elsewhere": official("supervisor", uuid.UUID(int=8), worlds.OTHER_COUNTY),
    "supervisor of the town": official("supervisor", uuid.UUID(int=8), worlds.TOWN),
    "clerk elsewhere": official("clerk", OTHER_ORGAN),
    "reviewer elsewhere": official("reviewer", OTHER_ORGAN),
    "decider elsewhere": official("decider", OTHER_ORGAN),
    "head elsewhere": official("head", OTHER_ORGAN),
    "governor of the city": official("governor", uuid.UUID(int=9), worlds.CITY),
    "governor elsewhere": official("governor", uuid.UUID(int=8), worlds.OTHER_COUNTY),
    "head of the department": official("head", DEPARTMENT),
    "system": system("job"),
    "public": PUBLIC,
}
# A counter that took an application in may do what its applicant may.
MAKES = {who: {who} for who in By} | {By.APPLICANT: {"applicant", "counter"}}


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("by", By)
def test_a_move_is_made_by_its_role_in_this_organ_and_by_nobody_else(who: str, by: By):
    for move in [move for move in MOVES if move.by is by]:
        allowed, reason = may(EVERYBODY[who], move, CASE, {DEPARTMENT})
        assert allowed == (who in MAKES[by]), move
        assert bool(reason) != allowed


def test_a_department_acts_only_while_it_has_its_turn():
    move = next(move for move in MOVES if move.by is By.DEPARTMENT)
    assert may(EVERYBODY["department"], move, CASE, {DEPARTMENT})[0]
    assert not may(EVERYBODY["department"], move, CASE, {OTHER_ORGAN})[0]
    assert not may(official("clerk", DEPARTMENT), move, CASE, {DEPARTMENT})[0]


def test_a_clerk_of_another_counter_does_nothing_for_the_applicant():
    for move in [move for move in MOVES if move.by is By.APPLICANT]:
        for counter in (None, OTHER_ORGAN):
            assert not may(EVERYBODY["counter"], move, replace(CASE, counter_id=counter))[0]


@pytest.mark.parametrize(
    "move", [m for m in MOVES if m.by is By.DECIDER], ids=lambda m: f"{m.source}-{m.verb}"
)
def test_who_examined_may_send_back_or_end_but_not_decide(move):
    both = Actor(
        ActorKind.STAFF,
        uuid.UUID(int=20),
        posts=frozenset({Post("reviewer", ORGAN, PLACE), Post("decider", ORGAN, PLACE)}),
    )
    allowed, reason = may(both, move, replace(CASE, examiner_id=both.id))
    assert allowed == (move.verb not in (Verb.GRANT, Verb.GRANT_PARTLY, Verb.REFUSE))
    assert ("两个人" in reason) != allowed


def test_what_the_absent_one_examined_binds_her_deputy_as_well():
    move = next(move for move in MOVES if move.verb is Verb.GRANT)
    deputy = Actor(
        ActorKind.STAFF, uuid.UUID(int=21), posts=frozenset({Post("decider", ORGAN, PLACE, for_id=EXAMINER)})
    )
    assert not may(deputy, move, CASE)[0]
    assert may(deputy, move, replace(CASE, examiner_id=uuid.UUID(int=22)))[0]


def test_a_post_elsewhere_lends_nothing_here():
    both = Actor(
        ActorKind.STAFF,
        uuid.UUID(int=20),
        posts=frozenset({Post("clerk", ORGAN, PLACE), Post("decider", OTHER_ORGAN, PLACE)}),
    )
    for move in MOVES:
        allowed, _ = may(both, move, replace(CASE, examiner_id=None))
        assert allowed == (move.by is By.CLERK)


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_the_one_in_charge_in_this_organ_asks_a_superior(who: str):
    assert may_propose(EVERYBODY[who], Verb.EXTEND, CASE)[0] == (who == "reviewer")
    assert may_propose(EVERYBODY[who], Verb.REQUEST_AGAIN, CASE)[0] == (who == "clerk")
    assert not may_propose(EVERYBODY[who], Verb.GRANT, CASE)[0]


@pytest.mark.parametrize("state", State)
def test_applicant_clerk_and_stranger_see_what_is_theirs(state: State):
    seen = {who: sees(actor, CASE, state, {DEPARTMENT}) for who, actor in EVERYBODY.items()}
    always = ("applicant", "counter", "system")
    once_submitted = (
        "clerk",
        "reviewer",
        "decider",
        "head",
        "governor",
        "governor of the city",
        "department",
        "head of the department",
        "supervisor",
        "supervisor of the province",
    )
    assert seen == (
        dict.fromkeys(EVERYBODY, False)
        | dict.fromkeys(always, True)
        | dict.fromkeys(once_submitted, state is not State.DRAFT)
    )


def test_the_filter_of_lists_and_the_answer_for_one_case_agree(world):
    made = [
        worlds.draft_filled(world),
        worlds.submitted(world),
        worlds.supplement(world),
        worlds.accepted(world),
        worlds.examined(world),
        worlds.closed(world),
    ]
    for case in made[::2]:  # as if another county's counter had taken these in
        Case.objects.filter(pk=case.id).update(counter_id=world.other_organ_id)
    for case in made[2:4]:  # and another organ taken part in these
        Reach.objects.create(case_id=case.id, organ_id=world.provincial_id)
    Case.objects.filter(pk=made[4].id).update(place=worlds.OTHER_COUNTY)
    Case.objects.filter(pk=made[5].id).update(place=worlds.TOWN)
    everybody = [getattr(world, who) for who in world.logins] + [system("job"), PUBLIC]
    organs = (world.organ_id, world.other_organ_id, world.government_id, world.provincial_id)
    places = (worlds.PROVINCE, worlds.CITY, worlds.COUNTY, worlds.OTHER_COUNTY, worlds.TOWN, "")
    everybody += [
        official(role, organ, place)
        for role in ("clerk", "reviewer", "decider", "head", "editor", "governor", "supervisor")
        for organ in organs
        for place in places
    ]
    answers = set()
    for actor in everybody:
        listed = set(Case.objects.filter(visible_to(actor)).values_list("id", flat=True))
        answered = {
            case.id
            for case in Case.objects.all()
            if sees(actor, case, State(case.state), set(case.reaches.values_list("organ_id", flat=True)))
        }
        assert listed == answered, actor
        answers.add(frozenset(listed))
    assert len(answers) > 7  # the actors are told apart, not all given the same


def test_three_people_read_one_case(world):
    case = worlds.submitted(world)
    assert queries.one(world.applicant, case.id).number == case.number
    assert queries.one(world.clerk, case.id).number == case.number
    for outsider in (world.stranger, world.other_clerk, world.editor, PUBLIC):
        with pytest.raises(NotFound):
            queries.one(outsider, case.id)
        with pytest.raises(NotFound):
            queries.by_number(outsider, case.number)
    draft = worlds.draft_filled(world)
    assert queries.one(world.applicant, draft.id).state is State.DRAFT
    with pytest.raises(NotFound):
        queries.one(world.clerk, draft.id)


def test_supervision_reads_what_lies_in_its_place_and_moves_nothing(world):
    case = worlds.submitted(world)
    for who in (world.supervisor, world.county_supervisor):
        view = queries.one(who, case.id)
        assert view.number == case.number
        assert (view.moves, view.hindrances) == ([], {})


def test_the_applicant_does_not_read_what_officials_write_to_each_other(world):
    case = worlds.examined(world)
    assert [d.verb for d in queries.one(world.applicant, case.id).documents] == [Verb.ACCEPT]
    assert [d.verb for d in queries.one(world.clerk, case.id).documents] == [Verb.ACCEPT, Verb.EXAMINE]


def test_what_a_case_offers_is_what_the_actor_may_do(world):
    case = worlds.submitted(world)
    offered = {
        who: {m.verb for m in queries.one(getattr(world, who), case.id).moves}
        for who in ("applicant", "clerk", "reviewer", "decider", "head", "governor")
    }
    assert offered == {
        "applicant": {Verb.WITHDRAW},
        "clerk": {Verb.ACCEPT, Verb.DECLINE, Verb.REQUEST_SUPPLEMENT, Verb.TRANSFER},
        "reviewer": set(),
        "decider": {Verb.TERMINATE},
        "head": {Verb.REQUEST_AGAIN},
        "governor": set(),
    }


def test_drafts_never_push_what_is_under_way_off_ones_own_list(world):
    open_case = worlds.submitted(world)
    ended = worlds.submitted(world)
    actions.withdraw(actor=world.applicant, case_id=ended.id, at=worlds.AT)
    drafts = [worlds.draft_filled(world) for _ in range(3)]
    assert [row.id for row in queries.mine(world.applicant)] == [
        open_case.id,
        *(d.id for d in drafts[::-1]),
        ended.id,
    ]
    assert [row.id for row in queries.mine(world.applicant, limit=2)] == [open_case.id, drafts[2].id]


def limited(role: str, *items: str) -> Actor:
    post = Post(role, ORGAN, PLACE, items=frozenset(items))
    return Actor(ActorKind.STAFF, uuid.UUID(int=21), name="某", posts=frozenset({post}))


@pytest.mark.parametrize(
    "move", [move for move in MOVES if move.by in (By.CLERK, By.REVIEWER, By.DECIDER, By.HEAD)], ids=str
)
def test_a_role_for_some_items_moves_cases_of_these_items_and_no_others(move):
    role = move.by.value
    assert may(limited(role, worlds.BASIC_CODE), move, CASE)[0]
    assert may(limited(role, "000999001000", worlds.BASIC_CODE), move, CASE)[0]
    assert not may(limited(role, worlds.SUPPLEMENT_BASIC_CODE), move, CASE)[0]


def test_a_role_for_some_items_asks_a_superior_only_about_these():
    for verb, role in ((Verb.EXTEND, "reviewer"), (Verb.REQUEST_AGAIN, "clerk")):
        assert may_propose(limited(role, worlds.BASIC_CODE), verb, CASE)[0]
        assert not may_propose(limited(role, worlds.SUPPLEMENT_BASIC_CODE), verb, CASE)[0]
