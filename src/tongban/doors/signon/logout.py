"""Signing out, asked for by a system (统一退出, RP-Initiated Logout): all systems of the session are told."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tongban.doors.signon.answers import single
from tongban.doors.signon.authorize import broken, onward
from tongban.doors.signon.issuer import audience, issuer, now
from tongban.doors.web import entering
from tongban.doors.web.middleware import session_actor_of
from tongban.people.signon import actions, queries
from tongban.people.signon.queries import SystemView
from tongban.people.signon.rules.addresses import with_query
from tongban.people.signon.rules.refusals import ProtocolRefusal, invalid_request


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a system asks for when somebody is to leave (退出请求). ``known``: it showed a token of this very session."""

    system: SystemView | None
    address: str
    params: dict[str, str]
    known: bool


@csrf_exempt  # systems post here from elsewhere; without a token of this session the visitor is asked first
@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """A system signs somebody out (退出): at once where it shows a token of this session, otherwise the visitor is asked."""
    try:
        leaving = _read(request)
    except ProtocolRefusal as refusal:
        return broken(request, refusal)
    if session_actor_of(request).session_id is None:
        return HttpResponseRedirect(leaving.address) if leaving.address else _left(request)
    if not leaving.known:
        name = leaving.system.kept.name if leaving.system else ""
        return render(request, "signon/logout.html", {"system": name, "params": leaving.params})
    entering.leave(request, at=now())
    return HttpResponseRedirect(leaving.address) if leaving.address else _left(request)


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The visitor was asked and leaves (确认退出)."""
    try:
        leaving = _read(request)
    except ProtocolRefusal as refusal:
        return broken(request, refusal)
    if session_actor_of(request).session_id is not None:
        entering.leave(request, at=now())
    if leaving.address and leaving.system:
        return onward(request, leaving.address, leaving.system.kept.name)
    return _left(request)


def _left(request: HttpRequest) -> HttpResponse:
    return render(request, "signon/left.html")


def _read(request: HttpRequest) -> Leaving:
    try:
        given = single(request.POST if request.method == "POST" else request.GET)
    except SuspiciousOperation as error:
        raise invalid_request("the request cannot be read") from error
    names = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")
    params = {name: given[name] for name in names if name in given}
    at = now()
    hint = queries.own_claims(params["id_token_hint"], at=at) if "id_token_hint" in params else None
    if hint is not None and hint.get("iss") != issuer():
        hint = None
    named = str(hint["aud"]) if hint else params.get("client_id", "")
    if params.get("client_id", named) != named:
        raise invalid_request("client_id is not the one of the token")
    system = queries.live(named, audience()) if named else None
    address = params.get("post_logout_redirect_uri", "")
    if address and (system is None or address not in system.kept.after_sign_out):
        raise invalid_request("post_logout_redirect_uri is not registered")
    if address and params.get("state"):
        address = with_query(address, urlencode({"state": params["state"]}))
    session_id = session_actor_of(request).session_id
    known = bool(
        hint and system and session_id is not None and hint.get("sid") == actions.sid(system, session_id)
    )
    return Leaving(system, address, params, known)
