"""Unified social credit codes (统一社会信用代码): 18 characters of an organisation.

Source: GB 32100-2015: registrar 1 + category 1 + division 6 + organisation code 9 (GB 11714) + check 1; weights
3^(i-1) mod 31, check = 31 - sum mod 31. Sure: the check holds on every real code seen in published guides and cases.

Left open on purpose: which registrars and categories exist (the list grows), the division, and the inner check of the
organisation code (older organisations are said to carry irregular ones).

What is promised: every single wrong character and every swap of neighbours is caught. A swap of the first with the
last character is not, their weights are equal.
"""

from dataclasses import dataclass
from typing import Final

from tongban.standards.codes import DIGITS, BadCode, consists_of, normalised
from tongban.standards.text import msg

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_SET: Final = frozenset(ALPHABET)
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_LENGTH: Final = 18


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A checked unified social credit code (统一社会信用代码) and its parts."""

    number: str

    @property
    def registrar(self) -> str:
        """The registering department's character (登记管理部门代码)."""
        return self.number[0]

    @property
    def category(self) -> str:
        """The kind of organisation within that department (机构类别代码)."""
        return self.number[1]

    @property
    def division6(self) -> str:
        """The division of registration (登记管理机关行政区划码)."""
        return self.number[2:8]

    @property
    def organisation9(self) -> str:
        """The organisation code (主体标识码)."""
        return self.number[8:17]

    def __str__(self) -> str:
        return self.number


def parse(text: str) -> CreditCode:
    """The code typed as ``text``, checked (核验代码); mends full width, lower case and surrounding space.

    Raises :class:`BadCode` with a text for the form field.
    """
    number = normalised(text)
    if len(number) != _LENGTH:
        raise BadCode(
            "credit_code.length",
            msg("统一社会信用代码应为18位，现为%(length)s位"),
            {"length": len(number)},
        )
    if _check_character(number[:17]) != number[17]:
        raise BadCode("credit_code.check", msg("统一社会信用代码最后一位校验不符，请逐位核对是否输错"))
    return CreditCode(number)


def holds(text: str) -> bool:
    """Whether ``text``, exactly as it stands, is a credit code with a right check character (校验通过)."""
    try:
        return parse(text).number == text
    except BadCode:
        return False


def make(first17: str) -> str:
    """``first17`` with its check character (生成代码); raises :class:`BadCode` on wrong length or characters."""
    body = normalised(first17)
    if len(body) != _LENGTH - 1:
        raise BadCode(
            "credit_code.length",
            msg("统一社会信用代码本体应为17位，现为%(length)s位"),
            {"length": len(body)},
        )
    return body + _check_character(body)


def _check_character(body: str) -> str:
    if not consists_of(body, _SET):
        raise BadCode(
            "credit_code.characters",
            msg("统一社会信用代码只用数字和大写字母，且不用字母I、O、S、V、Z"),
        )
    if not consists_of(body[2:8], DIGITS):
        raise BadCode("credit_code.division", msg("统一社会信用代码第3至8位应为数字（行政区划码）"))
    total = sum(_VALUES[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]
