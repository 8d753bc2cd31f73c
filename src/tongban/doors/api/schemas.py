"""Shapes of what goes in and out (接口结构). Limits stand here so that nothing without a limit gets past the door."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Header
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from tongban.offers.catalogue.rules.guide import Guide
from tongban.people.mandates.rules import Kind as MandateKind
from tongban.work.cases.queries import Turn
from tongban.work.cases.rules.application import LONGEST_NOTE
from tongban.work.cases.rules.moves import State, Verb

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
LARGEST_INT = 2**31 - 1


def _printable(text: str) -> str:
    # PostgreSQL keeps no NUL, and nobody means the other ones.
    if _CONTROLS.search(text):
        raise PydanticCustomError("text_control", "control character")
    return text


Words = Annotated[str, StringConstraints(max_length=100), AfterValidator(_printable)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_printable)]
# A limit far above the rule's own: the rule speaks first, and in the words that people know.
Note = Annotated[str, StringConstraints(max_length=4 * LONGEST_NOTE)]
ItemCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{31}([0-9]{2})?$")]
# What an item is asked for by: its code, or one of the older generation, which leads there.
AnyItemCode = Annotated[
    str, StringConstraints(pattern=r"^([0-9A-Z]{31}([0-9]{2})?|[0-9A-Z]{10}([0-9A-Z]{14})?)$")
]
CaseNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{43}$")]
BasicItemCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{12}([0-9]{2})?$")]
Compared = Literal[
    "name",
    "code",
    "twice",
    "level",
    "conditions",
    "statutory_days",
    "promised_days",
    "special_procedures",
    "materials",
    "fees",
    "online",
    "visits",
]
SeenThrough = Literal["web", "counter", "terminal", "leaflet"]
PlaceCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Target = Annotated[str, StringConstraints(pattern=r"^(field|material):[a-z][a-z0-9_]{0,39}$")]
_Single = (
    Annotated[str, StringConstraints(max_length=5000)]
    | Annotated[int, Field(strict=True, ge=-(10**15), le=10**15)]
)
_Row = Annotated[
    dict[Key, _Single | Annotated[list[_Single], Field(max_length=100)] | None], Field(max_length=20)
]
# Text or whole number; several choices; the rows of a table. How many rows there may be, the form says.
Answer = (
    _Single | Annotated[list[_Single], Field(max_length=200)] | Annotated[list[_Row], Field(max_length=200)]
)
Version = Annotated[
    int, Field(strict=True, ge=1, le=LARGEST_INT, description="the version that the caller saw")
]
Limit = Annotated[int, Field(ge=1, le=100)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,64}$",
        description="The same key by the same caller does the act once and answers the same again.",
    ),
]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Refused(_Out):
    """Refusal (拒绝): the rule, its words, and where to mend it."""

    rule: str
    message: str
    params: dict[str, str]
    fields: dict[str, list[str]]
    status: int
    id: str | None = None


# --- in ----------------------------------------------------------------------------------------------------------------


class Start(_In):
    """Start of a case (开始办理)."""

    item_code: ItemCode


class Answers(_In):
    """Answers of the form (填写内容) by key; an empty answer takes the earlier one out."""

    values: Annotated[dict[Key, Answer | None], Field(max_length=200)]


class Attach(_In):
    """A material to hand in (附上材料)."""

    material_id: UUID


class Act(_In):
    """An act without words (办理动作)."""

    version: Version


class Reasoned(Act):
    """An act with its reason (理由)."""

    reason: Note


class Justified(Reasoned):
    """An act with its reason and the article of the law (理由和条款)."""

    article: Note


class Opinion(Act):
    """An examination (审查意见)."""

    opinion: Note


class Grant(Act):
    """A grant (准予许可)."""

    note: Note = ""


class DemandIn(_In):
    """One thing to supplement (补正事项)."""

    target: Target
    text: Note


class Supplement(Act):
    """A supplement notice (一次性告知): everything that is missing, at once."""

    demands: Annotated[list[DemandIn], Field(max_length=100)]


# --- out ---------------------------------------------------------------------------------------------------------------


class Hit(_Out):
    """A search result (检索结果)."""

    code: str
    name: str
    organ: str
    place: str
    place_name: str
    near: bool
    others: int
    promised_days: int
    statutory_days: int
    visits: int
    free: bool
    online: str
    instant: bool


class Hits(_Out):
    """Search results (检索结果), best first. ``meant``: what a slip was read as."""

    items: list[Hit]
    meant: str | None = None


class AnyHit(_Out):
    """A search result of any kind (综合检索结果). ``ref``: code of a guide, bundle or item, key of a law, id of an announcement;
    ``near``: whether it serves the place asked for; ``others``: others that offer the same, up to 99."""

    kind: Literal["guide", "bundle", "item", "law", "info"]
    ref: str
    title: str
    place: str
    near: bool
    others: int
    shown: dict[str, Any]


class AnyHits(_Out):
    """Search results of every kind (综合检索), best first; ``more``: whether there is a next page."""

    results: list[AnyHit]
    more: bool
    meant: str | None


class Suggestions(_Out):
    """What may be asked next (联想)."""

    suggestions: list[str]


class Item(_Out):
    """An item with its guide (事项与办事指南)."""

    item_code: str
    basic_code: str
    item_type: str
    level: str
    organ_name: str
    organ_code: str
    place: str
    place_name: str
    number: int
    starts_on: date
    digest: str
    guide: Guide


class Kept(_Out):
    """A material that is kept (已收存材料)."""

    id: UUID


class Ref(_Out):
    """Where a case stands (办件凭据)."""

    id: UUID
    number: str | None
    state: State
    version: int


class Row(_Out):
    """A case in a list (办件行)."""

    id: UUID
    number: str | None
    state: State
    item_name: str
    organ_name: str
    place_name: str
    applicant_name: str
    started_at: datetime
    submitted_at: datetime | None
    act_by: date | None
    promised_on: date | None
    due_on: date | None
    provisional: bool
    handler_name: str | None
    turn: Turn


class Rows(_Out):
    """Cases (办件列表)."""

    cases: list[Row]


class Attached(_Out):
    """A handed-in material (附件)."""

    key: str
    material_id: UUID
    file_name: str
    size: int
    media_type: str
    digest: str
    trust: str
    attached_at: datetime


class Document(_Out):
    """A document of the case (文书)."""

    verb: Verb
    body: dict[str, Any]
    by: str
    at: datetime


class MandateTold(_Out):
    """Under which mandate somebody did it for another (授权说明)."""

    number: str
    kind: MandateKind
    agent_name: str
    giver_name: str
    seen: str


class PresentTold(_Out):
    """Who stood at the counter (到场人): the applicant herself where there is no ``mandate``. ``seen``: the document shown."""

    seen: str
    mandate: MandateTold | None


class Moment(_Out):
    """A point of the time line (时间线). ``mandate``: where somebody acted for another; ``present``: where a counter did it."""

    verb: Verb
    at: datetime
    by: str
    mandate: MandateTold | None
    present: PresentTold | None


class Applicant(_Out):
    """The applicant (申请人), the identity number masked."""

    name: str
    masked_number: str
    phone: str


class Case(Ref):
    """A case, complete (办件). ``verbs``: what the caller may do now; ``hindrances``: what only another may, and why.

    ``later_by``: until when deferred materials may follow; ``committed``: edition, digest and moment of the commitment.
    """

    item_code: str
    item_name: str
    organ_name: str
    edition: UUID
    applicant: Applicant
    form: dict[str, Any]
    started_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    ended_at: datetime | None
    act_by: date | None
    promised_on: date | None
    due_on: date | None
    provisional: bool
    later_by: date | None
    committed: dict[str, Any] | None
    attachments: list[Attached]
    documents: list[Document]
    moments: list[Moment]
    verbs: list[Verb]
    hindrances: dict[Verb, str]


class Saved(_Out):
    """Answers as they are kept now (已保存内容)."""

    version: int
    form: dict[str, Any]


REFUSALS = frozenset({400, 401, 403, 404, 409, 412, 413, 422, 428, 500, 503})
