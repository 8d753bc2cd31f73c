"""A promise on the case's page (告知承诺): what was promised, its check, and what the applicant's record says to whoever handles the case."""

from datetime import date

from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.doors.web.templatetags.tongban import date_zh, day_zh, time_zh, translated
from tongban.doors.workbench.shown import Shown
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseView, CheckView
from tongban.work.cases.rules.checks import CHECK_LABELS, CheckState
from tongban.work.cases.rules.moves import OPEN

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


def check_of(actor: Actor, case: CaseView, today: date) -> Shown | None:
    """The check of a case (核查) in short, with the way to its own page."""
    found = queries.check_of(actor, case.id) if case.committed is not None else None
    if found is None:
        return None
    return {
        "tag": tag_of(found.state),
        "rows": rows(found, today),
        "url": f"/checks/{case.id}",
        "acts": bool(found.moves),
    }


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


def bad_records(actor: Actor, case: CaseView) -> list[Shown]:
    """What whoever handles a running case should know of its applicant (失信提醒): unrepaired breaches elsewhere."""
    if case.state not in OPEN:
        return []
    found = [one for one in queries.bad_records(actor, case) if one.case_id != case.id]
    if not found:
        return []
    told = [
        _("%(organ)s“%(item)s”，%(day)s查明，现在是“%(state)s”。")
        % {
            "organ": one.organ_name,
            "item": one.item_name,
            "day": day_zh(one.found_at),
            "state": translated(CHECK_LABELS[one.state]),
        }
        for one in found
    ]
    text = "".join(told) + _("没有修复以前，申请人不能再用告知承诺；按一般程序申请的，照常办理。")
    return [{"kind": "warn", "title": _("申请人有承诺不实、还没有修复的记录"), "text": text}]
