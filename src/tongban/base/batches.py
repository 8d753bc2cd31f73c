"""Batches (分批): long work in bounded bites."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """``items`` in tuples of ``size`` (分批), the last one shorter; itertools has it only from Python 3.12."""
    source = iter(items)
    while batch := tuple(islice(source, size)):
        yield batch
