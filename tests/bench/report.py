"""Figures (指标): what was measured, beside what, printed as a table and kept as lines of JSON."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from tests.bench.load import Measured


@dataclass(frozen=True)
class Figure:
    """One figure (指标): ours beside the reference. ``goal``: of the ratio; of ``ours`` itself where unit is a count, ``ms below``, ``s below`` or ``… at least``."""

    area: str
    figure: str
    ours: float
    reference: float | None
    reference_name: str
    goal: float | None
    unit: str

    @property
    def ratio(self) -> float | None:
        """Ours by the reference (比值)."""
        return round(self.ours / self.reference, 3) if self.reference else None

    def verdict(self) -> str:
        """Whether the goal is met (是否达标)."""
        if self.goal is None:
            return ""
        if self.unit == "statements":
            return f"<= {self.goal:g} {'ok' if self.ours <= self.goal else 'MISSED'}"
        if self.unit.endswith("at least"):
            return f">= {self.goal:g} {'ok' if self.ours >= self.goal else 'MISSED'}"
        if self.unit in ("ms below", "s below"):
            return f"< {self.goal:g} {'ok' if self.ours < self.goal else 'MISSED'}"
        return f">= {self.goal:g} {'ok' if (self.ratio or 0) >= self.goal else 'MISSED'}"


def compared(
    area: str, ours: Sequence[Measured], reference: Sequence[Measured], name: str, goal: float | None
) -> list[Figure]:
    """Rate, p50, p99 and CPU of runs beside those of the reference (对照); medians over the runs."""

    def figure(what: str, unit: str, read: str, goal: float | None = None) -> Figure:
        mine, theirs = (median(getattr(run, read) for run in runs) for runs in (ours, reference))
        return Figure(area, what, round(mine, 3), round(theirs, 3), name, goal, unit)

    figures = [
        figure("rate", "1/s", "rate", goal),
        figure("p50", "ms", "p50"),
        figure("p99", "ms", "p99"),
        figure("CPU, program", "ms each", "program_cpu"),
        figure("CPU, database", "ms each", "database_cpu"),
        figure("CPU, client", "ms each", "client_cpu"),
    ]
    return [one for one in figures if one.ours]  # what acts in its own process has no client


def counted(area: str, ours: int, reference: int, name: str, goal: float | None) -> Figure:
    """Statements of one act (语句数), BEGIN and COMMIT among them."""
    return Figure(area, "statements, BEGIN and COMMIT included", ours, reference, name, goal, "statements")


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(figures: Sequence[Figure]) -> str:
    """The figures as an aligned table (表格)."""
    head = ("area", "figure", "unit", "ours", "reference", "ratio", "goal", "beside")
    rows = [head]
    for one in figures:
        numbers = [
            "" if value is None else f"{value:,.3f}".rstrip("0").rstrip(".")
            for value in (one.ours, one.reference, one.ratio)
        ]
        rows.append((one.area, one.figure, one.unit, *numbers, one.verdict(), one.reference_name))
    widths = [max(_wide(row[column]) for row in rows) for column in range(len(head))]
    numeric = {3, 4, 5}
    lines = []
    for row in rows:
        cells = [
            (" " * (width - _wide(cell)) + cell) if place in numeric else (cell + " " * (width - _wide(cell)))
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def keep(figures: Sequence[Figure], path: Path) -> None:
    """Append the figures to ``path`` (存档), one JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        for one in figures:
            lines.write(json.dumps(asdict(one) | {"ratio": one.ratio}, ensure_ascii=False) + "\n")
