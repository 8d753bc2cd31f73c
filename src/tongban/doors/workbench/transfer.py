"""Passing a misdirected application on (移送) to the organ that handles the same item in another place."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, Refusal
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.case import frame, page
from tongban.doors.workbench.door import day_of, key_of, now, staff, typed_in, version_of
from tongban.doors.workbench.shown import Shown, tag
from tongban.offers.catalogue.queries import EditionView
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.application import LONGEST_NOTE, targets
from tongban.work.cases.rules.carrying import carry
from tongban.work.cases.rules.moves import Verb, find


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, actor: Actor, case_id: uuid.UUID) -> HttpResponse:
    """Pass on (移送): to whom and why. What goes along and what the other organ may still ask is said before."""
    at = now()
    if request.method == "POST":
        return _do(request, actor, case_id, at)
    case = queries.one(actor, case_id)
    if find(case.state, Verb.TRANSFER) is None:
        moved = Conflict(
            "cases.move",
            msg("这件办件现在是“%(state)s”，不能再这样做。请刷新后看最新情况。"),
            {"state": tag(case.state)["word"]},
        )
        return page(request, actor, case, at, refusal=moved)
    if all(move.verb is not Verb.TRANSFER for move in case.moves):
        raise Forbidden("cases.transfer", msg("您在这个机关没有办理这一步的岗位。"))
    return _page(request, actor, case, at)


def _do(request: HttpRequest, actor: Actor, case_id: uuid.UUID, at: datetime) -> HttpResponse:
    try:
        to = uuid.UUID(request.POST.get("to", ""))
    except ValueError:
        to = uuid.UUID(int=0)
    try:
        actions.transfer(
            actor=actor,
            case_id=case_id,
            to=to,
            reason=request.POST.get("reason", ""),
            at=at,
            key=key_of(request),
            version=version_of(request),
        )
    except Invalid as refusal:
        return _page(request, actor, queries.one(actor, case_id), at, refusal)
    except Conflict as refusal:
        return page(request, actor, queries.one(actor, case_id), at, refusal=refusal, kept=typed_in(request))
    told = _("编号和期限不变，申请人会看到移送到了哪里。")
    request.session["notice"] = {"kind": "ok", "title": _("已移送"), "text": told}
    return HttpResponseRedirect(f"/cases/{case_id}")


def _page(
    request: HttpRequest, actor: Actor, case: CaseView, at: datetime, refusal: Refusal | None = None
) -> HttpResponse:
    offered = queries.receivers(case, day_of(at))
    errors = refusal.fields if refusal else {}
    fields: list[Shown] = [
        {
            "name": "to",
            "label": _("移送到哪个机关"),
            "type": "radio" if len(offered) <= 6 else "select",
            "options": [_option(case, edition) for edition in offered],
            "value": request.POST.get("to", ""),
            "errors": errors.get("to", []),
            "required": True,
        },
        {
            "name": "reason",
            "label": _("移送的理由"),
            "help": _("申请人会原样看到这段话：为什么由那个机关办理。"),
            "type": "textarea",
            "rows": 3,
            "value": request.POST.get("reason", ""),
            "errors": errors.get("reason", []),
            "required": True,
            "maxlength": LONGEST_NOTE,
        },
    ]
    context = frame(request, actor, case, at) | {
        "fields": fields,
        "offered": bool(offered),
        "errors": [
            {
                "name": field["name"],
                "text": f"{field['label']}{_('：')}"
                + _("；").join(translated(text) for text in errors[str(field["name"])]),
            }
            for field in fields
            if field["errors"]
        ],
    }
    return render(request, "workbench/transfer.html", context, status=refusal.status if refusal else 200)


def _option(case: CaseView, edition: EditionView) -> Shown:
    return {
        "value": str(edition.organ_id),
        "label": f"{edition.organ_name}（{edition.place_name}）",
        "help": _lacking(case, edition),
    }


def _lacking(case: CaseView, edition: EditionView) -> str:
    """What the other edition asks beyond what is there (移送后还差的), in words."""
    carried = carry(
        case.edition.guide,
        edition.guide,
        form=case.form,
        kept=case.kept,
        attached={found.key for found in case.attachments},
    )
    names = targets(edition.guide, carried.form)
    missing: Sequence[str] = [names.get(line.target, line.label) for line in carried.hindrances]
    if not missing:
        return _("填的内容和材料都够。")
    return _("对方还要：%(names)s。由对方在一次性告知里要，不退给申请人。") % {"names": _("、").join(missing)}
