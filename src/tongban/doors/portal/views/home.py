"""Finding what to do (找事项): the home page, the search, the choice of a place."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tongban.base.errors import NotFound
from tongban.doors.portal import case_page
from tongban.doors.portal.visit import today
from tongban.doors.web.middleware import actor_of
from tongban.doors.web.views import next_of, place_of, remember
from tongban.offers.catalogue import queries as catalogue
from tongban.people.places import queries as places
from tongban.people.places.rules import PROVINCE
from tongban.standards import divisions, plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg
from tongban.work.cases import queries as cases
from tongban.work.cases.rules.moves import EDITABLE, OPEN

_LONGEST_QUESTION = 60
_MOST_THEMES, _MOST_HINTS, _MOST_CASES, _MOST_HITS = 6, 4, 3, 30


def search_address(words: str) -> str:
    """Address of a search (检索地址)."""
    return reverse("search") + "?" + urlencode({"q": words})


def _themes(hits: Sequence[catalogue.Hit]) -> list[dict[str, Any]]:
    """The themes that the items on offer name (主题), each with what it holds, the fullest first."""
    names: dict[str, list[str]] = {}
    for hit in hits:
        for theme in catalogue.guide_of(hit.edition_id).themes:
            names.setdefault(theme, []).append(hit.name)
    fullest = sorted(names.items(), key=lambda entry: (-len(entry[1]), entry[0]))[:_MOST_THEMES]
    return [
        {
            "title": theme,
            "url": search_address(theme),
            "text": "、".join(sorted(set(inside))[:3]),
        }
        for theme, inside in fullest
    ]


def _hints(hits: Sequence[catalogue.Hit]) -> list[dict[str, str]]:
    """Everyday words that lead to something (搜索提示): the first keyword of each guide."""
    words = (catalogue.guide_of(hit.edition_id).keywords[:1] for hit in hits)
    once = list(dict.fromkeys(word for found in words for word in found))[:_MOST_HINTS]
    return [{"text": word, "url": search_address(word)} for word in once]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home page (首页): search first; what is under way only for those who signed in."""
    actor, (place, _name), day = actor_of(request), place_of(request), today()
    hits = catalogue.search("", place=place, on=day, limit=100)
    own = cases.mine(actor) if actor.party_id else []
    running = sorted(
        (row for row in own if row.state in OPEN | EDITABLE), key=lambda row: row.state not in EDITABLE
    )
    return render(
        request,
        "portal/home.html",
        {
            "hints": _hints(hits),
            "themes": _themes(hits),
            "running": [case_page.card(row) for row in running[:_MOST_CASES]],
            "more": len(running) > _MOST_CASES,
        },
    )


def _facts(hit: catalogue.Hit) -> list[str]:
    """The line of facts below a result (结果要点)."""
    days = (
        _("当场办结")
        if hit.instant
        else ngettext("%(n)s 个工作日办结", "%(n)s 个工作日办结", hit.promised_days)
        % {"n": hit.promised_days}
    )
    visits = (
        ngettext("跑 %(n)s 次", "跑 %(n)s 次", hit.visits) % {"n": hit.visits} if hit.visits else _("不用跑")
    )
    ways = {"full": _("全程网上办"), "accept": _("网上申请"), "none": _("到窗口办")}
    return [days, visits, _("不收费") if hit.free else _("要收费"), ways.get(hit.online, "")]


def _cards(hits: Sequence[catalogue.Hit]) -> list[dict[str, Any]]:
    return [
        {
            "title": hit.name,
            "url": reverse("guide", args=[hit.code]),
            "text": hit.organ if hit.place_name in hit.organ else f"{hit.place_name} · {hit.organ}",
            "meta": _facts(hit),
        }
        for hit in hits
    ]


def _read_question(text: str) -> tuple[str, Message | None]:
    """What is asked (检索词), and what is wrong with it; a bad question asks nothing."""
    try:
        return plaintext.clean(text, limit=_LONGEST_QUESTION), None
    except BadCode as error:
        return "", Message(error.message, error.params)


def _near(code: str, place: str) -> bool:
    """Whether an item of the place ``code`` serves somebody in ``place`` (就近): one of the two lies in the other."""
    try:
        one, other = divisions.parse(code), divisions.parse(place)
    except BadCode:  # the cookie can hold any digits
        return False
    return one.contains(other) or other.contains(one)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search (检索): what can be done now, the visitor's place first; apart, what nobody offers online yet."""
    text, problem = _read_question(request.GET.get("q", ""))
    place, place_name = place_of(request)
    on: date = today()
    hits = [] if problem else catalogue.search(text, place=place, on=on, limit=_MOST_HITS)
    own = [hit for hit in hits if _near(hit.place, place)]
    return render(
        request,
        "portal/search.html",
        {
            "asked": text,
            "problem": problem,
            "place_name": place_name,
            "whole_province": place == PROVINCE,
            "own": _cards(own),
            "others": _cards([hit for hit in hits if hit not in own]),
            "cut": len(hits) == _MOST_HITS,
            "not_offered": catalogue.search_basic(text) if text and not problem else [],
            "hints": _hints(catalogue.search("", place=place, on=on)) if not hits else [],
        },
        status=422 if problem else 200,
    )


_CHOSEN_FROM = ("province", "prefecture", "county", "township")


@require_safe
def choose_place(request: HttpRequest) -> HttpResponse:
    """Choose a place (选择地方): counties first, then their towns, or by name."""
    text, problem = _read_question(request.GET.get("q", ""))
    inside = places.find(request.GET.get("in", "")) if _is_code(request.GET.get("in", "")) else None
    found = [place for place in places.search(text) if place.level in _CHOSEN_FROM] if text else []
    shown = inside or places.find(PROVINCE)
    return render(
        request,
        "portal/places.html",
        {
            "asked": text,
            "problem": problem,
            "next": next_of(request),
            "found": [{"place": place, "path": _above(place)} for place in found],
            "inside": shown,
            "below": _below(shown),
        },
        status=422 if problem else 200,
    )


def _is_code(text: str) -> bool:
    return len(text) == 12 and text.isascii() and text.isdigit()


def _above(place: places.PlaceView) -> str:
    return "".join(step.name for step in places.path(place.code)[:-1])


def _below(place: places.PlaceView | None) -> list[places.PlaceView]:
    if place is None or place.level == "township":
        return []
    return [below for below in places.children(place.code) if below.level in _CHOSEN_FROM]


@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the chosen place (切换地方)."""
    if places.find(code) is None:
        raise NotFound("places.code", msg("没有找到这个地方，请从列表里选。"))
    return remember(request, "tongban_place", code)
