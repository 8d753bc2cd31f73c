"""Further facts of a case (办件情况): who handles it, how it came, what was promised, what may follow, when the clock stood still."""

from datetime import date

from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.doors.web.mandates import attended
from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.doors.workbench.act_table import DEED_LABELS, Deed, Name, label_of
from tongban.doors.workbench.shown import Shown, act_url, claimed
from tongban.offers.catalogue.rules.elements import PROCEDURE_LABELS
from tongban.people.identity import queries as identities
from tongban.people.parties import queries as parties
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.clock import stops
from tongban.work.cases.rules.moves import OPEN, Verb

_HANDLING = (Deed.CLAIM, Deed.PUT_BACK, Deed.HAND_OVER)
GRAVE = frozenset({Verb.DECLINE, Verb.REFUSE, Verb.TERMINATE, Verb.REVOKE})
# What is done now and then; the rest of a role's acts are what the case waits for.
_SELDOM = frozenset({Verb.SUSPEND, Verb.RETURN, Verb.CORRECT, Verb.GRANT_PARTLY})


def acts(case: CaseView, names: list[Name], query: str) -> tuple[list[Shown], list[Shown]]:
    """The acts that are open as buttons (可办按钮): those that the case waits for, and those that are seldom needed."""
    shown: list[Shown] = [
        {
            "verb": name.value,
            "label": label_of(name),
            "url": act_url(case.id, name.value, query),
            "grave": name in GRAVE,
            "seldom": name in _SELDOM or isinstance(name, Deed) or name in (Verb.TERMINATE, Verb.REVOKE),
        }
        for name in names
        if name not in _HANDLING
    ]
    shown.sort(key=lambda act: bool(act["grave"]))
    return [act for act in shown if not act["seldom"]], [act for act in shown if act["seldom"]]


def handling(actor: Actor, case: CaseView, names: list[Name], query: str) -> Shown | None:
    """Who handles the case (经办), and what may be done about that; None where it is over and nobody does."""
    if case.state not in OPEN:
        return None
    who = identities.names({case.handler_id}).get(case.handler_id, "") if case.handler_id else ""
    return {
        "who": claimed(case.handler_id, who, actor.id) or _("还没有人领办"),
        "claim_url": act_url(case.id, Deed.CLAIM.value, query) if Deed.CLAIM in names else "",
        "acts": [
            {"label": DEED_LABELS[deed], "url": act_url(case.id, deed.value, query)}
            for deed in (Deed.PUT_BACK, Deed.HAND_OVER)
            if deed in names
        ],
    }


def details(case: CaseView) -> list[Shown]:
    """What the case is (办件概况), as rows of label and value."""
    rows: list[tuple[str, object]] = [
        (_("编号"), case.number),
        (_("来源"), _came(case)),
        (_("到窗口的人"), next((attended(one.present) for one in case.moments if one.present), "")),
        (_("实施机关"), case.edition.organ_name),
        (_("地方"), case.edition.place_name),
        (_("指南版本"), _("第 %(number)s 版") % {"number": case.edition.number}),
        (_("办理方式"), _("告知承诺") if case.committed is not None else ""),
    ]
    return [{"label": label, "value": value, "code": value == case.number} for label, value in rows if value]


def _came(case: CaseView) -> str:
    if case.counter_id is None:
        return _("网上申请")
    return _("%(organ)s窗口代为申请") % {"organ": parties.organ(case.counter_id).short_name}


def notices(case: CaseView, today: date) -> list[Shown]:
    """What whoever opens the case should know at once (提醒): deferred materials, a commitment, a special procedure."""
    found: list[Shown] = []
    waiting, by = queries.deferred(case, today) if case.state in OPEN else ((), None)
    if waiting and case.accepted_at is not None:
        names = _("、").join(material.name for material in waiting)
        late = by is not None and by < today
        text = _("%(names)s，最晚 %(date)s。交齐以前不能准予。") % {"names": names, "date": date_zh(by)}
        title = _("容缺材料过期没有补交") if late else _("还有容缺材料没有补交")
        found.append({"kind": "warn" if late else "info", "title": title, "text": text})
    commitment = case.edition.guide.commitment
    if case.committed is not None and commitment is not None:
        text = _("申请人承诺符合条件，可以当场决定。决定以后 %(days)s 个工作日内核查。")
        found.append(
            {"kind": "info", "title": _("告知承诺件"), "text": text % {"days": commitment.check_days}}
        )
    return found


def standstills(case: CaseView) -> list[Shown]:
    """When the clock stood still (停止计时): each special procedure of the whole case, with its days."""
    found = stops(case.clock, queries.calendar()) if any(e.what == "stopped" for e in case.clock) else ()
    kinds = [str(d.body.get("kind", "")) for d in case.documents if d.verb is Verb.SUSPEND]
    return [
        {
            "label": translated(PROCEDURE_LABELS.get(kind, kind)),
            "value": _("%(since)s起，到%(until)s，期间不计时")
            % {"since": date_zh(stop.since), "until": date_zh(stop.until)},
        }
        for kind, stop in zip(kinds, found, strict=False)
    ]
