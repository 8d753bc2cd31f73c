"""The table of moves: what is in it, and that nothing else can happen."""

import re

import pytest

from tongban.work.cases.rules.moves import (
    EDITABLE,
    HAPPENED_LABELS,
    MOVES,
    OPEN,
    PUBLIC_LABELS,
    RATEABLE,
    STAFF_LABELS,
    VERB_LABELS,
    By,
    Clock,
    State,
    Verb,
    find,
    verbs_from,
)

# Written a second time by hand, so that a slip in the table is seen: state, verb -> state, who.
LIFE = {
    ("draft", "submit"): ("submitted", "applicant"),
    ("submitted", "request_supplement"): ("supplement", "clerk"),
    ("submitted", "accept"): ("accepted", "clerk"),
    ("submitted", "decline"): ("declined", "clerk"),
    ("submitted", "withdraw"): ("withdrawn", "applicant"),
    ("supplement", "resubmit"): ("submitted", "applicant"),
    ("supplement", "withdraw"): ("withdrawn", "applicant"),
    ("accepted", "examine"): ("examined", "reviewer"),
    ("accepted", "withdraw"): ("withdrawn", "applicant"),
    ("examined", "return"): ("accepted", "decider"),
    ("examined", "grant"): ("granted", "decider"),
    ("examined", "refuse"): ("refused", "decider"),
    ("examined", "withdraw"): ("withdrawn", "applicant"),
    ("granted", "close"): ("closed", "system"),
}
ENDED = {State.REFUSED, State.DECLINED, State.WITHDRAWN, State.CLOSED}


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("state", State)
def test_every_state_and_verb_is_either_in_the_table_or_refused(state: State, verb: Verb):
    move = find(state, verb)
    assert (None if move is None else (move.target.value, move.by.value)) == LIFE.get(
        (state.value, verb.value)
    )


def test_no_pair_of_state_and_verb_stands_twice():
    assert len({(move.source, move.verb) for move in MOVES}) == len(MOVES)


@pytest.mark.parametrize("state", State)
def test_the_moves_out_of_a_state_are_those_of_the_table(state: State):
    assert verbs_from(state) == tuple(move for move in MOVES if move.source is state)


def test_nothing_leads_out_of_an_ended_case_and_something_out_of_every_other():
    assert {state for state in State if not verbs_from(state)} == ENDED
    assert set(State) - ENDED - {State.DRAFT} == OPEN


def test_every_state_is_reached_from_a_draft():
    reached, fresh = set(), {State.DRAFT}
    while fresh:
        reached |= fresh
        fresh = {move.target for move in MOVES if move.source in fresh} - reached
    assert reached == set(State)


def test_the_clock_follows_the_turn():
    for move in MOVES:
        if move.target in ENDED:
            assert move.clock is Clock.END
        elif move.target is State.SUBMITTED:
            assert move.clock is Clock.REPLY
        elif move.target is State.SUPPLEMENT:
            assert move.clock is Clock.WAIT
        elif move.target is State.GRANTED:
            assert move.clock is Clock.DELIVER
        elif move.verb is Verb.ACCEPT:
            assert move.clock is Clock.START
        else:
            assert move.clock is Clock.NONE  # examining and sending back never touch the promised day


def test_an_applicant_withdraws_only_before_the_decision_and_staff_never_do():
    withdrawals = [move for move in MOVES if move.verb is Verb.WITHDRAW]
    assert {move.by for move in withdrawals} == {By.APPLICANT}
    assert {move.source for move in withdrawals} == OPEN - {State.GRANTED}


@pytest.mark.parametrize(
    ("labels", "keys"),
    [(STAFF_LABELS, State), (PUBLIC_LABELS, State), (VERB_LABELS, Verb), (HAPPENED_LABELS, Verb)],
)
def test_every_state_and_verb_has_its_own_words(labels, keys):
    assert set(labels) == set(keys)
    assert len(set(labels.values())) == len(labels)
    assert all(re.search("[一-鿿]", label) for label in labels.values())


def test_only_the_applicant_s_turns_are_editable_and_only_answers_are_rated():
    assert {State.DRAFT, State.SUPPLEMENT} == EDITABLE
    assert ENDED - {State.WITHDRAWN} == RATEABLE
