"""Acts of staff on cases (办理): the same as on the pages of the workbench, one address per verb."""

from datetime import UTC, datetime
from uuid import UUID

from ninja import Router

from tongban.doors.api import act_schemas, schemas
from tongban.doors.api.auth import Request
from tongban.doors.api.schemas import REFUSALS, IdempotencyKey, Refused
from tongban.work.cases import actions
from tongban.work.cases.rules.application import Demand

router = Router(tags=["cases"])


def _now() -> datetime:
    return datetime.now(UTC)


_ANSWERS = {200: schemas.Ref, REFUSALS: Refused}


@router.post("/cases/{case_id}/acts/pass_review", response=_ANSWERS, summary="Pass a pre-review 预审通过")
def pass_review(
    request: Request, case_id: UUID, body: schemas.Act, key: IdempotencyKey = None
) -> actions.Ref:
    """Pass a pre-review: what is there is enough to be received."""
    return actions.pass_review(
        actor=request.auth,
        case_id=case_id,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post(
    "/cases/{case_id}/acts/return_for_changes", response=_ANSWERS, summary="Return for changes 预审退回"
)
def return_for_changes(
    request: Request, case_id: UUID, body: schemas.Supplement, key: IdempotencyKey = None
) -> actions.Ref:
    """Return an application from pre-review with marks; the applicant may send it as it is."""
    return actions.return_for_changes(
        actor=request.auth,
        case_id=case_id,
        demands=[Demand(demand.target, demand.text) for demand in body.demands],
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/receive", response=_ANSWERS, summary="Receive 收件")
def receive(request: Request, case_id: UUID, body: schemas.Act, key: IdempotencyKey = None) -> actions.Ref:
    """Receive a pre-reviewed application: the five days of article 32 begin."""
    return actions.receive(
        actor=request.auth,
        case_id=case_id,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/accept", response=_ANSWERS, summary="Accept 受理")
def accept(request: Request, case_id: UUID, body: schemas.Act, key: IdempotencyKey = None) -> actions.Ref:
    """Accept an application: the limit of article 42 and the promise begin."""
    return actions.accept(
        actor=request.auth,
        case_id=case_id,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/request_supplement", response=_ANSWERS, summary="Supplement 一次性告知")
def request_supplement(
    request: Request, case_id: UUID, body: schemas.Supplement, key: IdempotencyKey = None
) -> actions.Ref:
    """Tell the applicant once everything that is missing; a second time is refused."""
    return actions.request_supplement(
        actor=request.auth,
        case_id=case_id,
        demands=[Demand(demand.target, demand.text) for demand in body.demands],
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post(
    "/cases/{case_id}/acts/request_again", response=_ANSWERS, summary="Approve a second notice 批准再次告知"
)
def request_again(
    request: Request, case_id: UUID, body: act_schemas.Approval, key: IdempotencyKey = None
) -> actions.Ref:
    """Approve the second notice that the counter proposed; there is never a third."""
    return actions.request_again(
        actor=request.auth,
        case_id=case_id,
        proposal=body.proposal,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/decline", response=_ANSWERS, summary="Decline 不予受理")
def decline(
    request: Request, case_id: UUID, body: schemas.Justified, key: IdempotencyKey = None
) -> actions.Ref:
    """Decline to accept, with the reason and the article."""
    return actions.decline(
        actor=request.auth,
        case_id=case_id,
        reason=body.reason,
        article=body.article,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/suspend", response=_ANSWERS, summary="Suspend 进入特别程序")
def suspend(
    request: Request, case_id: UUID, body: act_schemas.Suspension, key: IdempotencyKey = None
) -> actions.Ref:
    """Begin a special procedure that the edition lists; what is told binds."""
    return actions.suspend(
        actor=request.auth,
        case_id=case_id,
        kind=body.kind,
        days=body.days,
        reason=body.reason,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/resume", response=_ANSWERS, summary="Resume 特别程序结束")
def resume(request: Request, case_id: UUID, body: schemas.Act, key: IdempotencyKey = None) -> actions.Ref:
    """End a special procedure: the clock runs on."""
    return actions.resume(
        actor=request.auth,
        case_id=case_id,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/extend", response=_ANSWERS, summary="Approve an extension 批准延期")
def extend(
    request: Request, case_id: UUID, body: act_schemas.Approval, key: IdempotencyKey = None
) -> actions.Ref:
    """Approve the extension that was proposed: once, by the superior of article 42."""
    return actions.extend(
        actor=request.auth,
        case_id=case_id,
        proposal=body.proposal,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/examine", response=_ANSWERS, summary="Examine 审查")
def examine(
    request: Request, case_id: UUID, body: schemas.Opinion, key: IdempotencyKey = None
) -> actions.Ref:
    """Examine and give an opinion; who examined does not decide."""
    return actions.examine(
        actor=request.auth,
        case_id=case_id,
        opinion=body.opinion,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/return", response=_ANSWERS, summary="Return 退回重新审查")
def send_back(
    request: Request, case_id: UUID, body: act_schemas.SentBack, key: IdempotencyKey = None
) -> actions.Ref:
    """Send back for another examination; the clock goes on."""
    return actions.send_back(
        actor=request.auth,
        case_id=case_id,
        reason=body.reason,
        parts=body.parts,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/grant", response=_ANSWERS, summary="Grant 准予许可")
def grant(request: Request, case_id: UUID, body: schemas.Grant, key: IdempotencyKey = None) -> actions.Ref:
    """Grant: the licence follows by itself, within the ten days of article 44."""
    return actions.grant(
        actor=request.auth,
        case_id=case_id,
        note=body.note,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/grant_partly", response=_ANSWERS, summary="Grant in part 部分准予")
def grant_partly(
    request: Request, case_id: UUID, body: schemas.Justified, key: IdempotencyKey = None
) -> actions.Ref:
    """Grant in part, with what is not granted, why and by which article."""
    return actions.grant_partly(
        actor=request.auth,
        case_id=case_id,
        reason=body.reason,
        article=body.article,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/grant_at_once", response=_ANSWERS, summary="Grant on the spot 当场准予")
def grant_at_once(
    request: Request, case_id: UUID, body: schemas.Grant, key: IdempotencyKey = None
) -> actions.Ref:
    """Grant on the spot: an instant item, or an application on commitment."""
    return actions.grant_at_once(
        actor=request.auth,
        case_id=case_id,
        note=body.note,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/refuse", response=_ANSWERS, summary="Refuse 不予许可")
def refuse(
    request: Request, case_id: UUID, body: schemas.Justified, key: IdempotencyKey = None
) -> actions.Ref:
    """Refuse, with the reason, the article, and the applicant's remedies."""
    return actions.refuse(
        actor=request.auth,
        case_id=case_id,
        reason=body.reason,
        article=body.article,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/deliver", response=_ANSWERS, summary="Deliver 送达")
def deliver(
    request: Request, case_id: UUID, body: act_schemas.Delivery, key: IdempotencyKey = None
) -> actions.Ref:
    """Deliver what was made, with the receipt of delivery."""
    return actions.deliver(
        actor=request.auth,
        case_id=case_id,
        recipient=body.recipient,
        tracking=body.tracking,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/terminate", response=_ANSWERS, summary="Terminate 异常终结")
def terminate(
    request: Request, case_id: UUID, body: schemas.Justified, key: IdempotencyKey = None
) -> actions.Ref:
    """End a case that lawfully goes no further, without a decision."""
    return actions.terminate(
        actor=request.auth,
        case_id=case_id,
        reason=body.reason,
        article=body.article,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/revoke", response=_ANSWERS, summary="Revoke 撤销决定")
def revoke(
    request: Request, case_id: UUID, body: schemas.Justified, key: IdempotencyKey = None
) -> actions.Ref:
    """Revoke a decision after the fact; its licence is revoked with it."""
    return actions.revoke(
        actor=request.auth,
        case_id=case_id,
        reason=body.reason,
        article=body.article,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/correct", response=_ANSWERS, summary="Correct 更正笔误")
def correct(
    request: Request, case_id: UUID, body: act_schemas.Correction, key: IdempotencyKey = None
) -> actions.Ref:
    """Correct a slip of the pen in a document that went out; nothing is overwritten."""
    return actions.correct(
        actor=request.auth,
        case_id=case_id,
        document=body.document,
        wrong=body.wrong,
        right=body.right,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.post("/cases/{case_id}/acts/review", response=_ANSWERS, summary="Review 复核自动决定")
def review(request: Request, case_id: UUID, body: schemas.Opinion, key: IdempotencyKey = None) -> actions.Ref:
    """Review what a rule decided."""
    return actions.review(
        actor=request.auth,
        case_id=case_id,
        opinion=body.opinion,
        at=_now(),
        key=key,
        version=body.version,
    )
