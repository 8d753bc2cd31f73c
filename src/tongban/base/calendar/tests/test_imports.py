"""The calendar as imported: whole or not at all, told day by day, never changed afterwards, held by the ledger."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from tongban.base.actor import PUBLIC
from tongban.base.calendar import actions, imports, queries
from tongban.base.calendar.models import CalendarEdition
from tongban.base.calendar.tests.filling import INVENTED_2027, take_in, whole
from tongban.base.errors import Conflict, Forbidden
from tongban.base.ledger.queries import acts_of
from tongban.base.outbox.actions import relay

pytestmark = pytest.mark.django_db

SHIPPED = Path(__file__).parents[5] / "data" / queries.SHIPPED
Bring = Callable[[str], tuple[int, list[str]]]


@pytest.fixture
def bring(tmp_path: Path) -> Bring:
    """Import a text as a file; exit code and what was reported."""

    def imported(text: str) -> tuple[int, list[str]]:
        file, said = tmp_path / "notice.csv", []
        file.write_text(text, encoding="utf-8")
        return imports.run(file, said.append), said

    return imported


def test_without_an_import_the_shipped_table_stands_in():
    assert queries.current_id() is None
    assert queries.current() is queries.calendar_of(None)
    assert (queries.current().edition, queries.current().last) == (
        "cn_holidays_2004_2026",
        date(2026, 12, 31),
    )
    assert [one.name for one in queries.editions()] == ["cn_holidays_2004_2026"]


def test_the_shipped_table_is_imported_once_under_its_own_name():
    shipped, said = queries.edition_of_calendar(None), []
    assert [imports.run_first(SHIPPED, said.append) for _ in range(2)] == [0, 0]
    edition = queries.edition_of_calendar(queries.current_id())
    assert (edition.name, edition.digest, edition.last) == (shipped.name, shipped.digest, shipped.last)
    assert edition.id is not None
    assert queries.table_of(edition.id) == SHIPPED.read_text(encoding="utf-8")
    assert CalendarEdition.objects.count() == 1
    assert said == [
        f"{queries.SHIPPED}: edition cn_holidays_2004_2026; no year added; days that differ in covered years: 0"
    ]


def test_the_first_import_never_undoes_a_later_one():
    take_in(INVENTED_2027)
    assert imports.run_first(SHIPPED, print) == 0
    assert queries.current().last == date(2027, 12, 31)


def test_a_further_year_counts_from_the_moment_of_its_import(bring: Bring):
    due, provisional = queries.current().provisional_add(date(2026, 12, 30), 1)
    assert (due, provisional) == (date(2026, 12, 31), False)
    code, said = bring(INVENTED_2027)
    assert code == 0
    assert said == [
        "2026-12-31: plain working day -> holiday (New Year's Day, in lieu)",
        "notice.csv: edition cn_holidays_2004_2027; years added: 2027; days that differ in covered years: 1",
    ]
    assert queries.current().provisional_add(date(2026, 12, 30), 1) == (date(2027, 1, 3), False)
    assert queries.current().edition == "cn_holidays_2004_2027"


def test_the_same_again_makes_no_edition(bring: Bring):
    bring(INVENTED_2027)
    assert bring(INVENTED_2027) == (
        0,
        ["notice.csv: nothing differs from the current edition cn_holidays_2004_2027"],
    )
    assert CalendarEdition.objects.count() == 1


def test_a_correction_that_is_taken_back_is_an_edition_of_its_own():
    names = [take_in(text).name for text in (whole(2027), whole(2027, shift=2), whole(2027))]
    assert names == [f"cn_holidays_2004_2027{end}" for end in ("", "_2", "_3")]
    assert queries.calendar_of(queries.current_id()).is_workday(date(2027, 6, 10))
    assert [one.name for one in queries.editions()] == names[::-1]


def test_a_correction_before_any_import_does_not_take_the_shipped_name():
    assert take_in(whole(2026)).name == "cn_holidays_2004_2026_2"


def test_one_bad_line_and_nothing_is_in(bring: Bring):
    code, said = bring(INVENTED_2027 + "2027-10-06,feast,x,0\n2027-10-05,holiday,x,0\n")
    assert code == 1
    assert said == [
        "notice.csv:23: type 'feast' is neither holiday nor workday_makeup",
        "notice.csv:24: 2027-10-05 stands on line 22 already",
        "notice.csv: 2 lines refused, nothing was imported",
    ]
    assert queries.current_id() is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"date,type,name,in_lieu\n\xff\n", "f.csv:2: not UTF-8 text"),
        (b"x" * (imports.LARGEST_FILE + 1), f"f.csv:1: larger than {imports.LARGEST_FILE} bytes"),
        (whole(2030).encode(), "f.csv:2: 2030 leaves a gap: 2029 is not covered"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(tmp_path: Path, content: bytes, said: str):
    file, lines = tmp_path / "f.csv", []
    file.write_bytes(content)
    assert imports.run(file, lines.append) == 1
    assert lines[0] == said
    assert imports.run(tmp_path, lines.append) == 1
    assert "cannot be read" in lines[-2]


def test_an_import_under_a_clock_that_went_back_is_refused(tmp_path: Path):
    take_in(INVENTED_2027, at=datetime(2026, 11, 2, tzinfo=UTC))
    with pytest.raises(Conflict, match=r"calendar\.order"):
        take_in(whole(2028), at=datetime(2026, 11, 2, tzinfo=UTC))
    file, said = tmp_path / "f.csv", []
    file.write_text(whole(2028))
    assert imports.run(file, said.append, at=datetime(2026, 11, 1, tzinfo=UTC)) == 1
    assert "calendar.order" in said[0]


def test_nobody_but_the_platform_imports():
    with pytest.raises(Forbidden):
        actions.take_in(actor=PUBLIC, text=INVENTED_2027, at=datetime(2026, 11, 2, tzinfo=UTC))


def test_an_import_is_in_the_ledger_and_wakes_who_listens():
    taken = take_in(INVENTED_2027)
    (act,) = acts_of(f"calendar:{taken.id}")
    edition = queries.edition_of_calendar(taken.id)
    assert act.act == "calendar.imported"
    assert (act.data["name"], act.data["digest"], act.data["before"]) == (
        edition.name,
        edition.digest,
        "cn_holidays_2004_2026",
    )
    assert (act.data["added"], act.data["changed"]) == ([2027], ["2026-12-31"])
    heard = []
    relay({"calendar.imported": ["a.job"]}, lambda job, _, payload: heard.append((job, payload)))
    assert heard == [("a.job", {"edition_id": str(taken.id)})]


def test_a_known_edition_costs_one_statement_or_none(django_assert_num_queries):
    edition_id = take_in(INVENTED_2027).id
    with django_assert_num_queries(2):
        calendar = queries.current()
    with django_assert_num_queries(1):
        assert queries.current() is calendar
    with django_assert_num_queries(0):
        assert queries.calendar_of(edition_id) is calendar
        queries.calendar_of(None)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1, {queries.CURRENT_ID_SQL}")
        assert cursor.fetchone() == (1, edition_id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE calendar_edition SET rows = ''",
        "UPDATE calendar_edition SET imported_at = imported_at + interval '1 day'",
        "DELETE FROM calendar_edition",
        "TRUNCATE calendar_edition CASCADE",
    ],
)
def test_the_database_refuses_to_change_an_edition(statement: str):
    take_in(INVENTED_2027)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE calendar_edition SET rows = rows || '2027-10-06,holiday,National Day,0'", "its table"),
        ("UPDATE calendar_edition SET source = source || ' '", "source_digest"),
        ("UPDATE calendar_edition SET digest = repeat('0', 64)", "digest"),
        ("UPDATE calendar_edition SET name = 'x'", "name"),
        ("UPDATE calendar_edition SET first = first + 1", "first"),
        ("UPDATE calendar_edition SET last = last + 1", "last"),
        ("UPDATE calendar_edition SET imported_at = imported_at + interval '1 second'", "imported_at"),
        ("UPDATE calendar_edition SET id = gen_random_uuid()", "missing"),
        ("UPDATE calendar_edition SET id = gen_random_uuid()", "knows nothing"),
        ("DELETE FROM calendar_edition", "missing"),
    ],
)
def test_every_change_behind_the_ledger_s_back_is_found(statement: str, said: str):
    take_in(INVENTED_2027)
    take_in(whole(2028))
    assert list(queries.against_ledger()) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE calendar_edition DISABLE TRIGGER USER")
        cursor.execute(f"{statement} WHERE name = 'cn_holidays_2004_2028'")
    assert any(said in str(finding) for finding in queries.against_ledger())
