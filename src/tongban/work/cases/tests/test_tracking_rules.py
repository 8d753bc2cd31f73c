"""Query codes and notices in rules: codes that nobody mistakes, and who is told what."""

import uuid

from tongban.work.cases.rules.labels import HAPPENED_LABELS
from tongban.work.cases.rules.letters import LETTERS
from tongban.work.cases.rules.moves import Verb
from tongban.work.cases.rules.notices import OWN, TOLD, is_read_at_once
from tongban.work.cases.rules.numbers import OPENED, is_open
from tongban.work.cases.rules.tracking import ALPHABET, LENGTH, code_of, is_code, spaced, typed

KEY, OTHER_KEY = bytes(32), bytes([1]) * 32
IDS = [uuid.UUID(int=n) for n in range(2_000)]


def test_a_code_has_eight_signs_that_nobody_mistakes():
    codes = [code_of(each, KEY) for each in IDS]
    assert {len(code) for code in codes} == {LENGTH}
    assert set("".join(codes)) == set(ALPHABET)
    assert not set("0O1I") & set(ALPHABET)
    assert len(set(codes)) == len(codes)


def test_a_code_follows_from_case_and_key_alone():
    assert code_of(IDS[1], KEY) == code_of(IDS[1], KEY)
    assert code_of(IDS[1], KEY) != code_of(IDS[1], OTHER_KEY)
    assert (
        code_of(uuid.UUID(int=7), KEY) == "UBX4NTY4"
    )  # HMAC by openssl, the base 32 of RFC 4648 in our alphabet


def test_a_code_is_known_however_it_is_typed_and_no_other_is():
    code = code_of(IDS[3], KEY)
    for written in (code, spaced(code), f" {code.lower()} ", f"{code[:4]}-{code[4:]}"):
        assert is_code(typed(written), IDS[3], KEY)
    for wrong in ("", code[:7], code + "2", code_of(IDS[4], KEY), "查询码查询码查询"):
        assert not is_code(typed(wrong), IDS[3], KEY)


def test_what_is_typed_is_bounded():
    assert typed("A" * 80) == "A" * 80
    for nothing in ("A" * 81, "A" * 10_000, "查询码", "A\x00", "２2222222", ""):
        assert typed(nothing) == ""


def test_the_applicant_is_told_of_every_document_and_every_end():
    assert LETTERS <= TOLD
    assert {Verb.CLOSE, Verb.WITHDRAW, Verb.DEEM_ACCEPTED, Verb.TRANSFER} <= TOLD
    assert {Verb.EXAMINE, Verb.OPINE, Verb.RETURN}.isdisjoint(TOLD)
    assert set(HAPPENED_LABELS) >= TOLD


def test_a_receipt_is_unread_only_where_a_counter_acted_for_her():
    assert {Verb.SUBMIT, Verb.RESUBMIT, Verb.WITHDRAW, Verb.HAND_IN, Verb.INSIST} <= OWN
    assert OWN.isdisjoint({Verb.ACCEPT, Verb.GRANT, Verb.LAPSE, Verb.CLOSE})
    assert is_read_at_once(Verb.SUBMIT, "person")
    assert not is_read_at_once(Verb.SUBMIT, "staff")
    assert not is_read_at_once(Verb.GRANT, "person")


def test_only_granted_licences_are_open():
    assert is_open(Verb.GRANT, "01")
    assert not is_open(Verb.GRANT, "05")
    assert not is_open(Verb.REFUSE, "01")
    assert {Verb.REFUSE, Verb.DECLINE, Verb.REVOKE}.isdisjoint(OPENED)
