"""Power and responsibility lists (权责清单): by place and organ, as of any day, between two days, and as files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tongban.base.errors import NotFound
from tongban.doors.portal.visit import today
from tongban.doors.web.downloads import CSV, XLSX, csv_lines, handed_out, xlsx
from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.doors.web.views import place_of
from tongban.offers.powers import queries
from tongban.offers.powers.queries import EntryView, Published
from tongban.offers.powers.rules.adjustments import CHANGE_KIND_LABELS, VALIDITY_LABELS, ChangeKind, Validity
from tongban.offers.powers.rules.content import TERMS, lines_of
from tongban.offers.publicinfo import queries as publicinfo
from tongban.people.parties import queries as parties
from tongban.people.parties.queries import OrganView
from tongban.people.places import queries as places
from tongban.standards.item_codes import ItemType
from tongban.standards.text import msg

_PAGE = 100
_LARGEST_PAGE = 9_999
_KIND_TAGS = {ChangeKind.ADD: "ok", ChangeKind.CHANGE: "warn", ChangeKind.REMOVE: "bad"}
_VALIDITY_TAGS = {
    Validity.AHEAD: "wait",
    Validity.IN_FORCE: "ok",
    Validity.SUPERSEDED: "idle",
    Validity.REMOVED: "bad",
}
_NO_DAY = msg("日期要写成 2026-12-01 这样。下面是今天的清单。")
_DEMONSTRATION = msg("演示用的清单，不是这个机关正式公布的。")


# --- which lists there are ---------------------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Choose place and organ (选择地方和部门)."""
    on = today()
    asked = request.GET.get("place", "")
    code = asked if len(asked) == 12 and asked.isascii() and asked.isdigit() else place_of(request)[0]
    known = queries.places(on)
    chosen = next((place for place in known if place.code == code), None)
    context = {
        "chosen": chosen,
        "elsewhere": places.find(code) if chosen is None else None,
        "organs": [
            {
                "title": organ.name,
                "url": reverse("power-list", args=[organ.code]),
                "meta": [_items(organ.entries)],
            }
            for organ in (queries.organs_of(code, on) if chosen else ())
        ],
        "places": [
            {
                "name": place.name,
                "url": f"{reverse('powers')}?place={place.code}",
                "current": place.code == code,
                "told": _("%(organs)s 个机关，%(items)s")
                % {"organs": place.organs, "items": _items(place.entries)},
            }
            for place in known
        ],
    }
    return render(request, "portal/powers.html", context)


def _items(count: int) -> str:
    return ngettext("%(count)s 项", "%(count)s 项", count) % {"count": count}


def _organ(code: str) -> OrganView:
    found = parties.organ_by_code(code)
    if found is None:
        raise NotFound("powers.organ", msg("没有这个机关。"))
    return found


# --- a list ------------------------------------------------------------------------------------------------------------


def _day(request: HttpRequest, name: str, default: date) -> tuple[date, bool]:
    """(the day asked for, whether it could be read)."""
    given = request.GET.get(name, "").strip()
    if not given:
        return default, True
    try:
        return date.fromisoformat(given), True
    except ValueError:
        return default, False


