"""The sections of a guide's page (指南各节): process, fees, counters, kin and everything else, in words. No request."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.doors.portal import guide_joint, guide_page, outline
from tongban.doors.web.templatetags.tongban import date_zh, translated, workdays
from tongban.offers.catalogue.queries import EditionView, PublicEdition
from tongban.offers.catalogue.rules import elements
from tongban.offers.catalogue.rules.editions import VALIDITY_LABELS, Validity
from tongban.offers.catalogue.rules.guide import Attachment, Fee, Guide, Requirement, Window
from tongban.standards.item_codes import ItemType, Level
from tongban.standards.text import msg

_KINDS = {"certificate": msg("证照"), "form": msg("申请表格"), "other": msg("其他材料")}
_RESULT_KINDS = {
    "certificate": msg("证照"),
    "approval": msg("批文"),
    "proof": msg("证明"),
    "other": msg("其他结果"),
}
_VALIDITY_TAGS = {Validity.AHEAD: "wait", Validity.IN_FORCE: "ok", Validity.ENDED: "idle"}


def file_of(code: str, attachment: Attachment | None) -> dict[str, Any] | None:
    """A file to save (附件), by the address that its digest gives it."""
    if attachment is None:
        return None
    url = reverse("guide-file", args=[code, attachment.digest])
    return {"name": attachment.name, "size": attachment.size, "url": url}


def materials(guide: Guide, situation: guide_page.Situation, code: str) -> list[dict[str, Any]]:
    """What must be handed in (申请材料), each with its sort and its files: the blank form and a filled sample."""
    by_key = {material.key: material for material in guide.materials}
    rows = guide_page.materials(guide, situation)
    replaced = guide.commitment.replaces if guide.commitment else ()
    later = guide_joint.promises(guide)["later"]
    for row in rows:
        material = by_key[row["key"]]
        row["kind"] = _(_KINDS[material.kind])
        row["later"] = later if material.requirement is Requirement.LATER else ""
        row["promised"] = material.key in replaced
        row["blank"], row["sample"] = file_of(code, material.blank), file_of(code, material.sample)
    return rows


def days(count: int, unit: str = "workday") -> str:
    """So many days in words (天数), working days or every day."""
    if unit == "workday" or count == 0:
        return workdays(count)
    return ngettext("%(n)s 个自然日", "%(n)s 个自然日", count) % {"n": count}


def process(guide: Guide) -> dict[str, Any]:
    """The process as a diagram (流程图): each step where it lies on the way from acceptance, and what may stop the clock.

    ``x`` and ``width`` are percentages of the whole; a step on the spot is a mark without width.
    """
    total = sum(step.days for step in guide.steps) or 1
    rows, before = [], 0
    for number, step in enumerate(guide.steps, 1):
        rows.append(
            {
                "number": number,
                "name": step.name,
                "post": step.post,
                "what": step.what,
                "days": days(step.days),
                "x": f"{100 * before / total:.2f}%",
                "width": f"{100 * step.days / total:.2f}%",
                "spot": step.days == 0,
            }
        )
        before += step.days
    special = [
        {
            "name": _(elements.PROCEDURE_LABELS[one.kind]),
            "days": days(one.days) if one.days else _("时间另行书面告知"),
            "what": one.what,
            "basis": one.basis,
        }
        for one in guide.special_procedures
    ]
    return {"steps": rows, "special": special, "limits": _limits(guide), "table": _table(rows, special)}


def _limits(guide: Guide) -> dict[str, Any]:
    told = guide.limits
    comparable = told.statutory_unit == "workday" and told.statutory_days > 0
    return {
        "law": days(told.statutory_days, told.statutory_unit),
        "promise": guide_page.days_words(guide),
        "share": f"{100 * told.promised_days / told.statutory_days:.2f}%" if comparable else "",
        "reply": days(told.reply_days),
        "delivery": days(told.delivery_days),
        "note": told.note,
        **guide_joint.promises(guide),
    }


def _table(steps: Sequence[dict[str, Any]], special: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The same as a table (流程表), for whoever reads no diagram."""
    rows = [{"cells": [row["name"], row["days"], row["post"], row["what"]]} for row in steps]
    rows += [
        {
            "cells": [
                row["name"],
                row["days"],
                _("不计入期限"),
                " ".join(filter(None, (row["what"], row["basis"]))),
            ]
        }
        for row in special
    ]
    columns = [{"label": label} for label in (_("环节"), _("要多久"), _("谁办"), _("做什么"))]
    return {"columns": columns, "rows": rows}


def fees(guide: Guide) -> list[dict[str, str]]:
    """What must be paid (收费): standard, basis, who pays less, whether online."""
    return [
        {
            "name": fee.name,
            "standard": fee.standard,
            "basis": fee.basis,
            "reductions": fee.reductions,
            "online": _paid(fee),
        }
        for fee in guide.fees
    ]


def _paid(fee: Fee) -> str:
    if fee.online is None:
        return ""
    return _("可以网上缴") if fee.online else _("不能网上缴")


