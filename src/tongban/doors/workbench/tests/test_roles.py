"""The table of roles says what the rules do: held against access itself, and shown whole or for one role."""

import uuid
from dataclasses import dataclass

import pytest
from tests import world as worlds

from tongban.base.actor import Actor, ActorKind, Post
from tongban.doors.workbench import roles
from tongban.offers.catalogue.rules import editions
from tongban.people.identity.rules import ROLE_LABELS, ROLE_REACH, Role
from tongban.work.cases.access import may
from tongban.work.cases.rules.labels import VERB_LABELS
from tongban.work.cases.rules.moves import MOVES, By

ORGAN, PARTY = uuid.UUID(int=1), uuid.UUID(int=2)


@dataclass(frozen=True)
class Standing:
    party_id: uuid.UUID = PARTY
    organ_id: uuid.UUID = ORGAN
    counter_id: uuid.UUID | None = None
    place: str = worlds.COUNTY
    examiner_id: uuid.UUID | None = None
    number: str | None = None


def official(role: Role) -> Actor:
    post = Post(role, ORGAN, worlds.COUNTY)
    return Actor(ActorKind.STAFF, uuid.UUID(int=3), name="某", posts=frozenset({post}))


@pytest.mark.parametrize(
    "move", [move for move in MOVES if move.by not in (By.SYSTEM, By.APPLICANT)], ids=str
)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_move_a_case_exactly_where_the_table_says_so(role, move):
    (area,) = [area for area in roles.areas() if area.title == "办件"]
    labels = {right.label for right in area.rights if role in right.roles}
    turns = [ORGAN] if move.by is By.DEPARTMENT else []
    allowed, _ = may(official(role), move, Standing(), turns)
    assert not allowed or VERB_LABELS[move.verb] in labels
    if VERB_LABELS[move.verb] in labels and not allowed:
        others = [one for one in MOVES if one.verb == move.verb]
        assert any(may(official(role), one, Standing(), [ORGAN])[0] for one in others)


def test_every_act_of_an_official_is_in_the_table_and_approval_wants_a_second_person():
    found = {right.label: right for area in roles.areas() for right in area.rights}
    for move in MOVES:
        assert move.by in (By.SYSTEM, By.APPLICANT) or VERB_LABELS[move.verb] in found
    assert found[editions.VERB_LABELS[editions.Verb.APPROVE]].second
    assert found["准予许可"].second
    assert not found["受理"].second


def test_every_role_has_a_name_and_a_reach():
    assert set(ROLE_LABELS) == set(ROLE_REACH) == set(Role)


def test_the_page_shows_the_whole_table_or_one_role(world, as_):
    page = as_(world.clerk).get("/roles").content.decode()
    assert "岗位权限表" in page
    assert all(word in page for word in ("办件", "数字证书", "权责清单", "准予许可", "受理"))
    one = as_(world.clerk).get("/roles?role=clerk").content.decode()
    assert "不予受理" in one
    assert "准予许可" not in one
    assert as_(world.clerk).get("/roles?role=nonsense").status_code == 200
    assert as_(None).get("/roles").status_code == 302


def test_the_page_costs_no_more_statements_than_any_other(world, as_, django_assert_max_num_queries):
    client = as_(world.clerk)
    client.get("/roles")
    with django_assert_max_num_queries(3):
        client.get("/roles")
