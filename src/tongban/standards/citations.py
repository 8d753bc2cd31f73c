"""Citations of laws (法规引用): which law and which of its articles a text names.

Source: the way in which the official texts, published guides and lists of items cite: 《中华人民共和国行政许可法》第四十二条第一款,
第五十六条、第五十七条, 第三条至第五条. Sure for laws named by their title in full or without 中华人民共和国. Left open: names that people
shorten further (消法), and citations by paragraph or item alone, which name no article.
"""

import re
from dataclasses import dataclass
from typing import Final

from tongban.standards.numerals import NUMERAL, from_chinese, to_chinese

STATE: Final = "中华人民共和国"
LONGEST_RANGE: Final = 200  # articles that one 第三条至第五条 may span; [O] our own number

_CITED: Final = re.compile(
    rf"第({NUMERAL})条(?:之({NUMERAL}))?(?:(?:第{NUMERAL}[款项目])*\s*([至到—-])\s*(?=第{NUMERAL}条))?"
)
_QUOTED: Final = re.compile(r"《([^《》]{2,100}(?:〈[^《》]*〉)?[^《》]*)》")
_NOTE: Final = re.compile(r"[（(][^（()）]*[）)]\s*$")
_TAIL: Final = re.compile(rf"\s*第{NUMERAL}条.*$", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class ArticleNumber:
    """Number of an article (条号): 第三十二条之一 is 32 and 1; without 之 the second is 0."""

    number: int
    inserted: int = 0

    @property
    def label(self) -> str:
        """As the law writes it (条标): 第三十二条之一."""
        return f"第{to_chinese(self.number)}条" + (f"之{to_chinese(self.inserted)}" if self.inserted else "")

    @property
    def anchor(self) -> str:
        """Where it stands on the law's page (锚点): a32, a32-1."""
        return f"a{self.number}" + (f"-{self.inserted}" if self.inserted else "")


def key_of(title: str) -> str:
    """The short name by which a law is addressed and cited (法规简称): without 中华人民共和国 and book-title marks."""
    bare = title.strip().removeprefix("《").removesuffix("》").strip()
    return bare.removeprefix(STATE) or bare


def law_cited(title: str) -> str:
    """The short name of the law that a basis names (引用的法规), told by what stands in 《》, or by the text without notes and articles."""
    quoted = _QUOTED.search(title)
    if quoted is not None:
        return key_of(quoted[1])
    bare = _TAIL.sub("", title.strip())
    while (cut := _NOTE.sub("", bare).strip()) != bare:
        bare = cut
    return key_of(bare)


def articles_cited(text: str) -> tuple[ArticleNumber, ...]:
    """The articles that a citation names (引用的条), in order: 第五十六条、第五十七条第一款 are 56 and 57, 第三条至第五条 3, 4 and 5."""
    found: list[ArticleNumber] = []
    opened: ArticleNumber | None = None
    for match in _CITED.finditer(text):
        try:
            number = ArticleNumber(from_chinese(match[1]), from_chinese(match[2]) if match[2] else 0)
        except ValueError:  # what looks like a number and is none cites nothing
            opened = None
            continue
        if opened is not None and opened.number < number.number <= opened.number + LONGEST_RANGE:
            found += (ArticleNumber(between) for between in range(opened.number + 1, number.number))
        found.append(number)
        opened = number if match[3] else None
    return tuple(dict.fromkeys(found))
