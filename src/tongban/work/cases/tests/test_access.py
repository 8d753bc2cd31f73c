"""Who sees and moves a case: the applicant, her clerk, a stranger, and everybody else."""

import uuid

import pytest
from tests import world as worlds

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.base.errors import NotFound
from tongban.work.cases import actions, queries
from tongban.work.cases.access import may, sees, visible_to
from tongban.work.cases.models import Case
from tongban.work.cases.rules.moves import MOVES, By, State, Verb

ORGAN, OTHER_ORGAN, PARTY, EXAMINER = (uuid.UUID(int=n) for n in range(1, 5))
APPLICANT = Actor(ActorKind.PERSON, uuid.UUID(int=10), party_id=PARTY)
STRANGER = Actor(ActorKind.PERSON, uuid.UUID(int=11), party_id=uuid.UUID(int=12))


def official(role: str, organ: uuid.UUID = ORGAN, number: int = 20) -> Actor:
    return Actor(ActorKind.STAFF, uuid.UUID(int=number), name="某", posts=frozenset({Post(role, organ)}))


EVERYBODY = {
    "applicant": APPLICANT,
    "stranger": STRANGER,
    "clerk": official("clerk"),
    "reviewer": official("reviewer"),
    "decider": official("decider"),
    "editor": official("editor"),
    "clerk elsewhere": official("clerk", OTHER_ORGAN),
    "reviewer elsewhere": official("reviewer", OTHER_ORGAN),
    "decider elsewhere": official("decider", OTHER_ORGAN),
    "system": system("job"),
    "public": PUBLIC,
}


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.source}-{move.verb}")
def test_a_move_is_made_by_its_role_in_this_organ_and_by_nobody_else(who: str, move):
    allowed, reason = may(EVERYBODY[who], move, party_id=PARTY, organ_id=ORGAN, examiner_id=EXAMINER)
    assert allowed == (who == move.by.value)
    assert bool(reason) != allowed


@pytest.mark.parametrize("move", [m for m in MOVES if m.by is By.DECIDER], ids=lambda move: move.verb)
def test_who_examined_may_send_back_but_not_decide(move):
    both = Actor(
        ActorKind.STAFF,
        uuid.UUID(int=20),
        posts=frozenset({Post("reviewer", ORGAN), Post("decider", ORGAN)}),
    )
    allowed, reason = may(both, move, party_id=PARTY, organ_id=ORGAN, examiner_id=both.id)
    assert allowed == (move.verb is Verb.RETURN)
    assert ("两个人" in reason) != allowed


def test_a_post_elsewhere_lends_nothing_here():
    both = Actor(
        ActorKind.STAFF,
        uuid.UUID(int=20),
        posts=frozenset({Post("clerk", ORGAN), Post("decider", OTHER_ORGAN)}),
    )
    for move in MOVES:
        allowed, _ = may(both, move, party_id=PARTY, organ_id=ORGAN, examiner_id=None)
        assert allowed == (move.by is By.CLERK)


@pytest.mark.parametrize("state", State)
def test_applicant_clerk_and_stranger_see_what_is_theirs(state: State):
    seen = {who: sees(actor, party_id=PARTY, organ_id=ORGAN, state=state) for who, actor in EVERYBODY.items()}
    staff = state is not State.DRAFT
    assert seen == dict.fromkeys(EVERYBODY, False) | {
        "applicant": True,
        "system": True,
        "clerk": staff,
        "reviewer": staff,
        "decider": staff,
    }


def test_the_filter_of_lists_and_the_answer_for_one_case_agree(world):
    for make in (worlds.draft_filled, worlds.submitted, worlds.supplement, worlds.accepted, worlds.examined):
        make(world)
    everybody = [
        world.applicant,
        world.stranger,
        world.clerk,
        world.reviewer,
        world.decider,
        world.editor,
        world.other_clerk,
        system("job"),
        PUBLIC,
    ]
    for actor in everybody:
        listed = set(Case.objects.filter(visible_to(actor)).values_list("id", flat=True))
        answered = {
            case.id
            for case in Case.objects.all()
            if sees(actor, party_id=case.party_id, organ_id=case.organ_id, state=State(case.state))
        }
        assert listed == answered, actor


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


def test_the_applicant_does_not_read_what_officials_write_to_each_other(world):
    case = worlds.examined(world)
    assert [d.verb for d in queries.one(world.applicant, case.id).documents] == []
    assert [d.verb for d in queries.one(world.clerk, case.id).documents] == [Verb.EXAMINE]


def test_what_a_case_offers_is_what_the_actor_may_do(world):
    case = worlds.submitted(world)
    offered = {
        who: {m.verb for m in queries.one(getattr(world, who), case.id).moves}
        for who in ("applicant", "clerk", "decider")
    }
    assert offered == {
        "applicant": {Verb.WITHDRAW},
        "clerk": {Verb.ACCEPT, Verb.DECLINE, Verb.REQUEST_SUPPLEMENT},
        "decider": set(),
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
