"""Depth online (办事深度): how far the items can be done online, counted, item by item, and as a file."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.doors.portal.visit import now, today
from tongban.doors.web.counted import depth_counts
from tongban.doors.web.downloads import csv_file
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.queries import DEPTHS, DepthCount, DepthLine
from tongban.offers.catalogue.rules.elements import ONLINE_LABELS

_TONES = {"full": "sea", "accept": "mid", "none": "idle"}
_PAGE = 50


@require_safe
def depth(request: HttpRequest) -> HttpResponse:
    """How far the items can be done online (办事深度)."""
    on = today()
    found = depth_counts(on, now())
    places = {each.place: each.place_name for each in found}
    place = request.GET.get("place", "")
    place = place if place in places else ""
    online = request.GET.get("online", "")
    online = online if online in ONLINE_LABELS else ""
    after = request.GET.get("after", "")[:40]
    after = after if after.isalnum() and after.isascii() else ""
    lines = catalogue.depth_lines(on, place=place, online=online, after=after, limit=_PAGE + 1)
    asked = {name: value for name, value in (("place", place), ("online", online)) if value}
    older = urlencode(asked | {"after": lines[_PAGE - 1].code}) if len(lines) > _PAGE else ""
    shown = [each for each in found if each.place == place] if place else list(found)
    context = {
        "on": on,
        "bars": _bars(shown),
        "total": sum(each.items for each in shown),
        "by_depth": _by_depth(shown),
        "by_place": _by_place(found),
        "place": place,
        "place_name": places.get(place, ""),
        "places": [{"value": code, "label": name} for code, name in places.items()],
        "filters": _filters(asked, online),
        "lines": [_line(each) for each in lines[:_PAGE]],
        "csv_url": reverse("depth-csv") + (f"?{urlencode(asked)}" if asked else ""),
        "older": f"{reverse('depth')}?{older}#items" if older else "",
        "newest": f"{reverse('depth')}?{urlencode(asked)}#items" if after else "",
    }
    return render(request, "portal/depth.html", context)


def _of_depth(found: Iterable[DepthCount]) -> tuple[Counter[str], Counter[str]]:
    items: Counter[str] = Counter()
    no_visit: Counter[str] = Counter()
    for each in found:
        items[each.online] += each.items
        no_visit[each.online] += each.no_visit
    return items, no_visit


def _share(part: int, whole: int) -> int:
    return round(part * 100 / whole) if whole else 0


def _bars(found: Iterable[DepthCount]) -> list[dict[str, Any]]:
    items, _visits = _of_depth(found)
    whole = items.total()
    return [
        {
            "label": ONLINE_LABELS[each],
            "value": _("%(items)s 项（%(share)s%%）")
            % {"items": items[each], "share": _share(items[each], whole)},
            "share": str(_share(items[each], whole)),
            "tone": _TONES[each],
        }
        for each in reversed(DEPTHS)
    ]


def _by_depth(found: Iterable[DepthCount]) -> dict[str, Any]:
    items, no_visit = _of_depth(found)
    whole = items.total()
    return {
        "columns": _columns((_("办事深度"), _("事项"), _("占比"), _("一次都不用跑"))),
        "rows": [
            {
                "cells": [
                    _(ONLINE_LABELS[each]),
                    str(items[each]),
                    f"{_share(items[each], whole)}%",
                    str(no_visit[each]),
                ]
            }
            for each in reversed(DEPTHS)
        ],
    }


def _by_place(found: Iterable[DepthCount]) -> dict[str, Any]:
    rows: dict[str, Counter[str]] = {}
    names: dict[str, str] = {}
    for each in found:
        names[each.place] = each.place_name
        rows.setdefault(each.place, Counter())[each.online] += each.items
    return {
        "columns": _columns((_("地方"), *(_(ONLINE_LABELS[each]) for each in reversed(DEPTHS)), _("事项"))),
        "rows": [
            {
                "cells": [
                    {"text": names[code], "url": f"{reverse('depth')}?place={code}"},
                    *(str(items[each]) for each in reversed(DEPTHS)),
                    str(items.total()),
                ]
            }
            for code, items in rows.items()
        ],
    }


def _columns(labels: Iterable[str]) -> list[dict[str, Any]]:
    return [{"label": label, "number": number > 0} for number, label in enumerate(labels)]


def _filters(asked: dict[str, str], online: str) -> list[dict[str, Any]]:
    kept = {name: value for name, value in asked.items() if name != "online"}
    filters = [
        {
            "text": _("全部"),
            "url": f"{reverse('depth')}?{urlencode(kept)}#items",
            "count": None,
            "current": not online,
        }
    ]
    return filters + [
        {
            "text": _(ONLINE_LABELS[each]),
            "url": f"{reverse('depth')}?{urlencode(kept | {'online': each})}#items",
            "count": None,
            "current": online == each,
        }
        for each in reversed(DEPTHS)
    ]


def _line(each: DepthLine) -> dict[str, Any]:
    organ = each.organ if each.place_name in each.organ else f"{each.place_name} · {each.organ}"
    visits = _("一次都不用跑") if not each.visits else _("最多跑 %(visits)s 次") % {"visits": each.visits}
    return {
        "title": each.name,
        "url": reverse("guide", args=[each.code]),
        "text": organ,
        "meta": [_(ONLINE_LABELS[each.online]), visits],
    }


@require_safe
def depth_csv(request: HttpRequest) -> HttpResponseBase:
    """The same item by item as a file (下载): UTF-8 with its mark, so that spreadsheets read it."""
    place, online = request.GET.get("place", ""), request.GET.get("online", "")
    place = place if len(place) == 12 and place.isascii() and place.isdigit() else ""
    online = online if online in ONLINE_LABELS else ""
    found = catalogue.depth_of_all(today(), place=place, online=online)
    header = ["code", "name", "organ", "place", "place_name", "online", "visits"]
    return csv_file("depth.csv", header, map(_csv_row, found))


def _csv_row(each: DepthLine) -> list[str]:
    return [each.code, each.name, each.organ, each.place, each.place_name, each.online, str(each.visits)]
