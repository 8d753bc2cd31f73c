"""What limits cover, and that nobody gives more than she has: pure."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.people.mandates.rules import (
    DRAFTING,
    MOVES,
    OPEN,
    Act,
    By,
    Kind,
    Limits,
    State,
    Verb,
    beyond,
    find,
    is_unbounded,
    period_problem,
    problem,
    standing,
    within,
)

TODAY = date(2026, 11, 25)
BASIC, OTHER_BASIC = "000123001000", "000123002000"
ORGAN = "11460106MB1234567X"
ITEM, OTHER_ITEM = f"{ORGAN}4{BASIC}", f"{ORGAN}4{OTHER_BASIC}"
KIND_OF_ITEM = f"{ITEM}01"
COUNTY, TOWN, OTHER_COUNTY = "460106000000", "460106001000", "460107000000"

LIMITS = Limits("SQ1", Kind.AGENT, frozenset({Act.APPLY, Act.READ}), TODAY, TODAY + timedelta(days=30))


def rule(limits: Limits, acts: frozenset[Act], **changed: object) -> str | None:
    case: dict[str, object] = {"item": ITEM, "place": COUNTY, "on": TODAY} | changed
    found = problem(limits, acts, **case)  # type: ignore[arg-type] -- as named
    return None if found is None else found.rule


APPLY = frozenset({Act.APPLY})


@pytest.mark.parametrize(
    ("limits", "acts", "changed", "expected"),
    [
        (LIMITS, APPLY, {}, None),
        (LIMITS, DRAFTING, {}, None),
        (LIMITS, frozenset({Act.WITHDRAW}), {}, "mandates.act"),
        (replace(LIMITS, acts=frozenset({Act.FILL})), DRAFTING, {}, None),
        (replace(LIMITS, acts=frozenset({Act.FILL})), APPLY, {}, "mandates.act"),
        (replace(LIMITS, kind=Kind.HELPER, acts=frozenset({Act.FILL})), APPLY, {}, "mandates.confirm"),
        (replace(LIMITS, items=frozenset({BASIC})), APPLY, {}, None),
        (replace(LIMITS, items=frozenset({BASIC})), APPLY, {"item": KIND_OF_ITEM}, None),
        (replace(LIMITS, items=frozenset({BASIC})), APPLY, {"item": OTHER_ITEM}, "mandates.item"),
        (replace(LIMITS, items=frozenset({ITEM})), APPLY, {}, None),
        (replace(LIMITS, items=frozenset({ITEM})), APPLY, {"item": OTHER_ITEM}, "mandates.item"),
        (replace(LIMITS, items=frozenset({f"{BASIC}01"})), APPLY, {}, "mandates.item"),
        (replace(LIMITS, items=frozenset({f"{BASIC}01"})), APPLY, {"item": KIND_OF_ITEM}, None),
        (replace(LIMITS, places=frozenset({COUNTY})), APPLY, {}, None),
        (replace(LIMITS, places=frozenset({COUNTY})), APPLY, {"place": TOWN}, None),
        (replace(LIMITS, places=frozenset({TOWN})), APPLY, {}, "mandates.place"),
        (replace(LIMITS, places=frozenset({COUNTY})), APPLY, {"place": OTHER_COUNTY}, "mandates.place"),
        (replace(LIMITS, amount=1000), APPLY, {"amount": 1000}, None),
        (replace(LIMITS, amount=1000), APPLY, {"amount": 1001}, "mandates.amount"),
        (replace(LIMITS, amount=1000), APPLY, {"amount": None}, None),
        (LIMITS, APPLY, {"on": TODAY - timedelta(days=1)}, "mandates.not_yet"),
        (LIMITS, APPLY, {"on": TODAY + timedelta(days=29)}, None),
        (LIMITS, APPLY, {"on": TODAY + timedelta(days=30)}, "mandates.lapsed"),
        (replace(LIMITS, until=None), APPLY, {"on": TODAY + timedelta(days=30)}, None),
    ],
)
def test_every_limit_kept_and_broken(limits, acts, changed, expected):
    assert rule(limits, acts, **changed) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.ACCEPTED, None),
        (State.OFFERED, "mandates.offered"),
        (State.REFUSED, "mandates.refused"),
        (State.WITHDRAWN, "mandates.withdrawn"),
        (State.RESIGNED, "mandates.resigned"),
        (State.LAPSED, "mandates.lapsed"),
    ],
)
def test_only_an_accepted_mandate_can_be_used(state, expected):
    found = standing(LIMITS, state, TODAY)
    assert (None if found is None else found.rule) == expected
    assert found is None or LIMITS.number in found.text % found.params


def test_what_has_ended_never_moves_again():
    ended = {move.target for move in MOVES} - OPEN
    assert ended == {State.REFUSED, State.WITHDRAWN, State.RESIGNED, State.LAPSED}
    assert not any(move.source in ended for move in MOVES)


def test_the_agent_accepts_and_the_giver_does_not():
    assert {move.by for move in MOVES if move.verb is Verb.ACCEPT} == {By.AGENT}
    assert find(State.OFFERED, Verb.ACCEPT) is not None
    assert find(State.OFFERED, Verb.RESIGN) is None
    assert find(State.ACCEPTED, Verb.REFUSE) is None


def test_period():
    day = timedelta(days=1)
    assert period_problem(TODAY, TODAY + day, TODAY) is None
    assert period_problem(TODAY - day, TODAY + day, TODAY)[0] == "since"
    assert period_problem(TODAY, TODAY, TODAY)[0] == "until"
    assert period_problem(TODAY, TODAY + timedelta(days=3 * 366), TODAY) is None
    assert period_problem(TODAY, TODAY + timedelta(days=3 * 366 + 1), TODAY)[0] == "until"


def test_only_who_may_read_everything_everywhere_is_unbounded():
    assert is_unbounded(LIMITS)
    assert not is_unbounded(replace(LIMITS, acts=APPLY))
    assert not is_unbounded(replace(LIMITS, items=frozenset({BASIC})))
    assert not is_unbounded(replace(LIMITS, places=frozenset({COUNTY})))


# --- narrowing ---------------------------------------------------------------------------------------------------------

ITEMS = [BASIC, OTHER_BASIC, f"{BASIC}01", ITEM, OTHER_ITEM, KIND_OF_ITEM]
PLACES = ["460000000000", "460100000000", COUNTY, TOWN, OTHER_COUNTY]
days = st.integers(0, 40).map(lambda count: TODAY + timedelta(days=count))
limits = st.builds(
    Limits,
    number=st.just("SQ2"),
    kind=st.just(Kind.AGENT),
    acts=st.frozensets(st.sampled_from(list(Act)), min_size=1),
    since=days,
    until=st.none() | days,
    items=st.frozensets(st.sampled_from(ITEMS), max_size=3),
    places=st.frozensets(st.sampled_from(PLACES), max_size=3),
    amount=st.none() | st.integers(0, 5),
)
cases = st.fixed_dictionaries(
    {
        "item": st.sampled_from([ITEM, OTHER_ITEM, KIND_OF_ITEM]),
        "place": st.sampled_from(PLACES),
        "on": days,
        "amount": st.none() | st.integers(0, 6),
    }
)


@given(inner=limits, outer=limits, act=st.sampled_from(list(Act)), case=cases)
def test_what_was_passed_on_never_lets_do_what_its_giver_could_not(inner, outer, act, case):
    if within(inner, outer) and problem(inner, {act}, **case) is None:
        assert problem(outer, {act}, **case) is None


@given(one=limits)
def test_whoever_gives_what_she_has_gives_no_more(one):
    assert within(one, one)


@given(one=limits)
def test_everything_is_beyond_any_limit_and_nothing_beyond_everything(one):
    everything = Limits("SQ3", Kind.REPRESENTATIVE, frozenset(Act), date.min)
    assert within(one, everything)
    limited = {name for name in ("items", "places") if getattr(one, name)}
    limited |= {"amount"} if one.amount is not None else set()
    limited |= {"until"} if one.until is not None else set()
    limited |= {"acts"} if one.acts != frozenset(Act) else set()
    assert set(beyond(everything, one)) == limited | {"since"}
