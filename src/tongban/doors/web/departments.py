"""Departments that take part in a case (联办部门), drawn for the part ``joint``: whose turn it is, until when, who is waited for."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tongban.doors.web.templatetags.tongban import date_zh, translated, workdays
from tongban.offers.catalogue.rules.times import critical_path, joint_days
from tongban.standards.workdays import Calendar
from tongban.work.cases.queries import CaseView, PartView
from tongban.work.cases.rules.joint import PART_LABELS, PartState, remaining

Drawn = dict[str, object]
_CHINA = ZoneInfo("Asia/Shanghai")


def departments(case: CaseView, calendar: Calendar, today: date) -> Drawn:
    """The departments of a case (各部门进度) as a diagram and a table; empty where nobody else takes part.

    ``x`` and ``width`` are percentages of the time from acceptance to the promised day, or to the last day known.
    """
    if not case.parts:
        return {}
    left = {part.key: _left(part, calendar, today) for part in case.parts}
    rest = remaining(case.edition.guide.departments, left)
    path = [one for one in critical_path(rest) if left.get(one.key)]
    first, last = _span(case, today)
    rows = [
        _row(part, case, first, last) | {"longest": part.key in {one.key for one in path}}
        for part in case.parts
    ]
    return {
        "rows": rows,
        "path": [one.name for one in path],
        "days": workdays(joint_days(rest)) if path else "",
        "done": sum(part.state is PartState.DONE for part in case.parts),
        "count": len(case.parts),
        "table": _table(rows),
    }


def _left(part: PartView, calendar: Calendar, today: date) -> int:
    """Working days that a department still has (剩余工作日): none when it is done, all of its budget before its turn."""
    if part.state in (PartState.DONE, PartState.ENDED):
        return 0
    if part.act_by is None:
        return part.days
    return max(calendar.provisional_between(today, part.act_by)[0], 1)


def _span(case: CaseView, today: date) -> tuple[date, date]:
    opened = [part.opened_on for part in case.parts if part.opened_on] or [today]
    ends = [day for part in case.parts for day in (part.act_by, _day(part.done_at)) if day is not None]
    first, last = min(opened), max([*ends, *([case.promised_on] if case.promised_on else [])], default=today)
    return first, max(last, first + timedelta(days=1))


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(_CHINA).date()


def _row(part: PartView, case: CaseView, first: date, last: date) -> Drawn:
    whole = (last - first).days
    begins = part.opened_on or last
    ends = _day(part.done_at) or part.act_by or begins
    share = max((ends - begins).days / whole * 100, 2)
    start = min((begins - first).days / whole * 100, 98)
    return {
        "name": part.name,
        "organ": "",
        "what": part.what,
        "days": translated(PART_LABELS[part.state]),
        "begins": _told(part, case),
        "lower": False,
        "x": f"{start:.2f}%",
        "width": f"{min(share, 100 - start) if part.opened_on else 0:.2f}%",
    }


def _told(part: PartView, case: CaseView) -> str:
    """Where the department is (部门进度), in a sentence."""
    if part.state is PartState.DONE:
        words = _("%(day)s 办完，同意") if part.agrees else _("%(day)s 办完，不同意")
        return words % {"day": date_zh(part.done_at)}
    if part.state is PartState.WAITING:
        names = {one.key: one.name for one in case.parts}
        return _("等%(names)s的意见") % {"names": "、".join(names[key] for key in part.after if key in names)}
    if part.state is PartState.ENDED:
        return _("办件已经结束，不再办理")
    words = (
        _("特别程序，最晚 %(day)s 办完（只顺延这个部门的时间）")
        if part.state is PartState.PAUSED
        else _("最晚 %(day)s 办完")
    )
    return words % {"day": date_zh(part.act_by)}


def _table(rows: list[Drawn]) -> Drawn:
    columns = [{"label": label} for label in (_("部门"), _("办到哪里"), _("期限"), _("看什么"))]
    return {
        "columns": columns,
        "rows": [{"cells": [r["name"], r["days"], r["begins"], r["what"]]} for r in rows],
    }
