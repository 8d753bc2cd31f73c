"""Finding (找事项): the search over everything, what it is narrowed to, and suggestions while somebody types."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tongban.base.search import queries as search_queries
from tongban.base.search.queries import Filters, Hit
from tongban.doors.portal.visit import today, uuid_of
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.web.views import place_of
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.elements import ANYWHERE_LABELS
from tongban.offers.catalogue.rules.finding import BASIC, BUNDLE, GUIDE
from tongban.offers.publicinfo.rules.documents import DOCUMENT_KIND_LABELS, DocumentKind
from tongban.offers.publicinfo.rules.finding import INFO, LAW
from tongban.people.parties import queries as parties
from tongban.people.places.rules import PROVINCE
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.item_codes import Level
from tongban.standards.text import Message, msg

_LONGEST_QUESTION = 60
_LONGEST_CHOICE = 60
_MOST_HINTS, _LAST_PAGE = 4, 9

KINDS: Mapping[str, str] = {
    GUIDE: msg("能办的事"),
    BUNDLE: msg("一件事"),
    BASIC: msg("目录里还没开办的"),
    LAW: msg("法规"),
    INFO: msg("信息公开"),
}
SERVED = {"person": msg("个人"), "company": msg("企业和其他组织")}
ONLINE = {"accept": msg("能网上申请"), "full": msg("全程网上办")}
ANYWHERE = {scope: ANYWHERE_LABELS[scope] for scope in ("city", "province", "country")}
# What a search may be narrowed to by facet: the parameter of the address, what it is called, the values where they are fixed.
CHOICES: Mapping[str, tuple[str, Mapping[str, str] | None]] = {
    "served": (msg("谁来办"), SERVED),
    "online": (msg("网上办到哪一步"), ONLINE),
    "anywhere": (msg("异地能不能办"), ANYWHERE),
    "theme": (msg("主题"), None),
    "event": (msg("人生事件"), None),
    "department": (msg("部门"), None),
    "level": (msg("哪一级办"), {level.value: level.label for level in Level}),
}
_ANY = msg("不限")


def address(**asked: str) -> str:
    """Address of a search (检索地址)."""
    kept = {name: value for name, value in asked.items() if value}
    return reverse("search") + ("?" + urlencode(kept) if kept else "")


def read_question(text: str) -> tuple[str, Message | None]:
    """What is asked (检索词), and what is wrong with it; a bad question asks nothing."""
    try:
        return plaintext.clean(text, limit=_LONGEST_QUESTION), None
    except BadCode as error:
        return "", Message(error.message, error.params)


def offered(place: str, on: date) -> Sequence[Hit]:
    """What can be done (能办的事), the visitor's place first."""
    guides = Filters(facets=frozenset({f"kind:{GUIDE}"}))
    return search_queries.search("", on=on, place=place, filters=guides, size=search_queries.WINDOW).hits


def hints(hits: Sequence[Hit]) -> list[dict[str, str]]:
    """Everyday words that lead to something (搜索提示): the first keyword of each guide."""
    words = (
        catalogue.guide_of(uuid.UUID(str(hit.shown["edition"]))).keywords[:1]
        for hit in hits[: 4 * _MOST_HINTS]
    )
    once = list(dict.fromkeys(word for found in words for word in found))[:_MOST_HINTS]
    return [{"text": word, "url": address(q=word)} for word in once]


# --- what it is narrowed to --------------------------------------------------------------------------------------------


def _chosen(request: HttpRequest) -> dict[str, str]:
    """What the address narrows to (已选筛选); what makes no sense is left out."""
    given = {name: request.GET.get(name, "").strip() for name in (*CHOICES, "kind", "organ", "near")}
    kept: dict[str, str] = {}
    for name, value in given.items():
        values = KINDS if name == "kind" else CHOICES[name][1] if name in CHOICES else None
        if (
            value
            and len(value) <= _LONGEST_CHOICE
            and value.isprintable()
            and (values is None or value in values)
        ):
            kept[name] = value
    if "organ" in kept and uuid_of(kept["organ"]) is None:
        del kept["organ"]
    if kept.get("near", "1") != "1":
        del kept["near"]
    return kept


def _filters(chosen: Mapping[str, str]) -> Filters:
    facets = {f"{name}:{value}" for name, value in chosen.items() if name in CHOICES or name == "kind"}
    organ = uuid_of(chosen.get("organ", ""))
    return Filters(frozenset(facets), str(organ) if organ else "", "near" in chosen)