def places(guide: Guide) -> dict[str, Any]:
    """Where and when (地点和时间): the counters in a list, and an outline of each county where coordinates are told."""
    points = [_point(window) for window in guide.windows]
    return {
        "windows": [
            {
                "number": number,
                "name": window.name,
                "address": window.address,
                "hours": window.hours,
                "phone": window.phone,
                "transport": window.transport,
                "geo": "" if point is None else f"geo:{window.latitude},{window.longitude}",
                "coordinates": "" if point is None else f"{window.longitude}, {window.latitude}",
            }
            for number, (window, point) in enumerate(zip(guide.windows, points, strict=True), 1)
        ],
        "drawings": [{"drawing": one, "bar": number_format(one.bar_km)} for one in outline.drawings(points)],
    }


def _point(window: Window) -> outline.Point | None:
    if window.longitude is None or window.latitude is None:
        return None
    return float(window.longitude), float(window.latitude)


def ways(guide: Guide) -> list[str]:
    """How it can be handled (办理形式)."""
    return [_(elements.WAY_LABELS[way]) for way in guide.channels.ways]


def result(guide: Guide, code: str) -> dict[str, Any]:
    """What the applicant receives (审批结果), with its sample and what is printed on it."""
    fields = guide.form.by_key()
    return {
        "kind": _(_RESULT_KINDS[guide.result.kind]),
        "type": guide.result.licence_type,
        "sample": file_of(code, guide.result.sample),
        "prints": [fields[key].label for key in guide.result.fields],
    }


def intermediaries(guide: Guide) -> list[dict[str, str]]:
    """Services by others that the item rests on (中介服务)."""
    return [
        {
            "name": one.name,
            "payer": _(elements.PAYER_LABELS[one.payer]),
            "basis": one.basis,
            "notes": one.notes,
        }
        for one in guide.intermediaries
    ]


def about(edition: EditionView, ends_on: date | None) -> list[dict[str, Any]]:
    """Which edition this is, and where its content comes from (版本与来源), as rows of a summary."""
    return [
        {"label": _("版本"), "value": _edition_words(edition, ends_on)},
        {"label": _("事项编码"), "value": edition.item_code},
        {
            "label": _("内容摘要"),
            "value": edition.digest,
            "note": _("内容改一个字，摘要就变。您的申请按提交时的这一版办。"),
        },
        {
            "label": _("来源"),
            "value": "\n".join(edition.guide.sources),
            "note": _("演示用，不是机关正式公布的指南。") if edition.guide.demonstration else "",
        },
    ]


def terms(edition: EditionView) -> list[dict[str, Any]]:
    """What the item is in the terms of the catalogue (事项要素), as rows of a summary; nothing that says nothing."""
    rows = [
        (_("事项类型"), _(ItemType(edition.item_type).label)),
        (_("基本编码"), edition.basic_code),
        (_("实施主体"), edition.organ_name),
        (_("统一社会信用代码"), edition.organ_code),
        (_("行使层级"), _(Level(edition.level).label)),
        *((_(elements.TERMS[name]), _words(edition.guide, name)) for name in _ABOUT),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


_ABOUT = (
    "organ_nature",
    "power_source",
    "entrusted_organ",
    "office",
    "joint_organs",
    "case_kind",
    "themes",
    "life_events",
    "keywords",
)


def _words(guide: Guide, element: str) -> str:
    return "\n".join(map(translated, elements.lines(guide, element)))


def _edition_words(edition: EditionView, ends_on: date | None) -> str:
    values = {"number": edition.number, "day": date_zh(edition.starts_on)}
    if ends_on is None:
        return _("第 %(number)s 版，%(day)s起用") % values
    return _("第 %(number)s 版，%(day)s起用，用到%(end)s以前") % (values | {"end": date_zh(ends_on)})


def card(edition: EditionView) -> dict[str, Any]:
    """Another item of the same family (同一事项的另一种办法), to be chosen."""
    guide = edition.guide
    return {
        "title": guide.name,
        "url": reverse("guide", args=[edition.item_code]),
        "meta": [guide_page.days_words(guide), _(guide_page.ONLINE[guide.channels.online])],
    }


def standing_words(told: PublicEdition, on: date) -> dict[str, str]:
    """What to say over an edition that is not in force on ``on`` (非现行提示): title and text; nothing where it is."""
    values = {"number": told.number, "from": date_zh(told.starts_on), "to": date_zh(told.ends_on)}
    match told.validity(on):
        case Validity.AHEAD:
            return {
                "title": _("这一版还没有开始用"),
                "text": _("第 %(number)s 版从%(from)s起用。在那以前，按现在的一版办。") % values,
            }
        case Validity.ENDED if told.never:
            return {
                "title": _("这一版没有用过"),
                "text": _("第 %(number)s 版在起用以前就被换掉了。办事请看现在的一版。") % values,
            }
        case Validity.ENDED:
            return {
                "title": _("这一版今天不在用"),
                "text": _("第 %(number)s 版从%(from)s用到%(to)s以前。现在办事，请看现在的一版。") % values,
            }
        case _:
            return {}


def validity_tag(told: PublicEdition, on: date) -> dict[str, str]:
    """Where an edition stands, as a tag (版本效力标签)."""
    if told.never:
        return {"state": "idle", "word": msg("没有用过")}
    validity = told.validity(on)
    return {"state": _VALIDITY_TAGS[validity], "word": VALIDITY_LABELS[validity]}
