"""The table of moves: what is in it for which cases, and that nothing else can happen."""

import re
from itertools import chain, combinations

import pytest
from tests import world as worlds

from tongban.offers.catalogue.rules.guide import Guide
from tongban.work.cases.rules.joint import PART_LABELS, PART_MOVES, PartState, PartVerb, find_part
from tongban.work.cases.rules.labels import HAPPENED_LABELS, PUBLIC_LABELS, STAFF_LABELS, VERB_LABELS
from tongban.work.cases.rules.moves import (
    EDITABLE,
    GRANTS,
    MOVES,
    OPEN,
    OVER,
    PROPOSALS,
    RATEABLE,
    SELF,
    By,
    Clock,
    State,
    Trait,
    Verb,
    find,
    traits_of,
    verbs_from,
)

# Written a second time by hand, so that a slip in the table is seen: state, verb -> state, who, clock; a trait that
# must be there, or, with "-", that must not.
LIFE = {
    ("draft", "submit", "+pre_review"): ("pre_review", "applicant", "pre_review"),
    ("draft", "submit", "-pre_review"): ("submitted", "applicant", "reply"),
    ("pre_review", "return_for_changes"): ("returned", "clerk", "wait"),
    ("pre_review", "pass_review"): ("passed", "clerk", "none"),
    ("pre_review", "lapse"): ("submitted", "system", "reply"),
    ("pre_review", "withdraw"): ("withdrawn", "applicant", "end"),
    ("returned", "resubmit"): ("pre_review", "applicant", "pre_review"),
    ("returned", "insist"): ("submitted", "applicant", "reply"),
    ("returned", "withdraw"): ("withdrawn", "applicant", "end"),
    ("passed", "receive"): ("submitted", "clerk", "reply"),
    ("passed", "lapse"): ("submitted", "system", "reply"),
    ("passed", "withdraw"): ("withdrawn", "applicant", "end"),
    ("submitted", "request_supplement"): ("supplement", "clerk", "wait"),
    ("submitted", "request_again"): ("supplement", "head", "wait"),
    ("submitted", "accept"): ("accepted", "clerk", "start"),
    ("submitted", "deem_accepted"): ("accepted", "system", "start"),
    ("submitted", "decline"): ("declined", "clerk", "end"),
    ("submitted", "transfer"): ("submitted", "clerk", "none"),
    ("submitted", "grant_at_once", "+at_once"): ("granted", "decider", "at_once"),
    ("submitted", "grant_by_rule", "+rule"): ("granted", "system", "at_once"),
    ("submitted", "withdraw"): ("withdrawn", "applicant", "end"),
    ("submitted", "terminate"): ("ended", "decider", "end"),
    ("supplement", "resubmit"): ("submitted", "applicant", "reply"),
    ("supplement", "withdraw"): ("withdrawn", "applicant", "end"),
    ("supplement", "terminate"): ("ended", "decider", "end"),
    ("accepted", "examine", "-joint"): ("examined", "reviewer", "none"),
    ("accepted", "suspend", "-joint"): ("special", "reviewer", "pause"),
    ("accepted", "opine", "+joint"): ("accepted", "department", "none"),
    ("accepted", "pause", "+joint"): ("accepted", "department", "none"),
    ("accepted", "unpause", "+joint"): ("accepted", "department", "none"),
    ("accepted", "conclude", "+joint"): ("examined", "department", "none"),
    ("accepted", "extend", "-joint"): ("accepted", "head", "extend"),
    ("accepted", "extend", "+joint"): ("accepted", "governor", "extend"),
    ("accepted", "hand_in"): ("accepted", "applicant", "none"),
    ("accepted", "withdraw"): ("withdrawn", "applicant", "end"),
    ("accepted", "terminate"): ("ended", "decider", "end"),
    ("special", "resume"): ("accepted", "reviewer", "resume"),
    ("special", "hand_in"): ("special", "applicant", "none"),
    ("special", "withdraw"): ("withdrawn", "applicant", "end"),
    ("special", "terminate"): ("ended", "decider", "end"),
    ("examined", "hand_in"): ("examined", "applicant", "none"),
    ("examined", "extend", "-joint"): ("examined", "head", "extend"),
    ("examined", "extend", "+joint"): ("examined", "governor", "extend"),
    ("examined", "return"): ("accepted", "decider", "none"),
    ("examined", "grant"): ("granted", "decider", "deliver"),
    ("examined", "grant_partly"): ("granted", "decider", "deliver"),
    ("examined", "refuse"): ("refused", "decider", "end"),
    ("examined", "withdraw"): ("withdrawn", "applicant", "end"),
    ("examined", "terminate"): ("ended", "decider", "end"),
    ("granted", "close", "-by_hand"): ("closed", "system", "end"),
    ("granted", "make", "+by_hand"): ("made", "system", "none"),
    ("granted", "terminate"): ("ended", "decider", "end"),
    ("made", "deliver"): ("closed", "clerk", "end"),
    ("made", "correct"): ("made", "decider", "none"),
    ("closed", "revoke"): ("revoked", "decider", "none"),
    ("closed", "correct"): ("closed", "decider", "none"),
    ("closed", "ask_review", "+rule"): ("closed", "applicant", "none"),
    ("closed", "review", "+rule"): ("closed", "reviewer", "none"),
    ("refused", "correct"): ("refused", "decider", "none"),
    ("declined", "correct"): ("declined", "decider", "none"),
}
EVERY_SET_OF_TRAITS = [
    frozenset(chosen) for chosen in chain.from_iterable(combinations(Trait, n) for n in range(len(Trait) + 1))
]


