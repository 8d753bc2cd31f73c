"""Bundles (一件事): what they are, starting one, following it, its receipt, withdrawing it. Filling in is ``apply``'s."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.errors import NotFound
from tongban.doors.portal import bundle_page, case_page
from tongban.doors.portal.application import application_of_bundle, of_bundle
from tongban.doors.portal.pages import pages_of
from tongban.doors.portal.views.my import licence_card, listed
from tongban.doors.portal.views.now import shows_what_is_now
from tongban.doors.portal.visit import (
    ensure_same_acting,
    fresh_key,
    key_of,
    now,
    say,
    signed_in,
    to_login,
    today,
    version_of,
)
from tongban.doors.web.middleware import actor_of
from tongban.doors.web.templatetags.tongban import date_zh, time_zh
from tongban.doors.web.views import place_of
from tongban.offers.catalogue import queries as catalogue
from tongban.people.places import queries as places
from tongban.records.licences import queries as licences
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.moves import State

_FORM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All bundles (一件事一览)."""
    cards = [card(one) for one in catalogue.bundles()]
    return render(request, "portal/bundles.html", {"cards": cards})


def card(bundle: catalogue.BundleView) -> dict[str, Any]:
    """A bundle in a list (一件事卡片)."""
    definition = bundle.definition
    return {
        "title": definition.name,
        "url": reverse("bundle-offer", args=[definition.code]),
        "text": definition.purpose,
        "meta": [item.short for item in definition.items],
    }


@_FORM
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """What a bundle is (一件事介绍): items, one form, one set of materials, by when; and the button that starts it."""
    actor, view = actor_of(request), catalogue.bundle(code)
    if request.method == "POST":
        if actor.party_id is None:
            return to_login(request.path)
        ensure_same_acting(request)
        place = request.POST.get("place", "")
        if not (len(place) == 12 and place.isascii() and place.isdigit()):
            raise NotFound("places.code", msg("没有找到这个地方，请从列表里选。"))
        started = actions.start_bundle(actor=actor, code=code, place=place, at=now(), key=key_of(request))
        return HttpResponseRedirect(pages_of(of_bundle(actor, started.id))[0].url)
    place, place_name = place_of(request)
    definition, day = view.definition, today()
    editions = catalogue.offer(definition, place, day)
    context: dict[str, Any] = {
        "definition": definition,
        "place": place,
        "place_name": place_name,
        "offered": bool(editions),
        "signed_in": actor.party_id is not None,
        "key": fresh_key(),
    }
    if editions:
        merged = catalogue.merged(view.id, tuple(edition.id for edition in editions))
        expected, soft = queries.expected_day(editions, day)
        drafts = [unit for unit in listed(actor) if unit.waiting] if actor.party_id else []
        context |= {
            "facts": bundle_page.facts(editions, merged, expected),
            "soft": soft,
            "items": bundle_page.item_cards(definition, editions),
            "papers": bundle_page.papers(definition, merged),
            "questions": bundle_page.questions(definition, merged),
            "drafts": [unit.card for unit in drafts if unit.card["title"] == definition.name],
        }
    else:
        context["places"] = [
            {"name": _path_name(one.code), "url": f"{reverse('place', args=[one.code])}?next={request.path}"}
            for one in catalogue.places_of(definition, day)
        ]
        context["items"] = [{"title": item.short} for item in definition.items]
    return render(request, "portal/bundle_offer.html", context)


def _path_name(code: str) -> str:
    return "".join(step.name for step in places.path(code)[1:]) or "".join(
        step.name for step in places.path(code)
    )


@require_safe
@signed_in
def one(request: HttpRequest, bundle_id: uuid.UUID) -> HttpResponse:
    """My bundle (一件事详情): all items side by side, one due date, what I gave once for all."""
    actor = actor_of(request)
    bundle = queries.bundle(actor, bundle_id)
    application = application_of_bundle(actor, bundle)
    closed = [member for member in bundle.members if member.state is State.CLOSED]
    found = [licences.of_case(actor, member.id, on=today()) for member in closed]
    context = {
        "bundle": bundle,
        "standing": bundle_page.standing(bundle),
        "columns": bundle_page.COLUMNS[: None if bundle.number else 3],
        "rows": _narrow(bundle_page.member_rows(bundle), 4 if bundle.number else 3),
        "go_on_url": pages_of(application)[0].url if application.editable else "",
        "may_withdraw": any(member.may_withdraw for member in bundle.members),
        "handed_over": bundle_page.handed_over(bundle),
        "licences": [licence_card(licence) for licence in found if licence is not None],
        "sections": case_page.given(application.form, application.answers),
        "materials": case_page.given_materials(application),
    }
    return render(request, "portal/bundle.html", context)


def _narrow(rows: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    return [{"cells": row["cells"][:count]} for row in rows]


@require_safe
@signed_in
def receipt(request: HttpRequest, bundle_id: uuid.UUID) -> HttpResponse:
    """The one receipt (一件事回执): the bundle's number, each item's number and organ, and by when."""
    bundle = queries.bundle(actor_of(request), bundle_id)
    if bundle.number is None:
        return HttpResponseRedirect(reverse("bundle", args=[bundle_id]))
    standing = bundle_page.standing(bundle)
    files = dict.fromkeys(given.file_name for _key, _case, given in bundle.given())
    rows = [
        {"label": msg("一件事"), "value": bundle.name},
        {"label": msg("申请人"), "value": f"{bundle.party.name}（{bundle.party.masked_number}）"},
        {"label": msg("提交时间"), "value": time_zh(bundle.submitted_at)},
        *(
            {
                "label": member.short,
                "value": f"{member.edition.organ_name}\n{case_page.readable(member.number)}",
            }
            for member in bundle.members
        ),
        {"label": msg("交的材料"), "value": "\n".join(files) or "—"},
        *([{"label": standing["by_label"], "value": date_zh(standing["by"])}] if standing["by"] else []),
    ]
    sheet = {
        "title": msg("一件事申请回执"),
        "number": bundle.number,
        "rows": rows,
        "text": standing["estimated"] or standing["provisional"],
        "organ": _("通办"),
        "date": bundle.submitted_at,
    }
    return render(
        request, "portal/bundle_receipt.html", {"bundle": bundle, "sheet": sheet, "standing": standing}
    )


@_FORM
@signed_in
@shows_what_is_now
def withdraw(request: HttpRequest, bundle_id: uuid.UUID) -> HttpResponse:
    """Withdraw what is not decided yet (一并撤回), after asking."""
    actor = actor_of(request)
    page = reverse("bundle", args=[bundle_id])
    if request.method == "POST":
        actions.withdraw_bundle(
            actor=actor, bundle_id=bundle_id, at=now(), key=key_of(request), version=version_of(request)
        )
        say(request, "ok", _("申请已经撤回"))
        return HttpResponseRedirect(page)
    bundle = queries.bundle(actor, bundle_id)
    open_ = [member.short for member in bundle.members if member.may_withdraw]
    if not open_:
        return HttpResponseRedirect(page)
    return render(
        request, "portal/bundle_withdraw.html", {"bundle": bundle, "open": open_, "key": fresh_key()}
    )
