"""Reads of single sign-on (统一登录查询): systems, keys, what is known of an account, what a token opens."""

from .consents import ConsentView, consents_of
from .keys import Unsigned, own_claims, published
from .people import SignedIn, known, shared_with, signed_in
from .systems import SystemRow, SystemView, desk, live, one, sign_outs_of
from .tokens import TokenView, access_token, refresh_token

__all__ = [
    "ConsentView",
    "SignedIn",
    "SystemRow",
    "SystemView",
    "TokenView",
    "Unsigned",
    "access_token",
    "consents_of",
    "desk",
    "known",
    "live",
    "one",
    "own_claims",
    "published",
    "refresh_token",
    "shared_with",
    "sign_outs_of",
    "signed_in",
]
