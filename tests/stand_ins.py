"""The stand-in for sources (模拟权威来源), in a thread of the tests, asked over HTTP as in use."""

import contextlib
from collections.abc import Iterator

from django.conf import settings

from tongban.demo.simulators import sources
from tongban.demo.simulators.sources import Registers

KEY = "the tests' own key"

__all__ = ["KEY", "Registers", "standing_in"]


@contextlib.contextmanager
def standing_in(oldest: float = sources.OLDEST) -> Iterator[tuple[Registers, str]]:
    """(what it knows, its address) as long as it runs. ``oldest``: infinite where the tests' clock is not the real one."""
    registers = sources.read_registers(settings.DATA)
    server = sources.serve(registers, KEY, oldest=oldest)
    try:
        yield registers, sources.in_background(server)
    finally:
        server.shutdown()
        server.server_close()
