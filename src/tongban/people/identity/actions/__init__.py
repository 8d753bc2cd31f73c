"""Acts on identity (身份行为): open accounts, appoint, name and end deputies, sign in and out, issue tokens."""

from .accounts import issue_token, open_account
from .deputies import deputise, end_deputy
from .posts import appoint
from .sessions import begin_session, end_session, end_sessions, lift_session, touch_session
from .signing_in import guessed, sign_in
from .telling import read_news

__all__ = [
    "appoint",
    "begin_session",
    "deputise",
    "end_deputy",
    "end_session",
    "end_sessions",
    "guessed",
    "issue_token",
    "lift_session",
    "open_account",
    "read_news",
    "sign_in",
    "touch_session",
]
