"""Reads of identity (身份查询): which actor an account, a session or a token is, and who deputises for whom."""

from .accounts import account_by_login, account_of_holder, has_accounts, names, organs_staffed
from .actors import Visit, actor_of, actor_of_session, actor_of_token, day_of, token_digest, visit_of_session
from .deputies import Colleague, DeputyView, colleagues, deputies_of, deputising
from .news import AccountNoticeView, news_of
from .own import OwnAccount, own_account
from .proofs import Claimed, ProofView, claimed, proofs_of
from .sessions import SessionView, sessions_of

__all__ = [
    "AccountNoticeView",
    "Claimed",
    "Colleague",
    "DeputyView",
    "OwnAccount",
    "ProofView",
    "SessionView",
    "Visit",
    "account_by_login",
    "account_of_holder",
    "actor_of",
    "actor_of_session",
    "actor_of_token",
    "claimed",
    "colleagues",
    "day_of",
    "deputies_of",
    "deputising",
    "has_accounts",
    "names",
    "news_of",
    "organs_staffed",
    "own_account",
    "proofs_of",
    "sessions_of",
    "token_digest",
    "visit_of_session",
]
