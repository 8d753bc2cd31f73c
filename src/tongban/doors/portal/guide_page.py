"""A guide as its page says it (办事指南呈现): the words for facts, materials and questions. No request, no database."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.doors.web.forms import test_words
from tongban.doors.web.papers import REQUIREMENT_TAGS
from tongban.doors.web.templatetags.tongban import date_zh
from tongban.offers.catalogue.rules.form import FieldSpec, FieldType
from tongban.offers.catalogue.rules.guide import CaseKind, Guide, Material
from tongban.standards.text import msg
from tongban.standards.workdays import Calendar

Situation = tuple[
    tuple[str, str], ...
]  # (field, value) in the order of the form: what the reader told of the case

_SOURCES = {"own": msg("自己有的"), "government": msg("政府部门发的"), "other": msg("其他机构出的")}
_SHAPES = {"paper": msg("纸质"), "electronic": msg("电子"), "either": msg("纸质或电子都行")}
_COPIES = {"original": msg("原件"), "copy": msg("复印件")}
ONLINE = {"full": msg("全程网上办"), "accept": msg("网上申请"), "none": msg("到窗口办")}
_ANYWHERE = {
    "county": msg("本市县"),
    "city": msg("全市通办"),
    "province": msg("全省通办"),
    "country": msg("跨省通办"),
}
REASON_PROVISIONAL = msg("暂定：明年的放假安排还没有公布，公布后可能变动。")


def questions(guide: Guide) -> list[FieldSpec]:
    """The questions that decide what must be handed in (情形问题): choices of one, on which some material depends."""
    asked = {key for material in guide.materials for key in material.when}
    return [
        field
        for key, field in guide.form.by_key().items()
        if key in asked and field.type in (FieldType.CHOICE, FieldType.YES_NO)
    ]


def situation_of(guide: Guide, given: Mapping[str, str]) -> Situation:
    """What ``given`` says of the situation (情形): known answers to known questions, everything else dropped."""
    return tuple(
        (field.key, value)
        for field in questions(guide)
        if (value := given.get(field.key, "")) in {option.value for option in field.choices}
    )


def _condition(guide: Guide, material: Material, known: Mapping[str, str]) -> str:
    """When a material is asked for (适用情形), as far as the reader has not said; '' where it is certain."""
    fields = guide.form.by_key()
    return "；".join(
        f"{fields[key].label}：{test_words(fields[key], test)}"
        for key, test in material.when.items()
        if key not in known
    )


def materials(guide: Guide, situation: Situation) -> list[dict[str, Any]]:
    """What must be handed in (申请材料), less what the situation rules out."""
    known = dict(situation)
    return [
        {
            "key": material.key,
            "name": material.name,
            "tag": REQUIREMENT_TAGS.get(material.requirement),
            "about": [
                _(_SOURCES[material.source]),
                _(_SHAPES[material.form]),
                ngettext("%(what)s %(n)s 份", "%(what)s %(n)s 份", material.copies)
                % {"what": _(_COPIES[material.original]), "n": material.copies},
                *([material.signature] if material.signature else []),
            ],
            "issuer": material.issuer,
            "condition": _condition(guide, material, known),
            "notes": material.notes,
            "points": material.review_points,
            "basis": material.basis,
        }
        for material in guide.materials
        if guide.form.may_hold(material.when, known)
    ]


def days_words(guide: Guide) -> str:
    """How long it takes (办理时限), by the promise."""
    if guide.case_kind is CaseKind.INSTANT:
        return _("当场办结")
    return ngettext("%(n)s 个工作日", "%(n)s 个工作日", guide.limits.promised_days) % {
        "n": guide.limits.promised_days
    }


def _visits(guide: Guide) -> str:
    count = guide.channels.visits
    return ngettext("%(n)s 次", "%(n)s 次", count) % {"n": count} if count else _("一次不跑")


def facts(guide: Guide, *, on: date | None, calendar: Calendar) -> list[dict[str, str]]:
    """The four facts (四件事): visits, time, fee, way. ``on``: the day of asking; None where nobody can begin on it."""
    time_note = ""
    if guide.case_kind is CaseKind.PROMISED and on is not None:
        latest, soft = calendar.provisional_add(on, guide.limits.promised_days)
        time_note = (_("今天受理，暂定最晚 %(date)s") if soft else _("今天受理，最晚 %(date)s")) % {
            "date": date_zh(latest)
        }
    way_notes = [_("可以邮寄结果")] if guide.channels.post else []
    if guide.channels.level == "advanced" and guide.channels.online != "none":
        way_notes.append(_("网上申请要高级实名"))
    return [
        {"label": _("最多跑几次"), "value": _visits(guide), "note": guide.channels.visit_reason},
        {"label": _("多久"), "value": days_words(guide), "note": time_note},
        {"label": _("收费"), "value": _("要收费") if guide.fees else _("不收费"), "note": ""},
        {"label": _("怎么办"), "value": _(ONLINE[guide.channels.online]), "note": _("；").join(way_notes)},
    ]


def steps(guide: Guide) -> list[dict[str, Any]]:
    """The process with its days (办理流程); the parts call no days "on the spot"."""
    return [{"name": step.name, "days": step.days, "text": step.what} for step in guide.steps]


def anywhere(guide: Guide) -> str:
    """Where it can be handed in (通办范围)."""
    return _(_ANYWHERE[guide.channels.anywhere])


def validity(guide: Guide) -> str:
    """How long the result holds (结果有效期)."""
    years = guide.result.valid_years
    if years is None:
        return _("长期有效")
    return ngettext("%(n)s 年", "%(n)s 年", years) % {"n": years}
