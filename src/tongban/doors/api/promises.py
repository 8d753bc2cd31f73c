"""Promises at the machine door (告知承诺接口): committing in a draft, what follows later, checks, and reviews of decisions by rule."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from ninja import Query, Router, Status
from pydantic import BaseModel, ConfigDict, Field

from tongban.doors.api import schemas
from tongban.doors.api.auth import Request
from tongban.doors.api.schemas import REFUSALS, IdempotencyKey, Key, Limit, Note, Refused
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import Which
from tongban.work.cases.rules.checks import CheckState, CheckVerb

router = Router(tags=["cases"])
_CHINA = ZoneInfo("Asia/Shanghai")


def _now() -> datetime:
    return datetime.now(UTC)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Commitment(_In):
    """Whether one commits (是否承诺)."""

    agreed: bool


class Given(schemas.Act):
    """Materials that were allowed to follow (补交容缺材料): demand of the guide -> one of one's materials."""

    given: Annotated[dict[Key, UUID], Field(min_length=1, max_length=100)]


class Assignment(_In):
    """Who checks (核查人): the account of a reviewer of the deciding organ."""

    to: UUID


class Found(_In):
    """What was found (核查情况)."""

    finding: Note


class Breach(Found):
    """A breach (承诺不实) and the last day to put it right."""

    rectify_by: date


class Why(_In):
    """The reason (理由)."""

    reason: Note


class Grounds(Why):
    """The reason and the article of the law (理由和条款)."""

    article: Note


class CheckRow(_Out):
    """A check in a list (核查行). ``by``: until when the next step."""

    case_id: UUID
    number: str
    item_name: str
    applicant_name: str
    organ_name: str
    state: CheckState
    by: date
    assignee_name: str


class Checks(_Out):
    """Checks (核查清单), the most pressing first."""

    checks: list[CheckRow]


class CheckMoment(_Out):
    """A step of a check (核查经过)."""

    verb: CheckVerb
    at: datetime
    by: str
    words: str


class Check(_Out):
    """The check of a case (核查). ``verbs``: what the caller may do now."""

    case_id: UUID
    state: CheckState
    due_on: date
    assignee_name: str
    finding: str
    checked_at: datetime | None
    rectify_by: date | None
    ended_at: datetime | None
    moments: list[CheckMoment]
    verbs: list[CheckVerb]


@router.put("/cases/{case_id}/commitment", response={204: None, REFUSALS: Refused}, summary="Commit 告知承诺")
def commit(request: Request, case_id: UUID, body: Commitment) -> Status[None]:
    """Commit in a draft to what the guide's notice says, or take it back. Doing it twice changes nothing further."""
    actions.commit(actor=request.auth, case_id=case_id, agreed=body.agreed, at=_now())
    return Status(204, None)


_ANSWERS = {200: schemas.Ref, REFUSALS: Refused}


@router.post("/cases/{case_id}/acts/hand_in", response=_ANSWERS, summary="Hand in 补交容缺材料")
def hand_in(request: Request, case_id: UUID, body: Given, key: IdempotencyKey = None) -> actions.Ref:
    """Hand in materials that were allowed to follow, all or some of them."""
    return actions.hand_in(
        actor=request.auth, case_id=case_id, given=body.given, at=_now(), key=key, version=body.version
    )


@router.post("/cases/{case_id}/acts/ask_review", response=_ANSWERS, summary="Ask for a review 申请人工复核")
def ask_review(
    request: Request, case_id: UUID, body: schemas.Reasoned, key: IdempotencyKey = None
) -> actions.Ref:
    """Ask that a person look at what a rule decided."""
    return actions.ask_review(
        actor=request.auth, case_id=case_id, reason=body.reason, at=_now(), key=key, version=body.version
    )


@router.get("/checks", response={200: Checks, REFUSALS: Refused}, summary="List checks 核查清单")
def checks(
    request: Request,
    only: Annotated[
        Which, Query(description="open, mine, late, bad (unrepaired breaches), all")
    ] = Which.OPEN,
    limit: Limit = 100,
) -> dict[str, list[queries.CheckRow]]:
    """Checks of the organs in which the caller holds a post, the most pressing first."""
    today = _now().astimezone(_CHINA).date()
    return {"checks": queries.checks(request.auth, only, today=today, limit=limit)}


_CHECK = {200: Check, REFUSALS: Refused}


@router.get("/cases/{case_id}/check", response=_CHECK, summary="One check 取核查")
def check(request: Request, case_id: UUID) -> Check:
    """The check of a decision on a promise, for its applicant and for the deciding organ."""
    found = queries.check(request.auth, case_id)
    facts = {name: getattr(found, name) for name in queries.CheckView.__dataclass_fields__}
    verbs = [move.verb for move in found.moves]
    return Check.model_validate(facts | {"verbs": verbs}, from_attributes=True)


@router.post("/cases/{case_id}/check/assign", response=_CHECK, summary="Assign a check 指定核查人")
def assign(request: Request, case_id: UUID, body: Assignment, key: IdempotencyKey = None) -> Check:
    """Name the reviewer who checks."""
    actions.assign_check(actor=request.auth, case_id=case_id, to=body.to, at=_now(), key=key)
    return check(request, case_id)


@router.post("/cases/{case_id}/check/keep", response=_CHECK, summary="Kept 承诺属实")
def keep(request: Request, case_id: UUID, body: Found, key: IdempotencyKey = None) -> Check:
    """Record that what was promised is so."""
    actions.find_kept(actor=request.auth, case_id=case_id, finding=body.finding, at=_now(), key=key)
    return check(request, case_id)


@router.post("/cases/{case_id}/check/breach", response=_CHECK, summary="Breach 承诺不实")
def breach(request: Request, case_id: UUID, body: Breach, key: IdempotencyKey = None) -> Check:
    """Record a breach and until when it must be put right; from now on the applicant cannot commit again."""
    actions.find_breach(
        actor=request.auth,
        case_id=case_id,
        finding=body.finding,
        rectify_by=body.rectify_by,
        at=_now(),
        key=key,
    )
    return check(request, case_id)


@router.post("/cases/{case_id}/check/rectify", response=_CHECK, summary="Put right 已整改")
def rectify(request: Request, case_id: UUID, body: Found, key: IdempotencyKey = None) -> Check:
    """Record that a breach was put right."""
    actions.find_rectified(actor=request.auth, case_id=case_id, finding=body.finding, at=_now(), key=key)
    return check(request, case_id)


@router.post("/cases/{case_id}/check/revoke", response=_CHECK, summary="Revoke for a breach 撤销决定")
def revoke(request: Request, case_id: UUID, body: Grounds, key: IdempotencyKey = None) -> Check:
    """Revoke the decision whose promise was broken, and its licence with it."""
    actions.revoke_for_breach(
        actor=request.auth, case_id=case_id, reason=body.reason, article=body.article, at=_now(), key=key
    )
    return check(request, case_id)


@router.post("/cases/{case_id}/check/repair", response=_CHECK, summary="Repair a record 信用修复")
def repair(request: Request, case_id: UUID, body: Why, key: IdempotencyKey = None) -> Check:
    """Repair the applicant's record; from now on it may commit again."""
    actions.repair_record(actor=request.auth, case_id=case_id, reason=body.reason, at=_now(), key=key)
    return check(request, case_id)
