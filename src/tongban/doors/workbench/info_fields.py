"""Fields of public information (信息录入项): what the forms of announcements, services and agencies ask, and how it is read back."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongban.doors.web.templatetags.tongban import date_zh, translated, workdays
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.publicinfo import queries
from tongban.offers.publicinfo.queries import DocumentView
from tongban.offers.publicinfo.rules.documents import (
    ANNOUNCED,
    DOCUMENT_KIND_LABELS,
    LONGEST_BODY,
    LONGEST_REASON,
    LONGEST_TITLE,
    DocumentKind,
)
from tongban.offers.publicinfo.rules.intermediaries import (
    LONGEST_CHARGE,
    LONGEST_LINE,
    PAYER_LABELS,
    PRICING_LABELS,
    agency_facts,
    service_facts,
    typed,
)
from tongban.people.places import queries as places
from tongban.people.places.rules import PROVINCE

_MANY = ("services", "places")
_SERVICE = ("title", "items", "basis", "alone", "payer", "pricing", "charge", "days", "result", "body")
_AGENCY = (
    "title",
    "credit_code",
    "services",
    "places",
    "qualifications",
    "address",
    "phone",
    "charge",
    "since",
    "body",
)


def content_of(kind: DocumentKind) -> tuple[str, ...]:
    """The fields that a document of a kind is written in (录入项)."""
    return {DocumentKind.SERVICE: _SERVICE, DocumentKind.AGENCY: _AGENCY}.get(kind, ("kind", "title", "body"))


def sent(request: HttpRequest, kind: DocumentKind) -> dict[str, str]:
    """What was typed into a form (已填内容); of several choices one a line, and a list's kind is not asked."""
    found = {name: str(value) for name, value in request.POST.items()}
    found |= {name: "\n".join(request.POST.getlist(name)) for name in _MANY if name in found}
    return found if kind in ANNOUNCED else found | {"kind": kind.value}


def of_document(document: DocumentView) -> dict[str, str]:
    """What would have to be typed to say the same again (回填)."""
    told = {"kind": document.kind.value, "title": document.title, "body": document.body}
    return told | typed(document.facts)


def all_text(document: DocumentView) -> str:
    """Every text of a document (全部文字), where numbers of people are looked for."""
    return "\n".join(of_document(document).values())


def field(
    name: str,
    kind: DocumentKind,
    given: Mapping[str, str],
    errors: Mapping[str, list[str]],
    organs: list[Shown],
) -> Shown:
    """One field (录入项) with what was typed into it and what is wrong with it."""
    value: object = given.get(name, "")
    if name in _MANY:
        value = str(value).split("\n")
    shared: Shown = {"name": name, "label": labels(kind)[name], "help": "", "required": True}
    shape = _organ(organs) if name == "organ" else _shape(name, kind)
    return shared | {"value": value, "errors": errors.get(name, [])} | shape


def _organ(organs: list[Shown]) -> Shown:
    return {"type": "select", "options": organs}


def _radio(options: Mapping[Any, str]) -> Shown:
    return {"type": "radio", "options": [{"value": k.value, "label": v} for k, v in options.items()]}


def _lines(rows: int, told: str) -> Shown:
    return {"type": "textarea", "rows": rows, "help": told}


def _shape(name: str, kind: DocumentKind) -> Shown:
    if name == "kind":
        return _radio({each: DOCUMENT_KIND_LABELS[each] for each in ANNOUNCED})
    if name == "services":
        found = queries.service_names()
        options = [{"value": str(each), "label": label} for each, label in found.items()]
        return {"type": "checkbox", "options": options} if options else {"type": "hidden"}
    if name == "places":
        return {"type": "checkbox", "options": _counties()}
    if name in ("payer", "pricing"):
        return _radio(PAYER_LABELS if name == "payer" else PRICING_LABELS)
    return _texts(kind)[name]


def _texts(kind: DocumentKind) -> dict[str, Shown]:
    agency = kind is DocumentKind.AGENCY
    body = _("只写文字；空一行就是新的一段。")
    return {
        "title": {"type": "text", "maxlength": LONGEST_TITLE},
        "body": _lines(4 if agency else 16, body) | {"maxlength": LONGEST_BODY, "required": not agency},
        "reason": _lines(3, _("退回的理由写给同事看；撤下的理由会公开。")) | {"maxlength": LONGEST_REASON},
        "confirmed": {
            "type": "checkbox",
            "help": _("依据《政府信息公开条例》第十七条，公开以前要经过审查。"),
        },
        "items": _lines(3, _("基本目录事项的12位编码，一行一个。")),
        "basis": _lines(3, _("一行一部法规和条，例如：《公共场所卫生管理条例》第八条")),
        "alone": {"type": "checkbox", "required": False},
        "charge": _lines(2, _("不收费的可以不填。") if not agency else "")
        | {"maxlength": LONGEST_CHARGE, "required": agency},
        "days": {"type": "number", "width": "s", "unit": _("个工作日")},
        "result": {"type": "text", "maxlength": LONGEST_LINE, "help": _("例如：卫生检测报告")},
        "credit_code": {"type": "text", "maxlength": 18, "width": "m"},
        "qualifications": _lines(
            3, _("一行一项：资质名称；编号；有效期到哪天（如 2027-12-31，没有期限的写“长期”）。")
        )
        | {"required": False},
        "address": {"type": "text", "maxlength": LONGEST_LINE},
        "phone": {"type": "tel", "maxlength": 40, "width": "m"},
        "since": {"type": "date", "width": "m"},
    }


