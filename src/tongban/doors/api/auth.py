"""Who calls (令牌认证): a bearer token names an account or a connected system; what it may do is said by the rooms, not here."""

import hmac
import uuid
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Invalid
from tongban.doors.web.proxied import client_certificate
from tongban.people.identity import queries as identity
from tongban.people.mandates import queries as mandates
from tongban.people.signon import actions as signon
from tongban.people.signon import queries as systems
from tongban.people.signon.rules.rights import RIGHT_LABELS, Right
from tongban.standards.text import msg

LONGEST_TOKEN = 200
SYSTEM_SCHEME = "System"
ACTING_FOR = "Tongban-Acting-For"  # id of the mandate under which the caller acts for another


class Request(HttpRequest):
    """A request (请求) whose token was recognised; ``auth`` is the actor."""

    auth: Actor


class InsufficientScope(Forbidden):
    """The token of a system is good, but not for this (接口权限不足): 403 as RFC 6750, 3.1 says it; ``right``: what would do."""

    def __init__(self, right: Right | None) -> None:
        super().__init__(
            "api.scope",
            msg("这个系统没有登记这项接口权限，或者这次的令牌没有要；这个接口也可能不对系统开放。"),
        )
        self.right = right


class Token(HttpBearer):
    """Bearer token (令牌): of an account, issued by ``identity.actions.issue_token``; or a connected system's own, issued to it by
    ``signon.actions.system_token``, where it has the ``right`` that this address wants. Without one no system comes in.
    """

    def __init__(self, right: Right | None = None, *, systems_only: bool = False) -> None:
        super().__init__()
        self.right = right
        self.systems_only = systems_only
        if systems_only:
            del self.openapi_security_schema  # what the description would say of tokens of accounts

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The actor of ``token`` (令牌的行为人), or None: then the answer is 401."""
        if not token.isascii() or not 0 < len(token) <= LONGEST_TOKEN:
            return None
        at = datetime.now(UTC)
        found = identity.actor_of_token(token, at=at)
        if found is None:
            return self._program(request, token, at)
        if self.systems_only:
            raise Forbidden("api.systems_only", msg("这个接口只对接入系统开放。"))
        chosen = request.headers.get(ACTING_FOR)
        return found[0] if chosen is None else mandates.acting(found[0], _mandate(chosen), at=at).actor

    def _program(self, request: HttpRequest, token: str, at: datetime) -> Actor | None:
        """The connected system (接入系统) whose token it is, with the certificate that the token is bound to (RFC 8705, 3)."""
        found = systems.program_of_token(token, resource=settings.API_URL, at=at)
        if found is None or (found.bound and not hmac.compare_digest(found.bound, _shown(request))):
            return None
        if self.right is None or self.right.value not in found.actor.scopes:
            raise InsufficientScope(self.right)
        if ACTING_FOR in request.headers:
            raise Forbidden("api.for_nobody", msg("系统以自己的名义用接口，不能代别人办事。"))
        signon.count_use(actor=found.actor, right=self.right, at=at)
        return found.actor


def opened_to(right: Right, *, systems_only: bool = False) -> dict[str, Any]:
    """How an address is declared that systems with a ``right`` may use as well (对系统开放), or they alone; told by OpenAPI too."""
    return {
        "auth": Token(right, systems_only=systems_only),
        "openapi_extra": {"security": [{SYSTEM_SCHEME: [right.value]}]},
    }


def system_scheme() -> dict[str, Any]:
    """How a system gets its token, for OpenAPI (系统令牌说明): of the issuer at which its people sign in."""
    scopes = {right.value: str(RIGHT_LABELS[right]) for right in Right}
    return {
        "type": "oauth2",
        "description": (
            f"A connected system's own token (client_credentials), authenticated by private_key_jwt or mutual TLS; "
            f"systems of staff get theirs at {settings.WORKBENCH_URL}/oidc/token. Tokens bound to a certificate "
            f"(RFC 8705) come with that certificate."
        ),
        "flows": {"clientCredentials": {"tokenUrl": f"{settings.PUBLIC_URL}/oidc/token", "scopes": scopes}},
    }


def _shown(request: HttpRequest) -> str:
    certificate = client_certificate(request)
    return signon.thumbprint(certificate) if certificate else ""


def _mandate(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Invalid("mandates.header", msg("请求头 Tongban-Acting-For 应是一项授权的标识。")) from error
