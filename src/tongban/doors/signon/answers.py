"""Reading what systems send and answering them (协议收发): forms in, JSON out, refusals by the codes of the protocol."""

from collections.abc import Callable, Mapping
from functools import wraps

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from tongban.doors.signon.issuer import audience, endpoint, issuer, now
from tongban.doors.web.proxied import client_certificate
from tongban.people.signon import actions
from tongban.people.signon.actions import Credentials
from tongban.people.signon.queries import SystemView
from tongban.people.signon.rules.refusals import ProtocolRefusal, invalid_client, invalid_request

View = Callable[[HttpRequest], HttpResponse]
FORM = "application/x-www-form-urlencoded"


def single(data: QueryDict) -> dict[str, str]:
    """Parameters, each once (参数): one that comes twice would be read differently by two readers (RFC 6749, 3.1)."""
    if any(len(values) > 1 for _name, values in data.lists()):
        raise invalid_request("a parameter occurs more than once")
    return {name: str(value) for name, value in data.items() if value != ""}


def form_of(request: HttpRequest) -> dict[str, str]:
    """The form that a system posted (系统表单). Nothing may stand in the address: addresses are written into logs."""
    if request.META.get("QUERY_STRING"):
        raise invalid_request("parameters belong into the body, not into the address")
    if request.content_type != FORM:
        raise invalid_request(f"the body must be {FORM}")
    try:
        return single(request.POST)
    except (SuspiciousOperation, UnreadablePostError) as error:
        raise invalid_request("the body cannot be read") from error


def endpoint_of_systems(view: View) -> View:
    """An address for systems (系统端点): POST only, refusals as JSON, never stored."""

    @csrf_exempt
    @wraps(view)
    def handle(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            refusal = invalid_request("POST is required")
            refusal.status = 405
            answer = told(refusal)
            answer.headers["Allow"] = "POST"
            return answer
        try:
            return view(request)
        except ProtocolRefusal as refusal:
            return told(refusal)

    return handle


def told(refusal: ProtocolRefusal) -> HttpResponse:
    """A refusal as JSON (协议拒绝, RFC 6749 5.2)."""
    answer = answered({"error": refusal.code, "error_description": refusal.description}, refusal.status)
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = f'Bearer error="{refusal.code}"'
    return answer


def answered(content: Mapping[str, object], status: int = 200) -> HttpResponse:
    """A JSON answer (协议应答) that no cache keeps."""
    answer = JsonResponse(dict(content), status=status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Pragma"] = "no-cache"
    return answer


def proven(request: HttpRequest, params: Mapping[str, str]) -> tuple[SystemView, str]:
    """The system that sends this (认证系统), and the thumbprint of its certificate or ''."""
    if "Authorization" in request.headers or "client_secret" in params:
        raise invalid_client("there are no client secrets here: use private_key_jwt or a certificate")
    given = Credentials(
        client_id=params.get("client_id", ""),
        assertion=params.get("client_assertion", ""),
        assertion_type=params.get("client_assertion_type", ""),
        certificate=client_certificate(request),
    )
    audiences = {issuer(), endpoint("token"), f"{issuer()}{request.path}"}
    return actions.prove(given, audience=audience(), audiences=audiences, at=now())
