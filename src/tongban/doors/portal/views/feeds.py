"""Feeds (订阅, RFC 4287): announcements, all or of a kind; laws' new wordings; intermediary services and agencies."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tongban.base.errors import NotFound
from tongban.doors.portal.visit import CHINA, now
from tongban.doors.web.templatetags.tongban import date_zh
from tongban.offers.publicinfo import queries
from tongban.offers.publicinfo.queries import DocumentView, NewWording
from tongban.offers.publicinfo.rules.documents import (
    ANNOUNCED,
    DOCUMENT_KIND_LABELS,
    DocumentKind,
    DocumentState,
)
from tongban.offers.publicinfo.rules.laws import LAW_KIND_LABELS
from tongban.standards.text import msg

_NEWEST = 50
_ADDRESSES = {DocumentKind.SERVICE: "intermediary", DocumentKind.AGENCY: "agency"}


class _Feed(Atom1Feed):
    """An Atom feed that is older than its first entry: an empty one bears the moment at which it was asked for."""

    def latest_post_date(self) -> Any:
        return max((item["updateddate"] for item in self.items), default=now())


def made(title: str, page: str, feed: str) -> _Feed:
    """An empty feed (空订阅) of a page."""
    return _Feed(
        title=title,
        link=settings.PUBLIC_URL + page,
        description="",
        feed_url=settings.PUBLIC_URL + feed,
        language="zh-CN",
    )


def midnight(day: date) -> datetime:
    """A day as a moment of a feed (订阅中的日期): its beginning in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def answer(feed: _Feed) -> HttpResponse:
    """The feed as an answer (订阅应答)."""
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def _add(feed: _Feed, documents: Iterable[DocumentView]) -> None:
    """The documents as entries: what was withdrawn stays in the feed and says so."""
    for document in documents:
        gone = document.state is DocumentState.WITHDRAWN
        address = reverse(_ADDRESSES.get(document.kind, "info"), args=[document.id])
        feed.add_item(
            title=_("（已撤下）%(title)s") % {"title": document.title} if gone else document.title,
            link=settings.PUBLIC_URL + address,
            description=linebreaks(document.reason if gone else document.body, autoescape=True),
            unique_id=f"urn:uuid:{document.id}",
            author_name=document.organ_name,
            pubdate=document.published_at,
            updateddate=document.ended_at or document.published_at,
            categories=[_(DOCUMENT_KIND_LABELS[document.kind])],
        )


@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    """All announcements as a feed (信息公开订阅)."""
    feed = made(_("通办 信息公开"), reverse("infos"), reverse("feed"))
    _add(feed, queries.announced(limit=_NEWEST, gone=True))
    return answer(feed)


@require_safe
def of_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """The announcements of one kind as a feed (分类订阅)."""
    known = next((each for each in ANNOUNCED if each == kind), None)
    if known is None:
        raise NotFound("publicinfo.feed", msg("没有这个订阅。"))
    title = _("通办 %(kind)s") % {"kind": _(DOCUMENT_KIND_LABELS[known])}
    feed = made(title, f"{reverse('infos')}?kind={known}", reverse("feed-of", args=[known.value]))
    _add(feed, queries.announced(kinds=(known,), limit=_NEWEST, gone=True))
    return answer(feed)


@require_safe
def intermediaries(request: HttpRequest) -> HttpResponse:
    """Intermediary services and agencies as a feed (中介订阅)."""
    feed = made(_("通办 中介服务和中介机构"), reverse("intermediaries"), reverse("feed-intermediaries"))
    _add(feed, queries.announced(kinds=tuple(_ADDRESSES), limit=_NEWEST, gone=True))
    return answer(feed)


@require_safe
def laws(request: HttpRequest) -> HttpResponse:
    """The laws' new wordings as a feed (法规订阅), each with what it changed."""
    feed = made(_("通办 法规"), reverse("laws"), reverse("feed-laws"))
    for found in queries.new_wordings(limit=_NEWEST):
        edition = found.edition
        feed.add_item(
            title=_("%(title)s（%(date)s）") % {"title": edition.title, "date": date_zh(edition.dated)},
            link=settings.PUBLIC_URL + _page_of(found),
            description=linebreaks(_told(found), autoescape=True),
            unique_id=f"urn:uuid:{edition.id}",
            author_name=_("通办"),
            pubdate=found.published_at,
            updateddate=found.published_at,
            categories=[_(LAW_KIND_LABELS[edition.kind])],
        )
    return answer(feed)


def _page_of(found: NewWording) -> str:
    name = "law-edition" if found.changed is None else "law-changes"
    return reverse(name, args=[found.edition.key, found.edition.dated.isoformat()])


def _told(found: NewWording) -> str:
    starts = _("%(date)s起施行。") % {"date": date_zh(found.edition.starts_on)}
    if found.changed is None:
        return starts
    changed = ngettext("有 %(count)s 条和上一次不同。", "有 %(count)s 条和上一次不同。", found.changed)
    return starts + changed % {"count": found.changed}