def _fields(chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """The choices of the form (筛选项); one that has nothing to choose from is not shown."""
    found = []
    for name, (label, fixed) in CHOICES.items():
        values = list(fixed) if fixed else search_queries.facets(name)
        options = [
            {"value": value, "text": _named(name, value), "chosen": chosen.get(name) == value}
            for value in values
        ]
        if options:
            found.append({"name": name, "label": label, "any": _ANY, "options": options})
    return found


def _named(name: str, value: str) -> str:
    values = KINDS if name == "kind" else CHOICES[name][1] if name in CHOICES else None
    return translated(values[value]) if values else value


def _kinds(asked: str, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """All, or one kind of thing (类别)."""
    rest = {name: value for name, value in chosen.items() if name != "kind"}
    kinds = {"": msg("全部"), **KINDS}
    return [
        {
            "text": translated(label),
            "url": address(q=asked, **rest, kind=kind),
            "current": chosen.get("kind", "") == kind,
        }
        for kind, label in kinds.items()
    ]


def _chips(asked: str, chosen: Mapping[str, str]) -> list[dict[str, str]]:
    """What is chosen (已选条件), each a link that takes it back."""

    def told(name: str, value: str) -> str:
        if name == "near":
            return _("只看我这里能办的")
        return _organ_name(value) if name == "organ" else _named(name, value)

    return [
        {
            "text": told(name, value),
            "url": address(q=asked, **{other: kept for other, kept in chosen.items() if other != name}),
        }
        for name, value in chosen.items()
        if name != "kind"
    ]


def _organ_name(organ: str) -> str:
    found = parties.organs_by_id([uuid.UUID(organ)]).get(uuid.UUID(organ))
    return found.name if found else _("没有这个机关")


# --- results -----------------------------------------------------------------------------------------------------------


def _facts(shown: Mapping[str, Any]) -> list[str]:
    """The line of facts below a guide (结果要点)."""
    promised, visits = int(shown["promised_days"]), int(shown["visits"])
    days = (
        _("当场办结")
        if shown["instant"]
        else ngettext("%(n)s 个工作日办结", "%(n)s 个工作日办结", promised) % {"n": promised}
    )
    come = ngettext("跑 %(n)s 次", "跑 %(n)s 次", visits) % {"n": visits} if visits else _("不用跑")
    ways = {"full": _("全程网上办"), "accept": _("网上申请"), "none": _("到窗口办")}
    return [days, come, _("不收费") if shown["free"] else _("要收费"), ways.get(shown["online"], "")]


def _card(hit: Hit) -> dict[str, Any]:
    shown: Mapping[str, Any] = hit.shown
    if hit.kind == GUIDE:
        organ, place = str(shown["organ"]), str(shown["place_name"])
        meta = _facts(shown)
        if hit.others:
            meta.append(
                _("另有 99 处以上能办")
                if hit.others >= search_queries.MOST_OTHERS
                else ngettext("另有 %(n)s 处能办", "另有 %(n)s 处能办", hit.others) % {"n": hit.others}
            )
        return {
            "title": hit.title,
            "url": reverse("guide", args=[hit.ref]),
            "text": organ if place in organ else f"{place} · {organ}",
            "meta": meta,
            "tag": None if hit.near else {"state": "idle", "word": _("其他地方")},
        }
    if hit.kind == BUNDLE:
        return {
            "title": hit.title,
            "url": reverse("bundle-offer", args=[shown["bundle"]]),
            "text": _("几项一起办：%(items)s") % {"items": "、".join(map(str, shown["items"]))},
            "meta": [_("一件事"), _("填一张表，交一套材料")],
        }
    if hit.kind == LAW:
        return {"title": hit.title, "url": reverse("law", args=[shown["law"]]), "meta": [_("法规")]}
    if hit.kind == INFO:
        kind = DOCUMENT_KIND_LABELS[DocumentKind(str(shown["info_kind"]))]
        return {
            "title": hit.title,
            "url": reverse("info", args=[shown["info"]]),
            "text": shown["organ"],
            "meta": [translated(kind), _("%(date)s公布") % {"date": shown["published_on"]}],
        }
    return {
        "title": hit.title,
        "text": _("网上还没开办，请到当地政务服务中心窗口办，或者打 12345 问。"),
        "meta": [shown["department"]] if shown["department"] else [],
    }


def _page_of(request: HttpRequest) -> int:
    given = request.GET.get("page", "")
    return (
        min(int(given), _LAST_PAGE)
        if given.isascii() and given.isdigit() and 0 < len(given) < 3 and int(given)
        else 1
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search (检索): one list over all that can be found, what the visitor can do in this place first."""
    asked, problem = read_question(request.GET.get("q", ""))
    place, place_name = place_of(request)
    chosen, on, number = _chosen(request), today(), _page_of(request)
    filters = _filters(chosen)
    if not asked and "kind" not in chosen:
        filters = Filters(filters.facets | {f"kind:{GUIDE}"}, filters.owner, filters.near)
    found = (
        search_queries.Found()
        if problem
        else search_queries.search(asked, on=on, place=place, filters=filters, page=number)
    )
    turn = dict(_turns(asked, chosen, number, found.more))
    return render(
        request,
        "portal/search.html",
        {
            "asked": asked,
            "problem": problem,
            "meant": found.meant,
            "place_name": place_name,
            "whole_province": place == PROVINCE,
            "none_near": bool(found.hits) and not any(hit.near for hit in found.hits),
            "cards": [_card(hit) for hit in found.hits],
            "kinds": _kinds(asked, chosen),
            "fields": _fields(chosen),
            "chips": _chips(asked, chosen),
            "chosen": chosen,
            "clear_url": address(q=asked, kind=chosen.get("kind", "")),
            "pager": {"number": number, **turn},
            "hints": [] if found.hits else hints(offered(place, on)),
        },
        status=422 if problem else 200,
    )


def _turns(asked: str, chosen: Mapping[str, str], number: int, more: bool) -> Iterator[tuple[str, str]]:
    yield "previous_url", address(q=asked, **chosen, page=str(number - 1)) if number > 1 else ""
    yield "next_url", address(q=asked, **chosen, page=str(number + 1)) if more and number < _LAST_PAGE else ""


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Suggestions (联想) for what stands in the search box so far, as JSON; none for what cannot be asked."""
    asked, problem = read_question(request.GET.get("q", ""))
    found = [] if problem else search_queries.suggest(asked, on=today())
    response = JsonResponse({"suggestions": found}, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
