"""Template vocabulary (模板词汇): dates, working days, masking and translation of refusals, as filters."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from tongban.base.errors import Refusal
from tongban.standards.text import Message

register = template.Library()

ZH_DAYS = "一二三四五六日"
EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EN_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)  # fmt: skip -- six months a line reads as a calendar
RESIDENT_ID = re.compile(r"\d{17}[\dXx]")
MOBILE = re.compile(r"1\d{10}")


def _local_day(value: date | datetime) -> date:
    """The civil day (当地日期) of ``value`` in the service's time zone."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def _english() -> bool:
    """Whether the reader chose English (英文界面)."""
    return (get_language() or "zh-hans").startswith("en")


@register.filter
def date_zh(value: object) -> str:
    """Date with weekday (带星期的日期): 2026年12月8日（周二）; in English 8 December 2026 (Tue); '' for nothing."""
    if not isinstance(value, date):
        return ""
    day = _local_day(value)
    if _english():
        return f"{day.day} {EN_MONTHS[day.month - 1]} {day.year} ({EN_DAYS[day.weekday()]})"
    return f"{day.year}年{day.month}月{day.day}日（周{ZH_DAYS[day.weekday()]}）"


@register.filter
def day_zh(value: object) -> str:
    """Short date for lists (短日期): 12月8日 周二; in English Tue 8 Dec; '' for nothing."""
    if not isinstance(value, date):
        return ""
    day = _local_day(value)
    if _english():
        return f"{EN_DAYS[day.weekday()]} {day.day} {EN_MONTHS[day.month - 1][:3]}"
    return f"{day.month}月{day.day}日 周{ZH_DAYS[day.weekday()]}"


@register.filter
def time_zh(value: object) -> str:
    """Date, weekday and minute (日期与时刻): 2026年12月8日（周二）14:05; a plain date stays a date."""
    if not isinstance(value, datetime):
        return date_zh(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return date_zh(value) + (" " if _english() else "") + f"{local:%H:%M}"


@register.filter
def workdays(count: int | None, due: object = None) -> str:
    """Working days in words (工作日), with the calendar date beside them: 20 个工作日，最晚 2026年12月8日（周二）.

    0 means on the spot; None means that nothing was promised and gives ''.
    """
    if count is None:
        return ""
    if count == 0:
        return gettext("当场办结")
    phrase = ngettext("%(count)s 个工作日", "%(count)s 个工作日", count) % {"count": count}
    if not isinstance(due, date):
        return phrase
    return gettext("%(days)s，最晚 %(date)s") % {"days": phrase, "date": date_zh(due)}


@register.filter
def masked(value: object, kind: str = "") -> str:
    """Hide what need not be seen (脱敏): birth digits of a resident id, middle of a mobile number.

    ``kind`` "name" keeps the family name only; anything else unknown keeps its first and last character.
    """
    text = str(value or "")
    if kind == "name":
        return text[:1] + "*" * (len(text) - 1)
    if RESIDENT_ID.fullmatch(text):
        return text[:6] + "*" * 8 + text[14:]
    if MOBILE.fullmatch(text):
        return text[:3] + "****" + text[7:]
    if len(text) <= 2:
        return text[:1] + "*" * (len(text) - 1)
    return text[0] + "*" * (len(text) - 2) + text[-1]


@register.filter
def translated(value: object) -> str:
    """A message in the reader's language (译文): of a refusal with its values in place, or of a marked text."""
    if isinstance(value, Refusal):
        text = gettext(value.message)
        return (
            text % {name: translated(part) for name, part in value.params.items()} if value.params else text
        )
    if isinstance(value, Message):
        return gettext(str(value)) % {name: translated(part) for name, part in value.params.items()}
    if isinstance(value, date):
        return date_zh(value)
    text = "" if value is None else str(value)
    return gettext(text) if text else ""


@register.filter
def file_size(count: int | None) -> str:
    """Size of a file (文件大小) given in bytes, in KB or MB with one decimal: 1.2 MB."""
    if count is None:
        return ""
    if count < 1024 * 1024:
        return f"{max(count / 1024, 0.1):.1f} KB"
    return f"{count / 1024 / 1024:.1f} MB"


@register.filter
def tail(value: object) -> str:
    """The end of a case number (编号尾号): its day and serial, for lists where 43 characters do not fit."""
    text = str(value or "")
    return text if len(text) <= 16 else "…" + text[-12:]


@register.filter
def holds(value: object, choice: object) -> bool:
    """Whether a field's value, one or several, holds this choice (选中): compared as text, as forms send it."""
    if isinstance(value, list | tuple | set | frozenset):
        return str(choice) in {str(part) for part in value}
    return value is not None and str(value) == str(choice)


@register.filter
def paired(columns: Sequence[Any], cells: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Columns beside the cells of one row (列与格); a row of another length is a programming fault."""
    return list(zip(columns, cells, strict=True))
