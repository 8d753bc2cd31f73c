"""Codes (编码): what all code modules share – the refusal of a bad code and the cleaning of a typed one."""

from collections.abc import Mapping
from typing import Final

DIGITS: Final = frozenset("0123456789")
ALPHANUMERIC: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

# Spaces and invisible marks that come along when a code is copied from a page or a message.
_AROUND: Final = (
    " \t\r\n\u00a0\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u3000\ufeff"
)
_FULL_WIDTH: Final = {0xFF01 + i: 0x21 + i for i in range(94)}


class BadCode(ValueError):  # noqa: N818 -- a person's slip, shown beside the field; not a fault
    """A code that cannot be taken (编码有误), with a text fit to stand beside a form field.

    ``rule``: stable id, e.g. ``resident_id.check``. ``message``: Chinese text marked with
    :func:`tongban.standards.text.msg`, with ``%(name)s`` places for ``params``.
    """

    def __init__(self, rule: str, message: str, params: Mapping[str, object] | None = None) -> None:
        super().__init__(rule, message)
        self.rule = rule
        self.message = message
        self.params = dict(params or {})

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def normalised(text: str) -> str:
    """A typed code as it is stored (规范写法): half-width, upper-case, without what surrounds it.

    Only surrounding space goes; a space inside a code stays and is refused by the code's own parser.
    Only ASCII letters are raised: ``str.upper`` would turn other letters into new ones (``ß`` into ``SS``).
    """
    bare = text.strip(_AROUND).translate(_FULL_WIDTH)
    return bare.upper() if bare.isascii() else bare


def consists_of(text: str, alphabet: frozenset[str]) -> bool:
    """Whether ``text`` uses only the characters of ``alphabet`` (字符检查); an empty text does."""
    return alphabet.issuperset(text)
