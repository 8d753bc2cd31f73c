"""Actors: in which organs they hold what, and what the ledger keeps of them."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system

ID, PARTY = UUID(int=1), UUID(int=2)
roles = some.sampled_from(["clerk", "reviewer", "decider", "editor"])
posts = some.frozensets(some.builds(Post, roles, some.integers(1, 4).map(lambda n: UUID(int=n))))


@given(posts, some.lists(roles))
def test_organs_of_a_role_are_those_of_its_posts_and_no_others(held: frozenset[Post], asked: list[str]):
    actor = Actor(ActorKind.STAFF, ID, posts=held)
    assert actor.organs_as(*asked) == {post.organ_id for post in held if post.role in asked}
    assert actor.organs_as(*asked) <= actor.organs()


@given(posts)
def test_all_roles_together_are_all_organs(held: frozenset[Post]):
    actor = Actor(ActorKind.STAFF, ID, posts=held)
    assert actor.organs_as("clerk", "reviewer", "decider", "editor") == actor.organs()


def test_a_role_here_and_another_there_do_not_mix():
    here, there = UUID(int=3), UUID(int=4)
    actor = Actor(ActorKind.STAFF, ID, posts=frozenset({Post("clerk", here), Post("decider", there)}))
    assert actor.organs_as("decider") == {there}
    assert actor.organs_as() == frozenset()


@given(some.text(min_size=1))
def test_the_ledger_keeps_no_name_of_a_person(name: str):
    kept = Actor(ActorKind.PERSON, ID, party_id=PARTY, name=name).for_ledger()
    assert kept == {"kind": "person", "id": str(ID)}


def test_the_ledger_keeps_the_name_of_an_official_and_of_a_job():
    assert Actor(ActorKind.STAFF, ID, name="窗口小林").for_ledger() == {
        "kind": "staff",
        "id": str(ID),
        "name": "窗口小林",
    }
    assert system("cases.close").for_ledger() == {"kind": "system", "name": "cases.close"}


def test_the_public_is_nobody_and_holds_nothing():
    assert PUBLIC.for_ledger() == {"kind": "public"}
    assert (PUBLIC.id, PUBLIC.party_id, PUBLIC.organs()) == (None, None, frozenset())
