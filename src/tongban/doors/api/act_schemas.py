"""Shapes of the acts of staff (办理接口结构): what they need besides a version, and what is read of proposals and letters."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from tongban.doors.api.schemas import (
    LARGEST_INT,
    Act,
    DemandIn,
    Key,
    Note,
    Reasoned,
    Ref,
    Refused,
    Target,
    Words,
)
from tongban.work.cases.rules.moves import Verb


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Approval(Act):
    """An approval (批准). ``proposal``: the one that the approver read; another one in between is refused."""

    proposal: UUID | None = None


class Suspension(Reasoned):
    """A special procedure (特别程序): of which kind, and for how many working days at most."""

    kind: Words
    days: Annotated[int, Field(strict=True, ge=0, le=LARGEST_INT)]


class SentBack(Reasoned):
    """A case sent back (退回重新审查); ``parts``: in joint handling, the departments that look once more."""

    parts: Annotated[list[Key], Field(max_length=100)] = []


class Delivery(Act):
    """A delivery (送达): who signed for it, and the number of the parcel."""

    recipient: Note
    tracking: Words = ""


class Correction(Act):
    """A slip of the pen (更正笔误) in a document that went out."""

    document: Verb
    wrong: Note
    right: Note


class Proposed(_In):
    """A proposal of an extension (呈批延期)."""

    reason: Note


class SecondNotice(_In):
    """A proposal of a second notice (呈批再次告知); ``rests_on``: what arrived after the first."""

    demands: Annotated[list[DemandIn], Field(max_length=100)]
    because: Note
    rests_on: Target


class TurnedDown(_In):
    """A proposal that is turned down (不批准)."""

    reason: Note
    proposal: UUID | None = None


class HandOver(_In):
    """To whom a case is handed over (转交)."""

    to: UUID


class Bulk(_In):
    """Many cases at once (成批)."""

    cases: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class ProposalOut(_Out):
    """A proposal that waits for a superior (待批呈批)."""

    id: UUID
    verb: Verb
    body: dict[str, Any]
    by: str
    at: datetime


class Proposals(_Out):
    """The proposals that wait (待批呈批)."""

    proposals: list[ProposalOut]


class Done(_Out):
    """What became of one of many (成批结果): where it stands, or the refusal."""

    case_id: UUID
    case: Ref | None = None
    refusal: Refused | None = None


class Results(_Out):
    """What became of each (成批结果)."""

    results: list[Done]


class LetterRow(_Out):
    """A fact in a letter (文书事实): a text, or a day."""

    label: str
    value: str


class LetterReason(_Out):
    """A reason in a letter (文书原因): what, and by which article."""

    what: str
    why: str


class LetterOut(_Out):
    """A document that went out, in words (文书), in the language of Accept-Language."""

    id: UUID
    verb: Verb
    number: str | None
    title: str
    opening: str
    rows: list[LetterRow]
    reasons: list[LetterReason]
    todo: list[str]
    by: date | None
    objection: str
    at: datetime


class Letters(_Out):
    """The documents of a case that went out (文书), the newest first."""

    letters: list[LetterOut]
