"""Elements (要素) of a guide under the terms of GB/T 39046, each in words: for comparing, and for pages that compare."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from tongban.offers.catalogue.rules.drafts import Rough
from tongban.offers.catalogue.rules.form import Between, Form, When
from tongban.offers.catalogue.rules.form.conditions import told as condition_told
from tongban.offers.catalogue.rules.guide import (
    CaseKind,
    Department,
    Element,
    Fee,
    Guide,
    Material,
    Requirement,
    Terms,
)
from tongban.standards.text import Message, msg

TERMS: Mapping[str, str] = {
    "name": msg("事项名称"),
    "served": msg("服务对象"),
    "basis": msg("设定依据"),
    "conditions": msg("受理条件"),
    "refusal_conditions": msg("不予许可的情形"),
    "quantity_limit": msg("数量限制"),
    "case_kind": msg("办件类型"),
    "limits": msg("办理时限"),
    "steps": msg("办理流程"),
    "special_procedures": msg("特别程序"),
    "joint_organs": msg("联办机构"),
    "departments": msg("联办部门"),
    "intermediaries": msg("中介服务"),
    "materials": msg("申请材料"),
    "form": msg("申请表单"),
    "fees": msg("收费项目"),
    "channels": msg("办理形式"),
    "commitment": msg("告知承诺"),
    "rule": msg("自动审批规则"),
    "result": msg("审批结果"),
    "power_source": msg("权力来源"),
    "organ_nature": msg("实施主体性质"),
    "entrusted_organ": msg("受委托机关"),
    "office": msg("承办处室"),
    "windows": msg("办理地点"),
    "phones": msg("咨询、监督投诉电话"),
    "rights": msg("申请人的权利和义务"),
    "remedies": msg("救济途径"),
    "faq": msg("常见问题"),
    "keywords": msg("检索词"),
    "themes": msg("主题"),
    "life_events": msg("人生大事、经营大事"),
    "remarks": msg("其他说明"),
    "sources": msg("内容来源"),
    "demonstration": msg("演示内容"),
}

KIND_LABELS: Mapping[CaseKind, str] = {CaseKind.INSTANT: msg("即办件"), CaseKind.PROMISED: msg("承诺件")}
REQUIREMENT_LABELS: Mapping[Requirement, str] = {
    Requirement.REQUIRED: msg("必要"),
    Requirement.OPTIONAL: msg("非必要"),
    Requirement.LATER: msg("容缺后补"),
}
ORIGINAL_LABELS: Mapping[str, str] = {"original": msg("原件"), "copy": msg("复印件")}
FORM_LABELS: Mapping[str, str] = {
    "paper": msg("纸质"),
    "electronic": msg("电子"),
    "either": msg("纸质或者电子"),
}
UNIT_LABELS: Mapping[str, str] = {"workday": msg("工作日"), "day": msg("自然日")}
WAY_LABELS: Mapping[str, str] = {
    "window": msg("窗口办理"),
    "computer": msg("电脑端办理"),
    "mobile": msg("移动端办理"),
    "post": msg("快递申请"),
    "terminal": msg("自助终端办理"),
    "phone": msg("电话办理"),
}
PROCEDURE_LABELS: Mapping[str, str] = {
    "hearing": msg("听证"),
    "tender": msg("招标"),
    "auction": msg("拍卖"),
    "exam": msg("考试"),
    "inspection": msg("检验"),
    "testing": msg("检测"),
    "quarantine": msg("检疫"),
    "appraisal": msg("鉴定"),
    "expert_review": msg("专家评审"),
    "publicity": msg("公示"),
    "other": msg("其他特别程序"),
}
POWER_LABELS: Mapping[str, str] = {
    "own": msg("法定本级行使"),
    "passed_down": msg("上级下放"),
    "authorised": msg("上级授权"),
    "entrusted": msg("上级委托"),
}
NATURE_LABELS: Mapping[str, str] = {
    "statutory": msg("法定机关"),
    "authorised": msg("授权组织"),
    "entrusted": msg("受委托组织"),
    "other": msg("其他"),
}
PAYER_LABELS: Mapping[str, str] = {
    "applicant": msg("申请人付费"),
    "organ": msg("机关付费"),
    "either": msg("按约定付费"),
}
INSTANCE_LABELS: Mapping[str, str] = {"lower": msg("下级先审")}
ONLINE_LABELS: Mapping[str, str] = {
    "none": msg("不能网上办"),
    "accept": msg("网上申请"),
    "full": msg("全程网办"),
}
ANYWHERE_LABELS: Mapping[str, str] = {
    "county": msg("本县通办"),
    "city": msg("全市通办"),
    "province": msg("全省通办"),
    "country": msg("全国通办"),
}
LEVEL_LABELS: Mapping[str, str] = {"basic": msg("基本实名"), "advanced": msg("高级实名")}


def term_of(path: str) -> str:
    """The standard's term for the element at ``path`` (要素名称), e.g. ``materials.plan.copies``."""
    return TERMS[path.partition(".")[0]]


