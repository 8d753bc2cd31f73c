"""Acts on identity (身份行为): open accounts, appoint, name and end deputies, sign in and out, issue tokens."""

from .accounts import issue_token, open_account
from .counter import open_at_counter, prove_at_counter
from .deputies import deputise, end_deputy
from .factors import (
    add_passkey,
    begin_totp,
    change_password,
    check_code,
    confirm_totp,
    password_fits,
    public_key_of,
    remove_passkey,
    remove_totp,
    use_passkey,
)
from .linking import (
    Returned,
    begin_outside,
    finish_outside,
    forget_attempts,
    link_account,
    unlink_account,
    use_linked,
)
from .posts import appoint, decide_appointment, dismiss, propose_appointment
from .proving import SourceAway, ask_source, confirm_code, prove, send_code
from .recovering import leave, merge, merge_at_counter, recover_at_counter
from .registering import correct_claim, register_person
from .sessions import begin_session, end_session, end_sessions, lift_session, touch_session
from .setting_up import hand_setup_code
from .signing_in import forget_guesses, guessed, sign_in
from .staffing import adopt_staff, change_staff, join_staff, remove_staff, set_posts
from .telling import read_news, tell, tell_certificate_ends
from .tickets import redeem

__all__ = [
    "Returned",
    "SourceAway",
    "add_passkey",
    "adopt_staff",
    "appoint",
    "ask_source",
    "begin_outside",
    "begin_session",
    "begin_totp",
    "change_password",
    "change_staff",
    "check_code",
    "confirm_code",
    "confirm_totp",
    "correct_claim",
    "decide_appointment",
    "deputise",
    "dismiss",
    "end_deputy",
    "end_session",
    "end_sessions",
    "finish_outside",
    "forget_attempts",
    "forget_guesses",
    "guessed",
    "hand_setup_code",
    "issue_token",
    "join_staff",
    "leave",
    "lift_session",
    "link_account",
    "merge",
    "merge_at_counter",
    "open_account",
    "open_at_counter",
    "password_fits",
    "propose_appointment",
    "prove",
    "prove_at_counter",
    "public_key_of",
    "read_news",
    "recover_at_counter",
    "redeem",
    "register_person",
    "remove_passkey",
    "remove_staff",
    "remove_totp",
    "send_code",
    "set_posts",
    "sign_in",
    "tell",
    "tell_certificate_ends",
    "touch_session",
    "unlink_account",
    "use_linked",
    "use_passkey",
]
