"""Words: names that say something, exceptions with their reason, and nothing left for later."""

import re
import subprocess
from pathlib import Path

import pytest
from tests.house import contracts
from tests.house.conftest import ROOT

# Written apart so that this file does not contain what it looks for.
LATER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")


def _written() -> list[Path]:
    """Every text file of the repository that people write: what git tracks or would, without data."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listing.stdout.splitlines() or [
        str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("*.py")
    ]
    return [ROOT / name for name in names if not name.startswith("data/") and (ROOT / name).is_file()]


def _lines_with(pattern: re.Pattern[str], file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []  # a picture or a font
    return [
        f"{file.relative_to(ROOT)}:{number}  {line.strip()[:100]}"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_or_folder_has_a_name_that_says_nothing(files: list[Path]):
    assert list(contracts.check_names(files, ROOT)) == []


def test_every_lint_exception_names_its_rule_and_reason(files: list[Path]):
    python = [file for file in files if file.suffix == ".py"]
    assert list(contracts.check_reasons(python, ROOT)) == []


def test_nothing_is_left_for_later():
    sources = [file for file in _written() if file.suffix in contracts.SIZED or file.name == "Makefile"]
    assert [line for file in sources for line in _lines_with(LATER, file)] == []


@pytest.mark.parametrize(
    ("comment", "refusal"),
    [
        ("# noqa", "names no rule"),
        ("# noqa: S101", "without its reason"),
        ("# type: ignore", "names no rule"),
        ("# type: ignore[misc]", "without its reason"),
        ("# nosec", "without its reason"),
        ("# nosec B603", "without its reason"),
        ("# pragma: no cover", "without its reason"),
        ("# noqa: S101, S603  # type: ignore[misc]", "without its reason"),
    ],
)
def test_an_exception_without_rule_or_reason_is_refused(comment: str, refusal: str, tmp_path: Path):
    file = tmp_path / "some.py"
    file.write_text(f"x = 1  {comment}\n")
    found = list(contracts.check_reasons([file], tmp_path))
    assert found, comment
    assert all(line.startswith("some.py:1  ") and refusal in line for line in found)


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: S101 -- the caller has checked it",
        "# type: ignore[misc]  # the plugin cannot see the manager",
        "# nosec B603 -- a fixed list, no shell",
        "# noqa: S603  # nosec B603 -- a fixed list, no shell",
        "# a remark that has no exception in it",
    ],
)
def test_an_exception_with_rule_and_reason_is_taken(comment: str, tmp_path: Path):
    file = tmp_path / "some.py"
    file.write_text(f"x = 1  {comment}\n")
    assert list(contracts.check_reasons([file], tmp_path)) == []


@pytest.mark.parametrize("name", ["utils.py", "work/helpers/x.py", "common.html", "misc/y.css", "_util.py"])
def test_a_name_that_says_nothing_is_refused(name: str, tmp_path: Path):
    assert len(list(contracts.check_names([tmp_path / name], tmp_path))) == 1
