import uuid
from datetime import date

import pytest

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.offers.catalogue.access import may, may_edit
from tongban.offers.catalogue.rules.editions import (
    MOVES,
    PENDING,
    STATE_LABELS,
    VALIDITY_LABELS,
    VERB_LABELS,
    EditionState,
    MadeBy,
    Move,
    Validity,
    Verb,
    find,
    validity_of,
    verbs_from,
)

D, C, A = EditionState.DRAFT, EditionState.CHECKED, EditionState.APPROVED
P, S, R = EditionState.PUBLISHED, EditionState.SUPERSEDED, EditionState.RETIRED
ALLOWED = {
    (D, Verb.WRITE): D,
    (D, Verb.DISCARD): None,
    (D, Verb.CHECK): C,
    (C, Verb.SEND_BACK): D,
    (C, Verb.APPROVE): A,
    (A, Verb.SEND_BACK): D,
    (A, Verb.PUBLISH): P,
    (P, Verb.SUPERSEDE): S,
    (P, Verb.RETIRE): R,
}
HOME, AWAY = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize("state", EditionState)
@pytest.mark.parametrize("verb", Verb)
def test_each_state_takes_the_verbs_of_its_row_and_no_other(state: EditionState, verb: Verb):
    move = find(state, verb)
    assert (move is not None) is ((state, verb) in ALLOWED)
    if move is not None:
        assert move.target is ALLOWED[state, verb]
        assert move in verbs_from(state)


def test_the_table_names_each_state_and_verb_once():
    assert len({(move.source, move.verb) for move in MOVES}) == len(MOVES) == len(ALLOWED)
    assert {move.verb for move in MOVES} == set(Verb)
    assert set(VERB_LABELS) == set(Verb)


def test_nothing_leads_back_from_what_is_public_or_out_of_an_end():
    public = set(EditionState) - {EditionState(state) for state in PENDING}
    assert all(move.target in public for move in MOVES if move.source in public)
    assert not {move.source for move in MOVES} & {S, R}


def test_only_approval_asks_for_a_second_person():
    assert {move.verb for move in MOVES if move.by is MadeBy.SECOND} == {Verb.APPROVE}
    assert {move.verb for move in MOVES if move.by is MadeBy.SYSTEM} == {Verb.SUPERSEDE}


@pytest.mark.parametrize("move", MOVES)
def test_who_wrote_does_not_approve_and_nobody_does_what_the_platform_does(move: Move):
    writer, other = (Actor(kind=ActorKind.STAFF, id=uuid.UUID(int=n)) for n in (5, 6))
    nameless = Actor(kind=ActorKind.STAFF)
    post = Post("clerk", uuid.UUID(int=9), for_id=writer.id)  # in whatever role: she stands for the writer
    deputy = Actor(kind=ActorKind.STAFF, id=uuid.UUID(int=7), posts=frozenset({post}))
    said = [
        may(actor, move, writers=[uuid.UUID(int=5)])[0]
        for actor in (writer, deputy, nameless, other, system("x"))
    ]
    expected = {
        MadeBy.EDITOR: [True, True, True, True, True],
        MadeBy.SECOND: [False, False, False, True, True],
        MadeBy.SYSTEM: [False, False, False, False, False],
    }
    assert said == expected[move.by]


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
        (D, (FIRST, LAST), FIRST, Validity.DRAFT),
        (C, (FIRST, None), FIRST, Validity.CHECKED),
        (A, (FIRST, LAST), LAST, Validity.APPROVED),
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
