"""Narrowing (实施清单不得超出基本目录): how an organ's guide may differ from the basic item's terms, and how not.

Same item, same standard, same code (同一事项、同一标准、同一编码): an implementation may shorten limits, add ways to handle
and places, drop materials and conditions, lower visits, and state its counter, telephones, questions and search words. It may not ask
an applicant for more, take longer, or give something else. Type and code cannot differ: an item takes them from its
basic item. Source: the plan's task 2 and 6; which difference counts as more is [O], our own reading, rule by rule below.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tongban.offers.catalogue.rules.elements import (
    ANYWHERE_LABELS,
    FORM_LABELS,
    KIND_LABELS,
    LEVEL_LABELS,
    ONLINE_LABELS,
    ORIGINAL_LABELS,
    PAYER_LABELS,
    PROCEDURE_LABELS,
    REQUIREMENT_LABELS,
    UNIT_LABELS,
    WAY_LABELS,
    term_of,
)
from tongban.offers.catalogue.rules.form.conditions import narrows, told
from tongban.offers.catalogue.rules.form.narrower import added, stricter
from tongban.offers.catalogue.rules.guide import CaseKind, Material, Requirement, Terms
from tongban.offers.catalogue.rules.times import extension_days, is_joint, later_days
from tongban.standards.text import Message, msg


class Rule(StrEnum):
    """Rules of narrowing (收窄规则) by their stable ids."""

    NAME = "narrowing.name"
    SERVED = "narrowing.served"
    BASIS = "narrowing.basis"
    CONDITION = "narrowing.condition"
    KIND = "narrowing.kind"
    LIMIT = "narrowing.limit"
    STEP = "narrowing.step"
    PROCEDURE = "narrowing.procedure"
    INTERMEDIARY = "narrowing.intermediary"
    REMARK = "narrowing.remark"
    MATERIAL = "narrowing.material"
    DEMAND = "narrowing.demand"
    FIELD = "narrowing.field"
    ANSWER = "narrowing.answer"
    FEE = "narrowing.fee"
    DEARER = "narrowing.dearer"
    CHANNEL = "narrowing.channel"
    VISITS = "narrowing.visits"
    LEVEL = "narrowing.level"
    RESULT = "narrowing.result"


MESSAGES: Mapping[Rule, str] = {
    Rule.NAME: msg("事项名称要与基本目录一致。"),
    Rule.SERVED: msg("不能少列服务对象。"),
    Rule.BASIS: msg("设定依据要与基本目录一致。"),
    Rule.CONDITION: msg("不能增加或者改写条件。"),
    Rule.KIND: msg("即办件不能改成承诺件。"),
    Rule.LIMIT: msg("时限只能缩短，不能延长。"),
    Rule.STEP: msg("不能增加办理环节。"),
    Rule.PROCEDURE: msg("不能增加或者延长不计时的特别程序。"),
    Rule.INTERMEDIARY: msg("不能增加中介服务。"),
    Rule.REMARK: msg("其他说明里不能增加内容。"),
    Rule.MATERIAL: msg("不能增加或者改写材料。"),
    Rule.DEMAND: msg("不能提高对材料的要求。"),
    Rule.FIELD: msg("不能增加要填的内容。"),
    Rule.ANSWER: msg("不能改写要填的内容，也不能提高要求。"),
    Rule.FEE: msg("不能增加或者改写收费项目。"),
    Rule.DEARER: msg("不能提高收费标准。"),
    Rule.CHANNEL: msg("不能减少办理方式和通办范围。"),
    Rule.VISITS: msg("不能增加到现场次数。"),
    Rule.LEVEL: msg("不能提高网上申请的实名等级。"),
    Rule.RESULT: msg("审批结果要与基本目录一致。"),
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A breach of narrowing (超出基本目录): where, what the basic item says, what the organ says, and the rule."""

    rule: Rule
    path: str
    basic: str
    local: str

    @property
    def element(self) -> str:
        """The element under the standard's term (要素)."""
        return term_of(self.path)

    @property
    def message(self) -> str:
        """What is wrong (说明)."""
        return MESSAGES[self.rule]

    def told(self) -> Message:
        """The whole violation in one sentence (完整说明)."""
        return Message(
            msg("%(element)s：%(message)s基本目录是“%(basic)s”，这里是“%(local)s”。（%(rule)s）"),
            {
                "element": self.element,
                "message": self.message,
                "basic": self.basic or msg("没有"),
                "local": self.local or msg("没有"),
                "rule": self.rule.value,
            },
        )


def violations(basic: Terms, local: Terms) -> list[Violation]:
    """Where ``local`` goes beyond ``basic`` (核对收窄), in the order of the guide; empty where it only narrows."""
    return [found for check in _CHECKS for found in check(basic, local)]


