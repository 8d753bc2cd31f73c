"""A promise, its check, and a decision by rule in words (承诺和自动决定的展示): the same for the applicant and for staff."""

from datetime import date

from django.utils.translation import gettext as _

from tongban.doors.web.templatetags.tongban import date_zh, time_zh
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseView, CheckView, shown
from tongban.work.cases.rules.checks import CHECK_LABELS, CheckState
from tongban.work.cases.rules.moves import Verb

Shown = dict[str, object]
TAGS = {
    CheckState.SCHEDULED: "wait",
    CheckState.KEPT: "ok",
    CheckState.BREACHED: "bad",
    CheckState.RECTIFIED: "warn",
    CheckState.REVOKED: "bad",
    CheckState.REPAIRED: "idle",
}


def tag_of(state: CheckState) -> Shown:
    """State of a check as a tag (核查状态标签)."""
    return {"state": TAGS[state], "word": CHECK_LABELS[state]}


def promised(case: CaseView) -> list[Shown]:
    """What was promised (承诺内容), as rows of label and value; empty where nothing was."""
    promise = queries.promise_of(case.committed)
    if promise is None:
        return []
    names = {material.key: material.name for material in case.edition.guide.materials}
    replaced = [names.get(key, key) for key in promise.text.replaces]
    rows = [
        (_("要证明的内容"), "\n".join(promise.text.proves)),
        (_("承诺人的义务"), promise.text.duty),
        (_("承诺不实的后果"), promise.text.liability),
        (_("代替的材料"), _("、").join(replaced)),
        (_("承诺时间"), time_zh(promise.at)),
        (_("承诺书校验码"), promise.digest),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def rows(found: CheckView, today: date) -> list[Shown]:
    """The facts of a check (核查情况), as rows of label and value."""
    late = _("（已过期）")
    due = date_zh(found.due_on)
    if found.state is CheckState.SCHEDULED and found.due_on < today:
        due += late
    mend = date_zh(found.rectify_by) if found.rectify_by else ""
    if found.state is CheckState.BREACHED and found.rectify_by and found.rectify_by < today:
        mend += late
    told = [
        (_("最晚核查"), due),
        (_("核查人"), found.assignee_name or _("还没有指定")),
        (_("核查情况"), found.finding),
        (_("整改最晚到"), mend),
    ]
    return [{"label": label, "value": value} for label, value in told if value]


def ruled(case: CaseView) -> list[Shown]:
    """What a rule decided (自动决定的依据): the rule, the edition, what was looked at, the result; empty where none did."""
    document = next((one for one in case.documents if one.verb is Verb.GRANT_BY_RULE), None)
    if document is None:
        return []
    inputs = document.body["inputs"]
    assert isinstance(inputs, dict)  # noqa: S101 -- grant_by_rule writes it
    fields = case.edition.guide.form.by_key()
    rows: list[Shown] = [{"label": _("依据的规则"), "value": str(dict(document.body["rule"])["name"])}]  # type: ignore[call-overload] # as written by grant_by_rule
    rows += [
        {
            "label": fields[key].label if key in fields else key,
            "value": shown(fields[key], value) if key in fields else value,
        }
        for key, value in inputs["answers"].items()
    ]
    rows += [
        {
            "label": _("证照 %(type)s") % {"type": kind},
            "value": _("有，编号 %(number)s") % {"number": number} if number else _("没有有效的"),
        }
        for kind, number in inputs["licences"].items()
    ]
    on = date.fromisoformat(str(inputs["on"]))
    return [
        *rows,
        {"label": _("核验的日子"), "value": date_zh(on)},
        {"label": _("结果"), "value": _("条件都满足，准予许可")},
    ]
