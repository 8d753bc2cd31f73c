"""Coming in (首页与选择地方): the home page, the choice of a place."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongban.base.errors import NotFound
from tongban.base.search import queries as search
from tongban.doors.portal.views.bundle import card
from tongban.doors.portal.views.finding import address, hints, offered, read_question
from tongban.doors.portal.views.my import listed
from tongban.doors.portal.visit import today
from tongban.doors.web.middleware import actor_of
from tongban.doors.web.views import next_of, place_of, remember
from tongban.offers.catalogue import queries as catalogue
from tongban.people.places import queries as places
from tongban.people.places.rules import PROVINCE
from tongban.standards.text import msg

_MOST_THEMES, _MOST_CASES, _MOST_BUNDLES = 6, 3, 4


def _themes(hits: Sequence[search.Hit]) -> list[dict[str, Any]]:
    """The themes that the items on offer name (主题), each with what it holds, the fullest first."""
    names: dict[str, list[str]] = {}
    for hit in hits:
        for facet in hit.facets:
            kind, _colon, theme = facet.partition(":")
            if kind == "theme":
                names.setdefault(theme, []).append(hit.title)
    fullest = sorted(names.items(), key=lambda entry: (-len(entry[1]), entry[0]))[:_MOST_THEMES]
    return [
        {
            "title": theme,
            "url": address(theme=theme),
            "text": "、".join(sorted(set(inside))[:3]),
        }
        for theme, inside in fullest
    ]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home page (首页): search first; what is under way only for those who signed in."""
    actor, (place, _name), day = actor_of(request), place_of(request), today()
    hits = offered(place, day)
    own = listed(actor) if actor.party_id else []
    running = sorted(
        (unit for unit in own if unit.waiting or unit.running), key=lambda unit: not unit.waiting
    )
    return render(
        request,
        "portal/home.html",
        {
            "hints": hints(hits),
            "themes": _themes(hits),
            "bundles": [card(one) for one in catalogue.bundles()[:_MOST_BUNDLES]],
            "running": [unit.card for unit in running[:_MOST_CASES]],
            "more": len(running) > _MOST_CASES,
        },
    )


_CHOSEN_FROM = ("province", "prefecture", "county", "township")


@require_safe
def choose_place(request: HttpRequest) -> HttpResponse:
    """Choose a place (选择地方): counties first, then their towns, or by name."""
    text, problem = read_question(request.GET.get("q", ""))
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
