import pytest

from tongban.work.cases.rules.moves import MOVES, By, Verb
from tongban.work.cases.rules.signing import DECIDING, SIGNING, Need, need


@pytest.mark.parametrize("verb", sorted(DECIDING))
def test_what_decides_about_a_licence_must_be_signed_and_of_other_items_may(verb):
    assert need(verb, "01") is Need.MUST
    assert need(verb, "07") is Need.MAY


def test_every_decision_by_a_person_that_ends_in_a_licence_or_takes_one_away_is_a_deciding_one():
    by_person = {move.verb for move in MOVES if move.by is By.DECIDER}
    assert by_person >= DECIDING
    assert {verb for verb in by_person if need(verb, "01") is Need.NONE} == set()


def test_nobody_is_asked_to_sign_what_the_platform_does():
    for verb in {move.verb for move in MOVES if move.by is By.SYSTEM}:
        assert need(verb, "01") is Need.NONE, verb


def test_no_act_of_an_applicant_must_be_signed():
    applicants = {move.verb for move in MOVES if move.by is By.APPLICANT}
    assert Need.MUST not in {need(verb, "01") for verb in applicants}
    assert need(Verb.SUBMIT, "01") is Need.MAY
    assert set(SIGNING) <= set(Verb)
