"""Reads of single sign-on (统一登录查询): systems, keys, what is known of an account, what a token opens."""

from .consents import ConsentView, consents_of
from .keys import Unsigned, own_claims, published
from .people import CompanyTold, SignedIn, known, shared_with, signed_in
from .systems import (
    Addressee,
    SystemRow,
    SystemView,
    addressee,
    clients_of,
    desk,
    live,
    one,
    sign_outs_of,
    uses_of,
)
from .tokens import Program, TokenView, access_token, program_of_token, refresh_token
from .witness import against_ledger

__all__ = [
    "Addressee",
    "CompanyTold",
    "ConsentView",
    "Program",
    "SignedIn",
    "SystemRow",
    "SystemView",
    "TokenView",
    "Unsigned",
    "access_token",
    "addressee",
    "against_ledger",
    "clients_of",
    "consents_of",
    "desk",
    "known",
    "live",
    "one",
    "own_claims",
    "program_of_token",
    "published",
    "refresh_token",
    "shared_with",
    "sign_outs_of",
    "signed_in",
    "uses_of",
]
