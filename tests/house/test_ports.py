"""Where everything listens (端口): said once, moved together or singly."""

import pytest

from config import ports, stand_ins

NAMES = ("portal", "workbench", "api", "example1", "example2", "provider", "sources")


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BASE", *(name.upper() for name in NAMES)):
        monkeypatch.delenv(f"TONGBAN_PORT_{name}", raising=False)


def test_no_two_parts_share_a_port():
    assert len({ports.port(name) for name in NAMES}) == len(NAMES)
    assert ports.address("portal") == "http://127.0.0.1:8000"


def test_another_base_moves_every_part_so_that_two_checkouts_run_side_by_side(monkeypatch):
    before = {name: ports.port(name) for name in NAMES}
    monkeypatch.setenv("TONGBAN_PORT_BASE", "9100")
    after = {name: ports.port(name) for name in NAMES}
    assert {name: port - 1100 for name, port in after.items()} == before
    assert not set(before.values()) & set(after.values())
    assert stand_ins.in_use().items() <= after.items()


def test_one_port_is_moved_alone(monkeypatch):
    monkeypatch.setenv("TONGBAN_PORT_BASE", "9100")
    monkeypatch.setenv("TONGBAN_PORT_EXAMPLE2", "7777")
    assert ports.port("example2") == 7777
    assert ports.port("example1") == 9103
