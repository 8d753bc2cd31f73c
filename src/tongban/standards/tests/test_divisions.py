import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.codes import BadCode
from tongban.standards.divisions import Position, ancestors, parse

DATA = Path(__file__).resolve().parents[4] / "data"


@pytest.mark.parametrize(
    ("code", "position"),
    [
        ("460000000000", Position.PROVINCE),
        ("460100000000", Position.PREFECTURE),
        ("460105000000", Position.COUNTY),
        ("460105001000", Position.TOWN),
        ("460105001001", Position.VILLAGE),
        ("460400100000", Position.TOWN),
        ("460400100001", Position.VILLAGE),
    ],
)
def test_position_is_the_last_part_in_use(code, position):
    assert parse(code).position is position


def test_short_codes_are_completed():
    assert str(parse(" 469001 ")) == "469001000000"
    assert str(parse("469001100")) == "469001100000"


def test_ancestors_by_prefix_appear_once():
    assert ancestors("460105001001") == ("460000000000", "460100000000", "460105000000", "460105001000")
    assert ancestors("460400100001") == ("460000000000", "460400000000", "460400100000")
    assert ancestors("460000000000") == ()


@given(st.text("0123456789", min_size=12, max_size=12).filter(lambda code: not code.startswith("00")))
def test_ancestors_contain_and_come_in_order(code):
    above = ancestors(code)
    positions = [parse(a).position for a in above]
    assert positions == sorted(set(positions))
    assert all(parse(a).contains(parse(code)) and not parse(code).contains(parse(a)) for a in above)
    assert all(ancestors(a) == above[:i] for i, a in enumerate(above))


def test_every_parent_in_the_table_of_places_is_an_ancestor():
    with (DATA / "hainan_divisions.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) > 3000
    for row in rows:
        assert str(parse(row["code"])) == row["code"]
        assert not row["parent"] or row["parent"] in ancestors(row["code"])


@pytest.mark.parametrize("text", ["", "46", "4601050010011", "46010500100A", "٤60105", "000000000000"])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(BadCode):
        parse(text)
