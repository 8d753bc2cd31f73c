"""What staff do about cases without moving them (办件分工): proposals, claims, hand-overs, many at once; and the letters of a case."""

from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from django.utils import translation
from ninja import Router, Status

from tongban.base.errors import Refusal
from tongban.doors.api import act_schemas
from tongban.doors.api.auth import Request
from tongban.doors.api.errors import said
from tongban.doors.api.schemas import REFUSALS, IdempotencyKey, Refused
from tongban.doors.web.letters import LETTERS
from tongban.doors.web.templatetags.tongban import translated, workdays
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import Verb

router = Router(tags=["cases"])

_NOTHING = {204: None, REFUSALS: Refused}


def _now() -> datetime:
    return datetime.now(UTC)


@router.get(
    "/cases/{case_id}/proposals",
    response={200: act_schemas.Proposals, REFUSALS: Refused},
    summary="Proposals 待批呈批",
)
def proposals(request: Request, case_id: UUID) -> dict[str, object]:
    """What waits for a superior's answer; an applicant is told of none."""
    return {"proposals": queries.one(request.auth, case_id).proposals}


@router.post("/cases/{case_id}/proposals/extend", response=_NOTHING, summary="Propose an extension 呈批延期")
def propose_extension(
    request: Request, case_id: UUID, body: act_schemas.Proposed, key: IdempotencyKey = None
) -> Status[None]:
    """Ask the superior of article 42 for an extension, with the reason that the applicant will read."""
    actions.propose_extension(actor=request.auth, case_id=case_id, reason=body.reason, at=_now(), key=key)
    return Status(204, None)


@router.post(
    "/cases/{case_id}/proposals/request_again",
    response=_NOTHING,
    summary="Propose a second notice 呈批再次告知",
)
def propose_second_notice(
    request: Request, case_id: UUID, body: act_schemas.SecondNotice, key: IdempotencyKey = None
) -> Status[None]:
    """Ask a superior for the one second notice there may be; it rests on something that arrived after the first."""
    actions.propose_second_notice(
        actor=request.auth,
        case_id=case_id,
        demands=[Demand(demand.target, demand.text) for demand in body.demands],
        because=body.because,
        rests_on=body.rests_on,
        at=_now(),
        key=key,
    )
    return Status(204, None)


@router.post(
    "/cases/{case_id}/proposals/{verb}/turn_down", response=_NOTHING, summary="Turn a proposal down 不批准"
)
def turn_down(
    request: Request,
    case_id: UUID,
    verb: Literal["extend", "request_again"],
    body: act_schemas.TurnedDown,
    key: IdempotencyKey = None,
) -> Status[None]:
    """Turn a proposal down with the reason; the case stays as it is."""
    actions.turn_down(
        actor=request.auth,
        case_id=case_id,
        verb=Verb(verb),
        reason=body.reason,
        at=_now(),
        key=key,
        proposal=body.proposal,
    )
    return Status(204, None)


@router.post("/cases/{case_id}/claim", response=_NOTHING, summary="Claim 领办")
def claim(request: Request, case_id: UUID, key: IdempotencyKey = None) -> Status[None]:
    """Claim a case: others of the office see that it is being done."""
    actions.claim(actor=request.auth, case_id=case_id, at=_now(), key=key)
    return Status(204, None)


@router.post("/cases/{case_id}/put_back", response=_NOTHING, summary="Put back 退回待领")
def put_back(request: Request, case_id: UUID, key: IdempotencyKey = None) -> Status[None]:
    """Put a claimed case back, for anybody of the office."""
    actions.put_back(actor=request.auth, case_id=case_id, at=_now(), key=key)
    return Status(204, None)


@router.post("/cases/{case_id}/hand_over", response=_NOTHING, summary="Hand over 转交")
def hand_over(
    request: Request, case_id: UUID, body: act_schemas.HandOver, key: IdempotencyKey = None
) -> Status[None]:
    """Hand a case over to a colleague who could act on it as well."""
    actions.hand_over(actor=request.auth, case_id=case_id, to=body.to, at=_now(), key=key)
    return Status(204, None)


@router.post(
    "/cases/acts/accept",
    response={200: act_schemas.Results, REFUSALS: Refused},
    summary="Accept many 成批受理",
)
def accept_all(request: Request, body: act_schemas.Bulk, key: IdempotencyKey = None) -> dict[str, object]:
    """Accept many applications, each for itself: one that is refused keeps none of the others."""
    found = actions.accept_all(actor=request.auth, case_ids=body.cases, at=_now(), key=key)
    with translation.override(translation.get_language_from_request(request)):
        return {
            "results": [
                {"case_id": one.case_id, "case": one.ref, "refusal": _refused(one.refusal)} for one in found
            ]
        }


def _refused(refusal: Refusal | None) -> dict[str, object] | None:
    if refusal is None:
        return None
    return {
        "rule": refusal.rule,
        "message": said(refusal.message, refusal.params),
        "params": {name: str(value) for name, value in refusal.params.items()},
        "fields": {},
        "status": refusal.status,
    }


@router.get(
    "/cases/{case_id}/letters",
    response={200: act_schemas.Letters, REFUSALS: Refused},
    summary="Letters of a case 文书",
)
def letters(request: Request, case_id: UUID) -> dict[str, object]:
    """The documents of a case that went out, in words, the newest first; signed PDFs are made from the same words."""
    case = queries.one(request.auth, case_id)
    with translation.override(translation.get_language_from_request(request)):
        found = [one for one in reversed(case.documents) if one.verb in LETTERS]
        return {"letters": [_letter(case, one) for one in found]}


def _letter(case: queries.CaseView, document: queries.DocumentView) -> dict[str, object]:
    letter = queries.letter_of(case, document)
    return {
        "id": document.id,
        "verb": document.verb,
        "number": document.number,
        "title": translated(letter.title),
        "opening": translated(letter.opening),
        "rows": [{"label": translated(row.label), "value": _plain(row.value)} for row in letter.rows],
        "reasons": [{"what": translated(one.what), "why": one.why} for one in letter.reasons],
        "todo": [translated(text) for text in letter.todo],
        "by": letter.by,
        "objection": translated(letter.objection),
        "at": document.at,
    }


def _plain(value: str | date | int) -> str:
    if isinstance(value, int):
        return workdays(value)
    return value.isoformat() if isinstance(value, date) else translated(value)
