"""Ratings: one per case, by its applicant, after its end, never changed."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests import world as worlds
from tests.world import AT, World

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.oversight.feedback import queries
from tongban.oversight.feedback.access import may_rate
from tongban.oversight.feedback.actions import rate
from tongban.oversight.feedback.models import Rating
from tongban.oversight.feedback.rules import GRADES, LONGEST_COMMENT, SCHEME
from tongban.work.cases.rules.moves import RATEABLE, State

PARTY = uuid.UUID(int=1)
EVERYBODY = {
    "applicant": Actor(ActorKind.PERSON, uuid.UUID(int=10), party_id=PARTY),
    "stranger": Actor(ActorKind.PERSON, uuid.UUID(int=11), party_id=uuid.UUID(int=12)),
    "clerk": Actor(
        ActorKind.STAFF, uuid.UUID(int=13), name="某", posts=frozenset({Post("clerk", uuid.UUID(int=2))})
    ),
    "platform": system("job"),
    "public": PUBLIC,
}


# ── without a database ──


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("state", State)
def test_the_applicant_rates_after_the_end_and_nobody_else_ever(who: str, state: State):
    allowed, reason = may_rate(EVERYBODY[who], party_id=PARTY, state=state)
    assert allowed == (who == "applicant" and state in RATEABLE)
    assert bool(reason) != allowed


def test_a_stranger_is_told_who_may_rate_and_not_how_far_the_case_is():
    told = {may_rate(EVERYBODY["stranger"], party_id=PARTY, state=state)[1] for state in State}
    assert len(told) == 1


def test_there_are_five_grades_the_best_is_one_and_the_scheme_is_named():
    assert list(GRADES) == [1, 2, 3, 4, 5]
    assert (GRADES[1], GRADES[5]) == ("非常满意", "非常不满意")
    assert SCHEME


# ── with one ──


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


@pytest.fixture
def ended(world: World) -> uuid.UUID:
    return worlds.closed(world).id


def give(
    actor: Actor, case: uuid.UUID, grade: int = 1, comment: str = "很快。", channel: str = "portal"
) -> None:
    rate(actor=actor, case_id=case, grade=grade, comment=comment, channel=channel, at=AT)


def test_a_rating_is_kept_with_its_scheme_and_recorded_without_its_words(world: World, ended: uuid.UUID):
    give(world.applicant, ended, 2, "  很快。\r\n谢谢。 ")
    assert queries.of_case(ended) == queries.RatingView(2, "很快。\n谢谢。", AT)
    assert Rating.objects.get().scheme == SCHEME
    (act,) = acts_of(f"rating:{ended}")
    assert dict(act.data) == {"case": str(ended), "grade": 2, "scheme": SCHEME}


def test_nobody_has_rated_yet(ended: uuid.UUID):
    assert queries.of_case(ended) is None


def test_a_case_is_rated_once_and_the_first_rating_stays(world: World, ended: uuid.UUID):
    give(world.applicant, ended, 5)
    with pytest.raises(Conflict) as refusal:
        give(world.applicant, ended, 1)
    assert refusal.value.rule == "feedback.once"
    assert queries.of_case(ended).grade == 5
    assert len(acts_of(f"rating:{ended}")) == 1


def test_strangers_find_no_case_and_its_officials_may_not_rate(world: World, ended: uuid.UUID):
    for actor in (world.stranger, world.other_clerk, PUBLIC):
        with pytest.raises(NotFound):
            give(actor, ended)
    for actor in (world.clerk, world.reviewer, world.decider):
        with pytest.raises(Forbidden) as refusal:
            give(actor, ended)
        assert refusal.value.rule == "feedback.rate"
    assert not Rating.objects.exists()


@pytest.mark.parametrize("make", [worlds.draft_filled, worlds.submitted, worlds.accepted, worlds.granted])
def test_before_the_end_there_is_nothing_to_rate(world: World, make):
    with pytest.raises(Forbidden) as refusal:
        give(world.applicant, make(world).id)
    assert refusal.value.rule == "feedback.rate"


@pytest.mark.parametrize("grade", [0, 6, -1, 10**20])
def test_a_grade_that_there_is_not_is_told_at_its_field(world: World, ended: uuid.UUID, grade: int):
    with pytest.raises(Invalid) as refusal:
        give(world.applicant, ended, grade)
    assert (refusal.value.rule, set(refusal.value.fields)) == ("feedback.grade", {"grade"})


@pytest.mark.parametrize("grade", GRADES)
def test_every_grade_can_be_given_without_words(world: World, ended: uuid.UUID, grade: int):
    give(world.applicant, ended, grade, "")
    assert queries.of_case(ended) == queries.RatingView(grade, "", AT)


@pytest.mark.parametrize("comment", ["字" * (LONGEST_COMMENT + 1), "a\0b", "\u202e反", "\ud800"])
def test_words_that_cannot_be_kept_are_told_at_their_field(world: World, ended: uuid.UUID, comment: str):
    with pytest.raises(Invalid) as refusal:
        give(world.applicant, ended, comment=comment)
    assert (refusal.value.rule, set(refusal.value.fields)) == ("feedback.comment", {"comment"})
    assert not Rating.objects.exists()


def test_the_longest_comment_is_kept_whole(world: World, ended: uuid.UUID):
    give(world.applicant, ended, comment="𠀀" * LONGEST_COMMENT)
    assert queries.of_case(ended).comment == "𠀀" * LONGEST_COMMENT


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_eight_at_the_same_time_one_counts():
    world = worlds.build()
    case = worlds.closed(world).id

    def work(n: int) -> bool:
        try:
            give(world.applicant, case, n % 5 + 1)
        except Conflict:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 1
    assert len(acts_of(f"rating:{case}")) == 1