@dataclass(frozen=True, slots=True)
class Row:
    """One element of two texts beside each other (对照行); ``same`` where they say the same."""

    element: str
    term: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    same: bool


def beside(left: Element | None, right: Element | None) -> list[Row]:
    """Two contents side by side, element by element (对照). An element that neither has is left out.

    What one of them has no place for, like the counter in a standard, is no difference.
    """
    rows = []
    for element, term in TERMS.items():
        one, two = getattr(left, element, None), getattr(right, element, None)
        if one or two:
            both = hasattr(left, element) and hasattr(right, element)
            rows.append(
                Row(element, term, lines(left, element), lines(right, element), one == two or not both)
            )
    return rows


def differences(before: Element, after: Element) -> list[Row]:
    """What changed from one edition to the next (版本差异), element by element."""
    return [row for row in beside(before, after) if not row.same]


def lines(terms: Element | None, element: str) -> tuple[str, ...]:
    """An element in words (要素文字), line by line; none where it is empty. ``terms`` may be the sketch of a draft."""
    value = getattr(terms, element, None)
    if terms is None or not value:
        return ()
    if isinstance(value, Rough):
        return value
    if element in _WRITERS:
        return tuple(_WRITERS[element](cast(Terms, terms)))
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def material_line(material: Material) -> str:
    """A material in one line (材料一行): name, demand, number of copies."""
    return Message(
        msg("%(name)s（%(requirement)s，%(original)s%(copies)s份，%(form)s）"),
        {
            "name": material.name,
            "requirement": REQUIREMENT_LABELS[material.requirement],
            "original": ORIGINAL_LABELS[material.original],
            "copies": material.copies,
            "form": FORM_LABELS[material.form],
        },
    )


def fee_line(fee: Fee) -> str:
    """A fee in one line (收费一行): name, standard and who pays less."""
    return " · ".join(filter(None, (fee.name, fee.standard, fee.reductions)))


def _basis(terms: Terms) -> Iterator[str]:
    return (f"{basis.title} {basis.article}".strip() for basis in terms.basis)


def _limits(terms: Terms) -> Iterator[str]:
    told = terms.limits
    lawful = msg("法定%(days)s个工作日") if told.statutory_unit == "workday" else msg("法定%(days)s个自然日")
    yield Message(lawful, {"days": told.statutory_days})
    yield Message(msg("承诺%(days)s个工作日"), {"days": told.promised_days})
    yield Message(msg("%(days)s个工作日内答复是否受理"), {"days": told.reply_days})
    yield Message(msg("决定后%(days)s个工作日内送达"), {"days": told.delivery_days})
    if told.pre_review_days is not None:
        yield Message(msg("%(days)s个工作日内预审"), {"days": told.pre_review_days})
    if told.extension_days is not None:
        yield Message(msg("最多延长%(days)s个工作日"), {"days": told.extension_days})
    if told.later_days is not None:
        yield Message(msg("容缺材料%(days)s个工作日内补交"), {"days": told.later_days})
    if told.note:
        yield told.note


def _steps(terms: Terms) -> Iterator[str]:
    for step in terms.steps:
        yield Message(msg("%(name)s：%(days)s个工作日"), {"name": step.name, "days": step.days})


def _special_procedures(terms: Terms) -> Iterator[str]:
    for one in terms.special_procedures:
        yield Message(
            msg("%(name)s：%(days)s个工作日，不计入期限"),
            {"name": PROCEDURE_LABELS[one.kind], "days": one.days},
        )


def _intermediaries(terms: Terms) -> Iterator[str]:
    return (f"{one.name} · {PAYER_LABELS[one.payer]}" for one in terms.intermediaries)


def _form(terms: Terms) -> Iterator[str]:
    conditions = terms.form.conditions()
    for key, field in terms.form.by_key().items():
        name = field.label
        if conditions[key]:
            name = Message(
                msg("%(name)s（%(when)s 时填）"), {"name": name, "when": condition_told(conditions[key])}
            )
        yield name if field.required else Message(msg("%(name)s（可以不填）"), {"name": name})


