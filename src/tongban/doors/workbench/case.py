"""The case (办件页): what it is, what was given, how far it is, and what may be done now."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web import clock_page, signing
from tongban.doors.web import promises as told
from tongban.doors.web.departments import departments
from tongban.doors.web.letters import LETTERS, sent
from tongban.doors.workbench import case_facts, offered, promises, shown
from tongban.doors.workbench.act_table import label_of
from tongban.doors.workbench.door import day_of, now, staff
from tongban.doors.workbench.elsewhere import elsewhere
from tongban.doors.workbench.lists import Chosen, chosen, side
from tongban.doors.workbench.shown import Shown
from tongban.doors.workbench.turns import turns
from tongban.oversight.responsibility import access as responsibility
from tongban.records.licences import queries as licences
from tongban.records.licences.rules import STANDING_LABELS, Standing
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.clock import Dates
from tongban.work.cases.rules.moves import State, Verb

_LICENCE_TAGS = {
    Standing.VALID: "ok",
    Standing.NOT_YET: "wait",
    Standing.EXPIRED: "idle",
    Standing.REVOKED: "bad",
}


@staff
@require_safe
def show(request: HttpRequest, actor: Actor, case_id: uuid.UUID) -> HttpResponse:
    """The case (办件页)."""
    at = now()
    case = queries.one(actor, case_id)
    return page(request, actor, case, at)


def page(
    request: HttpRequest,
    actor: Actor,
    case: CaseView,
    at: datetime,
    *,
    refusal: Refusal | None = None,
    kept: Sequence[str] = (),
) -> HttpResponse:
    """The case as a page (渲染办件页); after a refusal with what was refused and the typed text kept."""
    names, hindered = offered.offered(actor, case, at)
    query = _kept_query(chosen(request))
    acts, seldom = case_facts.acts(case, names, query)
    context = frame(request, actor, case, at) | {
        "facts": shown.facts(case, day_of(at)),
        "waits_for": shown.waits_for(case),
        "next_step": shown.next_step(case),
        "acts": acts,
        "seldom": seldom,
        "hindrances": [(label_of(name), reason) for name, reason in hindered],
        "handling": case_facts.handling(actor, case, names, query),
        "notices": case_facts.notices(case, day_of(at)) + promises.bad_records(actor, case),
        "check": promises.check_of(actor, case, day_of(at)),
        "promised": told.promised(case),
        "ruled": told.ruled(case),
        "proposals": shown.proposals(case),
        "standstills": case_facts.standstills(case),
        "details": case_facts.details(case),
        "promise": promise(case, day_of(at)) if Verb.ACCEPT in names else None,
        "may_sign": Verb.ACCEPT in names and bool(signing.certificates(actor, at)),
        "joint": departments(case, queries.calendar(), day_of(at)) if case.parts else {},
        "turns": turns(actor, case, day_of(at)),
        "sections": shown.sections(case),
        "materials": shown.materials(case),
        "events": shown.events(case),
        "may_answer_for": responsibility.may_read(actor, case, frozenset(one.organ_id for one in case.parts))[
            0
        ],
        "documents": shown.documents(case),
        "elsewhere": elsewhere(actor, case),
        "licence": _licence(actor, case, day_of(at)) if case.state is State.CLOSED else None,
        "refusal": refusal,
        "last": shown.events(case, to_come=False)[0] if refusal else None,
        "kept": kept,
    }
    return render(request, "workbench/case.html", context, status=refusal.status if refusal else 200)


def frame(request: HttpRequest, actor: Actor, case: CaseView, at: datetime) -> Shown:
    """What every page about a case needs (办件页框架): the list beside it, its head, and a fresh key for its forms."""
    choice = chosen(request)
    return {
        "case": case,
        "tag": shown.tag(case.state),
        "left": shown.time_left(case.act_by, case.warn_on, day_of(at)),
        "side": side(actor, choice, day_of(at), case.id),
        "case_url": f"/cases/{case.id}{_kept_query(choice)}",
        "query": _kept_query(choice),
        "key": str(new_id()),
        "claim_key": str(new_id()),
    }


def _kept_query(choice: Chosen) -> str:
    return choice.query(before=choice.before)


def promise(case: CaseView, today: date) -> Dates:
    """The dates that accepting today would set (受理后的期限)."""
    return queries.foreseen(case, Verb.ACCEPT, today)


def _licence(actor: Actor, case: CaseView, today: date) -> Shown | None:
    found = licences.of_case(actor, case.id, on=today)
    if found is None:
        return None
    revocable = found.standing is not Standing.REVOKED and case.edition.organ_id in actor.organs_as("decider")
    return {
        "card": {
            "name": found.name,
            "number": found.number,
            "holder": found.holder_name,
            "organ": found.issuer_name,
            "issued": found.valid_from,
            "valid_to": found.valid_to,
            "state": _LICENCE_TAGS[found.standing],
            "state_word": STANDING_LABELS[found.standing],
            "verify_url": f"{settings.PUBLIC_URL}/verify/{found.token}",
        },
        "revoke_url": f"/licences/{found.id}/revoke" if revocable else "",
        "revoked_because": found.revoked_because,
    }


@staff
@require_safe
def letter_of(request: HttpRequest, actor: Actor, case_id: uuid.UUID, which: str) -> HttpResponse:
    """A letter of the case as the applicant got it (文书原文). ``which``: its id, or its verb for the latest of it."""
    at = now()
    case = queries.one(actor, case_id)
    letters = [d for d in reversed(case.documents) if d.verb in LETTERS]
    document = next((d for d in letters if which in (str(d.id), d.verb.value)), None)
    if document is None:
        raise NotFound("cases.letter", msg("没有找到这份文书。"))
    context = frame(request, actor, case, at) | {
        "letter": sent(case, document),
        "file_url": f"/cases/{case.id}/documents/{document.id}" if document.file else "",
    }
    return render(request, "workbench/letter.html", context)


@staff
@require_safe
def clock(request: HttpRequest, actor: Actor, case_id: uuid.UUID) -> HttpResponse:
    """How the dates of the case are counted (期限说明), every day of it."""
    at = now()
    found = queries.clock(actor, case_id)
    context = frame(request, actor, found.case, at) | {
        "clock": clock_page.page(found, day_of(at)),
        "file_url": f"/cases/{case_id}/clock.json",
    }
    return render(request, "workbench/clock.html", context)


@staff
@require_safe
def clock_data(request: HttpRequest, actor: Actor, case_id: uuid.UUID) -> HttpResponse:
    """The clock of the case as a file (计时数据)."""
    return clock_page.as_file(queries.clock_file(actor, case_id))


# A picture is shut into a sandbox. Chromium and Safari show no PDF in a sandbox, so a PDF may load nothing and run nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_POLICIES = {
    "application/pdf": f"{_POLICY}; object-src 'self'",
    "image/png": f"{_POLICY}; img-src 'self'; sandbox",
    "image/jpeg": f"{_POLICY}; img-src 'self'; sandbox",
}


@staff
@require_safe
def material(
    request: HttpRequest, actor: Actor, case_id: uuid.UUID, material_id: uuid.UUID
) -> HttpResponseBase:
    """A material of the case (材料文件): shown where the browser can do so safely, handed over as a file otherwise."""
    return _handed(request, queries.attached_file(actor, case_id, material_id))


@staff
@require_safe
def document(
    request: HttpRequest, actor: Actor, case_id: uuid.UUID, document_id: uuid.UUID
) -> HttpResponseBase:
    """The signed PDF of a document of the case (文书文件)."""
    return _handed(request, queries.document_file(actor, case_id, document_id))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, actor: Actor, case_id: uuid.UUID) -> HttpResponseBase:
    """The whole case in one file (导出办件). That it was taken is recorded; a refusal is told on the page of the case."""
    at = now()
    if request.method != "POST":
        return HttpResponseRedirect(f"/cases/{case_id}")
    try:
        made = actions.export(actor=actor, case_id=case_id, at=at)
    except Conflict as refusal:
        return page(request, actor, queries.one(actor, case_id), at, refusal=refusal)
    response = StreamingHttpResponse(made.chunks, content_type="application/zip")
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=made.file_name) or "attachment"
    )
    return response


def _handed(request: HttpRequest, found: queries.Download) -> HttpResponseBase:
    inline = found.media_type in shown.INLINE and "download" not in request.GET
    response = StreamingHttpResponse(
        found.chunks if request.method == "GET" else (),
        content_type=found.media_type if inline else "application/octet-stream",
    )
    response.headers["Content-Length"] = str(found.size)
    disposition = content_disposition_header(as_attachment=not inline, filename=found.file_name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["Content-Security-Policy"] = (
        _POLICIES[found.media_type] if inline else f"{_POLICY}; sandbox"
    )
    return response
