"""The life of a certificate is one table: what is not in it cannot happen, and what is in it needs the right person."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.people.certificates.access import is_holder, may, may_register
from tongban.people.certificates.rules import pins
from tongban.people.certificates.rules.moves import (
    CERTIFICATE_MOVES,
    CERTIFICATE_STATE_LABELS,
    CERTIFICATE_VERB_LABELS,
    HOLDERS_REASONS,
    LIVE,
    OFFICE_REASONS,
    REVOCATION_REASON_LABELS,
    CertificateState,
    CertificateVerb,
    MadeBy,
    RevocationReason,
    find,
    verbs_from,
)
from tongban.people.certificates.rules.profiles import PROFILES, Delivery, ProfileKind
from tongban.people.certificates.rules.registering import (
    AT_COUNTER,
    Holder,
    Proof,
    ProofKind,
    check,
    proof_of,
    renewal_problem,
)

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
PLACE = "460106000000"
ORGAN = uuid.uuid4()
PAIRS = [(state, verb) for state in CertificateState for verb in CertificateVerb]


def registrar(place: str = PLACE, *, for_id: uuid.UUID | None = None) -> Actor:
    post = Post("registrar", ORGAN, place, for_id)
    return Actor(kind=ActorKind.STAFF, id=uuid.uuid4(), name="登记员", posts=frozenset({post}))


def test_every_state_and_verb_has_words():
    assert set(CERTIFICATE_STATE_LABELS) == set(CertificateState)
    assert set(CERTIFICATE_VERB_LABELS) == set(CertificateVerb)
    assert set(REVOCATION_REASON_LABELS) == set(RevocationReason)


@pytest.mark.parametrize(("state", "verb"), PAIRS)
def test_a_pair_of_state_and_verb_is_in_the_table_once_or_cannot_happen(
    state: CertificateState, verb: CertificateVerb
):
    rows = [move for move in CERTIFICATE_MOVES if (move.source, move.verb) == (state, verb)]
    assert len(rows) <= 1
    assert find(state, verb) == (rows[0] if rows else None)
    assert (find(state, verb) in verbs_from(state)) == bool(rows)


def test_nothing_leads_out_of_an_end_and_every_state_can_be_reached():
    ends = {state for state in CertificateState if not verbs_from(state)}
    assert ends == {
        CertificateState.REVOKED,
        CertificateState.SUPERSEDED,
        CertificateState.EXPIRED,
        CertificateState.REFUSED,
        CertificateState.WITHDRAWN,
        CertificateState.LAPSED,
    }
    reached = {CertificateState.REQUESTED}
    for _ in CertificateState:
        reached |= {move.target for move in CERTIFICATE_MOVES if move.source in reached}
    assert reached == set(CertificateState)


def test_nothing_is_issued_that_a_second_person_did_not_approve():
    into_issued = {move.source for move in CERTIFICATE_MOVES if move.target is CertificateState.ISSUED}
    assert into_issued - LIVE == {CertificateState.APPROVED}
    assert [move.by for move in CERTIFICATE_MOVES if move.target is CertificateState.APPROVED] == [
        frozenset({MadeBy.SECOND})
    ]


@pytest.mark.parametrize("move", CERTIFICATE_MOVES, ids=lambda move: f"{move.source}-{move.verb}")
def test_a_move_is_made_by_whom_the_table_names_and_by_nobody_else(move):
    holder = Actor(kind=ActorKind.PERSON, id=uuid.uuid4(), party_id=uuid.uuid4(), level=3)
    stranger = Actor(kind=ActorKind.PERSON, id=uuid.uuid4(), party_id=uuid.uuid4(), level=3)

    def allowed(actor: Actor, *, holds: bool = False) -> bool:
        return may(actor, move, holds=holds, place=PLACE, involved=[])[0]

    assert allowed(holder, holds=True) == (MadeBy.HOLDER in move.by)
    assert allowed(registrar()) == bool({MadeBy.REGISTRAR, MadeBy.SECOND} & move.by)
    assert allowed(system("tests")) == (MadeBy.SYSTEM in move.by)
    assert not allowed(stranger)
    assert not allowed(registrar("460107000000"))
    assert not allowed(
        Actor(kind=ActorKind.STAFF, id=uuid.uuid4(), posts=frozenset({Post("clerk", ORGAN, PLACE)}))
    )


def test_a_registrar_of_the_province_reaches_every_place():
    approval = find(CertificateState.REQUESTED, CertificateVerb.APPROVE)
    assert approval is not None
    assert may(registrar("460000000000"), approval, holds=False, place=PLACE, involved=[])[0]


def test_who_registered_does_not_approve_and_neither_does_her_deputy():
    approval = find(CertificateState.REQUESTED, CertificateVerb.APPROVE)
    assert approval is not None
    first, second = registrar(), registrar()
    assert first.id is not None
    deputy = registrar(for_id=first.id)
    for actor in (first, deputy):
        allowed, reason = may(actor, approval, holds=False, place=PLACE, involved=[first.id])
        assert not allowed
        assert "自己审核" in reason
    assert may(second, approval, holds=False, place=PLACE, involved=[first.id])[0]


def test_a_registrar_registers_in_her_own_organ_only():
    assert may_register(registrar(), ORGAN)[0]
    assert not may_register(registrar(), uuid.uuid4())[0]


def test_a_certificate_is_never_held_through_a_mandate():
    party, account = uuid.uuid4(), uuid.uuid4()
    herself = Actor(kind=ActorKind.PERSON, id=account, party_id=party)
    agent = Actor(kind=ActorKind.PERSON, id=uuid.uuid4(), party_id=party, mandate_id=uuid.uuid4())
    assert is_holder(herself, party, None)
    assert is_holder(herself, None, account)
    assert not is_holder(agent, party, None)
    assert not is_holder(herself, None, None)


def test_a_holder_does_not_say_that_she_has_lost_her_right_and_nobody_says_superseded():
    assert RevocationReason.PRIVILEGE_WITHDRAWN not in HOLDERS_REASONS
    assert RevocationReason.SUPERSEDED not in {*HOLDERS_REASONS, *OFFICE_REASONS}


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "12345",
        "111111",
        "aaaaaaaa",
        "012345",
        "567890",
        "987654",
        "4321098"[:3],
        " 83x92q",
        "83x\x0092q",
        "x" * 65,
    ],
)
def test_a_pin_that_is_short_long_or_easy_is_refused(pin: str):
    assert pins.pin_problem(pin)


def test_a_pin_that_nobody_guesses_at_once_is_taken():
    assert pins.pin_problem("830942") is None
    assert pins.pin_problem("春眠不觉晓啊") is None


@given(failures=st.integers(min_value=0, max_value=10_000))
def test_guesses_are_slowed_more_and_more_but_never_for_good(failures: int):
    wait = pins.wait_until(failures, AT) - AT
    assert timedelta(0) <= wait <= timedelta(minutes=15)
    assert pins.wait_until(failures + 1, AT) - AT >= wait
    assert (wait > timedelta(0)) == (failures >= 5)


def test_failures_of_an_earlier_day_are_forgotten():
    assert pins.failures_after(9, AT - timedelta(days=2), AT) == 1
    assert pins.failures_after(9, AT - timedelta(minutes=1), AT) == 10
    assert pins.failures_after(0, None, AT) == 1


def test_every_profile_says_what_it_is_for_and_how_it_is_proven():
    assert set(PROFILES) == set(ProfileKind)
    for profile in PROFILES.values():
        assert profile.usages
        assert profile.purposes
        assert profile.deliveries
        assert AT_COUNTER[profile.holder]
        assert timedelta(days=300) < profile.validity < timedelta(days=6 * 365)
    # A seal and a server sign, and are nobody who could log in; a legal person's was handed to somebody.
    assert {kind for kind, profile in PROFILES.items() if not profile.signs_in} == {
        ProfileKind.SEAL,
        ProfileKind.SERVER,
    }


PROOF = Proof(ProofKind.AUTHORISATION, "授权书 2026-1", "登记员", "龙华区政务服务中心")


def test_a_server_has_a_host_name_and_a_body_a_lawful_code():
    good, none = check(
        ProfileKind.SERVER, Delivery.REQUEST, Holder("海口市龙华区政府", " API.Example.gov.cn "), PROOF
    )
    assert (good.code, none) == ("api.example.gov.cn", {})
    for code in ("", "localhost", "http://x.cn", "-a.cn", "a..cn", "例子.中国", "a" * 64 + ".cn"):
        assert "code" in check(ProfileKind.SERVER, Delivery.REQUEST, Holder("甲", code), PROOF)[1]
    assert "code" in check(ProfileKind.SEAL, Delivery.REQUEST, Holder("甲", "11460106MB12345679"), PROOF)[1]


def test_a_delivery_document_name_or_number_that_does_not_fit_is_told_at_its_field():
    errors = check(ProfileKind.SEAL, Delivery.KEPT, Holder("", ""), Proof(ProofKind.ID_CARD, ""))[1]
    assert set(errors) == {"delivery", "document", "document_number", "name", "code"}
    assert "name" in check(ProfileKind.PERSON, Delivery.KEPT, Holder("甲\x00"), Proof(ProofKind.SESSION))[1]
    assert check(ProfileKind.PERSON, Delivery.KEPT, Holder("甲"), Proof(ProofKind.SESSION))[1] == {}


def test_a_proof_is_read_back_as_it_was_kept():
    assert proof_of(PROOF.told()) == PROOF
    assert proof_of(Proof(ProofKind.SESSION).told()) == Proof(ProofKind.SESSION)


def test_a_renewal_is_possible_in_the_last_sixty_days_only():
    end = AT + timedelta(days=60)
    assert renewal_problem(end, AT) is None
    assert renewal_problem(end, AT - timedelta(seconds=1)) is not None
    assert renewal_problem(end, end - timedelta(seconds=1)) is None
    assert renewal_problem(end, end) is not None
