"""Where else a case goes (异地与送达), for the case's page: what every door shows, and the pages that lead on from here."""

from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.doors.web.elsewhere import papers, rows
from tongban.doors.workbench.shown import Shown
from tongban.work.cases import queries
from tongban.work.cases.access import applies
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.moves import EDITABLE, State, Verb


def elsewhere(actor: Actor, case: CaseView) -> Shown:
    """What the case's page says of other places (办件页的异地部分): rows of facts and the pages that lead on."""
    return {"rows": rows(actor, case), "papers": papers(actor, case), "links": _links(actor, case)}


def _links(actor: Actor, case: CaseView) -> list[Shown]:
    verbs = {move.verb for move in case.moves}
    counters = actor.organs_as("clerk")
    links: list[Shown] = []
    if case.state in EDITABLE and case.counter_id in counters and applies(actor, case)[0]:
        text = _("接着填") if case.state is State.DRAFT else _("替申请人补正")
        links.append({"text": text, "url": f"/counter/{case.id}/form"})
    if Verb.TRANSFER in verbs and queries.may_transfer(case):
        links.append({"text": _("移送有权办理的机关"), "url": f"/cases/{case.id}/transfer"})
    if case.state is not State.DRAFT and counters and queries.may_send(actor, case):
        links.append({"text": _("寄出、签收原件"), "url": f"/cases/{case.id}/originals"})
    return links
