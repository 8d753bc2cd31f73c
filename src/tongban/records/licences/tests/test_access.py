"""Who reads, issues and revokes a licence: holder, issuer's people, strangers, the platform."""

import uuid

import pytest

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.records.licences.access import may_issue, may_revoke

ISSUER, OTHER, HOLDER = (uuid.UUID(int=n) for n in range(1, 4))


def official(role: str, organ: uuid.UUID = ISSUER) -> Actor:
    return Actor(ActorKind.STAFF, uuid.UUID(int=20), name="某", posts=frozenset({Post(role, organ)}))


EVERYBODY = {
    "holder": Actor(ActorKind.PERSON, uuid.UUID(int=10), party_id=HOLDER),
    "stranger": Actor(ActorKind.PERSON, uuid.UUID(int=11), party_id=uuid.UUID(int=12)),
    "clerk": official("clerk"),
    "reviewer": official("reviewer"),
    "decider": official("decider"),
    "editor": official("editor"),
    "decider elsewhere": official("decider", OTHER),
    "clerk here, decider elsewhere": Actor(
        ActorKind.STAFF,
        uuid.UUID(int=21),
        posts=frozenset({Post("clerk", ISSUER), Post("decider", OTHER)}),
    ),
    "platform": system("job"),
    "public": PUBLIC,
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_the_platform_issues(who: str):
    allowed, reason = may_issue(EVERYBODY[who])
    assert allowed == (who == "platform")
    assert bool(reason) != allowed


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_a_decider_of_the_issuer_revokes(who: str):
    allowed, reason = may_revoke(EVERYBODY[who], ISSUER)
    assert allowed == (who == "decider")
    assert bool(reason) != allowed