def _channels(terms: Terms) -> Iterator[str]:
    told = terms.channels
    yield ONLINE_LABELS[told.online]
    yield Message(msg("到现场%(count)s次"), {"count": told.visits})
    if told.visit_reason:
        yield told.visit_reason
    yield msg("可以邮寄") if told.post else msg("不邮寄")
    yield ANYWHERE_LABELS[told.anywhere]
    if told.level != "basic":
        yield LEVEL_LABELS[told.level]
    yield from (WAY_LABELS[way] for way in told.ways)
    if told.appointment:
        yield told.appointment_how or msg("可以预约")
    yield from told.terminals


def _result(terms: Terms) -> Iterator[str]:
    yield terms.result.name
    if terms.result.valid_years is not None:
        yield Message(msg("有效期%(years)s年"), {"years": terms.result.valid_years})


def department_line(department: Department, known: Sequence[Department]) -> str:
    """A department of joint handling in one line (联办部门一行): its name, its days, and whose opinions it waits for."""
    values = {"name": department.name, "days": department.days}
    names = [one.name for one in known if one.key in department.after]
    if names:
        return Message(msg("%(name)s：%(days)s个工作日，等%(after)s"), values | {"after": "、".join(names)})
    return Message(msg("%(name)s：%(days)s个工作日，受理后就开始"), values)


def answers(form: Form, when: When) -> Iterator[str]:
    """A condition on answers in words (条件文字): each question, and what must have been answered to it."""
    fields = form.by_key()
    for key, test in when.items():
        field = fields[key]
        said = (
            condition_told({key: test})
            if isinstance(test, Between)
            else " / ".join(option.label for option in field.choices if option.value in test)
        )
        yield Message(msg("%(label)s：%(answer)s"), {"label": field.label, "answer": said})


def _departments(terms: Terms) -> Iterator[str]:
    departments = cast(Guide, terms).departments
    for one in departments:
        yield department_line(one, departments)
        if one.what:
            yield one.what
        if one.instance is not None:
            yield INSTANCE_LABELS[one.instance]


def _commitment(terms: Terms) -> Iterator[str]:
    told = cast(Guide, terms).commitment
    if told is None:
        return
    yield from told.proves
    yield told.duty
    yield told.liability
    for material in terms.materials:
        if material.key in told.replaces:
            yield Message(msg("代替材料：%(name)s"), {"name": material.name})
    yield Message(msg("决定后%(days)s个工作日内核查"), {"days": told.check_days})


def _rule(terms: Terms) -> Iterator[str]:
    told = cast(Guide, terms).rule
    if told is None:
        return
    yield told.name
    yield from answers(terms.form, told.when)
    for kind in told.holds:
        yield Message(msg("持有有效的证照：%(kind)s"), {"kind": kind})
    for kind in told.lacks:
        yield Message(msg("没有有效的证照：%(kind)s"), {"kind": kind})


def _windows(terms: Terms) -> Iterator[str]:
    for window in getattr(terms, "windows", ()):
        yield " · ".join(filter(None, (window.name, window.address, window.hours, window.phone)))


def _phones(terms: Terms) -> Iterator[str]:
    phones = getattr(terms, "phones")  # noqa: B009 -- only a Guide has them
    yield phones.advice
    yield phones.complaint


_WRITERS: Mapping[str, Callable[[Terms], Iterator[str]]] = {
    "served": lambda terms: iter(("、".join(terms.served),)),
    "keywords": lambda terms: iter(("、".join(terms.keywords),)),
    "themes": lambda terms: iter(("、".join(terms.themes),)),
    "life_events": lambda terms: iter(("、".join(terms.life_events),)),
    "special_procedures": _special_procedures,
    "intermediaries": _intermediaries,
    "power_source": lambda terms: iter((POWER_LABELS[getattr(terms, "power_source")],)),  # noqa: B009 -- only a Guide has it
    "organ_nature": lambda terms: iter((NATURE_LABELS[getattr(terms, "organ_nature")],)),  # noqa: B009 -- the same
    "remarks": lambda terms: (f"{remark.label}：{remark.text}" for remark in terms.remarks),
    "basis": _basis,
    "case_kind": lambda terms: iter((KIND_LABELS[terms.case_kind],)),
    "limits": _limits,
    "steps": _steps,
    "materials": lambda terms: map(material_line, terms.materials),
    "form": _form,
    "fees": lambda terms: map(fee_line, terms.fees),
    "channels": _channels,
    "result": _result,
    "departments": _departments,
    "commitment": _commitment,
    "rule": _rule,
    "windows": _windows,
    "phones": _phones,
    "faq": lambda terms: (entry.question for entry in terms.faq),
    "demonstration": lambda terms: iter((msg("是"),)),
}
