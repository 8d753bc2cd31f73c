"""What need not be handed in, and what comes after (免交和后续): commitment, licences, deferred materials, checks, decisions by rule."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.base.actor import Actor
from tongban.doors.web import promises
from tongban.doors.web.templatetags.tongban import date_zh, workdays
from tongban.offers.catalogue.rules.guide import Material, Requirement
from tongban.offers.catalogue.rules.times import later_days
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.application import replaced
from tongban.work.cases.rules.checks import UNREPAIRED, CheckState
from tongban.work.cases.rules.moves import EDITABLE, OPEN, State, Verb

_SENT = frozenset({Verb.SUBMIT, Verb.RESUBMIT, Verb.INSIST})


def waived(case: CaseView, on: date) -> dict[str, str]:
    """Materials that need not be handed in (免交材料): key -> why, in words. Once sent, as it was at that moment."""
    if case.state in EDITABLE:
        held: Mapping[str, object] = queries.held_materials(case.edition.guide, party_id=case.party_id, on=on)
    else:
        told = next((m.data.get("held") for m in reversed(case.moments) if m.verb in _SENT), None)
        held = told if isinstance(told, dict) else {}
    names = {material.key: material.name for material in case.edition.guide.materials}
    found = {
        key: _("平台已核验您的“%(name)s”（编号 %(number)s），不用交。")
        % {"name": names.get(key, key), "number": number}
        for key, number in held.items()
    }
    promised = replaced(case.edition.guide, committed=case.committed is not None)
    return dict.fromkeys(promised, _("您已经承诺，不用交。")) | found


def later_note(case: CaseView, material: Material) -> str:
    """When a deferred material may follow (容缺说明), or nothing."""
    if material.requirement is not Requirement.LATER:
        return ""
    days = workdays(later_days(case.edition.guide.limits))
    return _("可以受理后再交，最晚受理后 %(days)s。") % {"days": days}


def barred(case: CaseView) -> list[str]:
    """Why this party cannot commit (不能承诺的原因): each unrepaired breach in words; empty where it can."""
    return [
        _("%(organ)s核查“%(item)s”时查明承诺不实，还没有修复。")
        % {"organ": one.organ_name, "item": one.item_name}
        for one in queries.bad_records_of(case.party_id)
    ]


def hindrance(case: CaseView) -> list[dict[str, str]]:
    """What keeps a promise that was chosen from being sent (承诺的障碍), for the list of what is missing."""
    if case.committed is None or not commits(case) or not barred(case):
        return []
    text = _("您有承诺不实、还没有修复的记录，现在不能用告知承诺，请改按一般程序办。")
    return [{"label": _("告知承诺"), "text": text, "url": reverse("promise", args=[case.id])}]


def commits(case: CaseView) -> bool:
    """Whether the application has a page of commitment (有无承诺页)."""
    return case.state is State.DRAFT and case.edition.guide.commitment is not None


def aftermath(actor: Actor, case: CaseView, today: date) -> dict[str, Any]:
    """What comes after sending (后续): what is still to be handed in, the promise and its check, the decision by rule."""
    found = queries.check_of(actor, case.id) if case.committed is not None else None
    asked = [one for one in case.documents if one.verb in (Verb.ASK_REVIEW, Verb.REVIEW)]
    may = {move.verb for move in case.moves}
    ruled = promises.ruled(case)
    return {
        "later": _still_to_come(case, today),
        "promised": promises.promised(case) if case.state is not State.DRAFT else [],
        "check": None
        if found is None
        else {
            "tag": promises.tag_of(found.state),
            "rows": promises.rows(found, today),
            "bad": found.state in UNREPAIRED,
            "mend_by": found.rectify_by if found.state is CheckState.BREACHED else None,
        },
        "ruled": ruled,
        "reviews": [
            {
                "at": one.at,
                "title": _("您申请人工复核") if one.verb is Verb.ASK_REVIEW else _("复核意见"),
                "who": one.by if one.verb is Verb.REVIEW else "",
                "text": one.body.get("reason") or one.body.get("opinion") or "",
                "state": "done",
            }
            for one in asked
        ],
        "waits": bool(asked) and asked[-1].verb is Verb.ASK_REVIEW,
        "may_ask": bool(ruled)
        and Verb.ASK_REVIEW in may
        and not (asked and asked[-1].verb is Verb.ASK_REVIEW),
    }


def _still_to_come(case: CaseView, today: date) -> dict[str, Any] | None:
    """Deferred materials that have not come (待补交): names, until when, where; None where nothing is waited for."""
    if case.state not in OPEN or case.accepted_at is None:
        return None
    waiting, by = queries.deferred(case, today)
    if not waiting:
        return None
    late = by is not None and by < today
    count = ngettext("还有 %(count)s 份材料要补交", "还有 %(count)s 份材料要补交", len(waiting))
    may = Verb.HAND_IN in {move.verb for move in case.moves}
    return {
        "title": count % {"count": len(waiting)},
        "names": [material.name for material in waiting],
        "by": _("最晚 %(date)s。") % {"date": date_zh(by)} if by else "",
        "late": late,
        "url": reverse("later", args=[case.id]) if may else "",
    }
