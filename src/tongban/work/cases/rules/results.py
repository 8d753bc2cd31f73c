"""How public results are narrowed and paged (公示筛选与翻页): months and marks in addresses. Pure."""

import re
import uuid
from datetime import date

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
_MARK = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9a-f-]{36})", re.ASCII)


def month_of(text: str) -> date | None:
    """The first day of the month (月份) that ``text`` names as ``2026-11``, or None."""
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found and found[1] != "0000" else None


def mark_text(mark: tuple[date, uuid.UUID]) -> str:
    """Where a page ended (翻页标记), as it stands in an address."""
    return f"{mark[0].isoformat()}.{mark[1]}"


def mark_of(text: str) -> tuple[date, uuid.UUID] | None:
    """The mark (翻页标记) that ``text`` spells, or None for anything else."""
    found = _MARK.fullmatch(text)
    try:
        return (date.fromisoformat(found[1]), uuid.UUID(found[2])) if found else None
    except ValueError:
        return None


def months_back(on: date, count: int) -> list[date]:
    """The first days of this month and those before it (近若干月), the newest first."""
    last = on.year * 12 + on.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(last, last - count, -1)]
