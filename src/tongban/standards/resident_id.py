"""Resident identity numbers (公民身份号码): 18 characters with birth date, sex and check digit.

Source: GB 11643-1999, division 6 + birth date 8 + sequence 3 (odd for men) + check ISO 7064 MOD 11-2.
Sure: the standard's own examples hold. Residence permits of Hong Kong, Macao and Taiwan residents (81, 82, 83) and the
newer permanent residence cards of foreigners (9…) use the same form. The division is not looked up: a number keeps
the division of its issue for life, also after that place is merged or renamed.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tongban.standards.codes import DIGITS, BadCode, consists_of, normalised
from tongban.standards.iso7064 import mod11_2
from tongban.standards.text import msg

_LENGTH = 18
_EARLIEST_YEAR = (
    1800  # the standard's own example was born in 1880; anything before is a slip of the keyboard
)


class Sex(StrEnum):
    """Sex as the number tells it (性别), with the values of GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"

    @property
    def label(self) -> str:
        """The Chinese name (名称)."""
        return msg("男") if self is Sex.MALE else msg("女")


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A checked resident identity number (公民身份号码) and what it tells."""

    number: str
    division6: str
    born: date
    sex: Sex

    def __str__(self) -> str:
        return self.number

    def age_on(self, day: date) -> int:
        """Full years of age on ``day`` (周岁); the year is full from the birthday on, negative before birth."""
        before_birthday = (day.month, day.day) < (self.born.month, self.born.day)
        return day.year - self.born.year - before_birthday


def parse(text: str, *, today: date | None = None) -> ResidentId:
    """The number typed as ``text``, checked (核验号码).

    Full-width characters, a lower-case ``x`` and surrounding space are mended. With ``today``, a birth date after
    it is refused. Raises :class:`BadCode` with a text for the form field.
    """
    number = normalised(text)
    if len(number) != _LENGTH:
        raise BadCode(
            "resident_id.length",
            msg("身份证号应为18位，现为%(length)s位"),
            {"length": len(number)},
        )
    if not consists_of(number[:17], DIGITS) or number[17] not in DIGITS | {"X"}:
        raise BadCode(
            "resident_id.characters",
            msg("身份证号前17位应全是数字，最后一位应为数字或字母X"),
        )
    born = _birth_date(number[6:14], today)
    if mod11_2(number[:17]) != number[17]:
        raise BadCode("resident_id.check", msg("身份证号最后一位校验不符，请逐位核对是否输错"))
    return ResidentId(
        number=number,
        division6=number[:6],
        born=born,
        sex=Sex.MALE if int(number[16]) % 2 else Sex.FEMALE,
    )


def _birth_date(digits: str, today: date | None) -> date:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        born = date(year, month, day)
    except ValueError:
        born = None
    if born is None or born.year < _EARLIEST_YEAR:
        raise BadCode(
            "resident_id.birth",
            msg("身份证号第7至14位的出生日期不存在：%(digits)s"),
            {"digits": digits},
        )
    if today is not None and born > today:
        raise BadCode("resident_id.future", msg("身份证号中的出生日期晚于今天，请核对第7至14位"))
    return born


def masked(number: str) -> str:
    """The number with its birth digits hidden (脱敏), e.g. ``110105********002X``.

    What is not 18 characters long is hidden whole: its birth digits could stand anywhere.
    """
    if len(number) != _LENGTH:
        return "*" * len(number)
    return f"{number[:6]}{'*' * 8}{number[14:]}"
