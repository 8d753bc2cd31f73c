"""Where else a case goes (异地与送达): its counter, its transfers, its originals, its delivery, for the case's page."""

from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.doors.web import delivery as delivering
from tongban.doors.web.templatetags.tongban import date_zh
from tongban.doors.workbench.shown import Shown
from tongban.people.parties import queries as parties
from tongban.work.cases import queries
from tongban.work.cases.access import applies
from tongban.work.cases.queries import CaseView, OriginalView
from tongban.work.cases.rules.moves import EDITABLE, State, Verb
from tongban.work.cases.rules.originals import latest


def elsewhere(actor: Actor, case: CaseView) -> Shown:
    """What the case's page says of other places (办件页的异地部分): rows of facts and the pages that lead on."""
    rows: list[Shown] = []
    if case.counter_id is not None and case.counter_id != case.organ_id:
        rows.append({"label": _("收件窗口"), "value": parties.organ(case.counter_id).name})
    rows += [
        {
            "label": _("移送"),
            "value": _("从%(sender)s移送到%(receiver)s：%(reason)s")
            % {
                "sender": document.body["from_name"],
                "receiver": document.body["to_name"],
                "reason": document.body["reason"],
            },
        }
        for document in case.documents
        if document.verb is Verb.TRANSFER
    ]
    found = queries.delivery(actor, case)
    rows += delivering.rows(found) if found is not None else []
    papers = [where(leg) for leg in latest(queries.originals(actor, case)).values()]
    return {"rows": rows, "papers": papers, "links": _links(actor, case)}


def _links(actor: Actor, case: CaseView) -> list[Shown]:
    verbs = {move.verb for move in case.moves}
    counters = actor.organs_as("clerk")
    links: list[Shown] = []
    if case.state in EDITABLE and case.counter_id in counters and applies(actor, case)[0]:
        text = _("接着填") if case.state is State.DRAFT else _("替申请人补正")
        links.append({"text": text, "url": f"/counter/{case.id}/form"})
    if Verb.TRANSFER in verbs and queries.may_transfer(case):
        links.append({"text": _("移送有权办理的机关"), "url": f"/cases/{case.id}/transfer"})
    if case.state is not State.DRAFT and counters and queries.may_send(actor, case.id):
        links.append({"text": _("寄出、签收原件"), "url": f"/cases/{case.id}/originals"})
    return links


def where(leg: OriginalView) -> Shown:
    """Where a paper is now (原件在哪里), for a summary list."""
    if leg.received_at is None:
        text = _("在路上：%(sender)s 寄往 %(receiver)s，运单号 %(tracking)s，最晚 %(date)s 签收")
        value = text % {
            "sender": leg.sender,
            "receiver": leg.receiver,
            "tracking": leg.tracking or _("专人送"),
            "date": date_zh(leg.expected_by),
        }
    else:
        text = _("在%(receiver)s，%(name)s 于 %(date)s 签收")
        value = text % {
            "receiver": leg.receiver,
            "name": leg.received_by,
            "date": date_zh(leg.received_at),
        }
    return {"label": leg.what, "value": value}
