"""Finding (检索): items, everything, and suggestions; open to everybody."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from tongban.base.search import queries
from tongban.base.search.queries import Filters
from tongban.doors.api.schemas import (
    REFUSALS,
    AnyHit,
    AnyHits,
    Hit,
    Hits,
    Limit,
    PlaceCode,
    Refused,
    Suggestions,
    Title,
    Words,
)
from tongban.offers.catalogue.rules.finding import GUIDE
from tongban.people.places.rules import PROVINCE

router = Router(tags=["search"])

Kind = Literal["guide", "bundle", "item", "law", "info"]
PageNumber = Annotated[int, Field(ge=1, le=100)]


class Narrowed(Schema):
    """What a search is narrowed to (筛选); everything that is given must hold. ``near``: only what serves ``place``."""

    served: Literal["person", "company"] | None = None
    theme: Title | None = None
    event: Title | None = None
    department: Title | None = None
    organ: UUID | None = None
    level: Literal["1", "2", "3", "4", "5", "6", "7"] | None = None
    online: Literal["accept", "full"] | None = None
    anywhere: Literal["city", "province", "country"] | None = None
    near: bool = False

    def filters(self, kind: str | None) -> Filters:
        """The same as search takes it (转为筛选)."""
        facets = {
            f"{name}:{value}"
            for name, value in self.model_dump(exclude={"organ", "near"}).items()
            if value is not None
        }
        if kind is not None:
            facets.add(f"kind:{kind}")
        return Filters(frozenset(facets), str(self.organ) if self.organ else "", self.near)


def _today() -> date:
    return timezone.localdate(datetime.now(UTC))


@router.get("/items", response={200: Hits, REFUSALS: Refused}, auth=None, summary="Search items 检索事项")
def items(
    request: HttpRequest,
    narrowed: Query[Narrowed],
    q: Words = "",
    place: PlaceCode = PROVINCE,
    limit: Limit = 30,
    page: PageNumber = 1,
) -> Hits:
    """Items in force that speak of ``q``, of each basic item the one for ``place``; all of them where ``q`` is empty."""
    found = queries.search(
        q, on=_today(), place=place, filters=narrowed.filters(GUIDE), size=limit, page=page
    )
    return Hits(items=[_item(hit) for hit in found.hits], meant=found.meant)


def _item(hit: queries.Hit) -> Hit:
    told: dict[str, Any] = {name: hit.shown[name] for name in Hit.model_fields if name in hit.shown}
    return Hit(code=hit.ref, name=hit.title, place=hit.place, near=hit.near, others=hit.others, **told)


@router.get(
    "/search", response={200: AnyHits, REFUSALS: Refused}, auth=None, summary="Search everything 综合检索"
)
def search(
    request: HttpRequest,
    narrowed: Query[Narrowed],
    q: Words = "",
    kind: Kind | None = None,
    place: PlaceCode = PROVINCE,
    limit: Limit = 20,
    page: PageNumber = 1,
) -> AnyHits:
    """Guides, items that nobody offers yet, laws and announcements in one list; what can be done stands first."""
    found = queries.search(q, on=_today(), place=place, filters=narrowed.filters(kind), size=limit, page=page)
    results = [
        AnyHit(
            kind=_kind(hit.kind),
            ref=str(hit.shown.get(hit.kind, hit.ref)),
            title=hit.title,
            place=hit.place,
            near=hit.near,
            others=hit.others,
            shown=dict(hit.shown),
        )
        for hit in found.hits
    ]
    return AnyHits(results=results, more=found.more, meant=found.meant)


def _kind(kind: str) -> Kind:
    return next(known for known in get_args(Kind) if known == kind)


@router.get(
    "/suggestions", response={200: Suggestions, REFUSALS: Refused}, auth=None, summary="Suggestions 联想"
)
def suggestions(request: HttpRequest, q: Words = "") -> Suggestions:
    """What somebody who has typed ``q`` may go on to ask: by characters, pinyin or initials."""
    return Suggestions(suggestions=queries.suggest(q, on=_today()))
