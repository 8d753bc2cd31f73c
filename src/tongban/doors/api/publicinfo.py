"""Public information (公开信息): laws article by article, and what the organs announce; open to everybody."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router
from pydantic import BaseModel, StringConstraints

from tongban.base.errors import NotFound
from tongban.doors.api.schemas import REFUSALS, Limit, Refused, Words
from tongban.doors.api.tags import tagged
from tongban.offers.publicinfo import queries
from tongban.offers.publicinfo.rules.documents import ANNOUNCED, DocumentKind
from tongban.offers.publicinfo.rules.laws import LawKind
from tongban.standards.text import msg

router = Router(tags=["public information"])
LawKey = Annotated[str, StringConstraints(min_length=1, max_length=100), Path()]


class LawLine(BaseModel):
    """A law in a list (法规行)."""

    key: str
    title: str
    kind: LawKind
    dated: date
    starts_on: date


class Laws(BaseModel):
    """Laws (法规目录), by kind and title."""

    laws: list[LawLine]


class ArticleOut(BaseModel):
    """An article (条文). ``anchor``: its place on the law's page."""

    label: str
    anchor: str
    chapter: str
    section: str
    text: str


class Law(LawLine):
    """A law in one wording (法规文本). ``starts_said``: whether the wording itself names ``starts_on``; ``editions``: the days of all of them."""

    history: str
    starts_said: bool
    ends_on: date | None
    digest: str
    editions: list[date]
    articles: list[ArticleOut]


class Info(BaseModel):
    """An announcement (信息)."""

    id: UUID
    kind: DocumentKind
    organ_name: str
    title: str
    body: str
    number: int
    digest: str
    published_at: datetime


class Infos(BaseModel):
    """Announcements (信息列表), newest first."""

    infos: list[Info]


def _today() -> date:
    return timezone.localdate(datetime.now(UTC))


@router.get("/laws", response={200: Laws, REFUSALS: Refused}, auth=None, summary="Laws 法规目录")
def laws(request: HttpRequest, q: Words = "") -> Laws:
    """Laws with ``q`` in their title, each in the wording in force today; all of them where ``q`` is empty."""
    found = queries.laws(q, on=_today())
    return Laws(laws=[LawLine.model_validate(line, from_attributes=True) for line in found])


@router.get("/laws/{key}", response={200: Law, REFUSALS: Refused}, auth=None, summary="A law 法规")
def law(request: HttpRequest, key: LawKey, as_of: Annotated[date | None, Query()] = None) -> HttpResponse:
    """The wording in force on ``as_of`` (today where it is absent) with all its articles, under a strong ETag."""
    editions = queries.law_editions(key)
    edition = queries.in_force(editions, as_of or _today())
    if edition is None:
        raise NotFound("publicinfo.law_as_of", msg("这部法规在这一天没有施行的文本。"))
    articles = [
        ArticleOut(
            label=a.number.label, anchor=a.number.anchor, chapter=a.chapter, section=a.section, text=a.text
        )
        for a in queries.articles(edition.id)
    ]
    told = {name: getattr(edition, name) for name in Law.model_fields if name not in ("editions", "articles")}
    body = Law(**told, editions=[e.dated for e in editions], articles=articles).model_dump_json().encode()
    return tagged(request, body)


@router.get("/info", response={200: Infos, REFUSALS: Refused}, auth=None, summary="Announcements 信息公开")
def infos(
    request: HttpRequest,
    kind: Annotated[DocumentKind | None, Query()] = None,
    before: Annotated[UUID | None, Query()] = None,
    limit: Limit = 30,
) -> Infos:
    """What is public now, newest first, of one kind or all; ``before``: the id of the last one seen."""
    kinds = (kind,) if kind in ANNOUNCED else () if kind else ANNOUNCED
    found = queries.announced(kinds=kinds, before=before, limit=limit)
    return Infos(infos=[Info.model_validate(each, from_attributes=True) for each in found])
