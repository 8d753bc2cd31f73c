"""Editions for authorised systems (版本写入): the same acts as at the workbench, for editions of the token's organs."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Router, Status
from pydantic import BaseModel, ConfigDict, Field

from tongban.base.errors import Conflict, Refusal
from tongban.doors.api.auth import Request
from tongban.doors.api.schemas import REFUSALS, IdempotencyKey, ItemCode, Note, Refused
from tongban.offers.catalogue import actions
from tongban.offers.catalogue.actions.requests import once
from tongban.offers.catalogue.queries import listing
from tongban.offers.catalogue.rules.editions import EditionState, Verb
from tongban.standards.text import msg

router = Router(tags=["editions"])

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=80, description="the ETag of the edition that the caller has seen"),
]


class Stale(Refusal):
    """The edition is no longer what the caller has seen (412)."""

    status = 412


class Unconditional(Refusal):
    """The caller does not say what it has seen (428)."""

    status = 428


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DraftIn(_In):
    """A new draft (新草稿) of an item."""

    item_code: ItemCode
    body: Annotated[dict[str, Any], Field(max_length=100)]


class BodyIn(_In):
    """A draft (草稿): elements of the guide; what is absent is taken from the standard."""

    body: Annotated[dict[str, Any], Field(max_length=100)]


class PlanIn(_In):
    """A plan (实施计划): from which day, until before which, and why."""

    starts_on: date
    ends_on: date | None = None
    reason: Note


class ReasonIn(_In):
    """A reason (理由)."""

    reason: Note


class RemarkIn(_In):
    """A remark (批注)."""

    remark: Note = ""


class NothingIn(_In):
    """An act without words (无附言)."""


class EndIn(_In):
    """An end (取消): from which day, and why."""

    ends_on: date
    reason: Note


class EditionOut(BaseModel):
    """An edition of one's own organ (本机关版本)."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    item_code: str
    number: int
    state: EditionState
    starts_on: date | None
    ends_on: date | None
    reason: str
    remark: str
    approver: str
    digest: str
    body: dict[str, Any]


_ANSWERS: dict[Any, Any] = {200: EditionOut, REFUSALS: Refused}


def _now() -> datetime:
    return datetime.now(UTC)


def _told(request: Request, response: HttpResponse, edition_id: UUID) -> EditionOut:
    found = EditionOut.model_validate(listing.own_text(request.auth, edition_id))
    response.headers["ETag"] = f'"{found.digest}"'
    return found


def _seen(if_match: str | None) -> str | None:
    """The digest in If-Match (所见版本); a weak tag or several match nothing."""
    return None if if_match is None or if_match.strip() == "*" else if_match.strip().strip('"')


def _do(
    request: Request,
    response: HttpResponse,
    edition_id: UUID,
    verb: Verb,
    act: Callable[[datetime], object],
    if_match: str | None,
    key: str | None,
) -> EditionOut:
    _once(request, edition_id, verb, act, if_match, key)
    return _told(request, response, edition_id)


def _once(
    request: Request,
    edition_id: UUID,
    verb: Verb,
    act: Callable[[datetime], object],
    if_match: str | None,
    key: str | None,
) -> None:
    at = _now()
    try:
        once(
            actor=request.auth,
            edition_id=edition_id,
            verb=verb,
            at=at,
            act=lambda: act(at),
            seen=_seen(if_match),
            key=key,
        )
    except Conflict as conflict:
        if conflict.rule == "catalogue.stale":
            raise Stale(conflict.rule, conflict.message) from conflict
        raise


@router.post("/editions", response={201: EditionOut, REFUSALS: Refused}, summary="Draft an edition 起草版本")
def draft(
    request: Request, response: HttpResponse, body: DraftIn, key: IdempotencyKey = None
) -> Status[EditionOut]:
    """Begin a draft of an item of the token's organ."""
    item_id = listing.item_id_of(request.auth, body.item_code)
    made = actions.draft_edition(actor=request.auth, item_id=item_id, body=body.body, at=_now(), key=key)
    return Status(201, _told(request, response, made))