def _counties() -> list[Shown]:
    """The province, its cities and counties (市县), to choose where an agency serves."""
    province = places.find(PROVINCE)
    found: list[Shown] = [{"value": province.code, "label": province.name}] if province else []
    for place in places.children(PROVINCE):
        found.append({"value": place.code, "label": place.name})
        if place.level == "prefecture":
            inside = places.children(place.code)
            found += [
                {"value": p.code, "label": f"{place.name}{p.name}"} for p in inside if p.level == "county"
            ]
    return found


def labels(kind: DocumentKind) -> dict[str, str]:
    """What the fields are called (录入项名称)."""
    shared = {
        "organ": _("机关"),
        "kind": _("类别"),
        "title": _("标题"),
        "body": _("正文"),
        "reason": _("理由"),
        "confirmed": _("我看过全文：没有国家秘密、工作秘密、商业秘密，也没有不该公开的个人信息"),
        "charge": _("收费标准"),
    }
    if kind is DocumentKind.SERVICE:
        return shared | {
            "title": _("中介服务名称"),
            "items": _("哪些事要用"),
            "basis": _("依据"),
            "alone": _("申请人也可以自己做，不必请机构"),
            "payer": _("谁付费"),
            "pricing": _("怎么定价"),
            "days": _("多久做完"),
            "result": _("结果"),
            "body": _("机构要守的规矩"),
        }
    if kind is DocumentKind.AGENCY:
        return shared | {
            "title": _("机构名称"),
            "credit_code": _("统一社会信用代码"),
            "services": _("做哪些服务"),
            "places": _("服务的地方"),
            "qualifications": _("资质"),
            "address": _("地址"),
            "phone": _("电话"),
            "since": _("从哪天起登记在册"),
            "body": _("说明"),
        }
    return shared


def summary(errors: Mapping[str, list[str]], kind: DocumentKind) -> list[Shown]:
    """The errors above the form (错误汇总), each with the name of its field."""
    named = labels(kind) | {"confirmed": _("保密审查")}
    return [
        {
            "name": name,
            "text": _("%(field)s：") % {"field": named[name]} + _("；").join(translated(t) for t in texts),
        }
        for name, texts in errors.items()
    ]


def rows(document: DocumentView) -> list[Shown]:
    """What a service or an agency says in fields (要素), to be read; nothing of an announcement."""
    told: list[tuple[str, str]] = []
    if document.kind is DocumentKind.SERVICE:
        told = _service_rows(document)
    elif document.kind is DocumentKind.AGENCY:
        told = _agency_rows(document)
    named = labels(document.kind)
    return [{"label": named[name], "value": value} for name, value in told]


def _service_rows(document: DocumentView) -> list[tuple[str, str]]:
    facts = service_facts(document.facts)
    names = catalogue.basic_names(facts.items)
    unknown = _("目录里没有这个编码")
    return [
        ("items", "\n".join(f"{code} {names.get(code, unknown)}" for code in facts.items)),
        ("basis", "\n".join(f"《{each.title}》{each.article}" for each in facts.basis)),
        ("alone", _("能") if facts.alone else _("不能，要请机构")),
        ("payer", _(PAYER_LABELS[facts.payer])),
        ("pricing", _(PRICING_LABELS[facts.pricing])),
        ("charge", facts.charge),
        ("days", workdays(facts.days)),
        ("result", facts.result),
    ]


def _agency_rows(document: DocumentView) -> list[tuple[str, str]]:
    facts, names = agency_facts(document.facts), queries.service_names()
    served = [places.find(code) for code in facts.places]
    return [
        ("credit_code", facts.credit_code),
        ("services", "\n".join(names.get(each, _("已经撤下的中介服务")) for each in facts.services)),
        ("places", _("、").join(place.name for place in served if place is not None)),
        (
            "qualifications",
            "\n".join(
                f"{each.name}；{each.number}；{date_zh(each.valid_to) or _('长期有效')}"
                for each in facts.qualifications
            ),
        ),
        ("address", facts.address),
        ("phone", facts.phone),
        ("charge", facts.charge),
        ("since", date_zh(facts.since)),
    ]


def confirmation(errors: Mapping[str, list[str]]) -> Shown:
    """The reviewer's word for several at once (成批确认)."""
    kind = DocumentKind.NOTICE
    return field("confirmed", kind, {}, errors, []) | {
        "label": _("勾选的每一条我都看过全文：没有国家秘密、工作秘密、商业秘密，也没有不该公开的个人信息")
    }


def review_errors(errors: Mapping[str, list[str]]) -> list[Shown]:
    """The errors of a review of several (成批审查错误)."""
    named = {"chosen": _("看过的"), "confirmed": _("保密审查")}
    return [
        {"name": name, "text": _("%(field)s：") % {"field": named[name]} + translated(texts[0])}
        for name, texts in errors.items()
    ]