def written(state: State, verb: Verb, traits: frozenset[Trait]) -> tuple[str, str, str] | None:
    names = {trait.value for trait in traits}
    found = [
        told
        for (source, act, *needs), told in LIFE.items()
        if (source, act) == (state.value, verb.value)
        and all((need[1:] in names) == (need[0] == "+") for need in needs)
    ]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize("state", State)
def test_every_state_and_verb_is_either_in_the_table_or_refused_for_every_set_of_traits(state: State):
    for traits in EVERY_SET_OF_TRAITS:
        for verb in Verb:
            move = find(state, verb, traits)
            told = None if move is None else (move.target.value, move.by.value, move.clock.value)
            assert told == written(state, verb, traits), (verb, traits)


@pytest.mark.parametrize("state", State)
def test_the_moves_out_of_a_state_are_those_that_are_found_one_by_one(state: State):
    for traits in EVERY_SET_OF_TRAITS:
        found = [move for verb in Verb if (move := find(state, verb, traits)) is not None]
        assert sorted(found, key=MOVES.index) == list(verbs_from(state, traits))


def test_no_row_stands_in_the_table_that_the_second_writing_lacks():
    assert len(MOVES) == len(LIFE) == len(set(MOVES))


def test_every_case_of_every_set_of_traits_can_come_to_an_end_and_every_state_is_reached_by_some():
    everywhere = set()
    for traits in EVERY_SET_OF_TRAITS:
        reached, fresh = set(), {State.DRAFT}
        while fresh:
            reached |= fresh
            fresh = {move.target for state in fresh for move in verbs_from(state, traits)} - reached
        everywhere |= reached
        for state in reached - OVER:
            after, fresh = set(), {state}
            while fresh:
                after |= fresh
                fresh = {move.target for one in fresh for move in verbs_from(one, traits)} - after
            assert after & OVER, (state, traits)
    assert everywhere == set(State)


def test_a_state_is_a_draft_open_or_over_and_nothing_but_revocation_moves_what_is_over():
    assert not OPEN & OVER
    assert set(State) - OPEN - OVER == {State.DRAFT}
    leaving = {move.verb for move in MOVES if move.source in OVER and move.target is not move.source}
    assert leaving == {Verb.REVOKE}


def test_the_clock_follows_the_turn():
    for move in MOVES:
        if move.source in OVER or move.verb in (Verb.TRANSFER, Verb.HAND_IN, Verb.CORRECT, Verb.EXTEND):
            continue
        if move.target in OVER:
            assert move.clock is Clock.END
        elif move.target is State.SUBMITTED:
            assert move.clock is Clock.REPLY
        elif move.target is State.PRE_REVIEW:
            assert move.clock is Clock.PRE_REVIEW
        elif move.target in (State.SUPPLEMENT, State.RETURNED):
            assert move.clock is Clock.WAIT
        elif move.target is State.SPECIAL:
            assert move.clock is Clock.PAUSE
        elif move.source is State.SPECIAL:
            assert move.clock is Clock.RESUME
        elif move.target is State.GRANTED:
            assert move.clock is (Clock.DELIVER if move.source is State.EXAMINED else Clock.AT_ONCE)
        elif move.verb in (Verb.ACCEPT, Verb.DEEM_ACCEPTED):
            assert move.clock is Clock.START
        else:
            assert move.clock is Clock.NONE  # examining and sending back never touch the promised day


