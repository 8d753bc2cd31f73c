"""Public information (公开信息): the laws article by article, and what the organs announce, also as a feed."""

import uuid
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.errors import NotFound
from tongban.doors.portal.visit import today, uuid_of
from tongban.doors.web.templatetags.tongban import date_zh
from tongban.offers.publicinfo import queries
from tongban.offers.publicinfo.queries import DocumentView, LawEditionView
from tongban.offers.publicinfo.rules.documents import (
    ANNOUNCED,
    DOCUMENT_KIND_LABELS,
    DocumentKind,
    DocumentState,
)
from tongban.offers.publicinfo.rules.laws import (
    CHANGE_LABELS,
    LAW_KIND_LABELS,
    ArticleText,
    Change,
    ChangeKind,
    LawKind,
    pieces,
)
from tongban.offers.publicinfo.rules.questions import questions_in
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_LONGEST_QUESTION = 60
_PAGE = 30
_MOST_GATHERED = 100  # announcements on one page; [O] our own number
_LONGEST_SUMMARY = 80

_CHANGE_TAGS = {
    ChangeKind.ADDED: "ok",
    ChangeKind.REMOVED: "bad",
    ChangeKind.CHANGED: "warn",
    ChangeKind.MOVED: "idle",
}


# --- laws --------------------------------------------------------------------------------------------------------------


@require_safe
def laws(request: HttpRequest) -> HttpResponse:
    """The laws (法规目录), by kind, or those with some words in their title."""
    on = today()
    try:
        text, problem = plaintext.clean(request.GET.get("q", ""), limit=_LONGEST_QUESTION), None
    except BadCode as error:
        text, problem = "", Message(error.message, error.params)
    found = [] if problem else queries.laws(text, on=on)
    groups = [
        {"title": LAW_KIND_LABELS[kind], "laws": [_law_card(line, on) for line in lines]}
        for kind, lines in groupby(found, key=lambda line: line.kind)
    ]
    context = {"asked": text, "problem": problem, "groups": groups}
    return render(request, "portal/info_laws.html", context, status=422 if problem else 200)


def _law_card(line: queries.LawLine, on: date) -> dict[str, Any]:
    # What is in force bears the day of its wording: the day it came into force, not every wording tells.
    to_come = line.starts_on > on
    day = {"date": date_zh(line.starts_on if to_come else line.dated)}
    return {
        "title": line.title,
        "url": reverse("law", args=[line.key]),
        "meta": [(_("将从%(date)s起施行") if to_come else _("%(date)s公布或修改")) % day],
    }


@require_safe
def law(request: HttpRequest, law: str) -> HttpResponse:
    """A law as it is in force today (现行法规), with an anchor for every article; before its first day, as it will be."""
    editions = queries.law_editions(law)
    edition = queries.in_force(editions, today()) or editions[0]
    return _law_page(request, edition, editions)


@require_safe
def law_edition(request: HttpRequest, law: str, dated: str) -> HttpResponse:
    """A law as it was worded on a day (历次文本)."""
    editions = queries.law_editions(law)
    return _law_page(request, editions[_position(editions, dated)], editions)


@require_safe
def law_changes(request: HttpRequest, law: str, dated: str) -> HttpResponse:
    """What a wording changed in the one before it (逐条对照)."""
    editions = queries.law_editions(law)
    position = _position(editions, dated)
    if position + 1 == len(editions):
        raise NotFound("publicinfo.first_edition", msg("这是最早的文本，没有更早的可以对照。"))
    newer, older = editions[position], editions[position + 1]
    context = {
        "law": newer,
        "older": older,
        "changes": _compared(older.id, newer.id),
        "url": _edition_url(newer),
        "older_url": _edition_url(older),
    }
    return render(request, "portal/info_law_changes.html", context)


@lru_cache(maxsize=100)
def _compared(older: uuid.UUID, newer: uuid.UUID) -> tuple[dict[str, Any], ...]:
    """The articles that differ (逐条对照), as the page shows them; wordings never change, so this is done once."""
    return tuple(_change(change) for change in queries.changes(older, newer))


def _position(editions: list[LawEditionView], dated: str) -> int:
    for position, edition in enumerate(editions):
        if edition.dated.isoformat() == dated:
            return position
    raise NotFound("publicinfo.law_edition", msg("这部法规没有这一天的文本。"))


def _edition_url(edition: LawEditionView) -> str:
    return reverse("law-edition", args=[edition.key, edition.dated.isoformat()])


def _change(change: Change) -> dict[str, Any]:
    labels = [article.number.label for article in (change.old, change.new) if article is not None]
    if change.kind is not ChangeKind.CHANGED and change.kind is not ChangeKind.MOVED:
        labels = labels[:1]
    return {
        "label": " → ".join(dict.fromkeys(labels)),
        "tag": {"state": _CHANGE_TAGS[change.kind], "word": CHANGE_LABELS[change.kind]},
        "cut": change.kind is ChangeKind.REMOVED,
        "put": change.kind is ChangeKind.ADDED,
        "text": (change.new or change.old).text if change.new or change.old else "",  # type: ignore[union-attr] # one of the two is there
        "pieces": pieces(change.old.text, change.new.text)
        if change.kind is ChangeKind.CHANGED and change.old and change.new
        else (),
    }


