"""Who calls (令牌认证): a bearer token names an account; what it may do is said by the rooms, not here."""

import uuid
from datetime import UTC, datetime

from django.http import HttpRequest
from ninja.security import HttpBearer

from tongban.base.actor import Actor
from tongban.base.errors import Invalid
from tongban.people.identity import queries as identity
from tongban.people.mandates import queries as mandates
from tongban.standards.text import msg

LONGEST_TOKEN = 200
ACTING_FOR = "Tongban-Acting-For"  # id of the mandate under which the caller acts for another


class Request(HttpRequest):
    """A request (请求) whose token was recognised; ``auth`` is the actor."""

    auth: Actor


class Token(HttpBearer):
    """Bearer token (令牌), issued by ``identity.actions.issue_token``."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The actor of ``token`` (令牌的行为人), or None: then the answer is 401."""
        if not token.isascii() or not 0 < len(token) <= LONGEST_TOKEN:
            return None
        at = datetime.now(UTC)
        found = identity.actor_of_token(token, at=at)
        if found is None:
            return None
        chosen = request.headers.get(ACTING_FOR)
        return found[0] if chosen is None else mandates.acting(found[0], _mandate(chosen), at=at).actor


def _mandate(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Invalid("mandates.header", msg("请求头 Tongban-Acting-For 应是一项授权的标识。")) from error
