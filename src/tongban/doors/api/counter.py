"""Counters (窗口): taking in for applicants, passing on, delivery, originals. The same acts as at the workbench."""

from datetime import UTC, date, datetime
from typing import Annotated, BinaryIO, Literal, cast
from uuid import UUID

from ninja import File, Form, Path, Router, Status
from ninja.files import UploadedFile
from pydantic import BaseModel, ConfigDict, Field

from tongban.doors.api import schemas
from tongban.doors.api.auth import Request
from tongban.doors.api.schemas import REFUSALS, IdempotencyKey, ItemCode, Key, Refused, Words
from tongban.people.mandates import actions as mandates
from tongban.people.mandates import queries as mandated
from tongban.people.mandates.queries import MandateView
from tongban.work.cases import actions, queries

router = Router(tags=["counter"])

# Written out: programs read the names of these bodies, and a body of that name there is already.
_Kind = Literal["agent", "helper", "parent", "guardian"]
_Act = Literal["fill", "apply", "supplement", "withdraw", "collect", "read"]
_Shown = Literal["id_card", "interim_card", "permit", "register", "electronic"]
Long = Annotated[str, Field(max_length=1000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Presented(_In):
    """Who stands at the counter (到场的申请人), as the identity card says. ``phone`` only for who is registered on the spot."""

    name: Words
    id_number: Words
    phone: Words = ""


class Presence(_In):
    """Who stands at the counter (到场人), and which document she showed.

    ``person``: who it is where it is not the applicant; ``mandate``: number of the one in force under which she acts (SQ…). What
    is on paper only is recorded first, under ``/counter/mandates``. For a legal person there is always somebody.
    """

    seen: _Shown = "id_card"
    person: Presented | None = None
    mandate: Words = ""


class CounterStart(_In):
    """Start at a counter (窗口收件). ``counter``: the organ whose counter it is."""

    counter: UUID
    item_code: ItemCode
    applicant: Presented
    present: Presence = Field(default_factory=Presence)


class PaperMandate(_In):
    """What a paper mandate says (纸质授权), and which originals the clerk saw (``seen``). ``last``: its last day."""

    counter: UUID
    giver_name: Words
    giver_number: Words
    agent_name: Words
    agent_number: Words
    kind: _Kind = "agent"
    acts: list[_Act] = Field(default_factory=list, max_length=10)
    items: list[Words] = Field(default_factory=list, max_length=50)
    places: list[Words] = Field(default_factory=list, max_length=50)
    amount: int | None = None
    since: date | None = None
    last: date | None = None
    pass_on: bool = False
    seen: Words


class Recorded(_Out):
    """A mandate that was recorded (已登记授权)."""

    id: UUID
    number: str


class Delivery(_In):
    """A way to receive the result (送达方式). By post with name, telephone and address; or collected at a counter."""

    way: Literal["online", "post", "counter"]
    recipient: Long = ""
    phone: Words = ""
    address: Long = ""
    counter: UUID | None = None


class Transfer(schemas.Reasoned):
    """A transfer (移送) to another organ that carries the same basic item out."""

    to: UUID


class Sending(_In):
    """Papers that are sent on (寄出原件). ``what``: keys of the guide's materials."""

    what: Annotated[list[Key], Field(min_length=1, max_length=50)]
    receiver: UUID
    tracking: Long = ""


class Receiving(_In):
    """Papers that have come (签收原件)."""

    originals: Annotated[list[UUID], Field(min_length=1, max_length=50)]


class Original(_Out):
    """One way of one paper (原件一程). ``expected_by``: after that day it is looked for."""

    id: UUID
    case_id: UUID
    number: str | None
    what: str
    sender_id: UUID
    sender: str
    receiver_id: UUID
    receiver: str
    tracking: str
    sent_by: str
    sent_at: datetime
    expected_by: date
    received_by: str
    received_at: datetime | None


class Originals(_Out):
    """Ways of papers (原件流转)."""

    originals: list[Original]


def _now() -> datetime:
    return datetime.now(UTC)


@router.post(
    "/counter/cases", response={201: schemas.Ref, REFUSALS: Refused}, summary="Start at a counter 窗口收件"
)
def start(request: Request, body: CounterStart, key: IdempotencyKey = None) -> Status[actions.Ref]:
    """Begin a draft for the person at the counter. A wrong name and an unknown number are answered alike."""
    person = body.applicant
    begun = actions.start_at_counter(
        actor=request.auth,
        counter=body.counter,
        applicant=actions.Presented(person.name, person.id_number, person.phone),
        item_code=body.item_code,
        at=_now(),
        key=key,
        standing=_standing(body.present),
    )
    return Status(201, begun)


def _standing(told: Presence) -> actions.Standing:
    person = told.person
    shown = None if person is None else actions.Presented(person.name, person.id_number, person.phone)
    return actions.Standing(told.seen, shown, mandate=told.mandate)


@router.put(
    "/cases/{case_id}/presence", response={204: None, REFUSALS: Refused}, summary="Who stands there 到场人"
)
def name_presence(request: Request, case_id: UUID, body: Presence) -> Status[None]:
    """Name who stands at the counter today. It counts for the next act that is the applicant's, and for this day."""
    actions.name_presence(actor=request.auth, case_id=case_id, standing=_standing(body), at=_now())
    return Status(204, None)


@router.post(
    "/counter/mandates",
    response={201: Recorded, REFUSALS: Refused},
    summary="Record a paper mandate 登记纸质授权",
)
def record_mandate(
    request: Request,
    body: Annotated[PaperMandate, Form()],
    scan: Annotated[UploadedFile, File()],
    key: IdempotencyKey = None,
) -> Status[MandateView]:
    """Record a mandate whose paper the clerk has seen; it counts at once. Parents and guardians need no limits."""
    at = _now()
    today = actions.day_of(at)
    terms = mandates.Terms(
        acts=frozenset(body.acts),
        since=body.since or today,
        last=body.last or today,
        items=tuple(body.items),
        places=tuple(body.places),
        amount=body.amount,
        kind=body.kind,
        pass_on=body.pass_on,
    )
    recorded = mandates.record_at_counter(
        actor=request.auth,
        counter=body.counter,
        giver=mandates.Shown(body.giver_name, body.giver_number),
        agent=mandates.Shown(body.agent_name, body.agent_number),
        terms=terms,
        seen=body.seen,
        scan=cast(BinaryIO, scan.file),
        scan_name=scan.name or "",
        at=at,
        key=key,
    )
    return Status(201, mandated.of_id(recorded))


@router.get("/counter/cases", response={200: schemas.Rows, REFUSALS: Refused}, summary="Taken in 本窗口收件")
def taken_in(request: Request, limit: schemas.Limit = 100) -> dict[str, list[queries.CaseRow]]:
    """What the caller's counters took in, newest first."""
    return {"cases": queries.of_counter(request.auth, limit=limit)}


@router.post(
    "/cases/{case_id}/papers/{key}",
    response={204: None, REFUSALS: Refused},
    summary="Take a paper in 收取材料",
)
def take_in(
    request: Request,
    case_id: UUID,
    key: Annotated[Key, Path()],
    file: Annotated[UploadedFile, File()],
    checked: Annotated[bool, Form()] = False,
) -> Status[None]:
    """Keep a file for the applicant and attach it. ``checked``: it was held against its original, which makes it grade B."""
    actions.take_in(
        actor=request.auth,
        case_id=case_id,
        key=key,
        stream=cast(BinaryIO, file.file),
        file_name=file.name or "",
        checked=checked,
        at=_now(),
    )
    return Status(204, None)


@router.put(
    "/cases/{case_id}/delivery", response={204: None, REFUSALS: Refused}, summary="Choose delivery 选送达方式"
)
def choose_delivery(request: Request, case_id: UUID, body: Delivery) -> Status[None]:
    """Choose in a draft how the result is received, among the ways that the edition offers."""
    actions.choose_delivery(actor=request.auth, case_id=case_id, at=_now(), **body.model_dump())
    return Status(204, None)


@router.post(
    "/cases/{case_id}/acts/transfer",
    response={200: schemas.Ref, REFUSALS: Refused},
    summary="Transfer 移送",
)
def transfer(request: Request, case_id: UUID, body: Transfer, key: IdempotencyKey = None) -> actions.Ref:
    """Pass a misdirected application on. Its number stays, and the days already running are not counted anew."""
    return actions.transfer(
        actor=request.auth,
        case_id=case_id,
        to=body.to,
        reason=body.reason,
        at=_now(),
        key=key,
        version=body.version,
    )


@router.get(
    "/cases/{case_id}/originals", response={200: Originals, REFUSALS: Refused}, summary="Originals 原件流转"
)
def originals(request: Request, case_id: UUID) -> dict[str, list[queries.OriginalView]]:
    """All ways of a case's papers, the oldest first."""
    case = queries.one(request.auth, case_id)
    return {"originals": queries.originals(request.auth, case)}


@router.post(
    "/cases/{case_id}/originals",
    response={200: Originals, REFUSALS: Refused},
    summary="Send originals 寄出原件",
)
def send(
    request: Request, case_id: UUID, body: Sending, key: IdempotencyKey = None
) -> dict[str, list[queries.OriginalView]]:
    """Send papers on to another organ that takes part in the case."""
    actions.send_originals(
        actor=request.auth,
        case_id=case_id,
        what=body.what,
        receiver=body.receiver,
        tracking=body.tracking,
        at=_now(),
        key=key,
    )
    return originals(request, case_id)


@router.post(
    "/cases/{case_id}/originals/receive",
    response={200: Originals, REFUSALS: Refused},
    summary="Sign for originals 签收原件",
)
def receive(
    request: Request, case_id: UUID, body: Receiving, key: IdempotencyKey = None
) -> dict[str, list[queries.OriginalView]]:
    """Sign for papers that have come."""
    actions.receive_originals(
        actor=request.auth, case_id=case_id, originals=body.originals, at=_now(), key=key
    )
    return originals(request, case_id)


@router.get("/counter/originals", response={200: Originals, REFUSALS: Refused}, summary="On the way 在途原件")
def on_the_way(request: Request, limit: schemas.Limit = 100) -> dict[str, list[queries.OriginalView]]:
    """What is on its way to and from the caller's counters, the longest under way first."""
    return {"originals": queries.on_the_way(request.auth, limit=limit)}
