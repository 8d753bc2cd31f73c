"""Rules of licences (证照规则): their life and their validity. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tongban.standards.text import msg

LONGEST_REASON = 400  # characters

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}")  # base64url (RFC 4648 section 5)


class LicenceState(StrEnum):
    """State of a licence (证照状态)."""

    ISSUED = "issued"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Move:
    """Move (流转) of a licence."""

    source: LicenceState
    verb: str
    target: LicenceState


MOVES = (Move(LicenceState.ISSUED, "revoke", LicenceState.REVOKED),)


class Standing(StrEnum):
    """What a verifier is told (核验结论)."""

    VALID = "valid"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"


STANDING_LABELS = {
    Standing.VALID: msg("有效"),
    Standing.NOT_YET: msg("尚未生效"),
    Standing.EXPIRED: msg("已过期"),
    Standing.REVOKED: msg("已撤销"),
}


def standing(state: LicenceState, valid_from: date, valid_to: date | None, on: date) -> Standing:
    """Whether a licence holds on a day (效力); ``valid_to`` is its last day."""
    if state is LicenceState.REVOKED:
        return Standing.REVOKED
    if on < valid_from:
        return Standing.NOT_YET
    if valid_to is not None and on > valid_to:
        return Standing.EXPIRED
    return Standing.VALID


def last_day(valid_from: date, years: int | None) -> date | None:
    """The last day of a validity of ``years`` (有效期止): the day before the same date years later; None without limit."""
    if years is None:
        return None
    year = valid_from.year + years
    try:
        until = valid_from.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 2, 28)
    return date.fromordinal(until.toordinal() - 1)


def is_token(text: str) -> bool:
    """Whether ``text`` can be the secret part of a verification address (核验码): anything else is not asked for."""
    return _TOKEN.fullmatch(text) is not None


def masked_name(name: str) -> str:
    """A person's name as a stranger sees it (姓名脱敏): the last character stays."""
    return "*" * (len(name) - 1) + name[-1:] if len(name) > 1 else name
