"""Progress (进度): what somebody at a terminal sees while steps are taken."""

import contextlib
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence

Report = Callable[[str], None]


def say(text: str, end: str = "\n") -> None:
    """Print at once (输出). A terminal that went away must not keep us from stopping in good order."""
    with contextlib.suppress(OSError):
        print(text, end=end, flush=True)


@contextlib.contextmanager
def step(label: str) -> Iterator[Report]:
    """One line for one step (步骤) with its seconds at the end; what is reported meanwhile stands indented below."""
    begun = time.monotonic()
    lines: list[str] = []

    def report(text: str) -> None:
        say(f"{'' if lines else chr(10)}    {text}")
        lines.append(text)

    say(f"  {pad(label, 40)}", end="")
    yield report
    say(f"{'    ' if lines else ''}{time.monotonic() - begun:.1f} s")


def width(text: str) -> int:
    """Columns a text takes in a terminal (显示宽度): two for each Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def pad(text: str, columns: int) -> str:
    """``text`` filled with spaces to ``columns`` (补齐)."""
    return text + " " * max(0, columns - width(text))


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned columns (表格); the first row is the heading."""
    widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(pad(cell, size) for cell, size in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([lines[0], "─" * (sum(widths) + 2 * (len(widths) - 1)), *lines[1:]])
