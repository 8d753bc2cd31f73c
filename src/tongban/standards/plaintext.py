"""Plain text (纯文本) typed by people: one spelling, nothing invisible that deceives or breaks what follows.

Source: Unicode Standard Annex 15 (NFC) and 9 (bidirectional controls); what to refuse is our own choice. Private-use
characters stay: rare characters in names are still written with them.
"""

import re
import unicodedata
from typing import Final

from tongban.standards.codes import BadCode
from tongban.standards.text import msg

_AROUND: Final = (
    " \t\r\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_LINE_ENDS: Final = re.compile("\r\n|\r|\u2028|\u2029")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_CONTROLS_BUT_LINES: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


class BadText(BadCode):
    """A text that cannot be taken (文本有误); the same shape as a bad code, so that forms treat both alike."""


def clean(text: str, *, limit: int, multiline: bool = False) -> str:
    """``text`` as it is stored (清理文本): NFC, no surrounding space (full-width too), line ends ``\\n``.

    ``limit``: most characters (code points) after cleaning. ``multiline``: line ends and tabs may stand inside.
    Refuses control characters, NUL, bidirectional overrides and isolates, and lone surrogates with :class:`BadText`.
    An empty result is allowed: whether a field may be empty is the field's rule.
    """
    if _SURROGATES.search(text):
        raise BadText("plaintext.surrogate", msg("文本含有损坏的字符，请删除后重新输入"))
    cleaned = unicodedata.normalize("NFC", text).strip(_AROUND)
    if multiline:
        cleaned = _LINE_ENDS.sub("\n", cleaned)
    if _BIDI.search(cleaned):
        raise BadText("plaintext.bidi", msg("文本含有改变文字方向的隐藏字符，请删除后重新输入"))
    if (_CONTROLS_BUT_LINES if multiline else _CONTROLS).search(cleaned):
        raise BadText(
            "plaintext.control",
            msg("文本含有看不见的控制字符，请删除后重新输入")
            if multiline
            else msg("文本含有换行或看不见的控制字符，请删除后重新输入"),
        )
    if len(cleaned) > limit:
        raise BadText(
            "plaintext.length",
            msg("最多%(limit)s个字，现有%(length)s个字"),
            {"limit": limit, "length": len(cleaned)},
        )
    return cleaned
