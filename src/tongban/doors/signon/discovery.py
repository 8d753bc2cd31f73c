"""What this issuer can do (发现文档), and the keys by which its tokens are verified."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tongban.doors.signon.issuer import audience, endpoint, issuer, now
from tongban.people.signon import actions
from tongban.people.signon.rules.claims import SCOPE_OF, Scope
from tongban.people.signon.rules.proofs import ALGORITHMS
from tongban.people.signon.rules.registration import SIGNING, Audience, ClientMethod, Flow
from tongban.people.signon.rules.requests import ACR
from tongban.people.signon.rules.rights import Right

_STAFF_ONLY = frozenset({Scope.STAFF})
_PUBLIC_ONLY = frozenset({Scope.PHONE, Scope.PHONE_FULL, Scope.IDENTITY, Scope.COMPANY, Scope.COMPANY_CODE})


def document() -> dict[str, object]:
    """The discovery document (发现文档): OpenID Connect Discovery 3, RFC 8414."""
    absent = _PUBLIC_ONLY if audience() is Audience.STAFF else _STAFF_ONLY
    methods = [method.value for method in ClientMethod]
    proving = [method.value for method in ClientMethod if method is not ClientMethod.NONE]
    of_session = ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"]
    return {
        "issuer": issuer(),
        "authorization_endpoint": endpoint("authorize"),
        "token_endpoint": endpoint("token"),
        "userinfo_endpoint": endpoint("userinfo"),
        "jwks_uri": endpoint("jwks"),
        "introspection_endpoint": endpoint("introspect"),
        "revocation_endpoint": endpoint("revoke"),
        "end_session_endpoint": endpoint("logout"),
        "pushed_authorization_request_endpoint": endpoint("par"),
        "device_authorization_endpoint": endpoint("device_authorization"),
        "scopes_supported": [s.value for s in Scope if s not in absent] + [right.value for right in Right],
        "claims_supported": of_session + [c.value for c, scope in SCOPE_OF.items() if scope not in absent],
        "claims_parameter_supported": True,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [flow.value for flow in Flow],
        "acr_values_supported": list(ACR.values()),
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": list(SIGNING),
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": proving,
        "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "request_object_signing_alg_values_supported": list(ALGORITHMS),
        "authorization_response_iss_parameter_supported": True,
        "tls_client_certificate_bound_access_tokens": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "ui_locales_supported": ["zh-CN", "en"],
    }


@require_safe
def configuration(request: HttpRequest) -> HttpResponse:
    """The discovery document at its known address (发现文档)."""
    return _public(document())


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys (公钥集, RFC 7517)."""
    return _public({"keys": actions.public_keys(now())})


def _public(content: dict[str, object]) -> HttpResponse:
    answer = JsonResponse(content)
    answer.headers["Cache-Control"] = "public, max-age=300"
    answer.headers["Access-Control-Allow-Origin"] = (
        "*"  # the same for everybody, and for programs in browsers
    )
    return answer
