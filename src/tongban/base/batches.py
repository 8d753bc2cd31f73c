"""Batches (分批): long work in bounded bites."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """``items`` in tuples of ``size`` (分批), the last one shorter; itertools has it only from Python 3.12.

    Raises ValueError for a size below one: nothing would come, and nobody would notice.
    """
    if size < 1:
        raise ValueError("a batch holds at least one")
    source = iter(items)
    while batch := tuple(islice(source, size)):
        yield batch
