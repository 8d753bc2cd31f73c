"""Bundles (一件事): what they are, for everybody; starting, filling in, submitting and withdrawing one's own."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router, Status
from pydantic import BaseModel, ConfigDict, StringConstraints

from tongban.base.errors import Invalid
from tongban.doors.api.auth import Request
from tongban.doors.api.schemas import (
    REFUSALS,
    Act,
    Answers,
    Attach,
    IdempotencyKey,
    Key,
    PlaceCode,
    Refused,
)
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import json_schema
from tongban.people.places.rules import PROVINCE
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.bundles import Phase
from tongban.work.cases.rules.moves import State

router = Router(tags=["bundles"])

_Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$"), Path()]


def _now() -> datetime:
    return datetime.now(UTC)


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class BundleListed(_Out):
    """A bundle in the list (一件事列表项). ``items``: basic codes."""

    code: str
    number: int
    digest: str
    name: str
    purpose: str
    place: str
    items: list[str]


class BundlesOut(_Out):
    """The bundles in force (一件事列表)."""

    bundles: list[BundleListed]


class BundleItemOut(_Out):
    """An item of a bundle at a place (一件事事项): which organ carries it out."""

    basic_code: str
    short: str
    item_code: str
    name: str
    organ_name: str
    promised_days: int


class BundlePaper(_Out):
    """A material of a bundle (一件事材料), handed in once; ``items``: basic codes of those that want it."""

    key: str
    name: str
    requirement: str
    items: list[str]


class BundleOut(BundleListed):
    """A bundle (一件事) for a place. Where it is not offered there, ``offered`` is empty and there is no form.

    ``form``: the merged form as JSON Schema. ``expected_on``: the day by which all results are there if it is sent today.
    """

    offered: list[BundleItemOut]
    offered_at: list[str]
    form: dict[str, Any] | None
    materials: list[BundlePaper]
    expected_on: date | None
    provisional: bool


class StartBundle(BaseModel):
    """Start of a bundle (开始办一件事) for a place."""

    model_config = ConfigDict(extra="forbid")
    place: PlaceCode


class BundleRefOut(_Out):
    """Where a bundle stands (一件事凭据). ``cases``: its cases, in the order of the definition."""

    id: UUID
    number: str | None
    version: int
    cases: list[UUID]


class BundleMember(_Out):
    """A case of a bundle (单项)."""

    id: UUID
    short: str
    number: str | None
    state: State
    act_by: date | None
    promised_on: date | None
    due_on: date | None
    provisional: bool


class OutlookOut(_Out):
    """A bundle as a whole (一件事总体): one day for all; ``critical``: the place of the item that takes longest."""

    phase: Phase
    day: date | None
    estimated: bool
    provisional: bool
    critical: int | None
    ready: int


class BundleFileOut(_Out):
    """A bundle of one's own, complete (一件事卷宗). ``missing``: before it is submitted, by target."""

    id: UUID
    code: str
    name: str
    number: str | None
    version: int
    place: str
    started_at: datetime
    submitted_at: datetime | None
    form: dict[str, Any]
    materials: list[str]
    members: list[BundleMember]
    outlook: OutlookOut
    missing: dict[str, list[str]]


def _listed(view: catalogue.BundleView) -> dict[str, Any]:
    definition = view.definition
    return {
        "code": definition.code,
        "number": view.number,
        "digest": view.digest,
        "name": definition.name,
        "purpose": definition.purpose,
        "place": definition.place,
        "items": [item.basic for item in definition.items],
    }


@router.get(
    "/bundles", response={200: BundlesOut, REFUSALS: Refused}, auth=None, summary="Bundles 一件事列表"
)
def bundles(request: HttpRequest) -> dict[str, Any]:
    """The bundles in force."""
    return {"bundles": [_listed(one) for one in catalogue.bundles()]}


@router.get(
    "/bundles/{code}", response={200: BundleOut, REFUSALS: Refused}, auth=None, summary="Bundle 一件事"
)
def bundle(request: HttpRequest, code: _Code, place: PlaceCode = PROVINCE) -> dict[str, Any]:
    """A bundle as it is carried out for a place: organs, the merged form, the materials, and by when."""
    view, day = catalogue.bundle(code), timezone.localdate(_now())
    definition = view.definition
    editions = catalogue.offer(definition, place, day)
    told = _listed(view) | {
        "offered": [],
        "offered_at": [one.code for one in catalogue.places_of(definition, day)],
        "form": None,
        "materials": [],
        "expected_on": None,
        "provisional": False,
    }
    if not editions:
        return told
    merged = catalogue.merged(view.id, tuple(edition.id for edition in editions))
    expected, soft = queries.expected_day(editions, day)
    codes = [item.basic for item in definition.items]
    return told | {
        "offered": [
            {
                "basic_code": item.basic,
                "short": item.short,
                "item_code": edition.item_code,
                "name": edition.guide.name,
                "organ_name": edition.organ_name,
                "promised_days": edition.guide.limits.promised_days,
            }
            for item, edition in zip(definition.items, editions, strict=True)
        ],
        "form": json_schema(merged.form, title=definition.name),
        "materials": [
            {
                "key": paper.key,
                "name": paper.material.name,
                "requirement": paper.material.requirement.value,
                "items": [codes[at] for at in paper.wanted],
            }
            for paper in merged.papers.values()
        ],
        "expected_on": expected,
        "provisional": soft,
    }


