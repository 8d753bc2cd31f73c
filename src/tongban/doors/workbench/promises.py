"""A promise on the case's page (告知承诺): its check, and what the applicant's record says to whoever handles the case."""

from datetime import date

from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.doors.web.promises import rows, tag_of
from tongban.doors.web.templatetags.tongban import day_zh, translated
from tongban.doors.workbench.shown import Shown
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.checks import CHECK_LABELS
from tongban.work.cases.rules.moves import OPEN


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
