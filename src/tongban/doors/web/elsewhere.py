"""Where else a case goes (异地与送达): its counter, its transfers, its originals, its delivery, for every door that shows it."""

from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.doors.web import delivery as delivering
from tongban.doors.web.templatetags.tongban import date_zh
from tongban.people.parties import queries as parties
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseView, OriginalView
from tongban.work.cases.rules.moves import Verb
from tongban.work.cases.rules.originals import latest

Row = dict[str, object]


def taken_in(case: CaseView) -> list[Row]:
    """The counter that took it in (收件窗口), where that is another organ's, for a summary list."""
    if case.counter_id is None or case.counter_id == case.organ_id:
        return []
    return [{"label": _("收件窗口"), "value": parties.organ(case.counter_id).name}]


def rows(actor: Actor, case: CaseView) -> list[Row]:
    """Where it was passed on and why, and how it is delivered (移送与送达), for a summary list."""
    found: list[Row] = []
    for document in case.documents:
        if document.verb is Verb.TRANSFER:
            text = _("从%(sender)s移送到%(receiver)s：%(reason)s")
            told = {
                "sender": document.body["from_name"],
                "receiver": document.body["to_name"],
                "reason": document.body["reason"],
            }
            found.append({"label": _("移送"), "value": text % told})
    chosen = queries.delivery(actor, case)
    return found + (delivering.rows(chosen) if chosen is not None else [])


def papers(actor: Actor, case: CaseView) -> list[Row]:
    """Where each original of a case is now (原件现在在哪里), for a summary list."""
    return [where(leg) for leg in latest(queries.originals(actor, case)).values()]


def where(leg: OriginalView) -> Row:
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
