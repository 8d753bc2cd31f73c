"""My mandates (我的授权): what I gave, what I was given, giving one, and ending it with one press."""

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.doors.portal.visit import (
    day_of,
    ensure_same_acting,
    fresh_key,
    key_of,
    now,
    say,
    signed_in,
    signed_in_herself,
)
from tongban.doors.web import mandates as words
from tongban.doors.web.middleware import actor_of, own_actor_of, visitor_of
from tongban.people.identity.rules.acts import LevelTooLow
from tongban.people.mandates import actions, queries
from tongban.people.mandates.queries import MandateView
from tongban.people.mandates.rules import BY_LAW, KIND_LABELS, OPEN, STATE_LABELS, Act, Kind, State
from tongban.standards.text import msg

Shown = dict[str, Any]
_MONTH = timedelta(days=30)


@require_safe
@signed_in
def mandates(request: HttpRequest) -> HttpResponse:
    """The two lists (授权清单): what the visitor was given, and what was given in the name for which she acts."""
    actor = actor_of(request)
    received = [] if visitor_of(request).bound else queries.received(own_actor_of(request))
    given = queries.given(actor)
    acting = visitor_of(request).acting
    context = {
        "waiting": [_card(one, mine=False) for one in received if one.state is State.OFFERED],
        "received": [_card(one, mine=False) for one in received if one.state is State.ACCEPTED],
        "given": [_card(one, mine=True) for one in given if one.state in OPEN and one.kind not in BY_LAW],
        "ended": [
            *(_card(one, mine=True) for one in given if one.state not in OPEN),
            *(_card(one, mine=False) for one in received if one.state not in OPEN),
        ],
        "giver": acting.giver_name if acting else "",
        "may_give": queries.may_give(actor),
        "key": fresh_key(),
    }
    return render(request, "portal/mandates.html", context)


def _card(one: MandateView, *, mine: bool) -> Shown:
    other = one.agent_name if mine else one.giver_name
    word = STATE_LABELS[one.state]
    by_law = one.kind in BY_LAW
    return {
        "id": str(one.id),
        "title": other,
        "kind": _(KIND_LABELS[one.kind]),
        "tag": {"state": words.TAGS[one.state], "word": word},
        "acts": words.acts_in_words(one.limits),
        "items": " · ".join(
            [
                words.items_in_words(one.limits).replace("\n", _("、")),
                *([words.places_in_words(one.limits)] if one.limits.places else []),
            ]
        ),
        "days": words.days_in_words(one.limits),
        "url": reverse("mandate", args=[one.id]),
        "may_withdraw": mine and one.state in OPEN and not by_law,
        "may_answer": not mine and one.state is State.OFFERED,
        "may_use": not mine and one.state is State.ACCEPTED,
    }


_DONE = {
    "accept": (actions.accept, msg("已接受授权"), msg("现在可以用这个身份办事了。")),
    "refuse": (actions.refuse, msg("没有接受"), ""),
    "withdraw": (actions.withdraw, msg("已收回授权"), msg("马上生效：对方不能再代办。已经办过的照样有效。")),
    "resign": (actions.resign, msg("已辞去委托"), msg("您不能再代办了。已经办过的照样有效。")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_herself
def mandate(request: HttpRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """One mandate in plain words (授权详情), and what the reader may do with it."""
    own = own_actor_of(request)
    verb = request.POST.get("do", "")
    if request.method == "POST":
        if verb not in _DONE:
            raise Invalid("mandates.do", msg("请选一项。"))
        act, title, text = _DONE[verb]
        # What is given ends in the name of the giver; what was received is one's own to answer.
        actor = actor_of(request) if verb == "withdraw" else own
        act(actor=actor, mandate_id=mandate_id, at=now(), key=key_of(request))
        say(request, "ok", _(title), _(text) if text else "")
        return HttpResponseRedirect(reverse("mandates"))
    found, mine = _found(request, own, mandate_id)
    context = {
        "mandate": _card(found, mine=mine),
        "rows": words.rows(found),
        "mine": mine,
        "key": fresh_key(),
    }
    by_law = found.kind in BY_LAW
    context["may_resign"] = not mine and found.state is State.ACCEPTED and not by_law
    return render(request, "portal/mandate.html", context)


def _found(request: HttpRequest, own: Actor, mandate_id: uuid.UUID) -> tuple[MandateView, bool]:
    """The mandate, and whether the visitor gave it: in her own name, or in the one for which she acts."""
    visitor = visitor_of(request)
    for actor in (own, visitor.acting.actor if visitor.acting else own):
        try:
            found = queries.one(actor, mandate_id)
        except NotFound:
            continue
        return found, found.agent_id != own.party_id
    raise NotFound("mandates.mandate", msg("没有这项授权，或者您不能查看它。"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def offer(request: HttpRequest) -> HttpResponse:
    """Give somebody a mandate (给出授权), in the name for which the visitor acts."""
    actor, at = actor_of(request), now()
    today = day_of(at)
    if request.method != "POST":
        first = {
            "acts": [Act.APPLY.value, Act.SUPPLEMENT.value],
            "kind": Kind.AGENT.value,
            "items": request.GET.get("item", "")[:40],
            "since": today.isoformat(),
            "last": (today + _MONTH).isoformat(),
        }
        return _form(request, first, None)
    ensure_same_acting(request)
    typed = words.typed_of(request.POST)
    terms, errors = words.terms_of(typed, today=today)
    try:
        if errors:
            raise Invalid("mandates.form", msg("请改正标出的内容。"), fields=errors)
        actions.offer(
            actor=actor,
            agent_name=typed["agent_name"],
            agent_number=typed["agent_number"],
            terms=terms,
            at=at,
            key=key_of(request),
        )
    except (Invalid, Conflict, Forbidden) as refusal:
        return _form(request, typed, refusal)
    say(request, "ok", _("已经发给对方"), _("对方接受以后才生效。您随时可以收回。"))
    return HttpResponseRedirect(reverse("mandates"))


def _form(request: HttpRequest, typed: dict[str, Any], refusal: Refusal | None) -> HttpResponse:
    if isinstance(refusal, LevelTooLow):
        raise refusal  # the middleware asks for what is missing, and keeps what was typed
    told = {
        {"places": "place"}.get(name, name): texts
        for name, texts in (refusal.fields if refusal else {}).items()
    }
    acting = visitor_of(request).acting
    company = acting is not None
    kinds = [Kind.AGENT] if company else [Kind.AGENT, Kind.HELPER]
    fields = [
        _text("agent_name", _("对方的姓名"), typed, told, autocomplete="off"),
        _text(
            "agent_number",
            _("对方的身份证号码"),
            typed,
            told,
            help=_("对方要先注册、实名认证。号码只用来认人，不会显示。"),
            autocomplete="off",
        ),
        *words.limit_fields(typed, told, kinds=kinds, may_pass_on=True),
    ]
    context = {
        "fields": fields,
        "errors": words.summary_of_errors(fields, refusal),
        "giver": acting.giver_name if acting else "",
        "key": request.POST.get("key") or fresh_key(),
    }
    return render(request, "portal/mandate_form.html", context, status=refusal.status if refusal else 200)


def _text(name: str, label: str, typed: dict[str, Any], told: dict[str, list[str]], **more: Any) -> Shown:
    return {
        "name": name,
        "label": label,
        "type": "text",
        "required": True,
        "value": typed.get(name, ""),
        "errors": [_(text) for text in told.get(name, [])],
        "width": "m",
    } | more
