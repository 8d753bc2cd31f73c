"""Handling elsewhere (通办): whether a counter in one place may take in, and hand out, what an organ in another decides.

The scope is the edition's (通办范围: 本县、全市、全省、全国). It is read from the paths of the two places, never from the digits of
their codes: a city that stands directly under the province (省直辖县级市) is a city for 全市通办 as well.
"""

from collections.abc import Sequence
from typing import Final, Literal, Protocol

Scope = Literal["county", "city", "province", "country"]
_ABOVE_TOWNS: Final = frozenset({"province", "prefecture", "county"})
_CITY_DEPTH: Final = 2  # the province, and what stands directly under it


class Rung(Protocol):
    """One place of a path (区划路径上的一级), the province first."""

    @property
    def code(self) -> str: ...
    @property
    def level(self) -> str: ...


def territory(path: Sequence[Rung], scope: Scope) -> str:
    """The place whose counters serve each other under ``scope`` (通办区域), by code; '' is everywhere.

    An organ above the level of the scope shares it with the counters of its own place only.
    """
    rungs = [rung for rung in path if rung.level in _ABOVE_TOWNS]
    kept = {"county": rungs, "city": rungs[:_CITY_DEPTH], "province": rungs[:1], "country": []}[scope]
    return kept[-1].code if kept else ""


def covers(scope: Scope, counter: Sequence[Rung], deciding: Sequence[Rung]) -> bool:
    """Whether ``scope`` covers the way from a counter's place to the deciding organ's (是否在通办范围内)."""
    return territory(counter, scope) == territory(deciding, scope)
