"""Addresses at which systems get, examine and give back tokens (令牌端点)."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tongban.doors.signon.answers import answered, endpoint_of_systems, form_of, proven, told
from tongban.doors.signon.issuer import audience, endpoint, issuer, now
from tongban.doors.web.proxied import client_certificate
from tongban.people.mandates import queries as mandates
from tongban.people.signon import actions, queries
from tongban.people.signon.actions import Issued
from tongban.people.signon.queries import TokenView
from tongban.people.signon.rules import devices
from tongban.people.signon.rules.refusals import ProtocolRefusal, invalid_request
from tongban.people.signon.rules.registration import Flow
from tongban.people.signon.rules.requests import read, redirect_of
from tongban.people.signon.rules.tokens import DEVICE_LIFE, DEVICE_PAUSE, PUSHED_LIFE, seconds


@endpoint_of_systems
def token(request: HttpRequest) -> HttpResponse:
    """Tokens (令牌端点) for a code, a refresh token, a device code, or for the system itself."""
    params = form_of(request)
    system, bound = proven(request, params)
    flow = params.get("grant_type", "")
    if flow == Flow.CODE:
        _ensure(params, "code", "redirect_uri", "code_verifier")
        issued = actions.redeem(
            code=params["code"],
            redirect=params["redirect_uri"],
            verifier=params["code_verifier"],
            system=system,
            issuer=issuer(),
            bound=bound,
            at=now(),
            counts=counts,
        )
    elif flow == Flow.REFRESH:
        _ensure(params, "refresh_token")
        issued = actions.refresh(
            params["refresh_token"],
            system,
            issuer=issuer(),
            bound=bound,
            scope=params.get("scope", ""),
            at=now(),
            counts=counts,
        )
    elif flow == Flow.SYSTEM:
        issued = actions.system_token(
            system,
            bound=bound,
            scope=params.get("scope", ""),
            at=now(),
            api=settings.API_URL,
            resource=params.get("resource", ""),
        )
    elif flow == Flow.DEVICE:
        _ensure(params, "device_code")
        issued = actions.poll_device(params["device_code"], system, issuer=issuer(), bound=bound, at=now())
    else:
        raise ProtocolRefusal("unsupported_grant_type", "no such grant")
    return answered(_issued(issued))


def _ensure(params: dict[str, str], *names: str) -> None:
    missing = [name for name in names if name not in params]
    if missing:
        raise invalid_request(f"missing: {', '.join(missing)}")


def _issued(issued: Issued) -> dict[str, object]:
    content: dict[str, object] = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": int(issued.lives.total_seconds()),
        "scope": " ".join(issued.scopes),
    }
    if issued.id_token:
        content["id_token"] = issued.id_token
    if issued.refresh_token:
        content["refresh_token"] = issued.refresh_token
    return content


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """Who somebody is, as far as she agreed (用户信息, Core 5.3). The token comes in the header and nowhere else (RFC 9700, 4.3.2)."""
    at = now()
    given = request.headers.get("Authorization", "")
    if "access_token" in request.GET or (request.method == "POST" and "access_token" in request.POST):
        return told(invalid_request("the token belongs into the Authorization header"))
    scheme, _space, text = given.partition(" ")
    found = (
        queries.access_token(text.strip(), audience(), at=at)
        if scheme.lower() == "bearer" and text.isascii()
        else None
    )
    if found is None or found.account_id is None or "openid" not in found.scopes:
        return told(ProtocolRefusal("invalid_token", "no such token, or it has expired", 401))
    if found.bound and found.bound != _shown(request):
        return told(ProtocolRefusal("invalid_token", "the token is bound to another certificate", 401))
    if not _mandated(found):
        return told(
            ProtocolRefusal("invalid_token", "the mandate under which somebody signed on has ended", 401)
        )
    company = actions.company_told(found.system, found.company)
    shared = queries.shared_with(found.account_id, found.party_id, found.claims, at=at, company=company)
    return answered({**shared, "sub": actions.subject(found.system, found.account_id)})


def counts(mandate_id: uuid.UUID) -> bool:
    """Whether a mandate still counts (授权是否有效): asked at each use, so that a withdrawal is felt at once."""
    return mandates.counts(mandate_id, at=now())


def _mandated(found: TokenView) -> bool:
    return found.company is None or counts(found.company.mandate_id)


def _shown(request: HttpRequest) -> str:
    certificate = client_certificate(request)
    return actions.thumbprint(certificate) if certificate else ""


@endpoint_of_systems
def introspect(request: HttpRequest) -> HttpResponse:
    """Whether a token of the asking system still stands (令牌查询, RFC 7662); of nobody else's token is anything said."""
    params = form_of(request)
    system, _bound = proven(request, params)
    _ensure(params, "token")
    at = now()
    found = queries.access_token(params["token"], audience(), at=at)
    kind = "access_token"
    if found is None:
        found, kind = queries.refresh_token(params["token"], audience(), at=at), "refresh_token"
    if found is None or found.system.id != system.id or not _mandated(found):
        return answered({"active": False})
    content: dict[str, object] = {
        "active": True,
        "client_id": system.client_id,
        "scope": " ".join(found.scopes),
        "iss": issuer(),
        "aud": found.resource or system.client_id,
        "iat": seconds(found.issued_at),
        "exp": seconds(found.expires_at),
    }
    if kind == "access_token":
        content |= {"token_type": "Bearer"}
    if found.account_id is not None:
        content["sub"] = actions.subject(system, found.account_id)
    if found.bound:
        content["cnf"] = {"x5t#S256": found.bound}
    return answered(content)


@endpoint_of_systems
def revoke(request: HttpRequest) -> HttpResponse:
    """A system gives a token back (撤销令牌, RFC 7009)."""
    params = form_of(request)
    system, _bound = proven(request, params)
    _ensure(params, "token")
    actions.revoke(params["token"], system, at=now())
    return answered({})


@endpoint_of_systems
def push(request: HttpRequest) -> HttpResponse:
    """A system brings its request beforehand (推送请求, RFC 9126): nobody in between can change it."""
    params = form_of(request)
    system, _bound = proven(request, params)
    if "request_uri" in params:
        raise invalid_request("a pushed request cannot name another")
    given = {name: value for name, value in params.items() if not name.startswith("client_assertion")}
    if "request" in given:
        given = actions.signed_request(given["request"], system, issuer=issuer(), at=now())
    given["client_id"] = system.client_id
    if redirect_of(given, system.kept) is None:
        raise invalid_request("redirect_uri is not registered")
    read(given, system.kept)
    address = actions.push(given, system, at=now())
    return answered({"request_uri": address, "expires_in": int(PUSHED_LIFE.total_seconds())}, 201)


@endpoint_of_systems
def device_authorization(request: HttpRequest) -> HttpResponse:
    """A terminal asks for a code that somebody types elsewhere (设备请求, RFC 8628)."""
    params = form_of(request)
    system, _bound = proven(request, params)
    code, user_code = actions.ask_for_device(system, scope=params.get("scope", ""), at=now())
    page = endpoint("device")
    return answered(
        {
            "device_code": code,
            "user_code": devices.shown(user_code),
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={devices.shown(user_code)}",
            "expires_in": int(DEVICE_LIFE.total_seconds()),
            "interval": int(DEVICE_PAUSE.total_seconds()),
        }
    )
