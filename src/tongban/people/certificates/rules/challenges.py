"""Challenges (登录挑战): what somebody signs to show that she holds the key of a certificate. Pure.

One line, so that no tool changes its line ends on the way; it names the door and the host, so that what was signed for one is
nothing at another.
"""

import re
from datetime import datetime, timedelta
from typing import Final

ANSWER_WITHIN: Final = timedelta(minutes=5)  # [O]
LONGEST_ANSWER: Final = 40_000  # characters of a signed message in PEM
_CHALLENGE: Final = re.compile(r"tongban-login [a-z]+ \S+ [0-9a-f]{64} \S+")


def challenge(*, door: str, host: str, nonce: str, at: datetime) -> str:
    """The text to be signed (挑战文本)."""
    return f"tongban-login {door} {host} {nonce} {at.isoformat(timespec='seconds')}"


def is_challenge(text: str) -> bool:
    """Whether a kept text is one of ours (是否挑战文本)."""
    return _CHALLENGE.fullmatch(text) is not None


def may_be_signed_as(text: str) -> tuple[bytes, ...]:
    """The bytes that a tool may have signed for it (可接受的签名内容): editors and ``openssl cms`` end lines in their own ways."""
    return tuple((text + end).encode() for end in ("", "\n", "\r\n"))
