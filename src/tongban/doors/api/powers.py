"""Power and responsibility lists (权责清单): as of any day and between two days, under strong tags; open to everybody."""

from datetime import UTC, date, datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router
from pydantic import BaseModel, StringConstraints

from tongban.base.errors import Invalid, NotFound
from tongban.doors.api.schemas import REFUSALS, PlaceCode, Refused
from tongban.doors.api.tags import tagged
from tongban.doors.web.templatetags.tongban import translated
from tongban.offers.catalogue.rules.elements import Row
from tongban.offers.powers import queries
from tongban.offers.powers.rules.adjustments import ChangeKind
from tongban.offers.powers.rules.content import Duty, Ground
from tongban.people.parties import queries as parties
from tongban.people.parties.queries import OrganView
from tongban.people.places.rules import PROVINCE
from tongban.standards.item_codes import ItemType, Level
from tongban.standards.text import msg

router = Router(tags=["power lists"])
OrganCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{18}$"), Path()]


class OrganIn(BaseModel):
    """An organ with a list (有清单的机关)."""

    credit_code: str
    name: str
    entries: int


class Organs(BaseModel):
    """Organs of a place that have a list today (某地有清单的机关)."""

    organs: list[OrganIn]


class EntryOut(BaseModel):
    """An entry (权责事项) in the edition of the day asked for. ``digest``: over name, type and content."""

    basic: str
    name: str
    item_type: ItemType
    office: str
    level: Level
    basis: list[Ground]
    duties: list[Duty]
    accountability: list[str]
    phone: str
    note: str
    demonstration: bool
    number: int
    digest: str
    starts_on: date
    ends_on: date | None


class AdjustmentOut(BaseModel):
    """A published adjustment (清单调整) and how many entries it added, changed and took out."""

    number: int
    starts_on: date
    published_at: datetime
    reason: str
    basis: str
    imported: bool
    added: int
    changed: int
    removed: int
    digest: str


class PowerListOut(BaseModel):
    """An organ's list as of a day (某日清单), and everything that adjusted it."""

    credit_code: str
    name: str
    demonstration: bool
    as_of: date
    entries: list[EntryOut]
    adjustments: list[AdjustmentOut]


class ElementOut(BaseModel):
    """An element that differs (不同的要素), in words."""

    element: str
    before: list[str]
    after: list[str]


class ChangeOut(BaseModel):
    """What became of an entry between the two days (对照结果). ``reason`` and ``basis``: why it was taken out."""

    kind: ChangeKind
    basic: str
    name: str
    item_type: ItemType
    elements: list[ElementOut]
    reason: str
    basis: str


class ChangesOut(BaseModel):
    """What differs between two days (两日对照)."""

    credit_code: str
    since: date
    until: date
    changes: list[ChangeOut]


def _today() -> date:
    return timezone.localdate(datetime.now(UTC))


def _organ(code: str) -> OrganView:
    found = parties.organ_by_code(code)
    if found is None:
        raise NotFound("powers.organ", msg("没有这个机关。"))
    return found


@router.get(
    "/powers", response={200: Organs, REFUSALS: Refused}, auth=None, summary="Organs with a list 有清单的机关"
)
def organs(request: HttpRequest, place: PlaceCode = PROVINCE) -> Organs:
    """Organs of ``place`` itself that have a list today, with the number of its entries."""
    found = queries.organs_of(place, _today())
    return Organs(organs=[OrganIn(credit_code=one.code, name=one.name, entries=one.entries) for one in found])


@router.get(
    "/powers/{organ}",
    response={200: PowerListOut, REFUSALS: Refused},
    auth=None,
    summary="A power list 权责清单",
)
def power_list(
    request: HttpRequest, organ: OrganCode, as_of: Annotated[date | None, Query()] = None
) -> HttpResponse:
    """The list as it stands on ``as_of`` (today where it is absent), under a strong ETag; empty before its first day."""
    body, on = _organ(organ), as_of or _today()
    told = PowerListOut(
        credit_code=body.credit_code,
        name=body.name,
        demonstration=body.demonstration,
        as_of=on,
        entries=[EntryOut.model_validate(one.told()) for one in queries.list_of(body.id, on)],
        adjustments=[
            AdjustmentOut.model_validate(one, from_attributes=True) for one in queries.published(body.id)
        ],
    )
    return tagged(request, told.model_dump_json().encode())


@router.get(
    "/powers/{organ}/changes",
    response={200: ChangesOut, REFUSALS: Refused},
    auth=None,
    summary="Between two days 两日对照",
)
def changes(
    request: HttpRequest,
    organ: OrganCode,
    since: Annotated[date, Query(alias="from")],
    until: Annotated[date | None, Query(alias="to")] = None,
) -> HttpResponse:
    """What differs between the lists of ``from`` and of ``to`` (today where it is absent), element by element."""
    body, last = _organ(organ), until or _today()
    if since > last:
        told = msg("前面的日期要早于后面的日期。")
        raise Invalid("powers.days", told, fields={"from": [told]})
    found = [
        ChangeOut(
            kind=one.kind,
            basic=one.basic,
            name=one.name,
            item_type=one.item_type,
            elements=[_element(row) for row in one.rows],
            reason=one.reason,
            basis=one.basis,
        )
        for one in queries.difference(body.id, since, last)
    ]
    out = ChangesOut(credit_code=body.credit_code, since=since, until=last, changes=found)
    return tagged(request, out.model_dump_json().encode())


def _element(row: Row) -> ElementOut:
    return ElementOut(
        element=row.element, before=list(map(translated, row.left)), after=list(map(translated, row.right))
    )
