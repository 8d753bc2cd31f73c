"""PINs of kept keys (托管密钥口令): what may be one, and how guesses are slowed. Pure.

A PIN never opens anything by itself: the key is sealed under the master secret as well, so a stolen table is not guessed at.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from tongban.standards.text import msg

SHORTEST_PIN: Final = 6  # [O] our own numbers; characters
LONGEST_PIN: Final = 64
FREE_GUESSES: Final = 5
LONGEST_WAIT: Final = timedelta(minutes=15)
FORGET_AFTER: Final = timedelta(days=1)  # after which counting begins anew

_ONE_CHARACTER: Final = re.compile(r"(.)\1*")
_UP: Final = "01234567890"
_DOWN: Final = _UP[::-1]


def pin_problem(pin: str) -> str | None:
    """What is wrong with a PIN that somebody chooses (口令问题), or None."""
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        return msg("证书口令要有 6 到 64 个字符。")
    if not pin.isprintable() or pin != pin.strip():
        return msg("证书口令里不能有空格开头、结尾，或者看不见的字符。")
    if _ONE_CHARACTER.fullmatch(pin) or pin in _UP or pin in _DOWN:
        return msg("这个口令太容易猜，请换一个。")
    return None


def wait_until(failures: int, last: datetime) -> datetime:
    """Until when the next guess is not looked at (口令限速): doubles from 2 s after five failures, at most 15 min, never for good."""
    if failures < FREE_GUESSES:
        return last
    return last + min(timedelta(seconds=2 ** min(failures - FREE_GUESSES + 1, 20)), LONGEST_WAIT)


def failures_after(failures: int, last: datetime | None, at: datetime) -> int:
    """How many failures stand after one more (累计次数): those of an earlier day are forgotten."""
    return 1 if last is None or at - last > FORGET_AFTER else failures + 1
