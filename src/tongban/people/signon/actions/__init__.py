"""Acts of single sign-on (统一登录行为)."""

from .consents import consent, withdraw
from .devices import answer_device, ask_for_device, poll_device, terminal_of
from .keys import public_keys, ready, rotate
from .proving import Credentials, prove, signed_request, thumbprint
from .saved import done, push, save, saved, take_pushed
from .sign_outs import end_authorisations, end_for_mandate, tell
from .signing_on import authorise, redeem
from .systems import amend, approve, discard, request_system, resume, retire, send_back, suspend
from .tokens import Issued, company_told, refresh, revoke, sid, subject, system_token
from .using import count_use, note_read

__all__ = [
    "Credentials",
    "Issued",
    "amend",
    "answer_device",
    "approve",
    "ask_for_device",
    "authorise",
    "company_told",
    "consent",
    "count_use",
    "discard",
    "done",
    "end_authorisations",
    "end_for_mandate",
    "note_read",
    "poll_device",
    "prove",
    "public_keys",
    "push",
    "ready",
    "redeem",
    "refresh",
    "request_system",
    "resume",
    "retire",
    "revoke",
    "rotate",
    "save",
    "saved",
    "send_back",
    "sid",
    "signed_request",
    "subject",
    "suspend",
    "system_token",
    "take_pushed",
    "tell",
    "terminal_of",
    "thumbprint",
    "withdraw",
]
