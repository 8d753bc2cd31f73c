"""One case of the visitor (我的办件): where it stands, its letters and papers; withdraw and rate."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.errors import Conflict, Invalid
from tongban.doors.portal import case_page, promising
from tongban.doors.portal.application import application_of
from tongban.doors.portal.pages import pages_of
from tongban.doors.portal.views.my import licence_card
from tongban.doors.portal.views.now import shows_what_is_now
from tongban.doors.portal.visit import fresh_key, hand_out, key_of, now, say, signed_in, today, version_of
from tongban.doors.web import clock_page, elsewhere, receipts
from tongban.doors.web.departments import departments
from tongban.doors.web.middleware import actor_of
from tongban.oversight.feedback import actions as feedback
from tongban.oversight.feedback import queries as ratings
from tongban.oversight.feedback.rules import GRADES, LONGEST_COMMENT
from tongban.records.licences import queries as licences
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.moves import EDITABLE, RATEABLE, State, Verb
from tongban.work.cases.rules.tracking import spaced

_FORM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@signed_in
def one(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """My case (办件详情). Looking at it reads what was told of it. A draft of a bundle is filled in on the bundle's page."""
    actor = actor_of(request)
    case = queries.one(actor, case_id)
    if case.bundle_id is not None and case.state is State.DRAFT:
        return HttpResponseRedirect(reverse("bundle", args=[case.bundle_id]))
    if case.number is not None:
        actions.read_notices(actor=actor, at=now(), case_id=case_id)
    return _one(request, case)


def _one(
    request: HttpRequest, case: CaseView, rated: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    application = application_of(actor_of(request), case)
    licence = licences.of_case(actor_of(request), case.id, on=today()) if case.state is State.CLOSED else None
    rating = ratings.of_case(case.id) if case.state in RATEABLE else None
    verbs = {move.verb for move in case.moves}
    calendar = queries.calendar()
    context = {
        "case": case,
        "standing": case_page.standing(case),
        "steps": case_page.steps_now(case),
        "joint": departments(case, queries.calendar(), today()) if case.parts else {},
        "go_on_url": pages_of(application)[0].url if case.state in EDITABLE else "",
        "may_withdraw": Verb.WITHDRAW in verbs,
        "letters": case_page.letters(case),
        "open_letter": case.state in (State.SUPPLEMENT, State.DECLINED, State.REFUSED),
        "licence": licence_card(licence) if licence else None,
        "events": case_page.events(case, calendar),
        "spent": case_page.spent_so_far(case, calendar, today()),
        "code": spaced(queries.track_code(case.id)) if case.number else "",
        "elsewhere": _elsewhere(request, case),
        "sections": case_page.given(application.form, application.answers),
        "materials": case_page.given_materials(application),
        "after": promising.aftermath(actor_of(request), case, today()),
        "number": case_page.readable(case.number),
        "rating": rating,
        "rating_word": GRADES[rating.grade] if rating else "",
        "rate": (rated or _rating_fields({}, {})) if case.state in RATEABLE and rating is None else None,
        "newer": queries.newer_edition(case, today()),
        "key": fresh_key(),
    }
    return render(request, "portal/case.html", context, status=status)


def _elsewhere(request: HttpRequest, case: CaseView) -> list[dict[str, Any]]:
    """The counter, transfers, delivery and originals of a case (异地与送达)."""
    actor = actor_of(request)
    return [*elsewhere.taken_in(case), *elsewhere.rows(actor, case), *elsewhere.papers(actor, case)]


def _rating_fields(typed: dict[str, str], errors: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "grade": {
            "name": "grade",
            "label": msg("这次办事，您满意吗？"),
            "help": "",
            "value": typed.get("grade", ""),
            "errors": errors.get("grade", []),
            "required": True,
            "options": [{"value": str(grade), "label": label} for grade, label in GRADES.items()],
        },
        "comment": {
            "name": "comment",
            "label": msg("想说的话"),
            "help": "",
            "type": "textarea",
            "value": typed.get("comment", ""),
            "errors": errors.get("comment", []),
            "required": False,
            "maxlength": LONGEST_COMMENT,
            "rows": 3,
        },
        "errors": [{"name": name, "text": text} for name, texts in errors.items() for text in texts],
    }


@_FORM
@signed_in
@shows_what_is_now
def rate(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Rate the service (评价), once; pressed twice, the second finds it done."""
    actor = actor_of(request)
    page = reverse("case", args=[case_id])
    if request.method != "POST":
        return HttpResponseRedirect(page)
    typed = {name: request.POST.get(name, "") for name in ("grade", "comment")}
    grade = int(typed["grade"]) if typed["grade"] in {str(known) for known in GRADES} else 0
    try:
        feedback.rate(
            actor=actor,
            case_id=case_id,
            grade=grade,
            comment=typed["comment"],
            channel="portal",
            at=now(),
        )
    except Invalid as refusal:
        case = queries.one(actor, case_id)
        return _one(request, case, _rating_fields(typed, refusal.fields), status=refusal.status)
    except Conflict as refusal:
        if refusal.rule != "feedback.once":
            raise
    say(request, "ok", _("谢谢您的评价"))
    return HttpResponseRedirect(page)


@_FORM
@signed_in
@shows_what_is_now
def withdraw(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Withdraw (撤回申请), after asking."""
    actor = actor_of(request)
    if request.method == "POST":
        actions.withdraw(
            actor=actor, case_id=case_id, at=now(), key=key_of(request), version=version_of(request)
        )
        say(request, "ok", _("申请已经撤回"))
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    case = queries.one(actor, case_id)
    if Verb.WITHDRAW not in {move.verb for move in case.moves}:
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    return render(request, "portal/withdraw.html", {"case": case, "key": fresh_key()})


@require_safe
@signed_in
def receipt(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The receipt (回执): number, what happens next and by when; to print or keep."""
    case = queries.one(actor_of(request), case_id)
    if case.number is None:
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    standing = case_page.standing(case)
    sheet = receipts.sheet(
        case,
        number=case_page.readable(case.number),
        by_label=standing["by_label"],
        by=standing["by"],
        note=standing["provisional"],
    )
    context = {
        "case": case,
        "sheet": sheet,
        "standing": standing,
        "reply_days": case.edition.guide.limits.reply_days,
        "proof": queries.own_receipt(actor_of(request), case_id),
        "seconds": queries.SEAL_SECONDS,
    }
    return render(request, "portal/receipt.html", context)


@require_safe
@signed_in
def clock(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """How the dates of my case are counted (期限说明), every day of it."""
    found = queries.clock(actor_of(request), case_id)
    context = {
        "case": found.case,
        "clock": clock_page.page(found, today()),
        "file_url": reverse("case-clock-data", args=[case_id]),
    }
    return render(request, "portal/clock.html", context)


@require_safe
@signed_in
def clock_data(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The clock of my case as a file (计时数据), to count it again without us."""
    return clock_page.as_file(queries.clock_file(actor_of(request), case_id))


@require_safe
@signed_in
def file(request: HttpRequest, case_id: uuid.UUID, material_id: uuid.UUID) -> HttpResponseBase:
    """Save a material that I handed in (下载附件)."""
    found = queries.attached_file(actor_of(request), case_id, material_id)
    return hand_out(found.chunks, name=found.file_name, media_type=found.media_type, size=found.size)