@router.get("/editions/{edition_id}", response=_ANSWERS, summary="An own edition 取版本")
def one(request: Request, response: HttpResponse, edition_id: UUID) -> EditionOut | HttpResponse:
    """An edition of the token's organ in any state, under its digest as ETag."""
    found = _told(request, response, edition_id)
    if response.headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": response.headers["ETag"]})
    return found


@router.put("/editions/{edition_id}", response=_ANSWERS, summary="Replace a draft 改写草稿")
def write(
    request: Request,
    response: HttpResponse,
    edition_id: UUID,
    body: BodyIn,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> EditionOut:
    """Replace what a draft says; ``If-Match`` must name what it said when the caller read it."""
    seen = _seen(if_match)
    if seen is None:
        raise Unconditional(
            "catalogue.if_match", msg("请在 If-Match 里带上读到的 ETag，免得盖掉别人的改动。")
        )

    def act(at: datetime) -> object:
        return actions.write(actor=request.auth, edition_id=edition_id, body=body.body, seen=seen, at=at)

    return _do(request, response, edition_id, Verb.WRITE, act, if_match, key)


@router.delete(
    "/editions/{edition_id}", response={204: None, REFUSALS: Refused}, summary="Delete a draft 删除草稿"
)
def discard(
    request: Request, edition_id: UUID, if_match: IfMatch = None, key: IdempotencyKey = None
) -> Status[None]:
    """Delete a draft; the ledger keeps that there was one."""

    def act(at: datetime) -> object:
        return actions.discard(actor=request.auth, edition_id=edition_id, at=at)

    _once(request, edition_id, Verb.DISCARD, act, if_match, key)
    return Status(204, None)


@router.post("/editions/{edition_id}/acts/check", response=_ANSWERS, summary="Check 检查并送审")
def check(
    request: Request,
    response: HttpResponse,
    edition_id: UUID,
    body: PlanIn,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> EditionOut:
    """Check a draft against standard and quality and send it to approval."""

    def act(at: datetime) -> object:
        return actions.check(
            actor=request.auth,
            edition_id=edition_id,
            starts_on=body.starts_on,
            ends_on=body.ends_on,
            reason=body.reason,
            at=at,
        )

    return _do(request, response, edition_id, Verb.CHECK, act, if_match, key)


@router.post("/editions/{edition_id}/acts/send_back", response=_ANSWERS, summary="Send back 退回修改")
def send_back(
    request: Request,
    response: HttpResponse,
    edition_id: UUID,
    body: ReasonIn,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> EditionOut:
    """Send an edition that waits back to its writers."""

    def act(at: datetime) -> object:
        return actions.send_back(actor=request.auth, edition_id=edition_id, reason=body.reason, at=at)

    return _do(request, response, edition_id, Verb.SEND_BACK, act, if_match, key)


@router.post("/editions/{edition_id}/acts/approve", response=_ANSWERS, summary="Approve 批准")
def approve(
    request: Request,
    response: HttpResponse,
    edition_id: UUID,
    body: RemarkIn,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> EditionOut:
    """Approve a checked edition; by an account that wrote nothing of it."""

    def act(at: datetime) -> object:
        return actions.approve(actor=request.auth, edition_id=edition_id, at=at, remark=body.remark)

    return _do(request, response, edition_id, Verb.APPROVE, act, if_match, key)


@router.post("/editions/{edition_id}/acts/publish", response=_ANSWERS, summary="Publish 发布")
def publish(
    request: Request,
    response: HttpResponse,
    edition_id: UUID,
    body: NothingIn | None = None,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> EditionOut:
    """Publish an approved edition; the one in force until its first day ends then."""

    def act(at: datetime) -> object:
        return actions.publish(actor=request.auth, edition_id=edition_id, at=at)

    return _do(request, response, edition_id, Verb.PUBLISH, act, if_match, key)


@router.post("/editions/{edition_id}/acts/retire", response=_ANSWERS, summary="Retire 取消")
def retire(
    request: Request,
    response: HttpResponse,
    edition_id: UUID,
    body: EndIn,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> EditionOut:
    """End a published edition; cases that stand on it go on."""

    def act(at: datetime) -> object:
        return actions.retire(
            actor=request.auth, edition_id=edition_id, ends_on=body.ends_on, reason=body.reason, at=at
        )

    return _do(request, response, edition_id, Verb.RETIRE, act, if_match, key)
