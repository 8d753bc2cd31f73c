"""Signing somebody on to a system (登录到系统): the request, what it still needs, the consent, the way back with a code."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote, urlencode

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.doors.signon.answers import single
from tongban.doors.signon.issuer import audience, issuer, now
from tongban.doors.signon.shown import shares_shown
from tongban.doors.web.account import stepping
from tongban.doors.web.middleware import session_of
from tongban.people.identity.rules import LEVEL_LABELS
from tongban.people.mandates import queries as mandates
from tongban.people.mandates.queries import MandateView
from tongban.people.mandates.rules import KIND_LABELS
from tongban.people.parties import queries as parties
from tongban.people.signon import actions, queries
from tongban.people.signon.queries import SignedIn, SystemView
from tongban.people.signon.rules.addresses import with_query
from tongban.people.signon.rules.claims import Claim, For
from tongban.people.signon.rules.refusals import ProtocolRefusal, invalid_request
from tongban.people.signon.rules.registration import Audience
from tongban.people.signon.rules.requests import Asked, read, redirect_of

_CONTINUE = "/oidc/continue"
_HERSELF = "self"


class Need(StrEnum):
    """What a request still needs (还缺什么), by the refusal that a silent request gets (Core 3.1.2.6)."""

    NOTHING = ""
    LOGIN = "login_required"
    LEVEL = "interaction_required"
    CONSENT = "consent_required"


@csrf_exempt  # systems post here from elsewhere (Core 3.1.2.1); nothing is given without a page of ours or a remembered consent
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """A system asks to sign somebody on (登录请求)."""
    at = now()
    try:
        params, system = _read(request, at)
    except ProtocolRefusal as refusal:
        return broken(request, refusal)
    redirect = redirect_of(params, system.kept)
    if redirect is None:
        # Never sent on: an address that nobody approved is where a code would be stolen (RFC 9700, 4.1, 4.11).
        return broken(request, invalid_request("redirect_uri is not registered"))
    try:
        asked = read(params, system.kept)
        return _answer(request, params, system, asked, at)
    except ProtocolRefusal as refusal:
        return HttpResponseRedirect(_refusing(redirect, params.get("state", ""), refusal))


def _read(request: HttpRequest, at: datetime) -> tuple[dict[str, str], SystemView]:
    """The parameters, wherever they stand: in the address, pushed beforehand, or signed (读取参数)."""
    try:
        params = single(request.POST if request.method == "POST" else request.GET)
    except SuspiciousOperation as error:
        raise invalid_request("the request cannot be read") from error
    if any("\x00" in value for value in params.values()):
        raise invalid_request("the request cannot be read")
    system = queries.live(params.get("client_id", ""), audience())
    if system is None:
        raise ProtocolRefusal("unauthorized_client", "no such client")
    if "request_uri" in params:
        pushed = actions.take_pushed(params["request_uri"], system, at=at)
        if pushed is None:
            raise ProtocolRefusal("invalid_request_uri", "no such pushed request, or it was used")
        return pushed, system
    if "request" in params:
        return actions.signed_request(params["request"], system, issuer=issuer(), at=at), system
    return params, system


def _need(
    who: SignedIn | None,
    system: SystemView,
    asked: Asked,
    *,
    begun: datetime,
    at: datetime,
    companies: Sequence[MandateView] = (),
) -> Need:
    """What the request still needs (还缺什么). ``begun``: what was proven or agreed since then was for this request.

    ``companies``: for which she could sign on, where the system asks for whom.
    """
    if who is None or who.is_staff != (system.kept.audience is Audience.STAFF):
        return Need.LOGIN
    if who.proven_at < begun:
        again = bool({"login", "select_account"} & asked.prompts)
        old = asked.max_age is not None and who.proven_at < at - timedelta(seconds=asked.max_age)
        if again or old:
            return Need.LOGIN
    if who.level < asked.level:
        return Need.LEVEL
    if system.kept.audience is Audience.STAFF:
        return (
            Need.NOTHING
        )  # what an office's system learns of its staff is settled by their office, not by a click
    if companies:
        return Need.CONSENT  # for whom she acts she says anew each time
    if who.agreed is None or not _shares(asked, companies) <= who.agreed or "consent" in asked.prompts:
        return Need.CONSENT
    return Need.NOTHING


def _answer(
    request: HttpRequest, params: Mapping[str, str], system: SystemView, asked: Asked, at: datetime
) -> HttpResponse:
    """The answer to a request that has just come (首次应答)."""
    who = queries.signed_in(session_of(request), system.id)
    companies = _companies(asked, who, at)
    need = _need(who, system, asked, begun=at, at=at, companies=companies)
    if need is Need.NOTHING and who is not None:
        return HttpResponseRedirect(_granted(system, asked, who, at))
    if "none" in asked.prompts:
        raise ProtocolRefusal(need.value, "somebody would have to act, and prompt=none forbids to ask")
    key = actions.save(params, system, at=at)
    return _asking(request, need, system, asked, who, key, companies)


def _companies(asked: Asked, who: SignedIn | None, at: datetime) -> list[MandateView]:
    """For which companies she may sign on (可代表的企业); none where the system does not ask."""
    return mandates.companies_of(who.actor(), at=at) if who is not None and asked.for_company() else []


def _shares(asked: Asked, companies: Sequence[MandateView]) -> frozenset[str]:
    """What she would agree to share (需要同意的内容): nothing of a company, where she can act for none."""
    of_companies = frozenset() if companies else frozenset({Claim.COMPANY.value, Claim.COMPANY_CODE.value})
    return asked.shares() - of_companies


def _chosen(companies: list[MandateView], given: str) -> For | None:
    """For whom she acts (代表谁): the mandate that she chose, among those that count for her at this moment; or herself."""
    if given in ("", _HERSELF):
        return None
    found = next((one for one in companies if str(one.id) == given), None)
    if found is None:
        raise ProtocolRefusal("access_denied", "no mandate that counts for this user was chosen")
    return For(found.giver_id, found.id, found.kind.value)


def _asking(
    request: HttpRequest,
    need: Need,
    system: SystemView,
    asked: Asked,
    who: SignedIn | None,
    key: str,
    companies: list[MandateView],
) -> HttpResponse:
    """Ask the visitor for what the request still needs (补足)."""
    onward = f"{_CONTINUE}?key={key}"
    if need is Need.LOGIN or who is None:
        hint = f"&login_hint={quote(asked.login_hint)}" if asked.login_hint else ""
        return HttpResponseRedirect(f"/login?next={quote(onward)}{hint}")
    organ = parties.organ(system.organ_id)
    context: dict[str, object] = {"system": system.kept.name, "organ": organ.name, "key": key}
    if need is Need.LEVEL:
        labels = {"needed": _(LEVEL_LABELS[asked.level]), "present": _(LEVEL_LABELS[who.level])}
        context |= labels | {"onward": stepping.address(str(int(asked.level)), onward)}
        return render(request, "signon/level.html", context)
    context["shares"] = shares_shown(_shares(asked, companies), system.kept)
    if companies:
        context["field"] = {
            "name": "company",
            "label": _("这次登录，您代表谁？"),
            "help": _("代表企业登录时，它还会知道是哪家企业；企业收回授权，这次登录马上失效。"),
            "type": "radio",
            "required": True,
            "value": _HERSELF,
            "options": [{"value": _HERSELF, "label": _("我本人")}]
            + [
                {"value": str(one.id), "label": f"{one.giver_name} · {_(KIND_LABELS[one.kind])}"}
                for one in companies
            ],
        }
    return render(request, "signon/consent.html", context)


def _continued(
    request: HttpRequest, key: str, at: datetime, *, agreed: bool | None, chosen: str = ""
) -> HttpResponse:
    """Go on with a request that waited (继续); ``agreed``: what was pressed on the page of consent or level, None for nothing."""
    found = actions.saved(key, at=at)
    system = queries.live(found.system.client_id, audience()) if found else None
    if found is None or system is None:
        return broken(request, invalid_request("the request has lapsed: begin again at the system"))
    params = {str(name): str(value) for name, value in found.params.items()}
    redirect = redirect_of(params, system.kept)
    if redirect is None:
        return broken(request, invalid_request("redirect_uri is not registered"))
    state = params.get("state", "")
    try:
        asked = read(params, system.kept)
        if agreed is False:
            actions.done(key)
            raise ProtocolRefusal("access_denied", "refused by the user")
        who = queries.signed_in(session_of(request), system.id)
        companies = _companies(asked, who, at)
        need = _need(who, system, asked, begun=found.made_at, at=at, companies=companies)
        company = _chosen(companies, chosen) if agreed else None
        if need is Need.CONSENT and agreed and who is not None:
            actions.consent(actor=who.actor(), system=system, shares=_shares(asked, companies), at=at)
            need = Need.NOTHING
        if need is not Need.NOTHING or who is None:
            return _asking(request, need, system, asked, who, key, companies)
        if not actions.done(key):
            return broken(request, invalid_request("the request was answered already"))
        return onward(request, _granted(system, asked, who, at, company), system.kept.name)
    except ProtocolRefusal as refusal:
        return onward(request, _refusing(redirect, state, refusal), system.kept.name)


@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    """Back from signing in (登录后继续)."""
    return _continued(request, request.GET.get("key", ""), now(), agreed=None)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """The visitor agrees, or does not (同意或不同意)."""
    pressed = {"yes": True, "no": False}.get(request.POST.get("decision", ""))
    chosen = request.POST.get("company", "")[:40]
    return _continued(request, request.POST.get("key", ""), now(), agreed=pressed, chosen=chosen)


def _granted(
    system: SystemView, asked: Asked, who: SignedIn, at: datetime, company: For | None = None
) -> str:
    code = actions.authorise(system=system, asked=asked, who=who, at=at, company=company)
    return _back(asked.redirect, {"code": code, "state": asked.state})


def _refusing(redirect: str, state: str, refusal: ProtocolRefusal) -> str:
    told = {"error": refusal.code, "error_description": refusal.description, "state": state}
    return _back(redirect, told)


def _back(redirect: str, told: Mapping[str, str]) -> str:
    """The way back (返回地址), with who answers: a client of several issuers tells them apart by it (RFC 9207)."""
    named = {name: value for name, value in told.items() if value} | {"iss": issuer()}
    return with_query(redirect, urlencode(named))


def onward(request: HttpRequest, address: str, system: str) -> HttpResponse:
    """A page that goes on to a system by itself (自动返回).

    A redirect would not do: it would still be the answer to a form of ours, and our policy lets forms lead to us only.
    """
    return render(request, "signon/onward.html", {"address": address, "system": system})


def broken(request: HttpRequest, refusal: ProtocolRefusal) -> HttpResponse:
    """A request that cannot be answered to its system (无法返回): said on a page of ours, and nobody is sent anywhere."""
    context = {"code": refusal.code, "description": refusal.description}
    return render(request, "signon/broken.html", context, status=400)
