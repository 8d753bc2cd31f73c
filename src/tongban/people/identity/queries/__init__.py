"""Reads of identity (身份查询): which actor an account, a session or a token is, and who deputises for whom."""

from .accounts import account_by_login, has_accounts, names, organs_staffed
from .actors import actor_of, actor_of_session, actor_of_token, day_of, token_digest
from .deputies import Colleague, DeputyView, colleagues, deputies_of, deputising
from .offices import DeputisingView, HoldingView, offices_of
from .sessions import SessionView, sessions_of

__all__ = [
    "Colleague",
    "DeputisingView",
    "DeputyView",
    "HoldingView",
    "SessionView",
    "account_by_login",
    "actor_of",
    "actor_of_session",
    "actor_of_token",
    "colleagues",
    "day_of",
    "deputies_of",
    "deputising",
    "has_accounts",
    "names",
    "offices_of",
    "organs_staffed",
    "sessions_of",
    "token_digest",
]
