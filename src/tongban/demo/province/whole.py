"""The whole (全省): places, organs, items and who carries out what, from one seed."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings

from tongban.demo.province import items, organs
from tongban.demo.province.counters import Counters
from tongban.demo.province.items import Basic

SEED = 1  # [O] another one gives another province


@dataclass(frozen=True)
class Province:
    """What is to be there (演示全省): the same ``seed`` gives the same codes. ``every``: only each so-manyth item, for tests."""

    seed: int = SEED
    every: int = 1

    @cached_property
    def shipped(self) -> list[Basic]:
        """Basic items of the data (已有目录事项)."""
        return items.shipped(Path(settings.DATA))[:: self.every]

    @cached_property
    def derived(self) -> list[Basic]:
        """Basic items that are derived from them (派生事项)."""
        return items.derived(self.shipped)

    @cached_property
    def offices(self) -> list[organs.Office]:
        """Organs of all levels (机关)."""
        return organs.offices(Path(settings.DATA))

    @cached_property
    def counters(self) -> Counters:
        """Who carries out what (实施分工)."""
        return Counters(self.offices, self.seed)

    def chance(self, about: str) -> random.Random:
        """Chance that is the same each time (可重复的随机)."""
        return random.Random(f"{self.seed}/{about}")  # noqa: S311 -- demonstration data, nothing secret

    def share(self, number: int, of: int) -> list[Basic]:
        """The part of one process (分工): every so-manyth basic item, so that nobody waits for another's lock."""
        return [*self.shipped, *self.derived][number::of]

    def work(self, basics: Iterable[Basic]) -> int:
        """How much there is to do with these (工作量): standards and implementations."""
        return sum(1 + sum(1 for _ in self.counters.of_basic(basic)) for basic in basics)
