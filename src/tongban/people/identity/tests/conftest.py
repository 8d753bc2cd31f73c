"""What the tests of identity share: the stand-in for sources."""

from collections.abc import Iterator

import pytest
from tests.stand_ins import KEY, Registers, standing_in


@pytest.fixture(scope="session")
def stand_in() -> Iterator[tuple[Registers, str]]:
    """(what it knows, its address)."""
    with standing_in() as started:
        yield started


@pytest.fixture
def registers(stand_in: tuple[Registers, str], settings: object) -> Registers:
    """What the stand-in knows; the settings name it."""
    known, address = stand_in
    known.messages.clear()
    settings.SOURCES_URL = settings.MESSAGES_URL = address
    settings.SOURCES_KEY = KEY
    return known
