"""Imports: every bad row named in one run, and a file in whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tongban.base.imports import BadRow, Outcome, read_csv, run_import, upsert

WHEN = datetime(2026, 11, 2, tzinfo=UTC)


def row_of(name: str, last: int) -> Session:
    """A row of the framework's own plainest table: what is imported here belongs to no room."""
    return Session(session_key=name, session_data=str(last), expire_date=WHEN)


def file(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "rows.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# ── reading, without a database ──


def test_rows_come_with_the_line_on_which_they_end(tmp_path: Path):
    path = file(tmp_path, '\ufeffcode,name\n1,甲\n2,"乙\n丙"\n3,丁\n')
    assert list(read_csv(path, ["code", "name"])) == [
        (2, {"code": "1", "name": "甲"}),
        (4, {"code": "2", "name": "乙\n丙"}),
        (5, {"code": "3", "name": "丁"}),
    ]


def test_columns_nobody_asked_for_may_be_there_in_any_order(tmp_path: Path):
    (found,) = read_csv(file(tmp_path, "more,name,code\nx,甲,1\n"), ["code", "name"])
    assert (found[1]["code"], found[1]["name"]) == ("1", "甲")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "columns missing: code, name"),
        ("code\n1\n", "columns missing: name"),
        ("code,name\n1\n", "line 2: as many cells"),
        ("code,name\n1,甲\n1,甲,多\n", "line 3: as many cells"),
        ('code,name\n1,"甲\n', "not csv"),
        ('code,name\n1,"甲"x\n', "not csv"),
        ("code,name\n1,甲\n".encode("gb18030"), "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: str | bytes, reason: str):
    with pytest.raises(BadRow, match=reason):
        list(read_csv(file(tmp_path, content), ["code", "name"]))


def test_of_very_many_bad_rows_a_hundred_are_shown_and_all_are_counted(tmp_path: Path):
    told: list[str] = []
    outcome = Outcome(tmp_path / "rows.csv", told.append)
    for line in range(250):
        outcome.refuse(line, "bad")
    assert (len(told), outcome.refused) == (100, 250)
    assert "250 refused" in outcome.summary()


# ── writing ──


def read(row: dict[str, str]) -> Session:
    if row["last"] == "bad":
        raise BadRow("last is bad")
    return row_of(row["name"], int(row["last"]))


def write(batch: list[Session], outcome: Outcome) -> None:
    Session.objects.bulk_create(batch)
    outcome.added += len(batch)


def run(path: Path) -> tuple[int, list[str]]:
    told: list[str] = []
    return run_import(path, told.append, read_csv(path, ["name", "last"]), read, write), told


def rows(*last: object) -> str:
    return "name,last\n" + "".join(f"s{n},{value}\n" for n, value in enumerate(last))


@pytest.mark.django_db
def test_a_good_file_goes_in_whole_and_says_how_much(tmp_path: Path):
    assert run(file(tmp_path, rows(*range(1_203)))) == (
        0,
        ["rows.csv: 1203 added, 0 changed, 0 unchanged, 0 refused"],
    )
    assert Session.objects.count() == 1_203


@pytest.mark.django_db
@pytest.mark.parametrize("place", [0, 499, 500, 501, 1_199])
def test_one_bad_row_anywhere_and_nothing_goes_in(tmp_path: Path, place: int):
    code, told = run(file(tmp_path, rows(*("bad" if n == place else n for n in range(1_200)))))
    assert code == 1
    assert told == [
        f"rows.csv:{place + 2}: last is bad",
        "rows.csv: 1 rows refused, nothing was imported",
    ]
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_one_run_names_every_bad_row_each_with_its_reason(tmp_path: Path):
    code, told = run(file(tmp_path, rows("bad", 1, "x", 2, "bad")))
    assert code == 1
    assert [line.split(": ", 1)[0] for line in told] == ["rows.csv:2", "rows.csv:4", "rows.csv:6", "rows.csv"]
    assert "invalid literal" in told[1]


@pytest.mark.django_db
def test_a_file_broken_after_good_rows_leaves_nothing(tmp_path: Path):
    code, told = run(file(tmp_path, rows(*range(600)) + "s600\n"))
    assert (code, Session.objects.count()) == (1, 0)
    assert "line 602" in told[0]


@pytest.mark.django_db
def test_a_file_of_a_header_alone_is_no_error(tmp_path: Path):
    assert run(file(tmp_path, rows())) == (0, ["rows.csv: 0 added, 0 changed, 0 unchanged, 0 refused"])


@pytest.mark.django_db
def test_a_fault_while_writing_is_a_fault_and_leaves_nothing(tmp_path: Path):
    path = file(tmp_path, rows(*range(600)))

    def broken(batch: list[Session], outcome: Outcome) -> None:
        if outcome.added:
            raise RuntimeError("ours")
        write(batch, outcome)

    with pytest.raises(RuntimeError, match="ours"):
        run_import(path, lambda _: None, read_csv(path, ["name", "last"]), read, broken)
    assert not Session.objects.exists()


# ── merging by key ──

tables = some.dictionaries(some.sampled_from("abcdefgh"), some.integers(0, 3))


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=tables, given_now=tables)
def test_merging_adds_changes_and_leaves_the_rest(before: dict[str, int], given_now: dict[str, int]):
    Session.objects.all().delete()
    Session.objects.bulk_create(row_of(name, last) for name, last in before.items())
    outcome = Outcome(Path("rows.csv"), lambda _: None)
    if given_now:
        upsert([row_of(name, last) for name, last in given_now.items()], "session_key", outcome)
    assert dict(Session.objects.values_list("session_key", "session_data")) == {
        name: str(last) for name, last in (before | given_now).items()
    }
    known = before.keys() & given_now.keys()
    assert outcome.added == len(given_now.keys() - before.keys())
    assert outcome.changed == sum(before[name] != given_now[name] for name in known)
    assert outcome.unchanged == sum(before[name] == given_now[name] for name in known)
