import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards import credit_code
from tongban.standards.codes import BadCode
from tongban.standards.item_codes import (
    BasicCode,
    BusinessCode,
    ImplementationCode,
    ItemType,
    Level,
    OldCode,
    is_main_with_children,
    parent_of,
    parse_any,
)

DATA = Path(__file__).resolve().parents[4] / "data"
SEEN = [  # on published records
    ("00016421300Y", BasicCode),
    ("000164213003", BasicCode),
    ("000164120000", BasicCode),
    ("310150473000", BasicCode),
    ("310100891004", BasicCode),
    ("11110224000087812Y3002014010008", ImplementationCode),
    ("11440232MB2D06811W4000117051000", ImplementationCode),
    ("11110224000087812Y300201401000801", BusinessCode),
    ("11320829014341463H432201432500201", BusinessCode),
    ("441900000000007330248001", OldCode),
    ("XK0010100Y", OldCode),
]

number = st.integers(0, 10**9)
basics = st.builds(
    lambda division, kind, field, main, sub: BasicCode(
        f"{division % 100:02d}", kind, f"{field % 100:02d}", f"{main % 1000:03d}", sub
    ),
    number,
    st.sampled_from(ItemType),
    number,
    number,
    st.just("00Y") | number.map(lambda n: f"{n % 1000:03d}"),
)
organs = st.text("0123456789", min_size=17, max_size=17).map(credit_code.make)
implementations = st.builds(ImplementationCode, organs, st.sampled_from(Level), basics)
business = st.builds(BusinessCode, implementations, number.map(lambda n: f"{n % 100:02d}"))


@pytest.mark.parametrize(("text", "kind"), SEEN)
def test_codes_seen_on_records_are_told_apart_and_kept(text, kind):
    code = parse_any(f" {text.lower()} ")
    assert type(code) is kind
    assert str(code) == text


def test_every_code_in_the_collected_guides_parses():
    texts = [path.read_text(encoding="utf-8") for path in sorted((DATA / "guides_source").glob("*.md"))]
    codes = [
        c for text in texts for c in re.findall(r"(?:实施|业务办理项|基本)编码[^0-9]*([0-9A-Z]{10,33})", text)
    ]
    assert {len(code) for code in codes} >= {31, 33}
    for code in codes:
        assert str(parse_any(code)) == code


def test_parts_of_a_real_business_code():
    code = BusinessCode.parse("11110224000087812Y300201401000801")
    assert code.serial == "01"
    assert code.implementation.organ == "11110224000087812Y"
    assert code.implementation.level is Level.CITY
    assert code.implementation.basic.type is ItemType.PUBLIC_SERVICE
    assert code.implementation.basic.division == "00"


@given(basics | implementations | business)
def test_a_code_parses_back_to_itself(code):
    assert parse_any(str(code)) == code


@given(implementations, st.integers(0, 17), st.sampled_from("0123456789ABCXYZ"))
def test_a_substitution_in_the_organ_is_caught(code, place, other):
    text = str(code)
    if text[place] != other:
        with pytest.raises(BadCode):
            ImplementationCode.parse(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "length"),
        ("0001642130031", "length"),
        ("0001642130Y0", "basic"),
        ("00016421301Y", "basic"),
        ("001164213000", "type"),
        ("11110224000087812X3002014010008", "organ"),
        ("11110224000087812Y9002014010008", "level"),
        ("11110224000087812Y3002014010008AB", "business_serial"),
        ("4419000000000073-0248001", "old"),
    ],
)
def test_a_refusal_tells_what_is_wrong(text, rule):
    with pytest.raises(BadCode) as caught:
        parse_any(text)
    assert caught.value.rule == f"item_codes.{rule}"
    assert str(caught.value)


@pytest.mark.parametrize("kind", [ImplementationCode, BusinessCode, BasicCode, OldCode])
def test_each_kind_refuses_the_length_of_another(kind):
    with pytest.raises(BadCode):
        kind.parse("12345")


def test_main_items_and_children():
    main, child, single = (BasicCode.parse(c) for c in ("00016421300Y", "000164213003", "000164120000"))
    assert parent_of(child) == main
    assert parent_of(main) is None
    assert parent_of(single) is None
    assert [is_main_with_children(code) for code in (main, child, single)] == [True, False, False]


def plain(name):
    return re.sub(r"[(（].*", "", name)


@pytest.mark.parametrize(
    ("file", "enum"), [("item_type_GBT39046_A1.csv", ItemType), ("use_level_GBT39046_A2.csv", Level)]
)
def test_enums_say_what_the_code_tables_say(file, enum):
    with (DATA / "codes" / file).open(encoding="utf-8-sig", newline="") as table:
        rows = {row["code"]: plain(row["name"]) for row in csv.DictReader(table)}
    assert rows == {member.value: plain(member.label) for member in enum}
