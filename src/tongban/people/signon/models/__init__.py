"""Tables of single sign-on (统一登录表)."""

from .authorisations import (
    AccessToken,
    Authorisation,
    DeviceRequest,
    RefreshToken,
    SavedRequest,
    SignOut,
    UsedAssertion,
)
from .systems import Consent, SigningKey, System, Use

__all__ = [
    "AccessToken",
    "Authorisation",
    "Consent",
    "DeviceRequest",
    "RefreshToken",
    "SavedRequest",
    "SignOut",
    "SigningKey",
    "System",
    "Use",
    "UsedAssertion",
]