def _names(basic: Terms, local: Terms) -> Iterator[Violation]:
    if local.name != basic.name:
        yield Violation(Rule.NAME, "name", basic.name, local.name)
    for served in basic.served:
        if served not in local.served:
            yield Violation(Rule.SERVED, "served", served, "")
    if local.basis != basic.basis:
        said = ["；".join(f"{one.title}{one.article}" for one in terms.basis) for terms in (basic, local)]
        yield Violation(Rule.BASIS, "basis", said[0], said[1])


def _conditions(basic: Terms, local: Terms) -> Iterator[Violation]:
    for element in ("conditions", "refusal_conditions"):
        known: tuple[str, ...] = getattr(basic, element)
        for place, text in enumerate(getattr(local, element)):
            if text not in known:
                yield Violation(Rule.CONDITION, f"{element}.{place}", "", text)
    if local.quantity_limit not in ("", basic.quantity_limit):
        yield Violation(Rule.CONDITION, "quantity_limit", basic.quantity_limit, local.quantity_limit)


def _limits(basic: Terms, local: Terms) -> Iterator[Violation]:
    if basic.case_kind is CaseKind.INSTANT and local.case_kind is CaseKind.PROMISED:
        yield Violation(Rule.KIND, "case_kind", KIND_LABELS[CaseKind.INSTANT], KIND_LABELS[CaseKind.PROMISED])
    for name in ("statutory_days", "promised_days", "reply_days", "delivery_days"):
        most, days = getattr(basic.limits, name), getattr(local.limits, name)
        if days > most:
            yield Violation(Rule.LIMIT, f"limits.{name}", str(most), str(days))
    yield from _open_limits(basic, local)
    if (basic.limits.statutory_unit, local.limits.statutory_unit) == ("day", "workday"):
        labels = UNIT_LABELS
        yield Violation(Rule.LIMIT, "limits.statutory_unit", labels["day"], labels["workday"])


def _open_limits(basic: Terms, local: Terms) -> Iterator[Violation]:
    """Limits that need not be told: without its own number a pre-review is none, and the law or we say the others."""
    before, after, joint = basic.limits, local.limits, is_joint(local)
    told = {
        "pre_review_days": (before.pre_review_days or 0, after.pre_review_days or 0),
        "extension_days": (extension_days(before, joint=joint), extension_days(after, joint=joint)),
        "later_days": (later_days(before), later_days(after)),
    }
    for name, (most, days) in told.items():
        if days > most:
            yield Violation(Rule.LIMIT, f"limits.{name}", str(most) if most else "", str(days))


def _steps(basic: Terms, local: Terms) -> Iterator[Violation]:
    room = Counter(step.name for step in basic.steps)
    most = {step.name: step.days for step in basic.steps}
    for step in basic.steps:
        most[step.name] = max(most[step.name], step.days)
    for place, step in enumerate(local.steps):
        if not room[step.name]:
            yield Violation(Rule.STEP, f"steps.{place}", "", step.name)
        elif step.days > most[step.name]:
            yield Violation(Rule.LIMIT, f"steps.{place}.days", str(most[step.name]), str(step.days))
        room[step.name] -= bool(room[step.name])


def _burdens(basic: Terms, local: Terms) -> Iterator[Violation]:
    """What makes an applicant wait, pay somebody, or read demands where no element has them."""
    most = {one.kind: one.days for one in basic.special_procedures}
    for place, one in enumerate(local.special_procedures):
        if one.kind not in most:
            yield Violation(Rule.PROCEDURE, f"special_procedures.{place}", "", PROCEDURE_LABELS[one.kind])
        elif one.days > most[one.kind]:
            path = f"special_procedures.{place}.days"
            yield Violation(Rule.PROCEDURE, path, str(most[one.kind]), str(one.days))
    payers = {one.name: one.payer for one in basic.intermediaries}
    for place, service in enumerate(local.intermediaries):
        if service.name not in payers:
            yield Violation(Rule.INTERMEDIARY, f"intermediaries.{place}", "", service.name)
        elif service.payer == "applicant" and payers[service.name] != "applicant":
            said = [PAYER_LABELS[payers[service.name]], PAYER_LABELS["applicant"]]
            yield Violation(Rule.INTERMEDIARY, f"intermediaries.{place}.payer", said[0], said[1])
    for place, remark in enumerate(local.remarks):
        if remark not in basic.remarks:
            yield Violation(Rule.REMARK, f"remarks.{place}", "", f"{remark.label}：{remark.text}")


def _materials(basic: Terms, local: Terms) -> Iterator[Violation]:
    known = {material.key: material for material in basic.materials}
    for material in local.materials:
        wanted = known.get(material.key)
        path = f"materials.{material.key}"
        if wanted is None:
            yield Violation(Rule.MATERIAL, path, "", material.name)
        elif (wanted.name, wanted.kind, wanted.source) != (material.name, material.kind, material.source):
            said = [f"{one.name} · {one.kind} · {one.source}" for one in (wanted, material)]
            yield Violation(Rule.MATERIAL, path, said[0], said[1])
        else:
            yield from _demands(path, wanted, material)


