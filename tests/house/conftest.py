"""What the checks of the house share: the tree as it is, read once."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.house.source import House, Order, read_house, read_order

ROOT = Path(__file__).resolve().parents[2]


def lint_imports(src: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the repository's contracts over the tree at ``src``."""
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", script, "--config", str(ROOT / ".importlinter"), "--no-cache"],
        cwd=src,
        env={"PYTHONPATH": str(src), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def house() -> House:
    return read_house(ROOT / "src")


@pytest.fixture(scope="session")
def order() -> Order:
    return read_order(ROOT / ".importlinter")


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Everything that people write and that is neither data nor made by a tool."""
    folders = [ROOT / "src", ROOT / "tests"]
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    )
