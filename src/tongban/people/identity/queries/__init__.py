"""Reads of identity (身份查询): which actor an account, a session or a token is, and who deputises for whom."""

from .accounts import account_by_login, account_of_holder, accounts_of, has_accounts, names, organs_staffed
from .actors import Visit, actor_of, actor_of_session, actor_of_token, day_of, token_digest, visit_of_session
from .deputies import Colleague, DeputyView, colleagues, deputies_of, deputising
from .factors import PasskeyView, WaysIn, active_account, asks_code, credentials_of, ways_of
from .linked import LinkedView, ProviderView, linked_of, offered_providers
from .news import AccountNoticeView, news_of
from .offices import DeputisingView, OfficeView, offices_of
from .own import OwnAccount, own_account
from .proofs import Claimed, ProofView, claimed, proofs_of
from .sessions import SessionView, session_methods, sessions_of
from .staff import AppointmentView, HoldingView, appointment, appointments, personnel_organs, staff_of
from .staffing import JoinerView, StaffView, joiners, keeping_organ, staff_list, staff_member

__all__ = [
    "AccountNoticeView",
    "AppointmentView",
    "Claimed",
    "Colleague",
    "DeputisingView",
    "DeputyView",
    "HoldingView",
    "JoinerView",
    "LinkedView",
    "OfficeView",
    "OwnAccount",
    "PasskeyView",
    "ProofView",
    "ProviderView",
    "SessionView",
    "StaffView",
    "Visit",
    "WaysIn",
    "account_by_login",
    "account_of_holder",
    "accounts_of",
    "active_account",
    "actor_of",
    "actor_of_session",
    "actor_of_token",
    "appointment",
    "appointments",
    "asks_code",
    "claimed",
    "colleagues",
    "credentials_of",
    "day_of",
    "deputies_of",
    "deputising",
    "has_accounts",
    "joiners",
    "keeping_organ",
    "linked_of",
    "names",
    "news_of",
    "offered_providers",
    "offices_of",
    "organs_staffed",
    "own_account",
    "personnel_organs",
    "proofs_of",
    "session_methods",
    "sessions_of",
    "staff_list",
    "staff_member",
    "staff_of",
    "token_digest",
    "visit_of_session",
    "ways_of",
]
