"""Chinese numerals (中文数字) as the numbers of articles are written: 三十二, 一百零一.

Source: the official texts of laws since 1979. Sure for 1 to 9999. One number has one spelling: 一百十二 is refused.
"""

from typing import Final

NUMERAL: Final = "[零一二三四五六七八九十百千]{1,9}"  # what may be a numeral, as a pattern
_DIGITS: Final = "零一二三四五六七八九"
_PLACES: Final = ((1000, "千"), (100, "百"), (10, "十"))
LARGEST: Final = 9999
_LONGEST: Final = 8  # characters of the longest numeral: 一千一百一十一


def to_chinese(number: int) -> str:
    """``number`` in words (中文数字), e.g. 32 as 三十二. ValueError outside 1 to 9999."""
    if not 1 <= number <= LARGEST:
        raise ValueError(f"{number} is not between 1 and {LARGEST}")
    words, rest, gap = "", number, False
    for place, name in _PLACES:
        digit, rest = divmod(rest, place)
        if digit:
            words += ("零" if gap else "") + _DIGITS[digit] + name
            gap = False
        elif words:
            gap = True
    if rest:
        words += ("零" if gap else "") + _DIGITS[rest]
    # Ten to nineteen leave the one out, but only at the beginning: 十二, yet 一百一十二.
    return words.removeprefix("一") if 10 <= number <= 19 else words


def from_chinese(words: str) -> int:
    """The number that ``words`` spell (识读中文数字). ValueError where they spell none, or not as it is written."""
    total, digit = 0, 0
    values = {name: place for place, name in _PLACES}
    for character in words[: _LONGEST + 1]:
        if character in values:
            total += (digit or 1) * values[character]
            digit = 0
        elif character in _DIGITS:
            digit = _DIGITS.index(character)
        else:
            raise ValueError(f"{words[:20]!r} is no number")
    total += digit
    if not 1 <= total <= LARGEST or to_chinese(total) != words:
        raise ValueError(f"{words[:20]!r} is no number as it is written in laws")
    return total
