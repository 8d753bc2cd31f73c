"""Tables of identity (身份表)."""

from .accounts import Account, Accounts, Guess, Token
from .devices import AccountNotice, Device
from .posts import Deputy, Holding
from .proofs import Claim, PhoneCode, Proof
from .sessions import Session
from .staffing import StaffRecord

__all__ = [
    "Account",
    "AccountNotice",
    "Accounts",
    "Claim",
    "Deputy",
    "Device",
    "Guess",
    "Holding",
    "PhoneCode",
    "Proof",
    "Session",
    "StaffRecord",
    "Token",
]
