"""Typed fields (录入项): what is checked of a text, a list of lines, a day, whatever the form. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

Errors = dict[str, list[str]]

MISSING: Final = msg("请从列出的选项里选一个。")
EMPTY: Final = msg("请填写这一项。")
MOST_LINES: Final = 50  # [O] our own number


def line(
    given: Mapping[str, str], name: str, *, limit: int, multiline: bool = False, needed: bool = True
) -> tuple[str, list[str]]:
    """(clean text of the field, what is wrong with it) (文字项)."""
    typed = given.get(name, "")
    try:
        clean = plaintext.clean(typed, limit=limit, multiline=multiline)
    except BadCode as error:
        return typed, [Message(error.message, error.params)]
    return clean, [] if clean or not needed else [EMPTY]


def lines(
    given: Mapping[str, str], name: str, *, limit: int, needed: bool = True
) -> tuple[list[str], list[str]]:
    """(clean lines of the field without empty ones, what is wrong) (多行项): each at most ``limit`` characters."""
    text, problems = line(given, name, limit=(limit + 1) * MOST_LINES, multiline=True, needed=needed)
    if problems:
        return [], problems
    found = [clean for each in text.split("\n") if (clean := each.strip())]
    if len(found) > MOST_LINES or any(len(each) > limit for each in found):
        told = msg("最多%(lines)s行，每行最多%(limit)s个字。")
        return [], [Message(told, {"lines": MOST_LINES, "limit": limit})]
    return list(dict.fromkeys(found)), []


def day(given: Mapping[str, str], name: str) -> tuple[str, list[str]]:
    """(the day as YYYY-MM-DD, what is wrong with it) (日期项)."""
    typed, problems = line(given, name, limit=10)
    if problems:
        return "", problems
    try:
        return date.fromisoformat(typed).isoformat(), []
    except ValueError:
        return "", [msg("日期请写成 2026-12-31 这样。")]


def only_errors(problems: Mapping[str, list[str]]) -> Errors:
    """Those fields with which something is wrong (有误项)."""
    return {name: texts for name, texts in problems.items() if texts}
