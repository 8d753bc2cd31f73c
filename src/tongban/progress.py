"""Progress (进度): what somebody at a terminal sees while steps are taken."""

import contextlib
import sys
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


class Bar:
    """A bar (进度条) for work of known size: how far, how fast, how long still. Without a terminal a line each tenth."""

    _COLUMNS = 30
    _EVERY = 0.2  # seconds between two drawings

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, max(1, total), 0
        self._begun = self._drawn = time.monotonic()
        self._tenth = 0

    def __enter__(self) -> "Bar":
        say(f"  {self.label}：{self.total}")
        return self

    def advance(self, done: int) -> None:
        """So much more is done (推进)."""
        self.done = min(self.total, self.done + done)
        now = time.monotonic()
        if sys.stdout.isatty():
            if now - self._drawn >= self._EVERY or self.done == self.total:
                self._drawn = now
                say(f"\r  {self.line(now - self._begun)}", end="")
        elif self.done * 10 // self.total > self._tenth:
            self._tenth = self.done * 10 // self.total
            say(f"  {self.line(now - self._begun)}")

    def line(self, seconds: float) -> str:
        """How it stands after so many seconds (进度文字)."""
        filled = self._COLUMNS * self.done // self.total
        rest = seconds * (self.total - self.done) / self.done if self.done else 0.0
        bar = "█" * filled + "░" * (self._COLUMNS - filled)
        return f"{bar} {100 * self.done // self.total:3d}% {self.done}/{self.total}，还要约 {rest:.0f} 秒   "

    def __exit__(self, *_: object) -> None:
        say(f"{chr(10) if sys.stdout.isatty() else ''}  {time.monotonic() - self._begun:.1f} s")


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
