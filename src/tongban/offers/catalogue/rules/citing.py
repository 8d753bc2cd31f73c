"""Citing (援引复核): which editions rest on an article that a new wording of a law changed. Pure.

What counts is what a basis names: the law, in full or short, and an article. A basis that names a law without an article is
not flagged: nothing says that it rests on what changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tongban.standards.citations import ArticleNumber, articles_cited, law_cited
from tongban.standards.text import msg


class Became(StrEnum):
    """What became of an article (条文变化), as the event of a changed law tells it. An added one nobody can rest on yet."""

    CHANGED = "changed"
    REMOVED = "removed"
    MOVED = "moved"  # the same words under another number


BECAME_LABELS: Mapping[Became, str] = {
    Became.CHANGED: msg("有修改"),
    Became.REMOVED: msg("删去"),
    Became.MOVED: msg("条号变了"),
}


class FlagOutcome(StrEnum):
    """How a review flag was cleared (复核结果)."""

    KEPT = "kept"
    DRAFTED = "drafted"


OUTCOME_LABELS: Mapping[FlagOutcome, str] = {
    FlagOutcome.KEPT: msg("不用改"),
    FlagOutcome.DRAFTED: msg("已起草新版本"),
}


@dataclass(frozen=True, slots=True)
class ChangedArticle:
    """An article that a new wording changed (变化条文): its number before, what it became, and its number since ("" if gone)."""

    number: ArticleNumber
    became: Became
    now: str


@dataclass(frozen=True, slots=True)
class Touched:
    """That a basis cites a changed article (受影响引用): the article, and the citation."""

    article: ChangedArticle
    cited: str


def changed_articles(told: Iterable[Mapping[str, object]]) -> dict[ArticleNumber, ChangedArticle]:
    """The articles that the event names (读变化条文), by their number before; what was added has none and is left out."""
    found: dict[ArticleNumber, ChangedArticle] = {}
    for one in told:
        numbers = articles_cited(str(one.get("old", "")))
        if numbers and one.get("kind") in set(Became):
            became = Became(str(one["kind"]))
            found[numbers[0]] = ChangedArticle(numbers[0], became, str(one.get("new", "")))
    return found


def touched(
    basis: Iterable[Mapping[str, object]], law: str, changed: Mapping[ArticleNumber, ChangedArticle]
) -> list[Touched]:
    """What of ``basis`` cites a changed article of ``law``, by its short name (受影响的设定依据); each article once."""
    found: dict[ArticleNumber, Touched] = {}
    for one in basis:
        title, article = str(one.get("title", "")), str(one.get("article", ""))
        if law_cited(title) != law:
            continue
        # Some write the article behind the title.
        for number in articles_cited(article or title):
            if number in changed:
                found.setdefault(number, Touched(changed[number], f"{title} {article}".strip()))
    return list(found.values())
