"""One-time codes by time (动态码): which steps of time a code may be of, and what codes of recovery look like. Pure.

Source: RFC 6238 (TOTP): steps of 30 seconds, one step of drift either way (section 5.2), a code is used once (section 5.2 too).
"""

from datetime import datetime

STEP = 30  # seconds
DRIFT = 1  # steps that a clock may be off
CODES = 10  # [O] recovery codes given at once
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # without what is mistaken for something else
LONGEST_LABEL = 40


def steps(at: datetime, used: int) -> list[int]:
    """The steps whose codes are taken now (可接受的时间步), the present one first: none up to ``used``, the last that was."""
    now = int(at.timestamp()) // STEP
    near = sorted(range(now - DRIFT, now + DRIFT + 1), key=lambda step: abs(step - now))
    return [step for step in near if step > used]


def spelled(typed: str) -> str:
    """A code as it is compared (整理动态码): without spaces and dashes, in capitals."""
    return "".join(char for char in typed.upper() if char.isalnum())
