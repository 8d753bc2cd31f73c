"""What an import of the calendar may be, and what it makes of the table that is there."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from tongban.base.calendar.rules import BadTable, digest_of, join, name_of, notice_year, read, text_of
from tongban.base.calendar.tests import filling
from tongban.base.calendar.tests.filling import HEADS, INVENTED_2027, whole
from tongban.standards.workdays import Calendar, DayKind, Row, rows_of

SHIPPED = (Path(__file__).parents[5] / "data" / "cn_holidays_2004_2026.csv").read_text(encoding="utf-8")
BEFORE = tuple(rows_of(SHIPPED.splitlines()))
COVERED = range(2004, 2027)


def joined(text: str):
    return join(BEFORE, COVERED, read(text))


def refused(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadTable) as caught:
        joined(text)
    return [(fault.line, fault.reason) for fault in caught.value.faults]


def test_the_shipped_table_is_read_whole_and_written_back_the_same():
    rows = [line.row for line in read(SHIPPED)]
    assert rows == list(BEFORE)
    assert text_of(reversed(rows)) == SHIPPED


def test_the_whole_table_again_changes_nothing():
    again = joined(SHIPPED)
    assert (again.rows, again.added, again.differs) == (BEFORE, (), ())
    assert again.given == tuple(COVERED)


def test_a_further_year_is_added_and_the_others_stay():
    after = joined(INVENTED_2027)
    assert after.added == (2027,)
    assert [str(each) for each in after.differs] == [
        "2026-12-31: plain working day -> holiday (New Year's Day, in lieu)"
    ]
    assert after.rows[: len(BEFORE)] == BEFORE
    calendar = Calendar.from_rows(after.rows, edition="x")
    assert (calendar.first, calendar.last) == (date(2004, 1, 1), date(2027, 12, 31))
    assert calendar.add(date(2026, 12, 30), 1) == date(2027, 1, 3)


def test_a_corrected_year_replaces_that_year_and_tells_each_day():
    lines = [line for line in SHIPPED.splitlines() if line.startswith("2026-")]
    corrected = [line for line in lines if not line.startswith(("2026-05-05", "2026-05-09"))]
    after = joined(HEADS + "\n".join([*corrected, "2026-06-22,holiday,端午节,1"]))
    assert [(str(each.day), each.counts) for each in after.differs] == [
        ("2026-05-05", True),
        ("2026-05-09", True),
        ("2026-06-22", True),
    ]
    assert after.added == ()
    assert len(after.rows) == len(BEFORE) - 1


def test_a_name_alone_differs_without_changing_the_count():
    text = SHIPPED.replace("2026-10-10,workday_makeup,National Day", "2026-10-10,workday_makeup,国庆节")
    assert [(str(each.day), each.counts) for each in joined(text).differs] == [("2026-10-10", False)]


def test_a_break_in_december_belongs_to_the_notice_of_the_next_year():
    rows = [line for line in SHIPPED.splitlines()[1:] if line.startswith("2018-")]
    own = [line for line in rows if not line.startswith("2018-12-")]
    assert len(rows) - len(own) == 3
    # 2018 corrected without the days that 2019's notice took from its December: these stay.
    assert joined(HEADS + "\n".join(own)).differs == ()
    assert notice_year(Row(date(2018, 12, 31), DayKind.HOLIDAY, "元旦")) == 2019
    assert notice_year(Row(date(2018, 12, 31), DayKind.HOLIDAY, "Jubilee")) == 2018


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "heads"),
        ("date,type,name\n", 1, "heads"),
        ("type,date,name,in_lieu\n", 1, "heads"),
        (HEADS, 1, "no rows"),
        (HEADS + "2027-01-01,holiday,x\n", 2, "3 are there"),
        (HEADS + "\n2027-01-01,holiday,x,0,0\n", 3, "5 are there"),
        (HEADS + "20270101,holiday,x,0\n", 2, "is no day"),
        (HEADS + "2027-02-29,holiday,x,0\n", 2, "is no day"),
        (HEADS + "2027-W01-1,holiday,x,0\n", 2, "is no day"),
        (HEADS + "٢٠٢٧-01-01,holiday,x,0\n", 2, "is no day"),
        (HEADS + "9999-12-31,holiday,New Year's Day,0\n", 2, "is no day"),
        (HEADS + "2027-01-01,weekend,x,0\n", 2, "neither"),
        (HEADS + "2027-01-01,holiday,x,yes\n", 2, "in_lieu"),
        (HEADS + "2027-01-01,holiday,,0\n", 2, "name"),
        (HEADS + "2027-01-01,holiday, x,0\n", 2, "name"),
        (HEADS + "2027-01-01,holiday,x\0y,0\n", 2, "name"),
        (HEADS + '2027-01-01,holiday,"x\ny",0\n', 3, "name"),
        (HEADS + f"2027-01-01,holiday,{'x' * 61},0\n", 2, "name"),
        (HEADS + "2027-01-01,workday_makeup,x,0\n", 2, "Friday"),
        (HEADS + "2027-01-02,workday_makeup,x,1\n", 2, "in lieu"),
        (HEADS + "2027-01-02,holiday,x,1\n", 2, "in lieu"),
        (
            HEADS + "2027-01-01,holiday,x,0\n2027-01-02,holiday,x,0\n2027-01-01,holiday,y,0\n",
            4,
            "line 2 already",
        ),
        (HEADS + '2027-01-01,holiday,"x,0\n', 2, "not csv"),
    ],
)
def test_nonsense_is_refused_at_its_line(text: str, line: int, said: str):
    with pytest.raises(BadTable) as caught:
        read(text)
    faults = caught.value.faults
    assert [fault.line for fault in faults] == [line]
    assert said in faults[0].reason


def test_every_bad_line_is_named_at_once():
    with pytest.raises(BadTable) as caught:
        read(HEADS + "x,holiday,a,0\n2027-01-01,holiday,a,0\n2027-01-02,x,a,0\n")
    assert [fault.line for fault in caught.value.faults] == [2, 4]
    assert str(caught.value).startswith("line 2: ")


def test_a_year_that_is_not_whole_is_refused():
    text = INVENTED_2027.replace("2027-05-01,holiday,Labour Day,0\n", "")
    assert refused(text) == [(2, "2027 is not whole: 1 May must be a holiday")]
    assert refused(HEADS + "2026-12-31,holiday,New Year's Day,0\n") == [
        (2, "2027 is not whole: 1 January, 1 May, 1 October must be a holiday")
    ]


def test_a_gap_is_refused_at_the_year_that_leaves_it():
    assert refused(whole(2028)) == [(2, "2028 leaves a gap: 2027 is not covered")]
    assert refused(whole(2002)) == [(2, "2002 leaves a gap: 2003 is not covered")]
    both = whole(2027) + whole(2029).removeprefix(HEADS)
    assert refused(both) == [(5, "2029 leaves a gap: 2028 is not covered")]
    assert joined(whole(2027) + whole(2028).removeprefix(HEADS)).added == (2027, 2028)
    assert joined(whole(2003)).added == (2003,)


def test_a_day_that_two_notices_claim_is_refused():
    before = (*BEFORE, Row(date(2026, 12, 31), DayKind.HOLIDAY, "Jubilee"))
    with pytest.raises(BadTable, match=r"line 2: 2026-12-31 belongs to the notice of 2026 as well"):
        join(before, COVERED, read(INVENTED_2027))


def test_a_table_from_a_spreadsheet_with_mark_and_carriage_returns_is_read_the_same():
    text = "\ufeff" + INVENTED_2027.replace("\n", "\r\n")
    assert [line.row for line in read(text)] == [line.row for line in read(INVENTED_2027)]


def test_names_with_commas_and_quotes_survive_being_kept():
    row = Row(date(2027, 1, 1), DayKind.HOLIDAY, 'a "b", c')
    assert list(rows_of(text_of([row]).split("\n"))) == [row]


def test_years_in_any_order_of_imports_give_one_table():
    dice = random.Random(27)  # noqa: S311 -- a shuffle that can be repeated, no secret
    years = [INVENTED_2027, *(whole(year, shift=year % 5) for year in range(2028, 2034))]
    known, covered = BEFORE, COVERED
    for text in years:
        known = join(known, covered, read(text)).rows
        covered = range(2004, covered.stop + 1)
    for _ in range(20):
        given = list(years)
        dice.shuffle(given)
        lines = [line for text in given for line in text.removeprefix(HEADS).splitlines()]
        dice.shuffle(lines)
        assert join(BEFORE, COVERED, read(HEADS + "\n".join(lines))).rows == known


def test_differences_are_exactly_the_days_on_which_two_calendars_disagree():
    old = Calendar.from_rows(BEFORE, edition="x")
    after = joined(filling.whole(2026, shift=4))
    new = Calendar.from_rows(after.rows, edition="y")
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [each.day for each in after.differs if each.counts] == [
        day for day in days if old.is_workday(day) != new.is_workday(day)
    ]


def test_an_edition_is_named_by_its_years_and_counted_where_they_come_again():
    calendar = Calendar.from_rows(BEFORE, edition="")
    assert name_of(calendar, []) == "cn_holidays_2004_2026"
    assert name_of(calendar, ["cn_holidays_2004_2027"]) == "cn_holidays_2004_2026"
    assert name_of(calendar, ["cn_holidays_2004_2026"]) == "cn_holidays_2004_2026_2"
    assert (
        name_of(calendar, ["cn_holidays_2004_2026", "cn_holidays_2004_2026_2"]) == "cn_holidays_2004_2026_3"
    )


def test_the_digest_holds_name_and_table():
    assert len({digest_of("a", SHIPPED), digest_of("b", SHIPPED), digest_of("a", SHIPPED + "\n")}) == 3