@router.post(
    "/bundles/{code}/start",
    response={201: BundleRefOut, REFUSALS: Refused},
    summary="Start a bundle 开始办一件事",
)
def start(
    request: Request, code: _Code, body: StartBundle, key: IdempotencyKey = None
) -> Status[actions.BundleRef]:
    """Start a draft of each item with the organ that is responsible at the place."""
    ref = actions.start_bundle(actor=request.auth, code=code, place=body.place, at=_now(), key=key)
    return Status(201, ref)


_FILE = {200: BundleFileOut, REFUSALS: Refused}
_REF = {200: BundleRefOut, REFUSALS: Refused}


@router.get("/bundled/{bundle_id}", response=_FILE, summary="My bundle 我的一件事")
def one(request: Request, bundle_id: UUID) -> dict[str, Any]:
    """A bundle of the caller's own: all its cases, the merged answers, one due date, what is still missing."""
    found = queries.bundle(request.auth, bundle_id)
    lacks = queries.bundle_lacks(found, timezone.localdate(_now())) if found.number is None else {}
    return {
        "id": found.id,
        "code": found.definition.code,
        "name": found.name,
        "number": found.number,
        "version": found.version,
        "place": found.place,
        "started_at": found.started_at,
        "submitted_at": found.submitted_at,
        "form": found.answers,
        "materials": [paper.key for paper in found.papers()],
        "members": list(found.members),
        "outlook": found.outlook,
        "missing": {target: [str(text) for text in texts] for target, texts in lacks.items()},
    }


@router.patch("/bundled/{bundle_id}/form", response=_FILE, summary="Save answers 保存一件事填写")
def save(request: Request, bundle_id: UUID, body: Answers) -> dict[str, Any]:
    """Save answers of the merged form, each to every item that asks it. With 422 the answers that are not named were saved."""
    errors = actions.save_bundle(actor=request.auth, bundle_id=bundle_id, values=body.values, at=_now())
    if errors:
        text = msg("标出的内容没有保存，请改正后再试；其余内容已经保存。")
        raise Invalid("cases.form", text, fields=errors)
    return one(request, bundle_id)


@router.put(
    "/bundled/{bundle_id}/materials/{key}",
    response={204: None, REFUSALS: Refused},
    summary="Attach a material 附上材料",
)
def attach(request: Request, bundle_id: UUID, key: Annotated[Key, Path()], body: Attach) -> Status[None]:
    """Hand in one of one's materials for every item that wants it. Doing it twice changes nothing."""
    actions.attach_to_bundle(
        actor=request.auth, bundle_id=bundle_id, key=key, material_id=body.material_id, at=_now()
    )
    return Status(204, None)


@router.delete(
    "/bundled/{bundle_id}/materials/{key}",
    response={204: None, REFUSALS: Refused},
    summary="Detach a material 取下材料",
)
def detach(request: Request, bundle_id: UUID, key: Annotated[Key, Path()], material_id: UUID) -> Status[None]:
    """Take a handed-in material out of all items again. Doing it twice changes nothing."""
    actions.detach_from_bundle(actor=request.auth, bundle_id=bundle_id, key=key, material_id=material_id)
    return Status(204, None)


@router.post("/bundled/{bundle_id}/acts/submit", response=_REF, summary="Submit all 一起提交")
def submit(request: Request, bundle_id: UUID, body: Act, key: IdempotencyKey = None) -> actions.BundleRef:
    """Submit all items together, or none: each gets its number, the bundle one of its own."""
    return actions.submit_bundle(
        actor=request.auth, bundle_id=bundle_id, at=_now(), key=key, version=body.version
    )


@router.post("/bundled/{bundle_id}/acts/withdraw", response=_REF, summary="Withdraw all 一起撤回")
def withdraw(request: Request, bundle_id: UUID, body: Act, key: IdempotencyKey = None) -> actions.BundleRef:
    """Withdraw whatever is not decided yet."""
    return actions.withdraw_bundle(
        actor=request.auth, bundle_id=bundle_id, at=_now(), key=key, version=body.version
    )
