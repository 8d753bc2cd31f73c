"""The guide (办事指南): every element of one edition, as data that checks itself. Elements as GB/T 39046 names them.

Nothing outside this structure may be asked of an applicant (除办事指南明确的条件外，不得自行增加办事要求).
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tongban.offers.catalogue.rules.form import Form, Key, Note, Visible, When, holds, problems, refused

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Visible]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Visible]
Days = Annotated[int, Field(ge=0, le=400)]


class Element(BaseModel):
    """An element (要素) of a guide: frozen, and without room for what the standard does not list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def body(self) -> dict[str, object]:
        """The element as it is kept and digested (存档内容): without what says nothing, so that an element which the
        structure gains later changes no digest of what was said before. What must be there is there, if empty."""
        told = self.model_dump(mode="json")
        kept = said(told)
        needed = {name: told[name] for name, field in type(self).model_fields.items() if field.is_required()}
        return needed | (kept if isinstance(kept, dict) else {})


def said(value: object) -> object:
    """``value`` without empty texts, lists and objects (去空), all the way down."""
    if isinstance(value, dict):
        return {key: kept for key, part in value.items() if not _is_empty(kept := said(part))}
    if isinstance(value, list):
        return [said(part) for part in value]
    return value


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value == [] or value == {}


class Attachment(Element):
    """File beside a text (随附文件): blank form, sample or instructions, by the SHA-256 of its bytes."""

    name: Line
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=1)]
    media_type: Line


class Basis(Element):
    """Basis (设定依据): the law and its article."""

    title: Line
    article: Note = ""
    text: Note = ""


class CaseKind(StrEnum):
    """Case kind (办件类型), code table A6."""

    INSTANT = "instant"  # 即办件
    PROMISED = "promised"  # 承诺件


class Limits(Element):
    """Limits (办理时限), in working days. Statutory: 行政许可法第42条 where no other law says so.

    ``statutory_unit``: working days (行政许可法第82条), unless another law counts every day. ``note``: what the law says
    of its limit beyond a number.
    """

    statutory_days: Days
    promised_days: Days
    statutory_unit: Literal["workday", "day"] = "workday"
    note: Note = ""
    reply_days: Days = 5  # 第32条: tell what is missing within five days
    delivery_days: Days = 10  # 第44条
    pre_review_days: Annotated[int, Field(ge=1, le=30)] | None = (
        None  # 预审承诺; None: what is submitted is received
    )
    extension_days: Annotated[int, Field(ge=1, le=60)] | None = (
        None  # None: 第42条, 10 days, of joint handling 15
    )
    later_days: Annotated[int, Field(ge=1, le=60)] | None = (
        None  # 容缺补交期限; None: 10 days, [O] our own number
    )

    @model_validator(mode="after")
    def _promise_within_law(self) -> "Limits":
        if self.promised_days > self.statutory_days:
            raise ValueError("the promised limit is longer than the statutory limit")
        return self


class Step(Element):
    """Step of the process (办理流程环节) with the working days planned for it, and who carries it out."""

    name: Line
    days: Days
    what: Note = ""
    post: Note = ""


class SpecialProcedure(Element):
    """Special procedure (特别程序) that stops the clock (行政许可法第45条), with the days it needs, as told in writing."""

    kind: Literal[
        "hearing",
        "tender",
        "auction",
        "exam",
        "inspection",
        "testing",
        "quarantine",
        "appraisal",
        "expert_review",
        "publicity",
        "other",
    ]
    days: Days = 0
    what: Note = ""
    basis: Note = ""


class Intermediary(Element):
    """Intermediary service (中介服务) that the item rests on: what it is, by what basis, who pays."""

    name: Line
    basis: Note = ""
    payer: Literal["applicant", "organ", "either"] = "applicant"
    notes: Note = ""


class Requirement(StrEnum):
    """Whether a material must be handed in (材料必要性)."""

    REQUIRED = "required"  # 必要
    OPTIONAL = "optional"  # 非必要
    LATER = "later"  # 容缺后补


LicenceType = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3}$")]


