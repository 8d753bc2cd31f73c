"""Cases (办件): the same acts as in portal and workbench, one address per verb."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Path, Query, Router, Status

from tongban.base.actor import ActorKind
from tongban.base.errors import Invalid
from tongban.doors.api import schemas
from tongban.doors.api.auth import Request, opened_to
from tongban.doors.api.schemas import REFUSALS, CaseNumber, IdempotencyKey, Key, Limit, Refused
from tongban.doors.api.schemas_clock import Clock
from tongban.people.signon import actions as signon
from tongban.people.signon.rules.rights import Right
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.moves import State

router = Router(tags=["cases"])


def _now() -> datetime:
    return datetime.now(UTC)


@router.post("/cases", response={201: schemas.Ref, REFUSALS: Refused}, summary="Start a case 开始办理")
def start(request: Request, body: schemas.Start, key: IdempotencyKey = None) -> Status[actions.Ref]:
    """Start a draft on the edition of the item that is in force today."""
    return Status(201, actions.start(actor=request.auth, item_code=body.item_code, at=_now(), key=key))


@router.get(
    "/cases",
    response={200: schemas.Rows, REFUSALS: Refused},
    summary="List cases 办件列表",
    **opened_to(Right.CASES_READ),
)
def rows(
    request: Request,
    which: Annotated[Literal["own", "waiting", "office", "overseen"] | None, Query(alias="list")] = None,
    state: State | None = None,
    whose: queries.Whose = queries.Whose.ALL,
    pressing: queries.Pressing = queries.Pressing.ALL,
    before: UUID | None = None,
    limit: Limit = 100,
    number: CaseNumber | None = None,
) -> dict[str, list[queries.CaseRow]]:
    """``own``: the caller's; ``waiting``: what waits for the caller's posts, of ``whose`` claim; ``office``: all of the office, in
    ``state``, ``before`` the last case of the page before; ``overseen``: those of the places that a supervisor reads.

    ``number``: of the office, the case with this number. Where ``list`` is absent: own cases for an applicant, waiting ones for
    staff. A connected system (scope ``cases.read``) is given those of its organ, without anybody's name.
    """
    actor = request.auth
    if actor.kind is ActorKind.CONNECTED or number is not None:
        found = queries.of_office(actor, state=state, before=before, limit=limit, number=number)
        return {"cases": found}
    which = which or ("waiting" if actor.party_id is None else "own")
    if which == "own":
        return {"cases": queries.mine(actor, limit)}
    if which == "waiting":
        return {"cases": queries.work_list(actor, limit=limit, whose=whose)}
    if which == "office":
        return {"cases": queries.of_office(actor, state=state, before=before, limit=limit)}
    last = next(iter(queries.rows_of(actor, [before])), None) if before else None
    after = None if last is None else queries.After(last.id, last.act_by)
    found = queries.overseen(
        actor,
        queries.organs_overseen(actor),
        today=actions.day_of(_now()),
        state=state,
        pressing=pressing,
        after=after,
        limit=limit,
    )
    return {"cases": found}


@router.get(
    "/cases/{case_id}",
    response={200: schemas.Case, REFUSALS: Refused},
    summary="One case 取办件",
    **opened_to(Right.CASES_CONTENT),
)
def one(request: Request, case_id: UUID) -> schemas.Case:
    """A case that the caller may read, complete. That a connected system did (scope ``cases.content``) stands in the ledger."""
    case = queries.one(request.auth, case_id)
    if request.auth.kind is ActorKind.CONNECTED:
        signon.note_read(
            actor=request.auth, right=Right.CASES_CONTENT, of=f"case:{case_id}", at=datetime.now(UTC)
        )
    facts = {name: getattr(case, name) for name in queries.CaseView.__dataclass_fields__}
    return schemas.Case.model_validate(
        facts
        | {
            "item_code": case.edition.item_code,
            "item_name": case.edition.guide.name,
            "organ_name": case.edition.organ_name,
            "edition": case.edition.id,
            "applicant": case.party,
            "verbs": [move.verb for move in case.moves],
        },
        from_attributes=True,
    )


@router.get("/cases/{case_id}/clock", response={200: Clock, REFUSALS: Refused}, summary="Its clock 计时数据")
def clock(request: Request, case_id: UUID) -> dict[str, object]:
    """What happened to the case's clock, its limits, the whole calendar and the dates: all that is needed to count them again."""
    return queries.clock_file(request.auth, case_id)


@router.patch(
    "/cases/{case_id}/form", response={200: schemas.Saved, REFUSALS: Refused}, summary="Save answers 保存填写"
)
def save(request: Request, case_id: UUID, body: schemas.Answers) -> queries.CaseView:
    """Save answers of a draft or a supplement. With 422 the answers that are not named were saved all the same."""
    errors = actions.save(actor=request.auth, case_id=case_id, values=body.values, at=_now())
    if errors:
        text = msg("标出的内容没有保存，请改正后再试；其余内容已经保存。")
        raise Invalid("cases.form", text, fields=errors)
    return queries.one(request.auth, case_id)


@router.put(
    "/cases/{case_id}/materials/{key}",
    response={204: None, REFUSALS: Refused},
    summary="Attach a material 附上材料",
)
def attach(
    request: Request, case_id: UUID, key: Annotated[Key, Path()], body: schemas.Attach
) -> Status[None]:
    """Hand in one of one's materials for a demand of the guide. Doing it twice changes nothing."""
    actions.attach(actor=request.auth, case_id=case_id, key=key, material_id=body.material_id, at=_now())
    return Status(204, None)


@router.delete(
    "/cases/{case_id}/materials/{key}",
    response={204: None, REFUSALS: Refused},
    summary="Detach a material 取下材料",
)
def detach(request: Request, case_id: UUID, key: Annotated[Key, Path()], material_id: UUID) -> Status[None]:
    """Take a handed-in material out again. Doing it twice changes nothing."""
    actions.detach(actor=request.auth, case_id=case_id, key=key, material_id=material_id)
    return Status(204, None)


_ANSWERS = {200: schemas.Ref, REFUSALS: Refused}


@router.post("/cases/{case_id}/acts/submit", response=_ANSWERS, summary="Submit 提交申请")
def submit(request: Request, case_id: UUID, body: schemas.Act, key: IdempotencyKey = None) -> actions.Ref:
    """Submit a draft: it gets its number, and the five days of article 32 begin."""
    return actions.submit(actor=request.auth, case_id=case_id, at=_now(), key=key, version=body.version)


@router.post("/cases/{case_id}/acts/resubmit", response=_ANSWERS, summary="Resubmit 补正后提交")
def resubmit(request: Request, case_id: UUID, body: schemas.Act, key: IdempotencyKey = None) -> actions.Ref:
    """Hand in what the supplement notice asked for."""
    return actions.resubmit(actor=request.auth, case_id=case_id, at=_now(), key=key, version=body.version)


@router.post("/cases/{case_id}/acts/withdraw", response=_ANSWERS, summary="Withdraw 撤回申请")
def withdraw(request: Request, case_id: UUID, body: schemas.Act, key: IdempotencyKey = None) -> actions.Ref:
    """Withdraw an application at any time before the decision."""
    return actions.withdraw(actor=request.auth, case_id=case_id, at=_now(), key=key, version=body.version)
