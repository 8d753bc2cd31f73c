"""Tables of identity (身份表)."""

from .accounts import Account, Accounts, Guess, Token
from .devices import AccountNotice, Device
from .factors import Passkey, RecoveryCode, Totp
from .outside import LinkedAccount, OutsideAttempt
from .posts import Appointment, Deputy, Holding
from .proofs import Claim, PhoneCode, Proof
from .recovery import RecoveryTicket
from .sessions import Session
from .staffing import StaffRecord

__all__ = [
    "Account",
    "AccountNotice",
    "Accounts",
    "Appointment",
    "Claim",
    "Deputy",
    "Device",
    "Guess",
    "Holding",
    "LinkedAccount",
    "OutsideAttempt",
    "Passkey",
    "PhoneCode",
    "Proof",
    "RecoveryCode",
    "RecoveryTicket",
    "Session",
    "StaffRecord",
    "Token",
    "Totp",
]
