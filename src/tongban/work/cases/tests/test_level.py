"""An item says how well its applicant must be known, and it is checked when she submits."""

from dataclasses import replace

import pytest
from tests import world as worlds
from tests.world import GUIDE, World

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Invalid
from tongban.offers.catalogue.rules.guide import Guide
from tongban.people.identity.rules import Level
from tongban.people.identity.rules.acts import ACT_LEVELS, LevelTooLow, ensure_level
from tongban.work.cases import actions, queries
from tongban.work.cases.actions.applicant import ensure_level as ensure_item
from tongban.work.cases.rules.moves import State


def known(actor: Actor, level: Level) -> Actor:
    return replace(actor, level=level.value)


def asking(level: str) -> Guide:
    return Guide.model_validate(
        {**GUIDE, "channels": {"online": "full", "visits": 0, "post": True, "level": level}}
    )


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


@pytest.fixture
def strict(world: World) -> World:
    """The world's item, whose applicants must be known at the advanced level."""
    channels = {"online": "full", "visits": 0, "post": True, "level": "advanced"}
    worlds.publish_edition(world.editor, world.item_id, starts_on=world.at.date(), channels=channels)
    return world


# ── without a database ──


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("asked", ["basic", "advanced"])
def test_a_person_must_be_known_as_well_as_the_item_asks(level: Level, asked: str):
    person = Actor(kind=ActorKind.PERSON, level=level.value)
    enough = level >= (Level.ADVANCED if asked == "advanced" else Level.BASIC)
    if enough:
        ensure_item(person, asking(asked))
        return
    with pytest.raises(LevelTooLow) as refusal:
        ensure_item(person, asking(asked))
    assert refusal.value.rule == "cases.level"
    assert refusal.value.needed is (Level.ADVANCED if asked == "advanced" else Level.BASIC)


def test_a_clerk_who_hands_in_for_somebody_sees_who_it_is():
    ensure_item(Actor(kind=ActorKind.STAFF, level=0), asking("advanced"))


def test_a_guide_that_says_nothing_asks_for_the_basic_level():
    assert Guide.model_validate(GUIDE).channels.level == "basic"


@pytest.mark.parametrize("act", ACT_LEVELS)
def test_every_act_of_the_account_is_held_to_its_level(act: str):
    person = Actor(kind=ActorKind.PERSON)
    ensure_level(known(person, ACT_LEVELS[act]), act)
    with pytest.raises(LevelTooLow):
        ensure_level(known(person, Level(ACT_LEVELS[act] - 1)), act)


# ── with one ──


def test_a_draft_is_filled_in_at_the_basic_level_and_sent_at_the_advanced(strict: World):
    draft = worlds.draft_filled(strict)
    with pytest.raises(LevelTooLow) as refusal:
        actions.submit(actor=strict.applicant, case_id=draft.id, at=strict.at)
    assert (refusal.value.rule, refusal.value.needed) == ("cases.level", Level.ADVANCED)
    assert queries.one(strict.applicant, draft.id).state is State.DRAFT
    sent = actions.submit(actor=known(strict.applicant, Level.ADVANCED), case_id=draft.id, at=strict.at)
    assert sent.number is not None


def test_what_is_missing_is_told_before_the_level(strict: World):
    draft = actions.start(actor=strict.applicant, item_code=strict.item_code, at=strict.at)
    with pytest.raises(Invalid):
        actions.submit(actor=strict.applicant, case_id=draft.id, at=strict.at)


def test_whoever_is_not_known_at_all_begins_nothing(world: World):
    with pytest.raises(LevelTooLow):
        actions.start(actor=known(world.applicant, Level.UNPROVEN), item_code=world.item_code, at=world.at)
