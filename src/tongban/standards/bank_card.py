"""Bank card numbers (银行卡号): twelve to nineteen digits with a check digit.

Source: ISO/IEC 7812-1 (identification numbers, annex B: the check digit by the Luhn formula). Sure of length and check digit;
which issuer a number belongs to is not looked at.
"""

import re
from typing import Final

from tongban.standards.codes import BadCode, normalised
from tongban.standards.text import msg

_NUMBER: Final = re.compile(r"[0-9]{12,19}")


def parse(text: str) -> str:
    """The digits of the card number typed as ``text`` (解析银行卡号); spaces and dashes are left out. Raises BadCode."""
    number = normalised(text).replace(" ", "").replace("-", "")
    if not _NUMBER.fullmatch(number):
        raise BadCode("bank_card.form", msg("银行卡号是 12 到 19 位数字，请照卡面填"))
    if check_digit(number[:-1]) != number[-1]:
        raise BadCode("bank_card.check", msg("银行卡号有一位不对，请照卡面核对"))
    return number


def check_digit(digits: str) -> str:
    """The Luhn check digit (校验位) of ``digits``: from the right, every other digit counts double."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
