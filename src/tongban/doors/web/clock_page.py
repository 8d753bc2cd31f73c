"""The clock of a case laid open (期限说明): months as a picture, every day as a list, what does not count, the law, the calendar.

For portal and workbench alike; no database.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from tongban.doors.web.templatetags.tongban import date_zh, workdays
from tongban.offers.catalogue.rules.elements import PROCEDURE_LABELS
from tongban.standards.text import msg
from tongban.standards.workdays import Calendar, DayKind
from tongban.work.cases.queries import CaseView, ClockView, PartClock
from tongban.work.cases.rules.clock import ARTICLES, DayTold, Happened, Stop, Why
from tongban.work.cases.rules.joint import PART_LABELS
from tongban.work.cases.rules.moves import Verb

Shown = dict[str, Any]
_DAY = timedelta(days=1)

PROVISIONAL = msg(
    "暂定：其中有日子在国务院还没有公布放假安排的年份，先按周一至周五算；公布以后会重新算，可能前后移动。"
)

# What the first day is, what is owed at the end, and by which article.
_STEPS: Mapping[Happened, tuple[str, str, str, str]] = {
    Happened.PRE_REVIEW: (msg("提交"), msg("答复"), msg("预审最晚答复"), ""),
    Happened.RECEIVED: (msg("收到"), msg("答复"), msg("收到申请后最晚答复"), ARTICLES["reply"]),
    Happened.STOPPED: (msg("告知"), msg("结束"), msg("特别程序最晚结束"), ARTICLES["stop"]),
    Happened.DECIDED: (msg("决定"), msg("送达"), msg("决定后最晚送达"), ARTICLES["deliver"]),
}
_NOT_COUNTED: Mapping[Why, str] = {Why.WEEKEND: msg("周末"), Why.STOPPED: msg("停")}
_KINDS: Mapping[Why, str] = {
    Why.FIRST: "first",
    Why.COUNTED: "counted",
    Why.MAKEUP: "makeup",
    Why.EXTENDED: "extended",
    Why.WEEKEND: "off",
    Why.HOLIDAY: "holiday",
    Why.STOPPED: "stopped",
}
LEGEND: Sequence[tuple[str, str]] = (
    ("counted", msg("计入的工作日，写着是第几天")),
    ("makeup", msg("调休上班的周末，也计入")),
    ("extended", msg("批准延长的日子，计入")),
    ("off", msg("周末，不计")),
    ("holiday", msg("法定节假日，不计")),
    ("stopped", msg("特别程序，停止计时")),
    ("provisional", msg("放假安排还没有公布，暂定")),
)


def page(view: ClockView, today: date) -> Shown:
    """All that the page shows (期限说明内容)."""
    case = view.case
    sections = [section for section in (_decision(view, today), _step(view, today)) if section]
    used = {cell["kind"] for section in sections for cell in section["days"]}
    soft = any(day.provisional for day in (*view.days, *view.step_days))
    return {
        "case": case,
        "facts": _facts(view),
        "sections": sections,
        "legend": [
            {"kind": kind, "text": text}
            for kind, text in LEGEND
            if kind in used or (kind == "provisional" and soft)
        ],
        "stops": _stops(view),
        "parts": [_part(one) for one in view.parts],
        "provisional": PROVISIONAL if case.provisional else "",
        "article": ARTICLES["workday"],
        "edition": view.edition,
        "calendar_to": view.calendar.last,
    }


def as_file(body: Mapping[str, object]) -> HttpResponse:
    """The clock of a case as a download (计时数据下载)."""
    found = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    name = f"clock-{body['number'] or 'draft'}.json"
    found.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return found


def _facts(view: ClockView) -> list[Shown]:
    """The dates themselves (要点): acceptance, promise, law."""
    case, limits = view.case, view.case.edition.guide.limits
    if view.terms is None:
        return []
    unit = _("%(days)s 天（自然日）") % {"days": limits.statutory_days} if limits.statutory_unit == "day" else workdays(limits.statutory_days)  # fmt: skip
    lawful = _("%(limit)s，加批准延长的 %(more)s 天") % {"limit": unit, "more": view.terms.extended} if view.terms.extended else unit  # fmt: skip
    soft = _("（暂定）") if case.provisional else ""
    return [
        {"label": _("受理"), "value": date_zh(view.terms.since), "note": _("当天不算，次日起算")},
        {"label": _("承诺办结"), "value": date_zh(case.promised_on) + soft, "note": workdays(limits.promised_days)},
        {"label": _("法定期限"), "value": date_zh(case.due_on) + soft, "note": lawful},
    ]  # fmt: skip


def _decision(view: ClockView, today: date) -> Shown | None:
    if view.terms is None:
        return None
    case, limits = view.case, view.case.edition.guide.limits
    marks = {view.terms.promised_on: [_("承诺")]}
    marks.setdefault(view.terms.due_on, []).append(_("法定"))
    joint = bool(case.parts)
    articles = [ARTICLES["decide"]] + ([ARTICLES["stop"]] if view.terms.stops else [])
    articles += [ARTICLES["lower"]] if any(one.instance == "lower" for one in case.edition.guide.departments) else []  # fmt: skip
    text = _("从受理到法定期限，一天一天是这样算的。承诺期限另按 %(days)s算，标着“承诺”。") % {"days": workdays(limits.promised_days)}  # fmt: skip
    if joint:
        text += _("多个部门一起办：只有轮到的部门全都停下的日子，总的期限才停。")
    return {
        "id": "decision",
        "title": _("从受理到作出决定"),
        "text": text,
        "articles": articles,
    } | drawn(view.days, _("受理"), marks, today, view.calendar)


def _step(view: ClockView, today: date) -> Shown | None:
    if not view.step_days:
        return None
    first, last, title, article = _STEPS[view.step]
    marks = {view.step_days[-1].on: [_(last)]}
    return {
        "id": "step",
        "title": _(title),
        "text": "",
        "articles": [article] if article else [],
    } | drawn(view.step_days, _(first), marks, today, view.calendar)


def drawn(
    days: Sequence[DayTold], first: str, marks: Mapping[date, list[str]], today: date, calendar: Calendar
) -> Shown:
    """Days as months and as a list (日历画面). ``first``: what the first day is; ``marks``: what else a day is."""
    cells = [_cell(day, first, marks.get(day.on, []), today, calendar) for day in days]
    months = [_month(list(of_month)) for _key, of_month in groupby(cells, lambda cell: (cell["on"].year, cell["on"].month))]  # fmt: skip
    return {"days": cells, "months": months}


def _cell(told: DayTold, first: str, marks: Sequence[str], today: date, calendar: Calendar) -> Shown:
    extras = list(marks)
    reason = calendar.reason(told.on) if calendar.covers(told.on) else None
    if told.number and reason is not None and reason.kind is DayKind.MAKEUP:
        extras.append(_("班"))
    if told.why is Why.EXTENDED:
        extras.append(_("延"))
    return {
        "on": told.on,
        "kind": _KINDS[told.why],
        "word": _word(told, first),
        "marks": extras,
        "why": _reason(told, first),
        "provisional": told.provisional,
        "today": told.on == today,
    }


def _word(told: DayTold, first: str) -> str:
    if told.why is Why.FIRST:
        return first
    if told.number:
        return _("第 %(number)s 天") % {"number": told.number}
    return _(told.name) if told.why is Why.HOLIDAY else _(_NOT_COUNTED[told.why])


def _reason(told: DayTold, first: str) -> str:
    """Why a day counts or not, in words for the list (计与不计的理由)."""
    reasons = {
        Why.FIRST: _("%(first)s的当天，不计") % {"first": first},
        Why.COUNTED: _("计入"),
        Why.MAKEUP: _("计入，%(holiday)s调休上班") % {"holiday": _(told.name)} if told.name else "",
        Why.EXTENDED: _("计入，批准延长的日子"),
        Why.WEEKEND: _("周末，不计"),
        Why.HOLIDAY: _("%(holiday)s放假，不计") % {"holiday": _(told.name)} if told.name else "",
        Why.STOPPED: _("特别程序%(number)s，不计") % {"number": told.stop},
    }
    return reasons[told.why] + (_("（暂定）") if told.provisional else "")


def _month(cells: list[Shown]) -> Shown:
    """One month as weeks from Monday to Sunday (月历); days outside of the count are blank."""
    by_day = {cell["on"]: cell for cell in cells}
    day = cells[0]["on"].replace(day=1)
    month, weeks = day.month, []
    day -= day.weekday() * _DAY
    while day.month == month or day < cells[0]["on"]:
        week = [day + n * _DAY for n in range(7)]
        if any(one in by_day for one in week):
            weeks.append([{"day": one.day if one.month == month else "", "told": by_day.get(one)} for one in week])  # fmt: skip
        day += 7 * _DAY
    return {"year": cells[0]["on"].year, "month": month, "weeks": weeks}


def _stops(view: ClockView) -> list[Shown]:
    """The special procedures as they are left out (停止计时的日子), with what was told of them."""
    if view.terms is None:
        return []
    if view.case.parts:
        return [_span(number, stop, _("轮到的部门都在特别程序中"), None) for number, stop in enumerate(view.terms.stops, 1)]  # fmt: skip
    told = _told(view.case, Verb.SUSPEND)
    return [
        _span(number, stop, *told.get(stop.since, (_("特别程序"), None)))
        for number, stop in enumerate(view.terms.stops, 1)
    ]


def _span(number: int, stop: Stop, what: str, days: object) -> Shown:
    return {
        "number": number,
        "what": what,
        "since": stop.since + _DAY,
        "until": stop.until,
        "told": _("书面告知需要 %(days)s 个工作日") % {"days": days} if days else "",
    }


def _told(case: CaseView, verb: Verb) -> dict[date, tuple[str, object]]:
    """Kind and days of each notice (告知的特别程序), by the day from which the clock stands."""
    days = iter(event.on for event in case.clock if event.what is Happened.STOPPED and not event.part)
    notices = (document for document in case.documents if document.verb is verb)
    return {
        on: (_(PROCEDURE_LABELS.get(str(one.body["kind"]), str(one.body["kind"]))), one.body["days"])
        for on, one in zip(days, notices, strict=False)
    }


def _part(one: PartClock) -> Shown:
    """A department's own budget (部门自己的时限)."""
    part = one.part
    return {
        "name": part.name,
        "what": part.what,
        "state": _(PART_LABELS[part.state]),
        "days": workdays(part.days),
        "opened_on": part.opened_on,
        "stops": [{"since": stop.since + _DAY, "until": stop.until} for stop in one.stops],
        "act_by": part.act_by,
        "done_at": part.done_at,
    }