@require_safe
def show(request: HttpRequest, organ: str) -> HttpResponse:
    """An organ's list as of a day (某日清单): counts by type, the entries, and what adjusted it."""
    body, now = _organ(organ), today()
    on, readable = _day(request, "on", now)
    kind = next((known for known in ItemType if known == request.GET.get("type")), None)
    counted = queries.counts(body.id, on)
    total = counted.by_type.get(kind, 0) if kind else counted.total
    page = min(_number(request), max(1, -(-total // _PAGE)))
    adjustments = queries.published(body.id)
    if not adjustments:
        raise NotFound("powers.list", msg("这个机关还没有公布权责清单。"))
    kept = {"on": on.isoformat()} if on != now else {}
    address = reverse("power-list", args=[organ])
    context = {
        "organ": body,
        "on": on,
        "is_today": on == now,
        "problem": "" if readable else _NO_DAY,
        "typed": request.GET.get("on", "")[:40],
        "total": counted.total,
        "kind": kind,
        "bars": _bars(counted.by_type, kind, address, kept),
        "all_url": f"{address}?{urlencode(kept)}" if kept else address,
        **_table(body, queries.lines(body.id, on, kind=kind, page=page, size=_PAGE), kept),
        "pager": _pager(page, total, kept | ({"type": kind.value} if kind else {})),
        "files": [
            {"text": text, "url": f"{address}.{form}" + (f"?{urlencode(kept)}" if kept else "")}
            for form, text in (("xlsx", _("Excel 表格")), ("csv", "CSV"), ("json", "JSON"))
        ],
        "adjustments": [_adjustment(organ, one) for one in adjustments],
        "first": min(one.starts_on for one in adjustments),
        "demonstration": _DEMONSTRATION if body.demonstration else "",
    }
    return render(request, "portal/power_list.html", context, status=200 if readable else 422)


def _number(request: HttpRequest) -> int:
    given = request.GET.get("page", "")
    return (
        max(1, min(int(given), _LARGEST_PAGE))
        if given.isascii() and given.isdigit() and len(given) < 6
        else 1
    )


def _bars(
    by_type: Mapping[ItemType, int], kind: ItemType | None, address: str, kept: Mapping[str, str]
) -> list[dict[str, Any]]:
    most = max(by_type.values(), default=1)
    return [
        {
            "label": each.label,
            "value": str(number),
            "tone": "sea",
            "share": max(1, round(100 * number / most)),
            "url": f"{address}?{urlencode({**kept, 'type': each.value})}",
            "current": each is kind,
        }
        for each, number in sorted(by_type.items())
    ]


def _table(body: OrganView, lines: Sequence[queries.Line], kept: Mapping[str, str]) -> dict[str, Any]:
    """Columns and rows; who exercises a power stands there only where it is not the organ itself."""
    apart = any(line.office != body.name for line in lines)
    labels = (_("事项"), _("权力类型"), *((_("行使主体"),) if apart else ()), _("内容从哪天起"))

    def cells(line: queries.Line) -> list[object]:
        url = reverse("power-entry", args=[body.credit_code, line.basic])
        named = {"text": line.name, "url": url + (f"?{urlencode(kept)}" if kept else "")}
        return [named, translated(line.item_type.label), *((line.office,) if apart else ()), line.starts_on]

    return {
        "columns": [{"label": label, "number": False} for label in labels],
        "rows": [{"cells": cells(line)} for line in lines],
    }


def _pager(page: int, total: int, kept: Mapping[str, str]) -> dict[str, Any]:
    pages = max(1, -(-total // _PAGE))

    def url(number: int) -> str:
        return f"?{urlencode({**kept, 'page': str(number)})}"

    return {
        "number": page,
        "pages": pages,
        "total": total,
        "previous_url": url(page - 1) if page > 1 else "",
        "next_url": url(page + 1) if page < pages else "",
    }


def _adjustment(organ: str, one: Published) -> dict[str, Any]:
    before = one.starts_on - timedelta(days=1) if one.starts_on > date.min else one.starts_on
    days = urlencode({"from": before.isoformat(), "to": one.starts_on.isoformat()})
    told = ((_("调入"), one.added), (_("修改"), one.changed), (_("调出"), one.removed))
    return {
        "adjustment": one,
        "url": f"{reverse('power-changes', args=[organ])}?{days}",
        "counts": "，".join(f"{word} {_items(number)}" for word, number in told if number),
    }


# --- one entry ---------------------------------------------------------------------------------------------------------


@require_safe
def entry(request: HttpRequest, organ: str, basic: str) -> HttpResponse:
    """An entry as of a day (权责事项), with its basis, duties, accountability and whole history."""
    body, now = _organ(organ), today()
    on, readable = _day(request, "on", now)
    past = queries.history(body.id, basic, on)
    if not past:
        raise NotFound("powers.entry", msg("这个机关的权责清单里没有这一项。"))
    shown = next((one for one in past if one.validity is Validity.IN_FORCE), None)
    told = (shown or past[0]).entry
    cited = [(ground.title, ground.article) for ground in told.content.basis]
    addresses = publicinfo.address_of(cited, on=on) if cited else {}
    context = {
        "organ": body,
        "entry": told,
        "in_list": shown is not None,
        "standing": _standing((shown or past[0]).validity),
        "on": on,
        "is_today": on == now,
        "problem": "" if readable else _NO_DAY,
        "bases": [
            {"text": str(ground), "url": _law(addresses.get((ground.title, ground.article)))}
            for ground in told.content.basis
        ],
        "list_url": reverse("power-list", args=[organ]) + ("" if on == now else f"?on={on.isoformat()}"),
        "history": [{"past": one, "tag": _standing(one.validity)} for one in past],
    }
    return render(request, "portal/power_entry.html", context, status=200 if readable else 422)


def _law(address: publicinfo.Address | None) -> str:
    if address is None:
        return ""
    return reverse("law", args=[address.key]) + (f"#{address.anchor}" if address.anchor else "")


def _standing(validity: Validity) -> dict[str, str]:
    return {"state": _VALIDITY_TAGS[validity], "word": VALIDITY_LABELS[validity]}


# --- between two days --------------------------------------------------------------------------------------------------


@require_safe
def changes(request: HttpRequest, organ: str) -> HttpResponse:
    """What differs between two days (两日对照): added, changed element by element, taken out with reason and basis."""
    body, now = _organ(organ), today()
    begun = [one.starts_on for one in queries.published(body.id) if one.starts_on <= now]
    since, readable_since = _day(request, "from", max(begun) - timedelta(days=1) if begun else now)
    until, readable_until = _day(request, "to", now)
    problem = ""
    if not (readable_since and readable_until):
        problem = msg("日期要写成 2026-12-01 这样。")
    elif since > until:
        problem = msg("前面的日期要早于后面的日期。")
    found = [] if problem else queries.difference(body.id, since, until)
    groups = [
        {
            "kind": kind,
            "label": CHANGE_KIND_LABELS[kind],
            "state": _KIND_TAGS[kind],
            "differences": [
                {
                    "told": one,
                    "type": one.item_type.label,
                    "url": reverse("power-entry", args=[organ, one.basic])
                    + f"?on={(since if kind is ChangeKind.REMOVE else until).isoformat()}",
                }
                for one in found
                if one.kind is kind
            ],
        }
        for kind in ChangeKind
    ]
    context = {
        "organ": body,
        "since": since,
        "until": until,
        "typed": {"from": request.GET.get("from", "")[:40], "to": request.GET.get("to", "")[:40]},
        "problem": problem,
        "groups": [group for group in groups if group["differences"]],
        "list_url": reverse("power-list", args=[organ]),
    }
    return render(request, "portal/power_changes.html", context, status=422 if problem else 200)


# --- files -------------------------------------------------------------------------------------------------------------

_HEADS = ("basic", *TERMS, "starts_on", "digest")
_MORE = {"basic": msg("基本编码"), "starts_on": msg("内容从哪天起"), "digest": msg("内容摘要")}


@require_safe
def download(request: HttpRequest, organ: str, form: str) -> HttpResponseBase:
    """An organ's list as of a day as a file (清单下载): xlsx, csv or json."""
    body, now = _organ(organ), today()
    on, readable = _day(request, "on", now)
    if not readable:
        raise NotFound("powers.day", msg("日期要写成 2026-12-01 这样。"))
    entries = queries.list_of(body.id, on)
    name = f"{body.short_name}权责清单{on.isoformat()}.{form}"
    if form == "json":
        told = {
            "organ": {
                "credit_code": body.credit_code,
                "name": body.name,
                "demonstration": body.demonstration,
            },
            "as_of": on.isoformat(),
            "entries": [one.told() for one in entries],
        }
        return handed_out(
            json.dumps(told, ensure_ascii=False, indent=1).encode(),
            name=name,
            media_type="application/json; charset=utf-8",
        )
    lines = [[translated(_MORE.get(head) or TERMS[head]) for head in _HEADS], *map(_line, entries)]
    if form == "csv":
        return handed_out(csv_lines(lines), name=name, media_type=CSV)
    sheets = [(_("权责清单"), lines), (_("说明"), list(_about(body, on, entries)))]
    return handed_out(xlsx(sheets), name=name, media_type=XLSX)


def _line(one: EntryView) -> list[str]:
    told = lines_of(*one.said)
    cells = ["\n".join(map(translated, told[head])) for head in TERMS]
    return [one.basic, *cells, one.starts_on.isoformat(), one.digest]


def _about(body: OrganView, on: date, entries: Sequence[EntryView]) -> Iterator[list[str]]:
    yield [_("项目"), _("内容")]
    yield [_("机关"), body.name]
    yield [_("统一社会信用代码"), body.credit_code]
    yield [_("哪一天的清单"), date_zh(on)]
    yield [_("项数"), str(len(entries))]
    if body.demonstration:
        yield [_("说明"), _(_DEMONSTRATION)]
