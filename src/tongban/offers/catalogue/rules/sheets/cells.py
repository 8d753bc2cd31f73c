"""Cells (单元格): how one value of a guide is written as a text, and read back to the same value.

An empty cell says nothing. ``（空）`` says "none here", as an empty text or list of a draft does. In a list one entry
stands in a line; a line end inside an entry is written ``\\n``, a backslash ``\\\\``.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tongban.standards.text import Message, msg

NOTHING = "（空）"
_NOTHING = re.compile(r"\\*（空）")
_TRUE, _FALSE = "是", "否"


class BadCell(ValueError):  # noqa: N818 -- a finding about a file
    """A cell that cannot be read (单元格有误): the message is fit to show."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text (文字) as it is."""

    said: str = msg("文字")

    def write(self, value: object) -> str:
        """The cell (写)."""
        text = str(value)
        return NOTHING if text == "" else f"\\{text}" if _NOTHING.fullmatch(text) else text

    def read(self, cell: str) -> object:
        """The value (读)."""
        if cell == NOTHING:
            return ""
        return cell[1:] if _NOTHING.fullmatch(cell) else cell


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number (整数)."""

    said: str = msg("整数")

    def write(self, value: object) -> str:
        """The cell (写)."""
        return str(value)

    def read(self, cell: str) -> object:
        """The value (读)."""
        told = cell.strip()
        if not re.fullmatch(r"-?[0-9]{1,18}", told, re.ASCII):
            raise BadCell(msg("这里要填整数。"))
        return int(told)


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number with a fraction (小数)."""

    said: str = msg("小数")

    def write(self, value: object) -> str:
        """The cell (写)."""
        return str(value)

    def read(self, cell: str) -> object:
        """The value (读)."""
        told = cell.strip()
        if not re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,17})?", told, re.ASCII):
            raise BadCell(msg("这里要填数字，例如 110.35。"))
        return told


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no (是否)."""

    said: str = msg("是／否")

    def write(self, value: object) -> str:
        """The cell (写)."""
        return _TRUE if value else _FALSE

    def read(self, cell: str) -> object:
        """The value (读)."""
        if cell.strip() not in (_TRUE, _FALSE):
            raise BadCell(msg("这里要填“是”或者“否”。"))
        return cell.strip() == _TRUE


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a code table (代码): written in words."""

    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """What may stand there (可填)."""
        return "／".join(self.labels.values())

    def write(self, value: object) -> str:
        """The cell (写)."""
        return self.labels[str(value)]

    def read(self, cell: str) -> object:
        """The value (读)."""
        for value, label in self.labels.items():
            if cell.strip() in (label, value):
                return value
        raise BadCell(Message(msg("这里要填其中之一：%(said)s"), {"said": self.said}))


@dataclass(frozen=True, slots=True)
class Entries:
    """A short list (短列表), an entry a line; ``labels``: the code table of its entries, where it has one."""

    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """What may stand there (可填)."""
        return "／".join(self.labels.values()) or msg("每行一项")

    def write(self, value: object) -> str:
        """The cell (写)."""
        entries = value if isinstance(value, list) else []
        if not entries:
            return NOTHING
        lines = [_line(self.labels.get(str(entry), str(entry))) for entry in entries]
        return f"\\{lines[0]}" if len(lines) == 1 and _NOTHING.fullmatch(lines[0]) else "\n".join(lines)

    def read(self, cell: str) -> object:
        """The value (读)."""
        if cell == NOTHING:
            return []
        if _NOTHING.fullmatch(cell):
            return [_unline(cell[1:])]
        lines = [line for line in cell.split("\n") if line]
        if not self.labels:
            return [_unline(line) for line in lines]
        one = Choice(self.labels)
        return [one.read(line) for line in lines]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Conditions (条件): ``字段=选项``, one a line; several options of one field in as many lines. What is more than that is JSON."""

    said: str = msg("字段标识=选项，每行一条")

    def write(self, value: object) -> str:
        """The cell (写)."""
        lines = []
        for key, told in value.items() if isinstance(value, Mapping) else ():
            options = told if isinstance(told, list) else [told]
            if all(isinstance(one, str) for one in options):
                lines += [f"{key}={_line(one)}" for one in options]
            else:
                lines.append(f"{key}:{json.dumps(told, ensure_ascii=False)}")
        return "\n".join(lines)

    def read(self, cell: str) -> object:
        """The value (读)."""
        found: dict[str, object] = {}
        for line in filter(None, cell.split("\n")):
            pair = re.fullmatch(r"([a-z][a-z0-9_]*)([=:])(.*)", line)
            if pair is None:
                raise BadCell(msg("这里每行要写“字段标识=选项”。"))
            key, mark, told = pair.groups()
            value = _unline(told) if mark == "=" else parsed(told)
            before = found.get(key)
            if before is None:
                found[key] = value
            else:
                found[key] = [*(before if isinstance(before, list) else [before]), value]
        return found


@dataclass(frozen=True, slots=True)
class Rest:
    """Whatever has no column of its own (其他设置), as one JSON object."""

    said: str = msg("JSON 对象")

    def write(self, value: object) -> str:
        """The cell (写)."""
        return json.dumps(value, ensure_ascii=False) if value else ""

    def read(self, cell: str) -> object:
        """The value (读)."""
        found = parsed(cell)
        if not isinstance(found, dict):
            raise BadCell(msg("这里要写一个 JSON 对象。"))
        return found


def parsed(text: str) -> object:
    """The JSON that a cell holds (单元格里的 JSON)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadCell(msg("这里要写一个 JSON 对象。")) from None


def _line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _unline(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), text.rstrip("\r"))


Cell = Text | Whole | Decimal | Flag | Choice | Entries | Pairs | Rest
