"""Acts on identity (身份行为): open accounts, appoint, name and end deputies, sign in and out, issue tokens."""

from .accounts import issue_token, open_account
from .deputies import deputise, end_deputy
from .posts import appoint
from .sessions import begin_session, end_session, end_sessions, lift_session
from .signing_in import guessed, sign_in

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
    "sign_in",
]
