"""Who takes part, what may be promised, what is decided by rule (联办、承诺、自动审批): sections of a guide's page. No request."""

from typing import Any

from django.utils.translation import gettext as _

from tongban.doors.web.templatetags.tongban import translated, workdays
from tongban.offers.catalogue.rules import elements
from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.rules.times import Span, critical_path, joint_days, later_days, spans


def joint(guide: Guide) -> dict[str, Any]:
    """The departments that handle it together (联办部门) as a diagram and a table: who begins when, who is waited for longest.

    ``x`` and ``width`` are percentages of the time that all of them take together. Empty where nobody else takes part.
    """
    if not guide.departments:
        return {}
    whole, path = joint_days(guide.departments), critical_path(guide.departments)
    longest = {one.key for one in path}
    rows = [
        _row(guide, span, whole) | {"longest": span.department.key in longest}
        for span in spans(guide.departments)
    ]
    return {
        "rows": rows,
        "count": len(rows),
        "days": workdays(whole),
        "path": [one.name for one in path],
        "table": _table(rows),
    }


def _row(guide: Guide, span: Span, whole: int) -> dict[str, Any]:
    one = span.department
    waits = [other.name for other in guide.departments if other.key in one.after]
    return {
        "name": one.name,
        "organ": one.organ,
        "what": one.what,
        "days": workdays(one.days),
        "begins": _("等%(names)s的意见") % {"names": "、".join(waits)} if waits else _("受理后就开始"),
        "lower": one.instance == "lower",
        "x": f"{100 * span.begins / whole:.2f}%",
        "width": f"{100 * one.days / whole:.2f}%",
    }


def _table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The same as a table (联办部门表), for whoever reads no diagram; with the credit codes."""
    columns = [
        {"label": label}
        for label in (_("部门"), _("要多久"), _("什么时候开始"), _("看什么"), _("统一社会信用代码"))
    ]
    told = [
        {
            "cells": [
                row["name"],
                row["days"],
                row["begins"],
                " · ".join(filter(None, (row["what"], _("下级机关先审查") if row["lower"] else ""))),
                row["organ"],
            ]
        }
        for row in rows
    ]
    return {"columns": columns, "rows": told}


def commitment(guide: Guide) -> dict[str, Any]:
    """What may be promised in place of proofs (告知承诺); empty where nothing may."""
    told = guide.commitment
    if told is None:
        return {}
    return {
        "proves": told.proves,
        "duty": told.duty,
        "liability": told.liability,
        "replaces": [material.name for material in guide.materials if material.key in told.replaces],
        "check": workdays(told.check_days),
    }


def rule(guide: Guide) -> dict[str, Any]:
    """What the platform verifies by itself before it grants (自动审批规则); empty where a person decides."""
    told = guide.rule
    if told is None:
        return {}
    return {
        "name": told.name,
        "conditions": [
            *map(translated, elements.answers(guide.form, told.when)),
            *(_("您有有效的证照（类型 %(kind)s）") % {"kind": kind} for kind in told.holds),
            *(_("您没有有效的证照（类型 %(kind)s）") % {"kind": kind} for kind in told.lacks),
        ],
    }


def promises(guide: Guide) -> dict[str, str]:
    """Times that a guide may promise beyond the two limits (其他时限), in words; what it does not promise is empty."""
    limits = guide.limits
    return {
        "pre_review": workdays(limits.pre_review_days) if limits.pre_review_days else "",
        "extension": workdays(limits.extension_days) if limits.extension_days else "",
        "later": workdays(later_days(limits)),
    }
