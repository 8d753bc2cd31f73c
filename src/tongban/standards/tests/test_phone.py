import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.codes import BadCode
from tongban.standards.phone import Kind, Phone, masked, parse, parse_mobile


@pytest.mark.parametrize(
    ("typed", "stored", "kind"),
    [
        ("13800138000", "13800138000", Kind.MOBILE),
        ("+86 138-0013-8000", "13800138000", Kind.MOBILE),
        ("008613800138000", "13800138000", Kind.MOBILE),
        ("１３８ ００１３ ８０００", "13800138000", Kind.MOBILE),
        ("0898-65200000", "0898-65200000", Kind.FIXED),
        ("（0898）65200000", "0898-65200000", Kind.FIXED),
        ("089865200000", "0898-65200000", Kind.FIXED),
        ("0898—6520000转12", "0898-6520000-12", Kind.FIXED),
        ("+86 898 65200000", "0898-65200000", Kind.FIXED),
        ("010-65200000-8001", "010-65200000-8001", Kind.FIXED),
        ("65200000", "65200000", Kind.FIXED),
        ("12345", "12345", Kind.SERVICE),
        ("0898-12345", "0898-12345", Kind.SERVICE),
        ("400-800-8888", "4008008888", Kind.SERVICE),
        ("95588", "95588", Kind.SERVICE),
    ],
)
def test_usual_spellings_become_one(typed, stored, kind):
    phone = parse(typed)
    assert (str(phone), phone.kind) == (stored, kind)
    assert parse(str(phone)) == phone


def test_the_area_code_is_told():
    assert parse("0898-65200000") == Phone(Kind.FIXED, "65200000", area="0898")
    assert parse("65200000").area == ""


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1380013800",
        "12800138000",
        "138001380001",
        "0000-65200000",
        "abc",
        "１",
        "٠898-65200000",
        "0898-",
        "898-65200000",
        "-",
    ],
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(BadCode) as caught:
        parse(typed)
    assert caught.value.rule == "phone.form"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mobile_number_is_kept(number):
    assert parse_mobile(f" +86{number}") == parse_mobile(number) == number
    assert masked(number) == f"{number[:3]}****{number[-4:]}"


@pytest.mark.parametrize("typed", ["0898-65200000", "12345", "x"])
def test_a_mobile_field_takes_mobile_numbers_only(typed):
    with pytest.raises(BadCode) as caught:
        parse_mobile(typed)
    assert caught.value.rule == "phone.mobile"


def test_what_is_no_mobile_number_is_hidden_whole():
    assert masked("0898-65200000") == "*" * 13
