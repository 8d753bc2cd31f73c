"""What search finds of public information (公开信息检索文档): laws in force and announcements. Pure."""

from collections.abc import Sequence
from datetime import date

from tongban.base.search.rules.documents import Document

LAW, INFO = "law", "info"  # kinds of search documents
_LAW_PRIOR, _INFO_PRIOR = 0.75, 0.7  # [O] what one can do stands before what one can read
_LONGEST_WORDS = 2_000  # characters of a text that is searched beside its title; [O] our own number


def ref_of_law(key: str) -> str:
    """By what search knows a law (法规检索名)."""
    return f"law:{key}"


def ref_of_info(document: str) -> str:
    """By what search knows an announcement (信息检索名)."""
    return f"info:{document}"


def of_law(
    *,
    edition: str,
    key: str,
    title: str,
    kind: str,
    dated: date,
    starts_on: date,
    ends_on: date | None,
    chapters: Sequence[str],
) -> Document:
    """The search document of a law's wording (法规检索文档)."""
    return Document(
        key=f"law:{edition}",
        kind=LAW,
        ref=ref_of_law(key),
        group=ref_of_law(key),
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        keywords=(key,) if key != title else (),
        words=" ".join(dict.fromkeys(chapters))[:_LONGEST_WORDS],
        facets=frozenset({f"kind:{LAW}"}),
        prior=_LAW_PRIOR,
        shown={"law": key, "law_kind": kind, "dated": dated.isoformat()},
    )


def of_info(
    *,
    edition: str,
    document: str,
    kind: str,
    title: str,
    body: str,
    organ: str,
    organ_name: str,
    place: str,
    published_on: date,
) -> Document:
    """The search document of an announcement (信息检索文档), from the day on which it was published."""
    return Document(
        key=f"info:{edition}",
        kind=INFO,
        ref=ref_of_info(document),
        group=ref_of_info(document),
        title=title,
        starts_on=published_on,
        place=place,
        owner=organ,
        words=body[:_LONGEST_WORDS],
        facets=frozenset({f"kind:{INFO}"}),
        prior=_INFO_PRIOR,
        shown={
            "info": document,
            "info_kind": kind,
            "organ": organ_name,
            "published_on": published_on.isoformat(),
        },
    )
