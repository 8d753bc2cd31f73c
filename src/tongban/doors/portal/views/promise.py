"""Commitment, what follows later, and asking for a review (告知承诺、补交容缺、申请人工复核): each a page of its own."""

import uuid
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.errors import Conflict, Invalid
from tongban.doors.portal import promising
from tongban.doors.portal.application import application_of, of_case
from tongban.doors.portal.pages import progress
from tongban.doors.portal.views.now import shows_what_is_now
from tongban.doors.portal.visit import fresh_key, key_of, now, say, signed_in, today, uuid_of, version_of
from tongban.doors.web import papers
from tongban.doors.web.middleware import actor_of
from tongban.offers.catalogue.rules.form import Errors
from tongban.offers.catalogue.rules.guide import Material
from tongban.records.materials import actions as keeping
from tongban.records.materials import queries as kept
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.application import LONGEST_NOTE
from tongban.work.cases.rules.moves import Verb

_FORM = require_http_methods(["GET", "HEAD", "POST"])
_YES, _NO = "yes", "no"


def _to_case(case_id: uuid.UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("case", args=[case_id]))


@_FORM
@signed_in
@shows_what_is_now
def promise(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Notice and commitment (告知承诺): commit, or apply in the ordinary way; it may be changed until submission."""
    actor = actor_of(request)
    case = queries.one(actor, case_id)
    if not promising.commits(case):
        return _to_case(case_id)
    if request.method != "POST":
        return _promise(request, case, _YES if case.committed else _NO, [])
    chosen = request.POST.get("way", "")
    if chosen not in (_YES, _NO):
        return _promise(request, case, "", [msg("请选一种办法。")], status=422)
    if (chosen == _YES) != (case.committed is not None):
        try:
            actions.commit(actor=actor, case_id=case_id, agreed=chosen == _YES, at=now())
        except Conflict as refusal:
            if refusal.rule != "cases.bad_record":
                raise
            return _promise(request, case, _NO, [], status=refusal.status)
    url = reverse("promise", args=[case_id])
    return HttpResponseRedirect(progress(of_case(actor, case_id), url)["next_url"])


def _promise(
    request: HttpRequest, case: CaseView, chosen: str, errors: list[str], *, status: int = 200
) -> HttpResponse:
    text = case.edition.guide.commitment
    names = {material.key: material.name for material in case.edition.guide.materials}
    spared = [names[key] for key in (text.replaces if text else ())]
    context = {
        "case": case,
        "text": text,
        "spared": spared,
        "barred": promising.barred(case),
        "field": {
            "name": "way",
            "label": _("您选哪一种办法？"),
            "type": "radio",
            "required": True,
            "value": chosen,
            "errors": errors,
            "help": _("提交以前都可以改。"),
            "options": [
                {
                    "value": _YES,
                    "label": _("我承诺"),
                    "help": _("上面写的我都看清楚了，我符合条件，愿意承担不实的后果。")
                    + (_("不用交：%(names)s。") % {"names": _("、").join(spared)} if spared else ""),
                },
                {"value": _NO, "label": _("按一般程序办"), "help": _("不承诺，交齐材料，由机关审查。")},
            ],
        },
        "errors": [{"name": "way", "text": error} for error in errors],
        "progress": progress(application_of(actor_of(request), case), reverse("promise", args=[case.id])),
    }
    return render(request, "portal/promise.html", context, status=status)


@_FORM
@signed_in
@shows_what_is_now
def later(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Hand in what was allowed to follow (补交容缺材料): all of it, or what is at hand now."""
    actor = actor_of(request)
    case = queries.one(actor, case_id)
    waiting, _by = queries.deferred(case, today())
    if request.method != "POST":
        if Verb.HAND_IN not in {move.verb for move in case.moves} or not waiting:
            return _to_case(case_id)
        return _later(request, case, {}, {})
    given, errors = _taken(request, waiting)
    if not errors:
        try:
            actions.hand_in(
                actor=actor,
                case_id=case_id,
                given=given,
                at=now(),
                key=key_of(request),
                version=version_of(request),
            )
        except Invalid as refusal:
            if not waiting:
                return _to_case(case_id)
            errors = {waiting[0].key: [refusal.message]}
        else:
            say(request, "ok", _("已经补交"))
            return _to_case(case_id)
    return _later(request, case, given, errors)


def _taken(
    request: HttpRequest, waiting: tuple[Material, ...]
) -> tuple[dict[str, uuid.UUID], dict[str, list[str]]]:
    """What the page sent (读取补交): demand -> material, new files kept among one's own; and what is wrong, by demand.

    A good file is kept even where another is not, so that nobody uploads it twice.
    """
    actor, at = actor_of(request), now()
    given: dict[str, uuid.UUID] = {}
    errors: Errors = {}
    for material in waiting:
        upload = request.FILES.get(papers.material_name(material.key))
        chosen = uuid_of(request.POST.get(f"again-{material.key}", ""))
        if upload is not None and getattr(upload, "too_large", False):
            errors[material.key] = [papers.TOO_LARGE]
        elif upload is not None:
            try:
                given[material.key] = keeping.keep(
                    actor=actor,
                    stream=cast(BinaryIO, upload),
                    file_name=upload.name or "",
                    title=material.name,
                    at=at,
                )
            except Invalid as refusal:
                errors[material.key] = next(iter(refusal.fields.values()), [refusal.message])
        elif chosen is not None and kept.owned(actor, chosen) is not None:
            given[material.key] = chosen
    if not given and not errors and waiting:
        errors[waiting[0].key] = [msg("请至少选一份材料，再提交。")]
    return given, errors


def _later(
    request: HttpRequest, case: CaseView, given: dict[str, uuid.UUID], errors: dict[str, list[str]]
) -> HttpResponse:
    waiting, by = queries.deferred(case, today())
    mine = kept.mine(actor_of(request))
    rows: list[dict[str, Any]] = [
        {
            "material": material,
            "field": papers.file_field(material, errors.get(material.key, ())) | {"required": False},
            "again": {
                "name": f"again-{material.key}",
                "label": _("或者用以前交过的"),
                "type": "select",
                "required": False,
                "value": str(given.get(material.key, "")),
                "options": [{"value": str(one.id), "label": one.file_name} for one in mine],
            },
            "mine": bool(mine),
        }
        for material in waiting
    ]
    names = {material.key: material.name for material in waiting}
    context = {
        "case": case,
        "by": by,
        "late": by is not None and by < today(),
        "rows": rows,
        "errors": [
            {"name": papers.material_name(key), "text": f"{names.get(key, '')}：{text}"}
            for key, texts in errors.items()
            for text in texts
        ],
        "key": fresh_key(),
    }
    return render(request, "portal/later.html", context, status=422 if errors else 200)


@_FORM
@signed_in
@shows_what_is_now
def ask_review(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Ask that a person look at a decision by rule (申请人工复核)."""
    actor = actor_of(request)
    typed = request.POST.get("reason", "")
    if request.method == "POST":
        try:
            actions.ask_review(
                actor=actor,
                case_id=case_id,
                reason=typed,
                at=now(),
                key=key_of(request),
                version=version_of(request),
            )
        except Invalid as refusal:
            return _ask(request, queries.one(actor, case_id), typed, refusal.fields.get("reason", []))
        say(request, "ok", _("已经申请人工复核"), _("有了意见会告诉您。"))
        return _to_case(case_id)
    case = queries.one(actor, case_id)
    if not promising.aftermath(actor, case, today())["may_ask"]:
        return _to_case(case_id)
    return _ask(request, case, "", [])


def _ask(request: HttpRequest, case: CaseView, typed: str, errors: list[str]) -> HttpResponse:
    context = {
        "case": case,
        "field": {
            "name": "reason",
            "label": _("您觉得哪里不对"),
            "help": _("写清楚哪一项看错了，应当是怎样。复核的人会看到。"),
            "type": "textarea",
            "rows": 5,
            "required": True,
            "maxlength": LONGEST_NOTE,
            "value": typed,
            "errors": errors,
        },
        "errors": [{"name": "reason", "text": text} for text in errors],
        "key": fresh_key(),
    }
    return render(request, "portal/ask_review.html", context, status=422 if errors else 200)