class Material(Element):
    """Material (申请材料)."""

    key: Key
    name: Line
    kind: Literal["certificate", "form", "other"] = "other"
    source: Literal["own", "government", "other"] = "own"
    issuer: Note = ""  # 来源渠道说明: which office or body gives it
    form: Literal["paper", "electronic", "either"] = "either"
    original: Literal["original", "copy"] = "copy"
    copies: Annotated[int, Field(ge=1, le=20)] = 1
    signature: Note = ""
    requirement: Requirement = Requirement.REQUIRED
    basis: Note = ""
    notes: Note = ""
    review_points: tuple[Line, ...] = ()
    blank: Attachment | None = None
    sample: Attachment | None = None
    when: When = Field(default_factory=dict)  # asked only where these fields have these values
    licence: LicenceType | None = (
        None  # the electronic licence that makes handing it in needless (电子证照免交)
    )


class Fee(Element):
    """Fee (收费项目) with basis, standard and reductions."""

    name: Line
    standard: Line
    basis: Line
    reductions: Note = ""  # 减免情形
    online: bool | None = None  # whether it can be paid online; None: not told


class Channels(Element):
    """Ways to handle (办理形式, code table A5), depth online (网上办理深度), visits (到办事现场次数), appointment (预约办理).

    ``level``: level of assurance (实名等级) that an application online needs; at a counter the clerk sees who it is.
    """

    ways: tuple[Literal["window", "computer", "mobile", "post", "terminal", "phone"], ...] = ()

    online: Literal["none", "accept", "full"]
    visits: Annotated[int, Field(ge=0, le=9)]
    visit_reason: Note = ""
    post: bool = False
    anywhere: Literal["county", "city", "province", "country"] = "county"
    appointment: bool = False
    appointment_how: Note = ""
    terminals: tuple[Line, ...] = ()  # 自助终端
    level: Literal["basic", "advanced"] = "basic"

    @model_validator(mode="after")
    def _consistent(self) -> "Channels":
        if self.visits and not self.visit_reason:
            raise ValueError("visits need a reason")
        if self.online == "full" and self.visits:
            raise ValueError("an item that is fully online needs no visit")
        if not self.visits and self.online != "full" and not self.post:
            raise ValueError("no visit and not fully online: delivery by post must be offered")
        return self


class Window(Element):
    """Counter (办理地点) with hours and telephone."""

    name: Line
    address: Line
    hours: Line
    phone: Note = ""
    transport: Note = ""
    # Decimal, because a binary fraction has no canonical form and so no digest.
    longitude: Annotated[Decimal, Field(ge=73, le=136, decimal_places=7)] | None = None
    latitude: Annotated[Decimal, Field(ge=3, le=54, decimal_places=7)] | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> "Window":
        if (self.longitude is None) != (self.latitude is None):
            raise ValueError("longitude and latitude stand together")
        return self


class Phones(Element):
    """Telephones for advice and for complaint (咨询、监督投诉电话)."""

    advice: Line
    complaint: Line

    @model_validator(mode="after")
    def _differ(self) -> "Phones":
        if self.advice == self.complaint:
            raise ValueError("the telephones for advice and for complaint must differ")
        return self


class Result(Element):
    """Result (审批结果): what the applicant receives, and how long it is valid."""

    name: Line
    kind: Literal["certificate", "approval", "proof", "other"] = "certificate"
    licence_type: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3}$")]
    valid_years: Annotated[int, Field(ge=1, le=99)] | None = None
    sample: Attachment | None = None
    fields: tuple[Key, ...] = ()  # form fields printed on the licence


class Question(Element):
    """Frequent question (常见问题)."""

    question: Line
    answer: Text


class Remark(Element):
    """Remark (其他说明): what an office says that no element of the standard has a place for."""

    label: Line
    text: Text


class Terms(Element):
    """Terms (事项标准): what a basic item says for all who carry it out, without the counter that only an organ has."""

    name: Line
    served: tuple[Line, ...]
    basis: tuple[Basis, ...] = Field(min_length=1)
    conditions: tuple[Text, ...]
    refusal_conditions: tuple[Text, ...] = ()
    quantity_limit: Note = ""
    case_kind: CaseKind
    limits: Limits
    steps: tuple[Step, ...] = Field(min_length=1)
    special_procedures: tuple[SpecialProcedure, ...] = ()
    joint_organs: tuple[Line, ...] = ()
    intermediaries: tuple[Intermediary, ...] = ()
    materials: tuple[Material, ...]
    form: Form
    fees: tuple[Fee, ...] = ()
    channels: Channels
    result: Result
    rights: tuple[Text, ...] = ()
    remedies: Note = ""
    faq: tuple[Question, ...] = ()
    keywords: tuple[Line, ...] = ()
    themes: tuple[Line, ...] = ()
    life_events: tuple[Line, ...] = ()
    remarks: tuple[Remark, ...] = ()
    sources: tuple[Text, ...] = Field(min_length=1)
    demonstration: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> "Terms":
        keys = [material.key for material in self.materials]
        if len(set(keys)) != len(keys):
            raise ValueError("two materials have the same key")
        fields = self.form.by_key()
        wrong = [
            (("materials", place, "when", key), f"material {material.key} {problem}")
            for place, material in enumerate(self.materials)
            for key, problem in problems(material.when, fields)
        ]
        if wrong:
            raise refused("Terms", wrong)
        for key in self.result.fields:
            if key not in fields:
                raise ValueError(f"the result prints {key}, which the form does not ask")
        if self.case_kind is CaseKind.PROMISED and self.limits.promised_days == 0:
            raise ValueError("a promise of 0 days makes the item instant")
        return self

    def materials_for(self, values: Mapping[str, object]) -> tuple[Material, ...]:
        """The materials (应交材料) that these answers call for, in the order of the guide. What is not asked calls for nothing."""
        heard = self.form.heard(values)
        return tuple(material for material in self.materials if holds(material.when, heard))