def _law_page(request: HttpRequest, edition: LawEditionView, editions: list[LawEditionView]) -> HttpResponse:
    on = today()
    parts = _parts(queries.articles(edition.id))
    history = [
        {
            "edition": other,
            "url": _edition_url(other),
            "current": other.id == edition.id,
            "standing": _standing(other, on),
            "changes_url": reverse("law-changes", args=[other.key, other.dated.isoformat()])
            if position + 1 < len(editions)
            else "",
        }
        for position, other in enumerate(editions)
    ]
    context = {
        "law": edition,
        "kind": LAW_KIND_LABELS[edition.kind],
        "national": edition.kind is not LawKind.LOCAL,
        "standing": _standing(edition, on),
        "in_force": edition.starts_on <= on and (edition.ends_on is None or edition.ends_on > on),
        "parts": parts,
        "chapters": [part for part in parts if part["chapter"]],
        "history": history,
    }
    return render(request, "portal/info_law.html", context)


def _standing(edition: LawEditionView, on: date) -> dict[str, str]:
    """Whether a wording is in force (文本效力), as a tag."""
    if edition.starts_on > on:
        return {"state": "wait", "word": msg("还没有施行")}
    if edition.ends_on is not None and edition.ends_on <= on:
        return {"state": "idle", "word": msg("已被新文本取代")}
    return {"state": "ok", "word": msg("现行有效")}


def _parts(articles: Iterable[ArticleText]) -> list[dict[str, Any]]:
    """Articles by chapter and section (章节), each chapter with an anchor of its own."""
    chapters = groupby(articles, key=lambda article: article.chapter)
    return [
        {
            "chapter": chapter,
            "anchor": f"c{number}",
            "sections": [
                {"title": section, "articles": list(inside)}
                for section, inside in groupby(found, key=lambda article: article.section)
            ],
        }
        for number, (chapter, found) in enumerate(chapters, 1)
    ]


# --- documents ---------------------------------------------------------------------------------------------------------


def _kind(request: HttpRequest) -> DocumentKind | None:
    return next((kind for kind in ANNOUNCED if kind == request.GET.get("kind")), None)


@require_safe
def infos(request: HttpRequest) -> HttpResponse:
    """What the organs announce (信息公开), newest first, all or of one kind."""
    kind, before = _kind(request), uuid_of(request.GET.get("before", ""))
    kinds = (kind,) if kind else ANNOUNCED
    found = queries.announced(kinds=kinds, before=before, limit=_PAGE + 1)
    filters = [{"text": _("全部"), "url": reverse("infos"), "count": None, "current": kind is None}]
    filters += [
        {
            "text": _(DOCUMENT_KIND_LABELS[each]),
            "url": f"{reverse('infos')}?kind={each}",
            "count": None,
            "current": kind is each,
        }
        for each in ANNOUNCED
    ]
    asked = {"kind": kind.value} if kind else {}
    older = urlencode(asked | {"before": str(found[_PAGE - 1].id)}) if len(found) > _PAGE else ""
    context = {
        "filters": filters,
        "cards": [_info_card(document) for document in found[:_PAGE]],
        "older": f"{reverse('infos')}?{older}" if older else "",
        "newest": f"{reverse('infos')}?{urlencode(asked)}" if before else "",
        "feed": reverse("feed-of", args=[kind.value]) if kind else reverse("feed"),
    }
    return render(request, "portal/info_list.html", context)


def _summary(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_SUMMARY else flat[:_LONGEST_SUMMARY] + "……"


def _info_card(document: DocumentView) -> dict[str, Any]:
    return {
        "title": document.title,
        "url": reverse("info", args=[document.id]),
        "text": _summary(document.body),
        "meta": [_(DOCUMENT_KIND_LABELS[document.kind]), document.organ_name, date_zh(document.published_at)],
    }


@require_safe
def info(request: HttpRequest, info_id: uuid.UUID) -> HttpResponse:
    """One announcement (信息), as it stands; a withdrawn one says so at its old address (410)."""
    return _info_page(request, queries.public_document(info_id))


@require_safe
def info_edition(request: HttpRequest, info_id: uuid.UUID, number: int) -> HttpResponse:
    """An earlier edition of an announcement (历次版本)."""
    shown = next((each for each in queries.public_history(info_id) if each.number == number), None)
    if shown is None:
        raise NotFound("publicinfo.document", msg("没有找到这条信息，或者它还没有公开。"))
    return _info_page(request, shown)


def _info_page(request: HttpRequest, document: DocumentView) -> HttpResponse:
    gone = document.state is DocumentState.WITHDRAWN
    context = {
        "info": document,
        "gone": gone,
        "old": document.state is DocumentState.REVISED,
        "kind": DOCUMENT_KIND_LABELS[document.kind],
        "history": [] if gone else queries.public_history(document.id),
    }
    return render(request, "portal/info_one.html", context, status=410 if gone else 200)


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """The questions that organs answered (常见问答), gathered from their announcements."""
    found = queries.announced(kinds=(DocumentKind.FAQ,), limit=_MOST_GATHERED)
    groups = [
        {
            "title": document.title,
            "url": reverse("info", args=[document.id]),
            "organ": document.organ_name,
            "day": document.published_at,
            "asked": questions_in(document.body),
            "text": _summary(document.body),
        }
        for document in found
    ]
    cut = len(found) == _MOST_GATHERED
    return render(request, "portal/questions.html", {"groups": groups, "cut": cut})


@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    """How to complain (投诉渠道): what the organs announced about it, whole, newest first."""
    found = queries.announced(kinds=(DocumentKind.COMPLAINT,), limit=_MOST_GATHERED)
    return render(request, "portal/complaints.html", {"ways": found, "cut": len(found) == _MOST_GATHERED})
