"""Case numbers (办件编号): 43 = implementation code 31 + day 8 + serial 4.

Source: seen on real published records of Guangdong; no national rule was found, so the form is our choice of a form in
real use. The serial runs per implementation and day, from 0001.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from tongban.standards.codes import BadCode, normalised
from tongban.standards.item_codes import ImplementationCode
from tongban.standards.text import msg

LAST_SERIAL: Final = 9999


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number (办件编号) and its parts. ``serial`` 0 is read (others may issue it) but never made."""

    implementation: ImplementationCode
    day: date
    serial: int

    def __post_init__(self) -> None:
        if not 0 <= self.serial <= LAST_SERIAL:
            raise BadCode(
                "case_number.serial",
                msg("办件流水号应在1至9999之间，现为%(serial)s"),
                {"serial": self.serial},
            )

    def __str__(self) -> str:
        day = self.day
        return f"{self.implementation}{day.year:04d}{day.month:02d}{day.day:02d}{self.serial:04d}"


def make(implementation_code: ImplementationCode | str, day: date, serial: int) -> str:
    """The number of the ``serial``-th case on ``day`` (生成办件编号); :class:`BadCode` unless 1 <= serial <= 9999."""
    if isinstance(implementation_code, str):
        implementation_code = ImplementationCode.parse(implementation_code)
    if serial < 1:
        raise BadCode(
            "case_number.serial", msg("办件流水号应在1至9999之间，现为%(serial)s"), {"serial": serial}
        )
    return str(CaseNumber(implementation_code, day, serial))


def parse(text: str) -> CaseNumber:
    """The number typed as ``text`` (解析办件编号); :class:`BadCode` when it is none."""
    number = normalised(text)
    if len(number) != 43:
        raise BadCode(
            "case_number.length", msg("办件编号应为43位，现为%(length)s位"), {"length": len(number)}
        )
    tail = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{4})", number[31:])
    if tail is None:
        raise BadCode("case_number.characters", msg("办件编号末12位应全是数字"))
    year, month, day, serial = map(int, tail.groups())
    try:
        received = date(year, month, day)
    except ValueError:
        raise BadCode(
            "case_number.day", msg("办件编号中的日期不存在：%(digits)s"), {"digits": number[31:39]}
        ) from None
    return CaseNumber(ImplementationCode.parse(number[:31]), received, serial)


def basic_of(number: str) -> str:
    """Code of the basic item (基本编码) in a sound number: after the organ's credit code (18) and the level (1), 12 characters."""
    return number[19:31]