def test_a_self_move_changes_no_state_wherever_it_is_made():
    assert {Verb.EXTEND, Verb.HAND_IN, Verb.OPINE, Verb.PAUSE, Verb.UNPAUSE} < SELF
    assert all(move.source is move.target for move in MOVES if move.verb in SELF)


def test_an_applicant_withdraws_only_before_the_decision_and_staff_never_do():
    withdrawals = [move for move in MOVES if move.verb is Verb.WITHDRAW]
    assert {move.by for move in withdrawals} == {By.APPLICANT}
    assert {move.source for move in withdrawals} == OPEN - {State.GRANTED, State.MADE}


def test_only_the_platform_lets_time_run_out_and_only_a_decider_decides_or_takes_a_decision_back():
    by = {verb: {move.by for move in MOVES if move.verb is verb} for verb in Verb}
    assert by[Verb.DEEM_ACCEPTED] == by[Verb.LAPSE] == by[Verb.CLOSE] == by[Verb.MAKE] == {By.SYSTEM}
    for verb in (GRANTS - {Verb.GRANT_BY_RULE}) | {Verb.REFUSE, Verb.REVOKE, Verb.TERMINATE}:
        assert by[verb] == {By.DECIDER}
    assert {verb: one.by for verb, one in PROPOSALS.items()} == {
        Verb.EXTEND: By.REVIEWER,
        Verb.REQUEST_AGAIN: By.CLERK,
    }


@pytest.mark.parametrize(
    ("labels", "keys"),
    [
        (STAFF_LABELS, State),
        (PUBLIC_LABELS, State),
        (VERB_LABELS, Verb),
        (HAPPENED_LABELS, Verb),
        (PART_LABELS, PartState),
    ],
)
def test_every_state_and_verb_has_its_own_words(labels, keys):
    assert set(labels) == set(keys)
    assert len(set(labels.values())) == len(labels)
    assert all(re.search("[一-鿿]", label) for label in labels.values())


def test_only_the_applicant_s_turns_are_editable_and_only_answers_are_rated():
    assert {State.DRAFT, State.RETURNED, State.SUPPLEMENT} == EDITABLE
    assert {State.CLOSED, State.REFUSED, State.DECLINED} == RATEABLE


# Parts of joint handling, a second time: state, verb -> state.
PART_LIFE = {
    ("waiting", "open"): "open",
    ("waiting", "end"): "ended",
    ("open", "pause"): "paused",
    ("open", "opine"): "done",
    ("open", "end"): "ended",
    ("paused", "unpause"): "open",
    ("paused", "end"): "ended",
    ("done", "reopen"): "open",
}


@pytest.mark.parametrize("state", PartState)
def test_a_department_s_part_moves_as_its_table_says_and_not_otherwise(state: PartState):
    for verb in PartVerb:
        move = find_part(state, verb)
        assert (None if move is None else move.target.value) == PART_LIFE.get((state.value, verb.value))
    assert len(PART_MOVES) == len(PART_LIFE)


def guide(**changed: object) -> Guide:
    return Guide.model_validate(worlds.GUIDE | changed)


def test_the_traits_of_a_case_are_its_edition_s_and_what_its_applicant_chose():
    limits = {"statutory_days": 20, "promised_days": 5}
    department = {"key": "fire", "organ": "1" * 18, "name": "消防", "days": 3}
    assert traits_of(guide()) == frozenset()
    assert traits_of(guide(limits=limits | {"pre_review_days": 2})) == {Trait.PRE_REVIEW}
    assert traits_of(guide(case_kind="instant")) == traits_of(guide(), committed=True) == {Trait.AT_ONCE}
    assert traits_of(guide(rule={"name": "自动"})) == {Trait.RULE}
    assert traits_of(guide(departments=[department])) == {Trait.JOINT}
    assert traits_of(guide(), by_hand=True) == {Trait.BY_HAND}
