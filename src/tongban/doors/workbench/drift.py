"""Drift over the province (不一致报告): by element between places, and what counters and sites really show."""

from collections.abc import Iterable, Iterator, Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.doors.web.downloads import csv_file
from tongban.doors.web.templatetags.tongban import date_zh, translated, workdays
from tongban.doors.workbench.door import day_of, now, staff
from tongban.doors.workbench.paging import PAGE, page_of, pager
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import queries
from tongban.offers.catalogue.queries import COMPARED, Drift, SightingView
from tongban.offers.catalogue.rules.elements import ONLINE_LABELS, PROCEDURE_LABELS, TERMS
from tongban.offers.catalogue.rules.sightings import CHANNEL_LABELS, SightChannel
from tongban.standards.item_codes import Level
from tongban.standards.text import msg

LABELS: Mapping[str, str] = {
    "name": TERMS["name"],
    "code": msg("同名不同码"),
    "twice": msg("一地多码"),
    "level": msg("行使层级"),
    "conditions": TERMS["conditions"],
    "statutory_days": msg("法定期限"),
    "promised_days": msg("承诺期限"),
    "special_procedures": TERMS["special_procedures"],
    "materials": TERMS["materials"],
    "fees": TERMS["fees"],
    "online": msg("网上办理深度"),
    "visits": msg("到现场次数"),
}


def _tabs(seen: bool) -> list[Shown]:
    """The two reports (两个报告): between places, and web against counter."""
    return [
        {"text": _("各地之间"), "url": "/catalogue/drift", "count": None, "current": not seen},
        {"text": _("网上和窗口之间"), "url": "/catalogue/drift/seen", "count": None, "current": seen},
    ]


@staff
@require_safe
def drift(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where the province carries out one item differently (同一事项不同标准), by element."""
    queries.ensure_may_compare(actor)
    element = _element(request)
    found = queries.drift(day_of(now()), element=element)
    number = page_of(request)
    query = f"element={element}&" if element else ""
    filters = [{"text": _("全部"), "url": "/catalogue/drift", "count": None, "current": not element}]
    filters += [
        {
            "text": translated(label),
            "url": f"/catalogue/drift?element={name}",
            "count": None,
            "current": element == name,
        }
        for name, label in LABELS.items()
    ]
    labels = [_("基本目录事项"), _("要素"), _("怎样写的"), _("多少个实施清单"), _("例如")]
    context = {
        "tabs": _tabs(seen=False),
        "filters": filters,
        "columns": [{"label": label, "number": label == labels[3]} for label in labels],
        "rows": [_drift_row(one) for one in found[(number - 1) * PAGE : number * PAGE]],
        "pager": pager(number, len(found), query),
        "csv_url": f"/catalogue/drift.csv?{query}".rstrip("?&"),
    }
    return render(request, "workbench/catalogue_drift.html", context)


def _element(request: HttpRequest) -> str:
    given = request.GET.get("element", "")
    return given if given in COMPARED else ""


def _value(one: Drift) -> str:
    """What is said, in words (写法)."""
    if one.element == "level":
        return _(Level(one.value).label)
    if one.element == "online":
        return _(ONLINE_LABELS[one.value])
    if one.element == "visits":
        return _("%(count)s次") % {"count": one.value}
    if one.element == "special_procedures":
        parts = (part.rpartition(" ") for part in one.value.split("；") if part)
        return _("；").join(
            f"{_(PROCEDURE_LABELS[kind])} {workdays(int(days))}" for kind, _space, days in parts
        ) or _("没有")
    return workdays(int(one.value)) if one.element.endswith("_days") else one.value or _("没有")


def _drift_row(one: Drift) -> Shown:
    places = "、".join(dict.fromkeys(one.places))
    return {"cells": [one.basic_name, translated(LABELS[one.element]), _value(one), str(one.items), places]}


@staff
@require_safe
def drift_csv(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The same as a file (不一致报告下载): UTF-8 with its mark, so that spreadsheets read it."""
    queries.ensure_may_compare(actor)
    found = queries.drift(day_of(now()), element=_element(request))
    header = ["basic_code", "basic_name", "element", "value", "items", "places", "kinds"]
    return csv_file("drift.csv", header, map(_csv_row, found))


def _csv_row(one: Drift) -> list[str]:
    places = "；".join(one.places)
    return [one.basic_code, one.basic_name, one.element, one.value, str(one.items), places, str(one.kinds)]


@staff
@require_safe
def seen(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where counters and sites show something else than what is in force (网上和窗口对照)."""
    queries.ensure_may_compare(actor)
    channel = _channel(request)
    found = queries.sightings(channel=channel)
    number = page_of(request)
    query = f"channel={channel}&" if channel else ""
    filters = [{"text": _("全部"), "url": "/catalogue/drift/seen", "count": None, "current": not channel}]
    filters += [
        {
            "text": translated(label),
            "url": f"/catalogue/drift/seen?channel={each}",
            "count": None,
            "current": channel == each,
        }
        for each, label in CHANNEL_LABELS.items()
    ]
    labels = [_("事项"), _("机关"), _("在哪里看到的"), _("日期"), _("写的"), _("现行版本")]
    context = {
        "tabs": _tabs(seen=True),
        "filters": filters,
        "columns": [{"label": label, "number": False} for label in labels],
        "rows": [_seen_row(one) for one in found[(number - 1) * PAGE : number * PAGE]],
        "pager": pager(number, len(found), query),
        "csv_url": f"/catalogue/drift/seen.csv?{query}".rstrip("?&"),
    }
    return render(request, "workbench/catalogue_seen.html", context)


def _channel(request: HttpRequest) -> str:
    given = request.GET.get("channel", "")
    return given if given in set(SightChannel) else ""


def _seen_row(one: SightingView) -> Shown:
    where = f"{translated(CHANNEL_LABELS[one.channel])} · {one.whereabouts}"
    if one.edition_id is None:
        return {
            "cells": [one.item_name, one.organ_name, where, date_zh(one.seen_on), "—", _("那天没有现行版本")]
        }
    shown, stands = [], []
    for each in one.mismatches:
        label = translated(LABELS[each.element])
        shown.append(f"{label}：{_said(each.element, each.shown)}")
        stands.append(f"{label}：{_said(each.element, each.stands)}")
    return {
        "cells": [
            one.item_name,
            one.organ_name,
            where,
            date_zh(one.seen_on),
            _("；").join(shown),
            _("；").join(stands),
        ]
    }


def _said(element: str, value: str) -> str:
    return workdays(int(value)) if element.endswith("_days") and value.isdigit() else value or _("没有")


@staff
@require_safe
def seen_csv(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The same as a file (网上和窗口对照下载), one line for each element that differs."""
    queries.ensure_may_compare(actor)
    found = queries.sightings(channel=_channel(request))
    header = ["item_code", "item_name", "organ", "place", "channel", "where", "seen_on", "reporter", "note"]
    return csv_file("seen.csv", [*header, "element", "shown", "in_force"], _seen_lines(found))


def _seen_lines(found: Iterable[SightingView]) -> Iterator[list[str]]:
    for one in found:
        told = [one.item_code, one.item_name, one.organ_name, one.place_name, one.channel, one.whereabouts]
        told += [one.seen_on.isoformat(), one.reporter, one.note]
        if one.edition_id is None:
            yield [*told, "edition", "", ""]
        for each in one.mismatches:
            yield [*told, each.element, each.shown, each.stands]
