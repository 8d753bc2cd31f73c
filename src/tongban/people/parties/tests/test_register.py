"""Registration of a person: what is refused, what is kept, what is shown."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from tongban.base.actor import system
from tongban.base.crypto import blind_index, decrypt
from tongban.base.errors import Conflict, Invalid
from tongban.base.ledger.queries import acts_of
from tongban.people.parties import queries
from tongban.people.parties.actions import Facts, legal_facts, register, register_legal
from tongban.people.parties.models import Party
from tongban.standards import credit_code
from tongban.standards.iso7064 import mod11_2

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
BY = system("tests.parties")


def number(first17: str = "46010619900101212") -> str:
    return first17 + mod11_2(first17)


GOOD = {"name": "王秀兰", "id_number": number(), "phone": "13800138000"}


def person(**changed: str) -> uuid.UUID:
    return register(actor=BY, at=AT, **GOOD | changed)


# Refused before the database is asked: these need none.
@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", ""),
        ("name", " \u3000 "),
        ("name", "王\0秀兰"),
        ("name", "王\n秀兰"),
        ("name", "\u202e兰秀王"),
        ("name", "\ud800"),
        ("name", "长" * 61),
        ("id_number", ""),
        ("id_number", "123"),
        ("id_number", number()[:17] + ("0" if number()[17] != "0" else "1")),
        ("id_number", number("46010619900231212")),
        ("id_number", number("46010620261103212")),
        ("id_number", "\0" * 18),
        ("phone", ""),
        ("phone", "12345"),
        ("phone", "0898-65200000"),
        ("phone", "1380013800\0"),
    ],
)
def test_a_bad_field_is_told_at_its_place_and_alone(field: str, given: str):
    with pytest.raises(Invalid) as refusal:
        person(**{field: given})
    assert set(refusal.value.fields) == {field}
    assert all(refusal.value.fields[field])


def test_all_bad_fields_are_told_at_once():
    with pytest.raises(Invalid) as refusal:
        person(name="", id_number="1", phone="2")
    assert set(refusal.value.fields) == {"name", "id_number", "phone"}
    assert refusal.value.status == 422


@pytest.mark.django_db
def test_somebody_born_today_in_china_is_registered():
    assert queries.party(person(id_number=number("46010620261102212"))).name == "王秀兰"


@pytest.mark.django_db
def test_a_number_is_registered_once_however_it_is_written():
    first17 = next(text for n in range(100, 999) if mod11_2(text := f"46010619900101{n}") == "X")
    person(id_number=number(first17))
    for again in (number(first17), first17 + "x", f" {first17}Ｘ "):
        with pytest.raises(Conflict) as refusal:
            person(id_number=again, name="另一人", phone="13900139000")
        assert refusal.value.rule == "parties.once"
    assert Party.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_the_same_time_one_registers():
    def work(_: int) -> bool:
        try:
            person()
        except Conflict:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 1
    assert Party.objects.count() == 1


@pytest.mark.django_db
def test_number_and_phone_lie_encrypted_and_two_alike_do_not_look_alike():
    person()
    person(id_number=number("46010619850505123"))
    rows = list(Party.objects.values_list("id_number", "phone", "id_index"))
    kept = b"".join(bytes(value) for row in rows for value in row)
    for text in (number(), GOOD["phone"], "19900101"):
        assert text.encode() not in kept
    assert bytes(rows[0][1]) != bytes(rows[1][1])  # the same phone twice


@pytest.mark.django_db
def test_a_person_is_found_by_the_blind_index_of_the_number():
    party = person()
    index = blind_index(queries.ID_PURPOSE, number())
    found = Party.objects.get(id_index=index)
    assert found.id == party
    assert decrypt(queries.ID_PURPOSE, bytes(found.id_number)) == number()


@pytest.mark.django_db
def test_the_view_masks_the_number_and_keeps_the_cleaned_facts():
    view = queries.party(person(name="\u3000王秀兰 ", phone="+86 138-0013-8000"))
    assert (view.name, view.phone) == ("王秀兰", "13800138000")
    assert view.masked_number == f"{number()[:6]}********{number()[14:]}"


@pytest.mark.django_db
def test_registration_is_recorded_without_personal_data():
    (act,) = acts_of(f"party:{person()}")
    assert (act.act, act.at, dict(act.data)) == ("parties.register", AT, {})


@pytest.mark.django_db
def test_names_are_found_by_their_beginning_and_signs_of_patterns_are_plain():
    party = person()
    assert queries.ids_named("王") == queries.ids_named("王秀兰") == [party]
    assert queries.ids_named("秀兰") == queries.ids_named("%") == queries.ids_named("王_兰") == []


# ── at the counter ──


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        number(),
        f" {number()} ",
        number().lower(),
        number().translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ],
)
def test_a_whole_number_finds_its_party_however_it_was_typed(typed: str):
    assert queries.by_number(typed) is None
    party_id = person()
    assert queries.by_number(typed) == party_id


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["", number()[:17], number()[:6], "%", "\0" * 18, number("46010619900101214")]
)
def test_anything_else_finds_nobody(typed: str):
    person()
    assert queries.by_number(typed) is None


@pytest.mark.django_db
def test_a_name_matches_whole_or_not_at_all():
    party_id = person()
    assert queries.matches(party_id, " 王秀兰 ")
    for other in ("王秀", "王秀兰兰", "", "\0", "长" * 900):
        assert not queries.matches(party_id, other)
    assert not queries.matches(uuid.uuid4(), "王秀兰")


# --- legal persons -----------------------------------------------------------------------------------------------------

CODE = credit_code.make("91460100MA5T1234X")


def facts(**changed: str) -> Facts:
    given = {"name": "海南某某演示有限公司", "code": CODE, "kind": "enterprise", "phone": "0898-66660000"}
    return legal_facts(**given | changed)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", ""),
        ("name", "长" * 101),
        ("code", ""),
        ("code", CODE[:-1] + ("0" if CODE[-1] != "0" else "1")),
        ("kind", "bank"),
        ("phone", "12"),
    ],
)
def test_a_bad_fact_of_a_legal_person_is_told_at_its_place(field: str, given: str):
    with pytest.raises(Invalid) as refusal:
        facts(**{field: given})
    assert set(refusal.value.fields) == {field}


@pytest.mark.django_db
def test_one_legal_person_per_credit_code():
    representative = person()
    first = register_legal(actor=BY, facts=facts(), representative=representative, proof="tests", at=AT)
    with pytest.raises(Conflict) as refusal:
        register_legal(
            actor=BY, facts=facts(name="另一家"), representative=representative, proof="tests", at=AT
        )
    assert refusal.value.rule == "parties.code_once"
    assert queries.by_number(CODE.lower()) == first
    assert queries.party(first).masked_number == CODE
    assert [one.id for one in queries.represented_by(representative)] == [first]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [{"id_index": b"x"}, {"credit_code": None}, {"representative_id": None}, {"legal_kind": "bank"}],
)
def test_a_party_is_a_person_or_a_legal_person_and_never_half_of_each(changed: dict[str, object]):
    legal = register_legal(actor=BY, facts=facts(), representative=person(), proof="tests", at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.filter(pk=legal).update(**changed)


@pytest.mark.django_db
def test_a_person_has_neither_credit_code_nor_representative():
    one, other = person(), person(id_number=number("46010619910101213"))
    for changed in ({"credit_code": CODE}, {"representative_id": other}, {"kind": "legal"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Party.objects.filter(pk=one).update(**changed)


@pytest.mark.django_db
def test_an_identity_number_that_passes_for_a_credit_code_finds_its_person():
    passing = next(
        text
        for text in (
            number(f"460106199001{day:02d}{rest:03d}") for day in range(1, 29) for rest in range(100, 999)
        )
        if credit_code.holds(text)
    )
    assert queries.by_number(passing) is None
    one = person(id_number=passing)
    assert queries.by_number(passing) == one
