import uuid
from datetime import date

import pytest

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.offers.catalogue.access import may_edit
from tongban.offers.catalogue.rules.editions import (
    MOVES,
    STATE_LABELS,
    VALIDITY_LABELS,
    EditionState,
    Validity,
    target_of,
    validity_of,
)

D, P, S, R = EditionState.DRAFT, EditionState.PUBLISHED, EditionState.SUPERSEDED, EditionState.RETIRED
VERBS = ("publish", "supersede", "retire")
ALLOWED = {(D, "publish"): P, (P, "supersede"): S, (P, "retire"): R}
HOME, AWAY = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize("state", EditionState)
@pytest.mark.parametrize("verb", [*VERBS, "withdraw", ""])
def test_each_state_takes_the_verbs_of_its_row_and_no_other(state: EditionState, verb: str):
    assert target_of(state, verb) is ALLOWED.get((state, verb))


def test_the_table_names_each_state_and_verb_once():
    assert len({(move.source, move.verb) for move in MOVES}) == len(MOVES) == len(ALLOWED)
    assert {move.verb for move in MOVES} == set(VERBS)


def test_nothing_leads_back_to_a_draft_or_out_of_an_end():
    assert all(move.target is not D for move in MOVES)
    assert not {move.source for move in MOVES} & {S, R}


def test_every_state_has_a_label_of_its_own():
    assert set(STATE_LABELS) == set(EditionState)
    assert len(set(STATE_LABELS.values())) == len(EditionState)


def staff(*posts: Post) -> Actor:
    return Actor(kind=ActorKind.STAFF, name="某人", posts=frozenset(posts))


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        (staff(Post("editor", HOME)), True),
        (staff(Post("editor", AWAY), Post("editor", HOME)), True),
        (staff(Post("editor", AWAY)), False),
        (staff(Post("clerk", HOME), Post("reviewer", HOME), Post("decider", HOME)), False),
        (staff(Post("clerk", HOME), Post("editor", AWAY)), False),
        (staff(), False),
        (Actor(kind=ActorKind.PERSON, id=uuid.UUID(int=3)), False),
        (PUBLIC, False),
        (system("某个作业"), False),
    ],
)
def test_only_an_editor_of_the_organ_may_edit(actor: Actor, allowed: bool):
    answer, reason = may_edit(actor, HOME)
    assert answer is allowed
    assert bool(reason) is not allowed


FIRST, LAST = date(2026, 1, 1), date(2027, 1, 1)


@pytest.mark.parametrize(
    ("state", "span", "on", "validity"),
    [
        (D, (None, None), FIRST, Validity.DRAFT),
        (P, (FIRST, None), date(2025, 12, 31), Validity.AHEAD),
        (P, (FIRST, None), FIRST, Validity.IN_FORCE),
        (S, (FIRST, LAST), date(2026, 12, 31), Validity.IN_FORCE),
        (S, (FIRST, LAST), LAST, Validity.ENDED),
        (R, (FIRST, LAST), date(2025, 12, 31), Validity.AHEAD),
        (R, (FIRST, FIRST), date(2025, 12, 31), Validity.ENDED),
    ],
)
def test_where_an_edition_stands_is_told_by_its_dates(
    state: EditionState, span: tuple[date | None, date | None], on: date, validity: Validity
):
    assert validity_of(state, *span, on) is validity
    assert set(VALIDITY_LABELS) == set(Validity)
