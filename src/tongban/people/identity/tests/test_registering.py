"""Registration and real-name proof, with a stand-in that really answers over HTTP."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.stand_ins import Registers

from tongban.base.actor import Actor, ActorKind, system
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions, queries
from tongban.people.identity.actions import SourceAway
from tongban.people.identity.models import Account, Claim, PhoneCode, Proof
from tongban.people.identity.rules import Level
from tongban.people.identity.rules.brakes import FREE_REGISTRATIONS, REGISTRATION_EVERY
from tongban.people.identity.rules.outside import Shown
from tongban.people.identity.rules.proofs import CODE_TRIES, CODES_A_DAY, WRONG_A_DAY, ProofKind
from tongban.people.parties import actions as parties
from tongban.people.parties import queries as known

PASSWORD = "a long enough one"
FU = {"name": "符晓明", "id_number": "460106190001010112", "phone": "13000000004"}
BANK, DRIVING = "6222000000000041", "460000000004"

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)  # the stand-in looks at a real clock, as sources do


def register(login: str = "fu", **changed: str) -> Actor:
    account = actions.register_person(login=login, password=PASSWORD, at=now(), **{**FU, **changed})
    return Actor(kind=ActorKind.PERSON, id=account)


def prove(actor: Actor, kind: ProofKind, value: str = "", at: datetime | None = None) -> Level:
    return actions.prove(actor=actor, kind=kind, value=value, at=at or now())


def code_in(registers: Registers) -> str:
    found = re.search(r"[0-9]{6}", registers.messages[0][2])
    assert found is not None
    return found[0]


def proven(registers: Registers, login: str = "fu") -> Actor:
    actor = register(login)
    prove(actor, ProofKind.ID_CARD)
    prove(actor, ProofKind.BANK_CARD, BANK)
    prove(actor, ProofKind.DRIVING_LICENCE, DRIVING)
    return actor


def test_whoever_registers_is_nobody_yet(registers: Registers):
    actor = register()
    account = queries.own_account(actor)
    assert (account.level, account.party_id) == (Level.UNPROVEN, None)
    found = queries.actor_of(actor.id, at=now())
    assert found is not None
    assert (found[0].kind, found[0].party_id, found[0].level) == (ActorKind.PERSON, None, 1)
    assert known.by_number(FU["id_number"]) is None


def test_the_third_proof_makes_the_account_the_persons_own(registers: Registers):
    actor = register()
    assert prove(actor, ProofKind.ID_CARD) is Level.UNPROVEN
    assert prove(actor, ProofKind.BANK_CARD, BANK) is Level.UNPROVEN
    assert prove(actor, ProofKind.DRIVING_LICENCE, DRIVING) is Level.BASIC
    account = queries.own_account(actor)
    assert account.party_id == known.by_number(FU["id_number"])
    assert known.party(account.party_id).name == FU["name"]
    assert not Claim.objects.exists()


def test_a_person_whom_a_counter_knows_already_gets_her_own_file(registers: Registers):
    party = parties.register(
        actor=system("tests"), name=FU["name"], id_number=FU["id_number"], phone=FU["phone"], at=now()
    )
    assert queries.own_account(proven(registers)).party_id == party


def test_each_answer_is_kept_with_source_and_digests_only(registers: Registers):
    actor = proven(registers)
    kept = list(Proof.objects.order_by("at"))
    assert [(one.kind, one.outcome) for one in kept] == [
        ("id_card", "match"), ("bank_card", "match"), ("driving_licence", "match"),
    ]  # fmt: skip
    assert kept[0].source == "人口基础信息库（模拟）"
    whole = b"".join(bytes(one.value_digest) + bytes(one.number_digest) for one in kept)
    assert BANK.encode() not in whole
    told = [act for act in acts_of(f"account:{actor.id}") if act.act == "identity.prove"]
    assert [act.data["level"] for act in told] == [1, 1, 2]
    assert BANK not in str([act.data for act in told])
    assert FU["id_number"] not in str([act.data for act in acts_of(f"account:{actor.id}")])


def test_a_proof_pressed_twice_is_kept_once(registers: Registers):
    actor = register()
    for _ in range(2):
        prove(actor, ProofKind.ID_CARD)
    assert Proof.objects.count() == 1


def test_the_database_keeps_one_fitting_proof_of_a_kind(registers: Registers):
    prove(register(), ProofKind.ID_CARD)
    twin = Proof.objects.get()
    twin.pk = uuid.uuid4()
    with pytest.raises(IntegrityError, match="proof_once"), transaction.atomic():
        twin.save(force_insert=True)


def test_what_does_not_fit_is_told_at_the_field_and_raises_nothing(registers: Registers):
    actor = register()
    with pytest.raises(Invalid) as refusal:
        prove(actor, ProofKind.BANK_CARD, "6222000000000058")
    assert set(refusal.value.fields) == {"value"}
    assert Proof.objects.get().outcome == "mismatch"
    assert queries.proofs_of(actor) == []


def test_a_source_that_is_away_loses_nothing_and_later_proofs_go_on(registers: Registers, settings: object):
    actor = register()
    prove(actor, ProofKind.ID_CARD)
    address, settings.SOURCES_URL = settings.SOURCES_URL, "http://127.0.0.1:1"
    with pytest.raises(SourceAway) as refusal:
        prove(actor, ProofKind.BANK_CARD, BANK)
    assert refusal.value.status == 503
    assert [one.kind for one in queries.proofs_of(actor)] == [ProofKind.ID_CARD]
    settings.SOURCES_URL = address
    prove(actor, ProofKind.BANK_CARD, BANK)
    assert prove(actor, ProofKind.DRIVING_LICENCE, DRIVING) is Level.BASIC


def test_nobody_takes_over_a_person_who_has_an_account(registers: Registers):
    first = proven(registers)
    second = register("other")
    prove(second, ProofKind.ID_CARD)
    prove(second, ProofKind.BANK_CARD, BANK)
    with pytest.raises(Conflict) as refusal:
        prove(second, ProofKind.DRIVING_LICENCE, DRIVING)
    assert refusal.value.rule == "identity.party_once"
    assert queries.own_account(second).level is Level.UNPROVEN
    assert len(queries.proofs_of(second)) == 3  # what was proven stays proven
    assert queries.own_account(first).level is Level.BASIC


def test_proofs_of_another_number_count_no_more_after_a_correction(registers: Registers):
    actor = register()
    prove(actor, ProofKind.ID_CARD)
    prove(actor, ProofKind.BANK_CARD, BANK)
    actions.correct_claim(
        actor=actor, name="黎春燕", id_number="460106190001010120", phone="13000000005", at=now()
    )
    assert queries.proofs_of(actor) == []
    assert prove(actor, ProofKind.ID_CARD) is Level.UNPROVEN


def test_who_was_proven_is_not_corrected_by_typing(registers: Registers):
    actor = proven(registers)
    with pytest.raises(Conflict):
        actions.correct_claim(actor=actor, at=now(), **FU)


def test_nobody_tries_numbers_out_on_a_source(registers: Registers):
    actor = register()
    for _ in range(WRONG_A_DAY):
        with pytest.raises(Invalid):
            prove(actor, ProofKind.BANK_CARD, "6222000000000058")
    with pytest.raises(Forbidden) as refusal:
        prove(actor, ProofKind.BANK_CARD, BANK)
    assert refusal.value.rule == "identity.proof_wait"


def test_all_that_is_wrong_with_a_registration_is_told_at_once():
    with pytest.raises(Invalid) as refusal:
        actions.register_person(login=" ", password="x", name="", id_number="1", phone="2", at=now())
    assert set(refusal.value.fields) == {"login", "password", "name", "id_number", "phone"}
    assert not Account.objects.exists()


def test_a_registration_does_not_tell_whether_somebody_is_known(registers: Registers):
    proven(registers)
    register("stranger")


# ── the telephone ──


def test_a_telephone_is_proven_by_its_code_and_by_its_source(registers: Registers):
    actor = register()
    actions.send_code(actor=actor, phone=FU["phone"], at=now())
    actions.confirm_code(actor=actor, phone=FU["phone"], code=code_in(registers), at=now())
    prove(actor, ProofKind.PHONE, FU["phone"])
    assert [one.kind for one in queries.proofs_of(actor)] == [ProofKind.PHONE]


def test_without_the_code_the_source_is_not_asked(registers: Registers):
    with pytest.raises(Forbidden) as refusal:
        prove(register(), ProofKind.PHONE, FU["phone"])
    assert refusal.value.rule == "identity.phone_code"


def test_a_confirmed_number_waits_while_its_source_is_away(registers: Registers, settings: object):
    actor = register()
    actions.send_code(actor=actor, phone=FU["phone"], at=now())
    actions.confirm_code(actor=actor, phone=FU["phone"], code=code_in(registers), at=now())
    address, settings.SOURCES_URL = settings.SOURCES_URL, "http://127.0.0.1:1"
    with pytest.raises(SourceAway):
        prove(actor, ProofKind.PHONE, FU["phone"])
    settings.SOURCES_URL = address
    prove(actor, ProofKind.PHONE, FU["phone"])


def test_a_wrong_code_is_counted_and_after_five_even_the_right_one_is_refused(registers: Registers):
    actor = register()
    actions.send_code(actor=actor, phone=FU["phone"], at=now())
    right = code_in(registers)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for code in [wrong] * CODE_TRIES + [right]:
        with pytest.raises(Invalid) as refusal:
            actions.confirm_code(actor=actor, phone=FU["phone"], code=code, at=now())
        assert set(refusal.value.fields) == {"code"}


def test_a_code_is_for_its_account_its_number_and_ten_minutes(registers: Registers):
    actor, other = register(), register("other")
    actions.send_code(actor=actor, phone=FU["phone"], at=now())
    code = code_in(registers)
    for who, phone, at in (
        (other, FU["phone"], now()),
        (actor, "13000000005", now()),
        (actor, FU["phone"], now() + timedelta(minutes=11)),
    ):
        with pytest.raises(Invalid):
            actions.confirm_code(actor=who, phone=phone, code=code, at=at)


def test_codes_are_sent_once_a_minute_and_ten_a_day_to_one_number(registers: Registers):
    actor = register()
    start = now()
    actions.send_code(actor=actor, phone=FU["phone"], at=start)
    with pytest.raises(Forbidden, match="一分钟"):
        actions.send_code(actor=register("other"), phone=FU["phone"], at=start + timedelta(seconds=59))
    PhoneCode.objects.update(sent_at=start - timedelta(hours=1))
    for place in range(CODES_A_DAY - 1):
        PhoneCode.objects.create(
            account_id=actor.id,
            phone_digest=bytes([place]),
            code_digest=b"",
            sent_at=start - timedelta(hours=2),
        )
    with pytest.raises(Forbidden, match="今天"):
        actions.send_code(actor=actor, phone=FU["phone"], at=start)


def test_where_messages_cannot_be_sent_none_is_counted(registers: Registers, settings: object):
    settings.MESSAGES_URL = "http://127.0.0.1:1"
    with pytest.raises(SourceAway):
        actions.send_code(actor=register(), phone=FU["phone"], at=now())
    assert not PhoneCode.objects.exists()


def test_the_code_is_kept_as_a_digest(registers: Registers):
    actor = register()
    actions.send_code(actor=actor, phone=FU["phone"], at=now())
    kept = PhoneCode.objects.get()
    assert code_in(registers).encode() not in bytes(kept.code_digest) + bytes(kept.phone_digest)


# ── many from one address ──


def opened_from(address: str, number: int, at: datetime) -> None:
    actions.register_person(login=f"{address} {number}", password=PASSWORD, at=at, address=address, **FU)


def test_after_many_accounts_from_one_address_the_next_waits_its_minute_and_others_do_not():
    at = now()
    for number in range(FREE_REGISTRATIONS):
        opened_from("192.0.2.1", number, at)
    with pytest.raises(Forbidden) as refusal:
        opened_from("192.0.2.1", 99, at)
    assert (refusal.value.rule, refusal.value.params) == ("identity.register_wait", {"seconds": 60})
    assert not Account.objects.filter(login="192.0.2.1 99").exists()
    opened_from("192.0.2.2", 0, at)
    shown = Shown("simulated", "https://id.example", "a subject", "")
    actions.register_person(login="by outside", password="", at=at, address="192.0.2.1", outside=shown, **FU)
    opened_from("192.0.2.1", 99, at + REGISTRATION_EVERY)


def test_what_was_refused_is_not_counted_against_an_address():
    for _ in range(FREE_REGISTRATIONS + 1):
        with pytest.raises(Invalid):
            actions.register_person(
                login="", password="short", at=now(), address="192.0.2.1", **{**FU, "phone": "1"}
            )
    opened_from("192.0.2.1", 0, now())