_PRESSING = (Requirement.OPTIONAL, Requirement.LATER, Requirement.REQUIRED)


def _demands(path: str, basic: Material, local: Material) -> Iterator[Violation]:
    def more(name: str, before: str, after: str) -> Violation:
        return Violation(Rule.DEMAND, f"{path}.{name}", before, after)

    if _PRESSING.index(local.requirement) > _PRESSING.index(basic.requirement):
        labels = REQUIREMENT_LABELS
        yield more("requirement", labels[basic.requirement], labels[local.requirement])
    if (basic.original, local.original) == ("copy", "original"):
        yield more("original", ORIGINAL_LABELS["copy"], ORIGINAL_LABELS["original"])
    if local.copies > basic.copies:
        yield more("copies", str(basic.copies), str(local.copies))
    if local.form not in ("either", basic.form):
        yield more("form", FORM_LABELS[basic.form], FORM_LABELS[local.form])
    if local.signature not in ("", basic.signature):
        yield more("signature", basic.signature, local.signature)
    if not narrows(local.when, basic.when):
        yield more("when", told(basic.when), told(local.when))
    for place, point in enumerate(local.review_points):
        if point not in basic.review_points:
            yield more(f"review_points.{place}", "", point)


def _form(basic: Terms, local: Terms) -> Iterator[Violation]:
    for field in added(basic.form, local.form):
        yield Violation(Rule.FIELD, f"form.{field.key}", "", field.label)
    for path, before, after in stricter(basic.form, local.form):
        yield Violation(Rule.ANSWER, f"form.{path}", before, after)


def _fees(basic: Terms, local: Terms) -> Iterator[Violation]:
    known = {fee.name: fee for fee in basic.fees}
    for place, fee in enumerate(local.fees):
        charged = known.get(fee.name)
        path = f"fees.{place}"
        if charged is None:
            yield Violation(Rule.FEE, path, "", fee.name)
        elif fee.basis != charged.basis:
            yield Violation(Rule.FEE, f"{path}.basis", charged.basis, fee.basis)
        elif is_dearer(charged.standard, fee.standard):
            yield Violation(Rule.DEARER, f"{path}.standard", charged.standard, fee.standard)
        elif charged.reductions not in fee.reductions:
            yield Violation(Rule.DEARER, f"{path}.reductions", charged.reductions, fee.reductions)


_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def is_dearer(basic: str, local: str) -> bool:
    """Whether a standard of charges is dearer (收费更高): another wording counts as dearer, only its numbers may fall."""
    if _NUMBER.split(basic) != _NUMBER.split(local):
        return True
    amounts: Iterable[tuple[str, str]] = zip(_NUMBER.findall(basic), _NUMBER.findall(local), strict=True)
    return any(Decimal(after) > Decimal(before) for before, after in amounts)


def _channels(basic: Terms, local: Terms) -> Iterator[Violation]:
    before, after = basic.channels, local.channels
    for part, labels in (("online", ONLINE_LABELS), ("anywhere", ANYWHERE_LABELS)):
        order, one, two = list(labels), getattr(before, part), getattr(after, part)
        if order.index(two) < order.index(one):
            yield Violation(Rule.CHANNEL, f"channels.{part}", labels[one], labels[two])
    for way in before.ways:
        if way not in after.ways:
            yield Violation(Rule.CHANNEL, "channels.ways", WAY_LABELS[way], "")
    if before.appointment and not after.appointment:
        yield Violation(Rule.CHANNEL, "channels.appointment", msg("可以预约"), msg("不能预约"))
    if before.post and not after.post:
        yield Violation(Rule.CHANNEL, "channels.post", msg("可以邮寄"), msg("不邮寄"))
    if after.visits > before.visits:
        yield Violation(Rule.VISITS, "channels.visits", str(before.visits), str(after.visits))
    levels = list(LEVEL_LABELS)
    if levels.index(after.level) > levels.index(before.level):
        yield Violation(Rule.LEVEL, "channels.level", LEVEL_LABELS[before.level], LEVEL_LABELS[after.level])


def _result(basic: Terms, local: Terms) -> Iterator[Violation]:
    for part in ("name", "kind", "licence_type", "valid_years", "fields"):
        before, after = getattr(basic.result, part), getattr(local.result, part)
        if before != after:
            yield Violation(Rule.RESULT, f"result.{part}", _plain(before), _plain(after))


def _plain(value: object) -> str:
    if value is None:
        return ""
    return "，".join(map(str, value)) if isinstance(value, tuple) else str(value)


_CHECKS: tuple[Callable[[Terms, Terms], Iterator[Violation]], ...] = (
    _names,
    _conditions,
    _limits,
    _steps,
    _burdens,
    _materials,
    _form,
    _fees,
    _channels,
    _result,
)
