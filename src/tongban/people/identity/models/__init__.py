"""Tables of identity (身份表)."""

from .accounts import Account, Accounts, Guess, Token
from .devices import AccountNotice, Device
from .posts import Deputy, Holding
from .sessions import Session

__all__ = [
    "Account",
    "AccountNotice",
    "Accounts",
    "Deputy",
    "Device",
    "Guess",
    "Holding",
    "Session",
    "Token",
]
