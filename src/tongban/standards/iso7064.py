"""Check characters (校验码) of ISO/IEC 7064: MOD 11-2 and MOD 37,36.

Source: ISO/IEC 7064:2003 (in China GB/T 17710-2008), the pure system MOD 11-2 and the hybrid system MOD 37,36.
Sure: the results agree with published identifiers of ORCID and ISNI (MOD 11-2), GRid (MOD 37,36), the examples
in GB 11643 and one real electronic licence.

What is promised: both catch every single wrong character; MOD 11-2 also catches every swap of neighbours.
MOD 37,36 catches nearly all swaps of neighbours, not all.
"""

from typing import Final

from tongban.standards.codes import ALPHANUMERIC, DIGITS, consists_of

_CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES: Final = {character: value for value, character in enumerate(_CHARACTERS)}


def mod11_2(digits: str) -> str:
    """The check character of ``digits`` in MOD 11-2 (校验码): ``0``-``9`` or ``X``.

    ``ValueError`` when ``digits`` is empty or holds anything but ASCII digits.
    """
    if not digits or not consists_of(digits, DIGITS):
        raise ValueError("MOD 11-2 takes one or more ASCII digits")
    rest = 0
    for digit in digits:
        rest = (rest + int(digit)) * 2 % 11
    value = (12 - rest) % 11
    return "X" if value == 10 else str(value)


def _running_product(text: str) -> int:
    product = 36
    for character in text:
        total = (product + _VALUES[character]) % 36 or 36
        product = total * 2 % 37
    return product


def mod37_36(text: str) -> str:
    """The check character of ``text`` in MOD 37,36 (校验码): one of ``0``-``9A``-``Z``.

    ``ValueError`` when ``text`` is empty or holds anything but ASCII digits and capital letters.
    """
    if not text or not consists_of(text, ALPHANUMERIC):
        raise ValueError("MOD 37,36 takes one or more ASCII digits and capital letters")
    return _CHARACTERS[(37 - _running_product(text)) % 36]


def mod37_36_holds(text: str) -> bool:
    """Whether the last character of ``text`` is its MOD 37,36 check character (校验通过); never raises."""
    if len(text) < 2 or not consists_of(text, ALPHANUMERIC):
        return False
    return mod37_36(text[:-1]) == text[-1]
