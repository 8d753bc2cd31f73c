"""Search documents (检索文档): what a publisher says of the thing that is to be found. Pure values."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tongban.base.search.rules.words import indexed

TITLE, KEYWORD, OTHER = 1.0, 0.9, 0.4  # [O] what a word in the title, among the keywords, elsewhere is worth
_TIGHT = 1.0  # [O] a short title that is all about the words stands before a long one that also has them


@dataclass(frozen=True, slots=True)
class Document:
    """Search document (检索文档). In force from ``starts_on`` until ``ends_on`` (exclusive; None: without end).

    ``key``: names this document for ever. ``ref``: the thing's address; a later document of the same ref replaces the
    earlier one. ``group``: what is ranked as one. ``place``: division code, empty where it is everywhere; such a document stands in for its group and is found only
    while none of the group that has a place is in force.
    ``owner``: who answers for it, for filtering. ``prior``: at most 1; how readily this is what people look for.
    ``shown``: what a result card needs.
    """

    key: str
    kind: str
    ref: str
    group: str
    title: str
    starts_on: date
    ends_on: date | None = None
    place: str = ""
    owner: str = ""
    keywords: tuple[str, ...] = ()
    words: str = ""
    facets: frozenset[str] = frozenset()
    prior: float = 1.0
    shown: Mapping[str, object] = field(default_factory=dict)


def weights(document: Document) -> dict[str, float]:
    """Every term of a document with its weight (词权). What stands in several places counts where it counts most.

    The prior is in it, so that texts can be ranked from the postings alone.
    """
    title = indexed(document.title)
    tight = TITLE + _TIGHT / max(len(title), 1)
    found = dict.fromkeys(indexed(document.words), OTHER)
    for keyword in document.keywords:
        terms = indexed(keyword)
        found |= dict.fromkeys(terms, KEYWORD + _TIGHT / max(2 * len(terms), 8))
    for term in title:
        found[term] = max(tight, found.get(term, 0.0))
    return {term: weight * document.prior for term, weight in found.items()}


def text_digest(document: Document) -> str:
    """What two documents have in common that say the same of the same thing (文本指纹)."""
    parts = (document.group, document.title, *document.keywords, document.words, repr(document.prior))
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def phrases(document: Document) -> dict[str, float]:
    """What is suggested for a document (提示词) with its weight: keywords, then the title; short before long."""
    found = {document.title: 0.7 * document.prior}
    found |= dict.fromkeys(document.keywords, 0.9 * document.prior)
    return {phrase: weight / (1 + len(phrase) / 40) for phrase, weight in found.items() if phrase.strip()}
