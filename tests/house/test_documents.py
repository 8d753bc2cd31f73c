"""What is written about the house holds: its links, its table of moves, its settings, its commands."""

import re
from pathlib import Path

from tests.house.conftest import ROOT

from tongban.cli import IMPORTS, build_parser
from tongban.work.cases.rules.moves import MOVES

# Set by the supervisor for its children, or by the tests and the bench for themselves.
INNER = {"TONGBAN_SUPERVISED"}


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_every_link_to_a_file_leads_somewhere():
    dead = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents()
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists() and not target.endswith(".png")  # made by `make pictures`
    ]
    assert dead == []


def test_the_architecture_can_be_read_in_one_sitting():
    assert len(text_of("docs/ARCHITECTURE.md").splitlines()) <= 300


def test_the_architecture_shows_the_table_of_moves_as_it_is():
    states, verbs = {move.source for move in MOVES}, {move.verb for move in MOVES}
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text_of("docs/ARCHITECTURE.md").splitlines()
    ]
    shown = {
        (source, row[1], source if row[2] == "*same*" else row[2], row[3])
        for row in rows
        if len(row) == 5 and row[1] in verbs
        for source in row[0].split(", ")
        if source in states
    }
    assert shown == {(move.source, move.verb, move.target, move.by) for move in MOVES}


def test_every_setting_of_the_code_is_described():
    sources = [*(ROOT / "src").rglob("*.py")]
    read = {
        name
        for path in sources
        if "tests" not in path.parts
        for name in re.findall(r'"(TONGBAN_[A-Z_0-9]*[A-Z0-9])"', path.read_text(encoding="utf-8"))
    }
    told = set(re.findall(r"TONGBAN_[A-Z_0-9]+", text_of("docs/operations/running.md")))
    assert read - INNER <= told


def test_every_command_is_described():
    told = text_of("docs/operations/running.md")
    commands = re.search(r"tongban ([a-z|\\]+) FILE|$", told.replace("import ", ""))
    assert commands is not None
    assert commands[1].split("\\|") == list(IMPORTS)
    usage = build_parser().format_help()
    named = re.findall(r"^    ([a-z]+) ", usage, re.MULTILINE)
    assert [command for command in named if f"`tongban {command}" not in told] == []


def test_every_target_that_the_documents_name_is_there():
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    named = {
        name
        for document in documents()
        for name in re.findall(r"`make ([a-z]+)`", document.read_text(encoding="utf-8"))
    }
    assert named <= targets


def test_every_test_that_the_index_of_the_law_names_exists():
    named = set(re.findall(r"`(test_\w+)`", text_of("docs/law.md")))
    written = {
        name
        for path in [*(ROOT / "src").rglob("test_*.py"), *(ROOT / "tests").rglob("test_*.py")]
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    assert len(named) > 30
    assert named - written == set()


def test_the_index_of_the_law_names_every_article_of_the_clock():
    rows = [
        line.split("|")[1].strip() for line in text_of("docs/law.md").splitlines() if line.startswith("|")
    ]
    assert {"32", "42", "43", "44", "45", "82"} <= set(rows)
