"""The house as it stands keeps its contracts (docs/decisions/0001)."""

import fnmatch
from collections.abc import Callable, Iterator

import pytest
from tests.house import contracts
from tests.house.conftest import ROOT, lint_imports
from tests.house.source import House, Order


def test_imports_go_down_the_house_and_nobody_stands_unplaced():
    result = lint_imports(ROOT / "src")
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_folder_is_placed(house: House, order: Order):
    assert list(contracts.check_placed(house, order)) == []


@pytest.mark.parametrize(
    "check",
    [
        contracts.check_faces,
        contracts.check_pure,
        contracts.check_clock,
        contracts.check_nowhere,
        contracts.check_http,
        contracts.check_init,
    ],
)
def test_contract_is_kept(check: Callable[[House], Iterator[str]], house: House):
    assert list(check(house)) == []


def test_every_exception_states_its_reason():
    for table in (contracts.CLOCK_ALLOWED, contracts.PURE_ALLOWED):
        assert [place for place, reason in table.items() if len(reason) < contracts.REASON] == []


def test_every_exception_is_still_needed(house: House):
    readers = [source.path for source in house.shipped() if any(contracts.clock_readings(source))]
    assert [pattern for pattern in contracts.CLOCK_ALLOWED if not fnmatch.filter(readers, pattern)] == []
    for path, part in contracts.PURE_ALLOWED:
        users = [source for source in house.sources if fnmatch.fnmatch(source.path, path)]
        assert any(found.target.startswith(part) for source in users for found in house.imports_of(source)), (
            part
        )
