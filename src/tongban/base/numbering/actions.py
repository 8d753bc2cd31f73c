"""Taking numbers (取号)."""

from tongban.base.db import fetch_one

_TAKE = """
    INSERT INTO numbering_series AS s (name, last) VALUES (%s, 1)
    ON CONFLICT (name) DO UPDATE SET last = s.last + 1
    RETURNING last
"""


def take(series: str) -> int:
    """The next serial (序号) of ``series``, from 1. Call it inside the act's transaction, as late as possible."""
    row = fetch_one(_TAKE, [series])
    assert row is not None  # noqa: S101 -- INSERT … RETURNING always returns its row
    return int(row[0])
