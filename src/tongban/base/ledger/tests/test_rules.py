from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tongban.base.ledger.rules import GENESIS, check_stream, entry_body, link, seal_message

AT = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)


def body(n: int, stream: str = "case:1") -> str:
    return entry_body(
        stream=stream, act="cases.submit", actor={"kind": "person"}, at=AT, data={"n": n}, key=None
    )


def chain(length: int) -> list[tuple[int, str, bytes, str | None]]:
    rows: list[tuple[int, str, bytes, str | None]] = []
    previous = GENESIS
    for seq in range(1, length + 1):
        previous = link(previous, body(seq))
        rows.append((seq, body(seq), previous, None))
    return rows


def rows_named(rows, head):
    return {finding.row for finding in check_stream("case:1", rows, head)}


@given(st.integers(min_value=1, max_value=30))
def test_an_untouched_chain_has_no_findings(length):
    rows = chain(length)
    assert rows_named(rows, (length, rows[-1][2])) == set()


@given(st.integers(min_value=1, max_value=20), st.data())
def test_one_changed_character_names_its_row(length, data):
    rows = chain(length)
    seq = data.draw(st.integers(min_value=1, max_value=length))
    text = rows[seq - 1][1]
    place = data.draw(st.integers(min_value=0, max_value=len(text) - 1))
    changed = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]
    rows[seq - 1] = (seq, changed, rows[seq - 1][2], None)
    assert f"ledger_entry(case:1, {seq})" in rows_named(rows, (length, rows[-1][2]))


@given(st.integers(min_value=2, max_value=20), st.data())
def test_a_removed_row_is_named_wherever_it_stood(length, data):
    rows = chain(length)
    head = (length, rows[-1][2])
    seq = data.draw(st.integers(min_value=1, max_value=length))
    del rows[seq - 1]
    assert f"ledger_entry(case:1, {seq})" in rows_named(rows, head)


def test_two_rows_that_changed_places_are_both_named():
    rows = chain(4)
    rows[1], rows[2] = (2, *rows[2][1:]), (3, *rows[1][1:])
    assert {"ledger_entry(case:1, 2)", "ledger_entry(case:1, 3)"} <= rows_named(rows, (4, rows[-1][2]))


def test_a_row_of_another_stream_is_named_even_with_a_right_hash():
    strange = body(1, stream="case:2")
    hash_ = link(GENESIS, strange)
    assert rows_named([(1, strange, hash_, None)], (1, hash_)) == {"ledger_entry(case:1, 1)"}


def test_a_changed_act_key_is_named():
    rows = chain(1)
    rows[0] = (*rows[0][:3], "somebody:else")
    assert rows_named(rows, (1, rows[0][2])) == {"ledger_entry(case:1, 1)"}


def test_a_head_that_disagrees_is_named():
    rows = chain(2)
    assert rows_named(rows, (2, GENESIS)) == {"ledger_head(case:1)"}
    assert rows_named(rows, None) == {"ledger_head(case:1)"}


def test_a_text_that_is_no_json_is_named_not_raised():
    hash_ = link(GENESIS, "{")
    assert rows_named([(1, "{", hash_, None)], (1, hash_)) == {"ledger_entry(case:1, 1)"}


def test_the_moment_is_kept_in_utc_whatever_zone_it_came_in():
    china = AT.astimezone(timezone(timedelta(hours=8)))
    common = {"number": 1, "size": 1, "root": "a", "previous": ""}
    assert seal_message(at=AT, **common) == seal_message(at=china, **common)
    assert '"2026-11-23T01:02:03+00:00"' in body(1)
