"""Telephone numbers (电话号码) of mainland China: mobile, fixed line with area code, service numbers.

Source: the numbering plan in outline (mobile 1[3-9] + 9 digits; area codes 010, 02x, 0[3-9]xx; subscriber 7 or 8 digits).
Sure of the outline; which ranges are in service changes and is not checked.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tongban.standards.codes import BadCode, normalised
from tongban.standards.text import msg

_DASHES: Final = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-"})
_COUNTRY: Final = re.compile(r"(?:\+|00)86[ -]?")
_MOBILE: Final = re.compile(r"(?:86)?(1[3-9][0-9]{9})")
_AREA: Final = r"(?:\(?(0?10|0?2[0-9]|0?[3-9][0-9]{2})\)?)"
_FIXED: Final = re.compile(rf"{_AREA}-?([2-9][0-9]{{6,7}})(?:(?:-|转|EXT\.?)([0-9]{{1,6}}))?")
_FIXED_PLAIN: Final = re.compile(r"([2-9][0-9]{6,7})(?:(?:-|转|EXT\.?)([0-9]{1,6}))?")
_HOTLINE: Final = re.compile(r"(?:\(?(0(?:10|2[0-9]|[3-9][0-9]{2}))\)?-?)?(1[0-9]{2,4}|9[56][0-9]{3,4})")
_FREE: Final = re.compile(r"([48]00)-?([0-9]{3})-?([0-9]{4})")


class Kind(StrEnum):
    """Kinds of numbers (号码类别)."""

    MOBILE = "mobile"
    FIXED = "fixed"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number (电话号码): ``area`` with its leading 0 or empty, ``number`` without it."""

    kind: Kind
    number: str
    area: str = ""
    extension: str = ""

    def __str__(self) -> str:
        text = f"{self.area}-{self.number}" if self.area else self.number
        return f"{text}-{self.extension}" if self.extension else text


def parse(text: str) -> Phone:
    """The number typed as ``text`` in one spelling (解析电话号码); spaces, brackets and ``+86`` are mended.

    A fixed line without area code is taken, with empty ``area``: whoever needs one asks for it.
    Raises :class:`BadCode` with a text for the form field.
    """
    typed = normalised(text).translate(_DASHES)
    country = _COUNTRY.match(typed)
    bare = (typed[country.end() :] if country else typed).replace(" ", "")
    if found := _MOBILE.fullmatch(bare.replace("-", "")):
        return Phone(Kind.MOBILE, found[1])
    if found := _FREE.fullmatch(bare):
        return Phone(Kind.SERVICE, "".join(found.groups()))
    if found := _HOTLINE.fullmatch(bare):
        return Phone(Kind.SERVICE, found[2], area=found[1] or "")
    if (found := _FIXED.fullmatch(bare)) and (country or bare.lstrip("(").startswith("0")):
        return Phone(Kind.FIXED, found[2], area=f"0{found[1].lstrip('0')}", extension=found[3] or "")
    if found := _FIXED_PLAIN.fullmatch(bare):
        return Phone(Kind.FIXED, found[1], extension=found[2] or "")
    raise BadCode("phone.form", msg("电话号码格式不符：请填11位手机号，或带区号的固定电话，如0898-65200000"))


def parse_mobile(text: str) -> str:
    """The eleven digits of a mobile number (手机号); :class:`BadCode` for anything else."""
    try:
        phone = parse(text)
    except BadCode:
        phone = None
    if phone is None or phone.kind is not Kind.MOBILE:
        raise BadCode("phone.mobile", msg("请填11位手机号，以1开头"))
    return phone.number


def masked(mobile: str) -> str:
    """A mobile number with its middle four digits hidden (脱敏), e.g. ``138****8000``; anything else hidden whole."""
    if not re.fullmatch(r"1[0-9]{10}", mobile):
        return "*" * len(mobile)
    return f"{mobile[:3]}****{mobile[7:]}"
