"""What the tests of identity share: the stand-in for sources, in its own thread, asked over HTTP as in use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tongban.demo.simulators import sources

DATA = Path(__file__).resolve().parents[5] / "data"


@pytest.fixture(scope="session")
def stand_in() -> Iterator[tuple[sources.Registers, str]]:
    """(what it knows, its address)."""
    registers = sources.read_registers(DATA)
    server = sources.serve(registers, "tests' own key")
    yield registers, sources.in_background(server)
    server.shutdown()
    server.server_close()


@pytest.fixture
def registers(stand_in: tuple[sources.Registers, str], settings: object) -> sources.Registers:
    """What the stand-in knows; the settings name it."""
    known, address = stand_in
    known.messages.clear()
    settings.SOURCES_URL = settings.MESSAGES_URL = address
    settings.SOURCES_KEY = "tests' own key"
    return known
