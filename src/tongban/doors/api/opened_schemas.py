"""Shapes of what a case opens (公开与证明的数据形状)."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongban.records.licences.rules import Standing
from tongban.work.cases.rules.moves import State, Verb

_TYPED = StringConstraints(max_length=80)
OrganCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{18}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{31}([0-9]{2})?$")]
Month = Annotated[str, StringConstraints(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$")]
Mark = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9a-f-]{36}$")]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class TrackedCase(BaseModel):
    """Number and query code (编号和查询码), as on the receipt."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, _TYPED]
    code: Annotated[str, _TYPED]


class CaseOutlineStep(_Out):
    """A step (步骤): what and when."""

    verb: Verb
    at: datetime


class CaseOutlineDocument(_Out):
    """A document (文书): number and SHA-256 of its file."""

    verb: Verb
    number: str
    digest: str
    at: datetime


class CaseOutline(_Out):
    """Outline (办件概况)."""

    number: str
    item_name: str
    organ_name: str
    applicant: Annotated[str, Field(description="masked")]
    state: State
    act_by: date | None
    promised_on: date | None
    due_on: date | None
    provisional: bool
    steps: list[CaseOutlineStep]
    documents: list[CaseOutlineDocument]


class PublicResult(_Out):
    """Public result (公示)."""

    number: str
    verb: Verb
    item_name: str
    item_code: str
    organ_name: str
    place_name: str
    holder_name: Annotated[str, Field(description="masked")]
    decided_on: date
    revoked: bool
    licence_name: str
    valid_from: date | None
    valid_to: date | None
    standing: Standing | None


class PublicResults(_Out):
    """A page of public results (公示清单). ``next``: give it as ``before`` for the page after; null at the end."""

    results: list[PublicResult]
    next: str | None


class OwnReceipt(_Out):
    """Receipt (带证明的回执): ``content`` is the file that `tongban verify` checks."""

    content: dict[str, Any]
    acts: int
    waiting: int


class CaseNotice(_Out):
    """Notice (消息)."""

    id: UUID
    case_id: UUID
    number: str
    item_name: str
    organ_name: str
    state: State
    verb: Verb
    at: datetime
    read_at: datetime | None


class CaseNotices(_Out):
    """Notices (消息清单) and how many are unread."""

    notices: list[CaseNotice]
    unread: int
