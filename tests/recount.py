"""The independent recount beside our clock (独立复算对照): ``python -m tests.recount --histories 100000``.

The same random histories go through ``rules/clock.py`` and through ``scripts/recount.py``, which shares no code with it.
"""

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tests.histories import Life, life

from tongban.standards.workdays import Calendar, rows_of
from tongban.work.cases.rules.clock import dates, explain, part_dates
from tongban.work.cases.rules.export import clock_body

ROOT = Path(__file__).resolve().parents[1]
TABLE = (ROOT / "data" / "cn_holidays_2004_2026.csv").read_text(encoding="utf-8")
SEED = 20260701


def script() -> Callable[[dict[str, Any]], tuple[dict[str, Any], list[Any]]]:
    """The script's own function (脚本的函数), loaded from its file as anybody would."""
    spec = importlib.util.spec_from_file_location("recount_script", ROOT / "scripts" / "recount.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[dict[str, Any]], tuple[dict[str, Any], list[Any]]] = module.recount
    return found


def compare(histories: int, seed: int = SEED) -> tuple[int, list[str]]:
    """How many of so many histories agree (对照), and the first that do not, in words."""
    recount, chance, agreed, differ = script(), Random(seed), 0, []  # noqa: S311 -- the same histories each time, no secret
    calendar = Calendar.from_rows(rows_of(TABLE.splitlines(keepends=True)), edition="cn_holidays_2004_2026")
    # From 2022 on: no history begins earlier, and the script looks through the whole table each time.
    rows = [line.split(",") for line in TABLE.splitlines()[1:] if line >= "2022"]
    for _ in range(histories):
        one = life(chance)
        told = dates(one.events, one.limits, calendar)
        parts = {event.part for event in one.events if event.part}
        open_ = {part: by for part in parts if (by := part_dates(one.events, part, calendar).act_by)}
        body = clock_body(one.events, one.limits, (), {"rows": rows}, told, open_)
        found, days = recount(body)
        if found.items() <= body["dates"].items() and _same_days(one, days, calendar):
            agreed += 1
        elif len(differ) < 5:
            differ.append(f"{one}\n  ours:   {body['dates']}\n  script: {found}")
    return agreed, differ


def _same_days(one: Life, days: list[Any], calendar: Calendar) -> bool:
    """Whether every day of the explanation has the number that the script gives it."""
    ours = [(told.on, told.number) for told in explain(one.events, one.limits, calendar)[1:]]
    return ours == [(day, number) for day, number, _ in days]


def main() -> int:
    """Compare as many as are asked for (对照) and tell how many agree."""
    parser = argparse.ArgumentParser(prog="python -m tests.recount", description=main.__doc__)
    parser.add_argument("--histories", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    begun = time.monotonic()
    agreed, differ = compare(given.histories, given.seed)
    print(f"{agreed:,} of {given.histories:,} random histories agree ({time.monotonic() - begun:.0f} s)")
    for text in differ:
        print(text)
    return 0 if agreed == given.histories else 1


if __name__ == "__main__":
    sys.exit(main())
