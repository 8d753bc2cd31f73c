"""Who calls (令牌认证): a bearer token names an account; what it may do is said by the rooms, not here."""

from datetime import UTC, datetime

from django.http import HttpRequest
from ninja.security import HttpBearer

from tongban.base.actor import Actor
from tongban.people.identity import queries as identity

LONGEST_TOKEN = 200


class Request(HttpRequest):
    """A request (请求) whose token was recognised; ``auth`` is the actor."""

    auth: Actor


class Token(HttpBearer):
    """Bearer token (令牌), issued by ``identity.actions.issue_token``."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The actor of ``token`` (令牌的行为人), or None: then the answer is 401."""
        if not token.isascii() or not 0 < len(token) <= LONGEST_TOKEN:
            return None
        found = identity.actor_of_token(token, at=datetime.now(UTC))
        return None if found is None else found[0]
