"""Acts on identity (身份行为): open accounts, appoint, name and end deputies, sign in and out, issue tokens."""

from .accounts import issue_token, open_account
from .counter import prove_at_counter
from .deputies import deputise, end_deputy
from .posts import appoint
from .proving import SourceAway, ask_source, confirm_code, prove, send_code
from .registering import correct_claim, register_person
from .sessions import begin_session, end_session, end_sessions, lift_session, touch_session
from .signing_in import guessed, sign_in
from .staffing import adopt_staff, change_staff, join_staff, remove_staff, set_posts
from .telling import read_news

__all__ = [
    "SourceAway",
    "adopt_staff",
    "appoint",
    "ask_source",
    "begin_session",
    "change_staff",
    "confirm_code",
    "correct_claim",
    "deputise",
    "end_deputy",
    "end_session",
    "end_sessions",
    "guessed",
    "issue_token",
    "join_staff",
    "lift_session",
    "open_account",
    "prove",
    "prove_at_counter",
    "read_news",
    "register_person",
    "remove_staff",
    "send_code",
    "set_posts",
    "sign_in",
    "touch_session",
]
