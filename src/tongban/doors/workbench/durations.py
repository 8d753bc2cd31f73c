"""Durations (办理用时): what was promised, what the law allows, what it took; where time goes; what another promise would do."""

import uuid
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, NotFound
from tongban.doors.web.templatetags.tongban import translated, workdays
from tongban.doors.workbench.door import day_of, now, staff
from tongban.doors.workbench.shown import Shown
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.queries import ItemDurations
from tongban.work.cases.rules.durations import PHASE_LABELS, Change, Replay, median, replay

_YEAR = timedelta(days=365)
_COLUMNS = (
    msg("事项"),
    msg("机关"),
    msg("办了几件"),
    msg("一般用时"),
    msg("十件里九件不超过"),
    msg("承诺"),
    msg("法定"),
    msg("超承诺"),
    msg("超法定"),
)
_NUMBERS = (False, False, True, True, True, True, True, True, True)
_MOST_DAYS = 400


def _period(today: date) -> tuple[date, date]:
    return today - _YEAR, today + timedelta(days=1)


def _ensure(actor: Actor) -> None:
    if not queries.reach(actor):
        raise Forbidden("cases.durations", msg("您没有可以看用时的机关。"))


@staff
@require_safe
def durations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All items of one's organs, or of the supervised places (各事项用时), over the last year."""
    _ensure(actor)
    since, until = _period(day_of(now()))
    found = queries.by_item(actor, since=since, until=until)
    context = {
        "columns": [
            {"label": label, "number": number} for label, number in zip(_COLUMNS, _NUMBERS, strict=True)
        ],
        "rows": [_row(one) for one in found],
        "since": since,
    }
    return render(request, "workbench/durations.html", context)


def _row(one: ItemDurations) -> Shown:
    broken: object = {"state": "bad", "word": str(one.unlawful)} if one.unlawful else "0"
    late: object = {"state": "warn", "word": str(one.late)} if one.late else "0"
    return {
        "cells": [
            {"text": one.item_name, "url": f"/durations/{one.item_id}"},
            one.organ_name,
            str(one.cases),
            f"{one.middle:g}",
            f"{one.most:g}",
            str(one.promised),
            str(one.statutory),
            late,
            broken,
        ]
    }


@staff
@require_safe
def item(request: HttpRequest, actor: Actor, item_id: uuid.UUID) -> HttpResponse:
    """One item (一个事项的用时): bars of promise, law and reality; where the time goes; a change played on last year's cases."""
    _ensure(actor)
    since, until = _period(day_of(now()))
    told = queries.histories(actor, item_id, since=since, until=until)
    named = next(
        (one for one in queries.by_item(actor, since=since, until=until) if one.item_id == item_id), None
    )
    if named is None or not told:
        raise NotFound("cases.durations", msg("过去一年没有办结的办件，或者您不能查看它。"))
    days = queries.calendar()
    change, fields, errors = _change(request, named)
    shown = replay(told, change, days)
    context = {
        "item": named,
        "since": since,
        "bars": _bars(named, shown),
        "phases": _phases(queries.phases(told)),
        "spread": _spread(shown.days),
        "fields": fields,
        "errors": errors,
        "replay": None if errors or change == Change() else shown,
        "promise": change.promised_days,
    }
    return render(request, "workbench/durations_item.html", context, status=422 if errors else 200)


def _bars(one: ItemDurations, shown: Replay) -> list[Shown]:
    real = median(shown.days)
    most = max(one.statutory, one.promised, real, 1)
    lines = (
        (_("法定"), one.statutory, "idle"),
        (_("承诺"), one.promised, "mid"),
        (_("一般用时"), real, "sea"),
    )
    return [
        {
            "label": label,
            "value": _("%(days)s 个工作日") % {"days": f"{days:g}"},
            "share": round(days / most * 100, 1),
            "tone": tone,
        }
        for label, days, tone in lines
    ]


def _phases(found: list[queries.PhaseTime]) -> list[Shown]:
    most = max((one.mean for one in found), default=0) or 1
    return [
        {
            "label": translated(PHASE_LABELS[one.phase]),
            "value": _("平均 %(mean)s，九成不超过 %(most)s")
            % {"mean": f"{one.mean:.1f}", "most": workdays(one.most)},
            "share": round(one.mean / most * 100, 1),
            "tone": "sea",
        }
        for one in found
    ]


def _spread(days: tuple[int, ...]) -> list[Shown]:
    """How many cases took how long (用时分布), in at most a dozen bars of equal width."""
    step = max(-(-(days[-1] + 1) // 12), 1) if days else 1
    counts: dict[int, int] = {}
    for one in days:
        counts[one // step] = counts.get(one // step, 0) + 1
    most = max(counts.values(), default=1)
    return [
        {
            "label": str(n * step) if step == 1 else f"{n * step}—{n * step + step - 1}",
            "value": _("%(number)s 件") % {"number": counts.get(n, 0)},
            "share": round(counts.get(n, 0) / most * 100, 1),
            "tone": "mid",
        }
        for n in range(max(counts, default=0) + 1)
    ]


def _change(request: HttpRequest, one: ItemDurations) -> tuple[Change, list[Shown], list[Shown]]:
    """The change that is asked for (拟议调整), its fields, and what is wrong with them."""
    names = {
        "promised": (_("承诺改成多少个工作日"), str(one.promised)),
        "stop": (_("特别程序最多多少个工作日"), ""),
    }
    values: dict[str, int | None] = {}
    fields: list[Shown] = []
    errors: list[Shown] = []
    for name, (label, hint) in names.items():
        typed = request.GET.get(name, "").strip()[:8]
        number = int(typed) if typed.isascii() and typed.isdigit() and int(typed) <= _MOST_DAYS else None
        problem = [_("请填 0 到 400 的整数。")] if typed and number is None else []
        values[name] = number
        fields.append(
            {
                "name": name,
                "label": label,
                "type": "text",
                "inputmode": "numeric",
                "width": "s",
                "value": typed,
                "help": _("现在是 %(days)s。") % {"days": hint} if hint else "",
                "errors": problem,
                "required": False,
            }
        )
        errors += [{"name": name, "text": f"{label}：{text}"} for text in problem]
    return Change(promised_days=values["promised"], longest_stop=values["stop"]), fields, errors
