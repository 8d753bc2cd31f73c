"""My connected systems (我授权过的系统): to which systems I agreed to share what, and taking it back."""

import uuid
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import ActorKind
from tongban.base.errors import NotFound
from tongban.doors.signon.issuer import now
from tongban.doors.signon.shown import shares_shown
from tongban.doors.web.middleware import own_actor_of
from tongban.people.parties import queries as parties
from tongban.people.signon import actions, queries
from tongban.standards.text import msg

_PAGE = "/my/systems"


@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """The systems that I agreed to (我授权过的系统)."""
    actor = own_actor_of(request)
    if actor.kind is not ActorKind.PERSON:
        return HttpResponseRedirect(f"/login?next={quote(_PAGE)}")
    found = queries.consents_of(actor)
    organs = parties.organs_by_id({one.organ_id for one in found})
    cards = [
        {
            "id": one.system_id,
            "name": one.kept.name,
            "organ": organs[one.organ_id].name,
            "given_at": one.given_at,
            "shares": shares_shown(one.shares, one.kept),
        }
        for one in found
    ]
    return render(request, "signon/mine.html", {"cards": cards})


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, system_id: uuid.UUID) -> HttpResponse:
    """Take a consent back (撤回授权), once it is confirmed."""
    actor = own_actor_of(request)
    if actor.kind is not ActorKind.PERSON:
        return HttpResponseRedirect(f"/login?next={quote(_PAGE)}")
    mine = next((one for one in queries.consents_of(actor) if one.system_id == system_id), None)
    if mine is None:
        raise NotFound("signon.consent", msg("没有给过这个系统授权，或者已经撤回了。"))
    if request.method == "POST":
        actions.withdraw(actor=actor, system_id=system_id, at=now())
        text = _("“%(name)s”马上不能再取您的信息。") % {"name": mine.kept.name}
        request.session["notice"] = {"kind": "ok", "title": _("已撤回授权"), "text": text}
        return HttpResponseRedirect(_PAGE)
    context = {
        "title": _("撤回给“%(name)s”的授权？") % {"name": mine.kept.name},
        "effects": [
            _("它马上不能再取您的信息，您在它那里的登录也可能结束。"),
            _("它已经取走的信息，请直接向它要求删除。"),
            _("下次用通办账号登录它时，会重新问您。"),
        ],
    }
    return render(request, "signon/withdraw.html", context)
