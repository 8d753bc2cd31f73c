"""Departments in joint handling at the machine door (联办部门接口): where each stands, its opinion, its special procedure."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Path, Router, Schema

from tongban.base.errors import NotFound
from tongban.doors.api import schemas
from tongban.doors.api.auth import Request
from tongban.doors.api.schemas import REFUSALS, IdempotencyKey, Key, Refused
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.joint import PartState

router = Router(tags=["cases"])


def _now() -> datetime:
    return datetime.now(UTC)


_ANSWERS = {200: schemas.Ref, REFUSALS: Refused}


class Part(Schema):
    """A department's part (部门办理)."""

    key: str
    name: str
    what: str
    days: int
    after: list[str]
    state: PartState
    agrees: bool | None
    opened_on: date | None
    act_by: date | None
    done_at: datetime | None


class Parts(Schema):
    """The departments of a case (各部门), in the order of its guide."""

    parts: list[Part]


class Opinion(schemas.Act):
    """A department's opinion (部门意见)."""

    agrees: bool
    opinion: str = Field(max_length=4000)


class Stop(schemas.Act):
    """A special procedure (特别程序): one that the guide lists, and how many working days it takes."""

    kind: str = Field(max_length=40)
    days: int = Field(ge=-1_000_000, le=1_000_000)
    reason: str = Field(max_length=4000)


@router.get(
    "/cases/{case_id}/parts", response={200: Parts, REFUSALS: Refused}, summary="Departments 联办部门"
)
def parts(request: Request, case_id: UUID) -> dict[str, object]:
    """The departments that take part in a case, and where each stands; none where one organ handles it alone."""
    return {"parts": [_shown(part) for part in queries.one(request.auth, case_id).parts]}


def _shown(part: queries.PartView) -> dict[str, object]:
    return {name: getattr(part, name) for name in Part.model_fields if name != "after"} | {
        "after": list(part.after)
    }


@router.post("/cases/{case_id}/parts/{part}/opine", response=_ANSWERS, summary="Opinion 提出部门意见")
def opine(
    request: Request, case_id: UUID, part: Annotated[Key, Path()], body: Opinion, key: IdempotencyKey = None
) -> actions.Ref:
    """Give a department's opinion; the last one concludes the joint handling."""
    _known(request, case_id, part)
    return actions.opine(
        actor=request.auth,
        case_id=case_id,
        part=part,
        agrees=body.agrees,
        opinion=body.opinion,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/parts/{part}/pause", response=_ANSWERS, summary="Pause 部门特别程序")
def pause(
    request: Request, case_id: UUID, part: Annotated[Key, Path()], body: Stop, key: IdempotencyKey = None
) -> actions.Ref:
    """Begin a special procedure of one department; it is booked to that department alone."""
    _known(request, case_id, part)
    return actions.pause(
        actor=request.auth,
        case_id=case_id,
        part=part,
        kind=body.kind,
        days=body.days,
        reason=body.reason,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/parts/{part}/unpause", response=_ANSWERS, summary="Unpause 部门特别程序结束")
def unpause(
    request: Request,
    case_id: UUID,
    part: Annotated[Key, Path()],
    body: schemas.Act,
    key: IdempotencyKey = None,
) -> actions.Ref:
    """End a department's special procedure."""
    _known(request, case_id, part)
    return actions.unpause(
        actor=request.auth, case_id=case_id, part=part, at=_now(), key=key, version=body.version
    )


def _known(request: Request, case_id: UUID, part: str) -> None:
    if part not in {one.key for one in queries.one(request.auth, case_id).parts}:
        raise NotFound("cases.part", msg("这件办件没有这个部门。"))
