"""Actors: in which organs they hold what, and what the ledger keeps of them."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system

ID, PARTY = UUID(int=1), UUID(int=2)
ROLES = ("clerk", "reviewer", "decider", "editor", "head", "governor", "supervisor")
roles = some.sampled_from(ROLES)
posts = some.frozensets(some.builds(Post, roles, some.integers(1, 4).map(lambda n: UUID(int=n))))


@given(posts, some.lists(roles))
def test_organs_of_a_role_are_those_of_its_posts_and_no_others(held: frozenset[Post], asked: list[str]):
    actor = Actor(ActorKind.STAFF, ID, posts=held)
    assert actor.organs_as(*asked) == {post.organ_id for post in held if post.role in asked}
    assert actor.organs_as(*asked) <= actor.organs()


@given(posts)
def test_all_roles_together_are_all_organs(held: frozenset[Post]):
    actor = Actor(ActorKind.STAFF, ID, posts=held)
    assert actor.organs_as(*ROLES) == actor.organs()


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


def at(place: str, role: str = "supervisor") -> Post:
    return Post(role, UUID(int=int(place)), place)


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ("460000000000", "46"),
        ("460100000000", "4601"),
        ("460400000000", "4604"),  # a city without counties: its towns hang directly under it
        ("460106000000", "460106"),
        ("469005000000", "469005"),  # a county directly under the province
        ("460106001000", "460106001"),
        ("460106001001", "460106001001"),
        ("460106010000", "460106010"),  # zeros inside a group are part of it
        ("460110000000", "460110"),
    ],
)
def test_the_area_of_a_post_is_the_part_of_the_place_s_code_that_is_in_use(place: str, area: str):
    assert Actor(ActorKind.STAFF, ID, posts=frozenset({at(place)})).areas_as("supervisor") == {area}


def test_areas_are_those_of_the_roles_asked_for_and_nothing_without_a_place():
    held = frozenset({at("460106000000"), at("460000000000", "clerk"), Post("supervisor", UUID(int=9))})
    actor = Actor(ActorKind.STAFF, ID, posts=held)
    assert actor.areas_as("supervisor") == {"460106"}
    assert actor.areas_as("supervisor", "clerk") == {"460106", "46"}
    assert actor.areas_as("head") == PUBLIC.areas_as("supervisor") == frozenset()


def test_a_post_is_the_same_with_its_place_told_or_not_and_another_for_somebody_else():
    bare = Post("clerk", PARTY)
    assert bare == replace(bare, place="460106000000")
    assert bare != replace(bare, for_id=ID)


def test_an_actor_stands_for_herself_and_for_all_for_whom_she_deputises():
    away, other = UUID(int=7), UUID(int=8)
    held = frozenset({Post("clerk", PARTY), Post("head", PARTY, "", away), Post("decider", PARTY, "", other)})
    actor = Actor(ActorKind.STAFF, ID, posts=held)
    assert actor.stands_for() == {ID, away, other}
    assert actor.organs_as("head") == {PARTY}
    assert actor.for_ledger() == {"kind": "staff", "id": str(ID)}
    assert PUBLIC.stands_for() == system("x").stands_for() == frozenset()
