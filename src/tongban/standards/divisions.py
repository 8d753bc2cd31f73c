"""Division codes (区划代码): 12 digits = province 2 + prefecture 2 + county 2 + town 3 + village 3.

Source: GB/T 2260 (first six digits) and the statistical division codes (town and village). Sure of the widths.

**Never derive a place's kind from its digits; read it from the place.** Danzhou (460400) is a city without counties whose
towns hang directly under it; 469000 is no place at all but a drawer for counties directly under the province; town
digits also number bases and parks. What is told here is *position*: which part of the code is the last one in use.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from tongban.standards.codes import DIGITS, BadCode, consists_of, normalised
from tongban.standards.text import msg

_LENGTH: Final = 12


class Position(IntEnum):
    """The last part of a code that is in use (代码段位); its value is the digits used. Not the kind of the place."""

    PROVINCE = 2
    PREFECTURE = 4
    COUNTY = 6
    TOWN = 9
    VILLAGE = 12


@dataclass(frozen=True, slots=True)
class Division:
    """A well-formed division code (区划代码); whether the place exists is for the table of places."""

    code: str
    position: Position

    def __str__(self) -> str:
        return self.code

    @property
    def prefix(self) -> str:
        """The digits in use (有效位): every code inside this division starts with them."""
        return self.code[: self.position]

    def contains(self, other: "Division") -> bool:
        """Whether ``other`` is this division or lies inside it by its digits (包含)."""
        return other.code.startswith(self.prefix)


def parse(text: str) -> Division:
    """The code typed as ``text`` (解析区划代码): 12 digits, or 6 or 9 that are completed with zeros.

    Raises :class:`BadCode` with a text for the form field.
    """
    code = normalised(text)
    if len(code) not in (6, 9, _LENGTH) or not consists_of(code, DIGITS):
        raise BadCode("divisions.form", msg("区划代码应为12位数字（也可填前6位或前9位）"))
    code = code.ljust(_LENGTH, "0")
    if code.startswith("00"):
        raise BadCode("divisions.province", msg("区划代码前两位（省级）不能为00"))
    position = next(place for place in Position if not code[place:].strip("0"))
    return Division(code, position)


def ancestors(code: str) -> tuple[str, ...]:
    """The codes above ``code`` by prefix, nearest to the province first (上级代码), without itself.

    Codes that fall together appear once. One of them may be a drawer and not a place (469000): keep those that the table
    of places knows. Raises :class:`BadCode`.
    """
    own = parse(code).code
    above = (own[:place].ljust(_LENGTH, "0") for place in Position)
    return tuple(dict.fromkeys(candidate for candidate in above if candidate != own))
