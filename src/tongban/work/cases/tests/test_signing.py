from dataclasses import replace

import pytest
from tests import signed
from tests import world as worlds

from tongban.base.errors import Invalid
from tongban.people.certificates import actions as certificates
from tongban.work.cases import actions
from tongban.work.cases.rules.moves import MOVES, By, State, Verb
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


@pytest.mark.django_db
def test_an_official_with_a_certificate_cannot_decide_about_a_licence_unsigned_at_whatever_door():
    signing = signed.build()
    plain = replace(signing.world.decider, signer=None)
    case = worlds.examined(signing.world)
    with pytest.raises(Invalid) as refusal:
        actions.grant(actor=plain, case_id=case.id, note="", at=worlds.AT)
    assert (refusal.value.rule, list(refusal.value.fields)) == ("cases.signature", ["pin"])
    assert (
        actions.grant(actor=signing.world.decider, case_id=case.id, note="", at=worlds.AT).state
        is State.GRANTED
    )


@pytest.mark.django_db
def test_an_official_without_one_or_whose_certificate_is_suspended_decides_as_before():
    world = worlds.build()
    assert actions.grant(actor=world.decider, case_id=worlds.examined(world).id, note="", at=worlds.AT)
    signing = signed.build(world=world)
    certificates.suspend(
        actor=world.decider, certificate_id=signing.held["decider"], because="手机丢了", at=worlds.AT
    )
    case = worlds.examined(signing.world)
    assert actions.grant(actor=world.decider, case_id=case.id, note="", at=worlds.AT).state is State.GRANTED