class Department(Element):
    """Department of joint handling (联办部门): which organ gives an opinion on what, within how many working days.

    ``organ``: its credit code. ``after``: keys of departments whose opinions it waits for; none: it begins with acceptance.
    ``instance``: ``lower`` where an organ of the lower level examines first (行政许可法第43条).
    """

    key: Key
    organ: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{18}$")]
    name: Line
    what: Note = ""
    days: Annotated[int, Field(ge=1, le=60)]
    after: tuple[Key, ...] = ()
    instance: Literal["lower"] | None = None


class Commitment(Element):
    """Notice and commitment (告知承诺): what has to be proven, what the applicant promises, what a false promise costs.

    ``replaces``: materials that need not be handed in by whoever commits. ``check_days``: working days from the decision
    within which the promise is checked.
    """

    proves: tuple[Text, ...] = Field(min_length=1)
    duty: Text
    liability: Text
    replaces: tuple[Key, ...] = ()
    check_days: Annotated[int, Field(ge=1, le=400)]


class DecisionRule(Element):
    """Rule of decision (自动审批规则): conditions that the platform can verify by itself; where all hold, it grants.

    ``when``: answers that must have been given. ``holds``, ``lacks``: types of licences that the applicant must, or must
    not, validly hold.
    """

    name: Line
    when: When = Field(default_factory=dict)
    holds: tuple[LicenceType, ...] = ()
    lacks: tuple[LicenceType, ...] = ()


class Guide(Terms):
    """Guide (办事指南): one edition of one item, complete: the terms, and who handles them where.

    ``power_source``: whence the organ has the power (权力来源). ``organ_nature``: code table A3 (实施主体性质).
    ``entrusted_organ``: who handles it on the organ's behalf (受委托机关). ``office``: the office in charge (承办处室).
    """

    power_source: Literal["own", "passed_down", "authorised", "entrusted"] = "own"
    organ_nature: Literal["statutory", "authorised", "entrusted", "other"] = "statutory"
    entrusted_organ: Note = ""
    office: Note = ""
    windows: tuple[Window, ...]
    phones: Phones
    departments: tuple[Department, ...] = ()
    commitment: Commitment | None = None
    rule: DecisionRule | None = None

    @model_validator(mode="after")
    def _many_hands(self) -> "Guide":
        wrong = [*_out_of_order(self.departments), *self._unasked()]
        if wrong:
            raise refused("Guide", wrong)
        return self

    def _unasked(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """What the commitment replaces or the rule rests on, and the guide does not ask (承诺和规则所依据的)."""
        asked = {material.key for material in self.materials}
        for place, key in enumerate(self.commitment.replaces if self.commitment is not None else ()):
            if key not in asked:
                told = f"the commitment replaces {key}, which the guide does not ask"
                yield ("commitment", "replaces", place), told
        for key, problem in problems(self.rule.when if self.rule is not None else {}, self.form.by_key()):
            yield ("rule", "when", key), f"the rule {problem}"


def _out_of_order(departments: Sequence[Department]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Departments that cannot be told apart, or wait for one that does not stand before them."""
    known: set[str] = set()
    for place, one in enumerate(departments):
        if one.key in known:
            yield ("departments", place, "key"), f"two departments have the key {one.key}"
        if strange := set(one.after) - known:
            told = f"it waits for {', '.join(sorted(strange))}, which do not stand before it"
            yield ("departments", place, "after"), told
        known.add(one.key)
