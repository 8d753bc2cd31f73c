"""Synonym groups (同义词组): words of every day, and what they lead to in the catalogue's language. Pure."""

import re
from dataclasses import dataclass

from tongban.base.search.rules.words import plain, runs
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

MOST_WORDS = 40  # [O] our own numbers
LONGEST_WORD, LONGEST_LEAD = 12, 24
_BETWEEN = re.compile(r"[\s,，;；]+")  # names of items have 、 inside


@dataclass(frozen=True, slots=True)
class Synonyms:
    """A synonym group (同义词组): ``words`` that people say; each also stands for what ``leads`` says."""

    words: tuple[str, ...]
    leads: tuple[str, ...]

    def told(self) -> dict[str, list[str]]:
        """What the ledger keeps (入账内容)."""
        return {"words": list(self.words), "leads": list(self.leads)}


def read(words: str, leads: str) -> tuple[Synonyms | None, dict[str, list[str]]]:
    """The group typed into two fields (读词组), or what is wrong by field. Words are set apart by spaces, commas or lines."""
    errors: dict[str, list[str]] = {}
    found: dict[str, tuple[str, ...]] = {}
    for name, text, longest in (("words", words, LONGEST_WORD), ("leads", leads, LONGEST_LEAD)):
        try:
            found[name] = _read(text, longest)
        except BadCode as error:
            errors[name] = [Message(error.message, error.params)]
    return (None, errors) if errors else (Synonyms(found["words"], found["leads"]), {})


def _read(text: str, longest: int) -> tuple[str, ...]:
    cleaned = plaintext.clean(text, limit=MOST_WORDS * (longest + 1), multiline=True)
    words = tuple(dict.fromkeys(filter(None, _BETWEEN.split(plain(cleaned)))))
    if not words:
        raise BadCode("search.synonyms", msg("至少写一个词。"))
    if len(words) > MOST_WORDS:
        raise BadCode("search.synonyms", msg("一组最多%(most)s个词。"), {"most": MOST_WORDS})
    for word in words:
        if len(word) > longest or not runs(word):
            told = msg(
                "“%(word)s”不行：一个词最多%(most)s个字，要有汉字、字母或者数字。词和词之间用空格隔开。"
            )
            raise BadCode("search.synonyms", told, {"word": word[:30], "most": longest})
    return words
