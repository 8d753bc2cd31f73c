"""Names for comparing (比对用名称): two names that differ only in width, case, spaces or punctuation are the same name."""

import unicodedata
from typing import Final

# What does not tell two names apart, after NFKC has made full-width characters plain. The statement of the drift report
# drops exactly these as well.
DROPPED: Final = " \t\r\n\u3000!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~、。《》〈〉「」『』【】〔〕“”‘’·—–…～"


def comparable(name: str) -> str:
    """``name`` as it is compared (归一名称)."""
    plain = unicodedata.normalize("NFKC", name)
    return "".join(character for character in plain if character not in DROPPED).lower()
