"""Codes of terminals (设备码, RFC 8628): short enough to type, too many to guess."""

import re
from collections.abc import Sequence
from typing import Final

ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628, 6.1: no vowels, nothing that looks like a digit
LENGTH: Final = 8
_NOISE: Final = re.compile(r"[^A-Z]")


def written(letters: Sequence[int]) -> str:
    """A user code from chosen places of the alphabet (用户码): 20^8 of them."""
    return "".join(ALPHABET[place] for place in letters)


def shown(code: str) -> str:
    """A user code as it is shown (显示形式): BCDF-GHJK."""
    return f"{code[:4]}-{code[4:]}"


def read(typed: str) -> str:
    """A user code as somebody typed it (读取): case, dashes and spaces do not matter."""
    return _NOISE.sub("", typed.upper())[: LENGTH + 1]
