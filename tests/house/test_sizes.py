"""Files stay small enough to be read in one sitting; statements per function are counted by ruff."""

from pathlib import Path

from tests.house import contracts
from tests.house.conftest import ROOT


def test_no_file_is_longer_than_500_lines(files: list[Path]):
    assert list(contracts.check_sizes(files, ROOT)) == []


def test_a_file_of_501_lines_is_refused_and_one_of_500_is_not(tmp_path: Path):
    long, short = tmp_path / "long.py", tmp_path / "short.py"
    long.write_text("x = 1\n" * 501)
    short.write_text("x = 1\n" * 500)
    assert list(contracts.check_sizes([long, short], tmp_path)) == [
        "long.py  501 lines, 500 at most: split it by what it is about"
    ]
