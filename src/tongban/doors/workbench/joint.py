"""A department's acts in joint handling (部门办理): its opinion, its special procedure and the end of it."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.doors.web import signing
from tongban.doors.web.departments import departments
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.case import frame, page
from tongban.doors.workbench.door import day_of, key_of, now, staff, typed_in, version_of
from tongban.doors.workbench.shown import Shown
from tongban.doors.workbench.turns import LABELS, VERBS
from tongban.offers.catalogue.rules.elements import PROCEDURE_LABELS
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView, PartView
from tongban.work.cases.rules.application import LONGEST_NOTE
from tongban.work.cases.rules.joint import PartVerb, find_part
from tongban.work.cases.rules.moves import State, Verb
from tongban.work.cases.rules.signing import Need, need
from tongban.work.cases.rules.special import procedures


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, case_id: uuid.UUID, part: str, verb: str) -> HttpResponse:
    """One act of a department (部门办理页)."""
    wanted = next((known for known in VERBS if known == verb), None)
    at = now()
    case = queries.one(actor, case_id)
    mine = next((one for one in case.parts if one.key == part), None)
    if wanted is None or mine is None:
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    if request.method == "POST":
        return _do(request, actor, case, mine, wanted, at)
    if mine.organ_id not in actor.organs_as("reviewer"):
        raise Forbidden("cases.part", msg("您在这个部门没有审查岗位。"))
    if case.state is not State.ACCEPTED or find_part(mine.state, wanted) is None:
        moved = Conflict("cases.part_move", msg("这个部门现在不能这样做。请刷新后看最新情况。"))
        return page(request, actor, case, at, refusal=moved)
    return _form(request, actor, case, mine, wanted, at)


def _do(
    request: HttpRequest, actor: Actor, case: CaseView, part: PartView, verb: PartVerb, at: datetime
) -> HttpResponse:
    typed = {name: str(value) for name, value in request.POST.items()}
    key, version = key_of(request), version_of(request)
    try:
        signer = signing.unlocked(actor, typed, _signature(verb), at)
        _perform(signer, case.id, part.key, verb, typed, at, key, version)
    except Invalid as refusal:
        return _form(request, actor, queries.one(actor, case.id), part, verb, at, refusal=refusal)
    except Conflict as refusal:
        return page(request, actor, queries.one(actor, case.id), at, refusal=refusal, kept=typed_in(request))
    request.session["notice"] = {
        "kind": "ok",
        "title": _("已办：%(act)s") % {"act": _(LABELS[verb])},
        "text": "",
    }
    return HttpResponseRedirect(f"/cases/{case.id}")


def _signature(verb: PartVerb) -> Need:
    return need(Verb.OPINE, "") if verb is PartVerb.OPINE else Need.NONE


def _perform(
    actor: Actor,
    case_id: uuid.UUID,
    part: str,
    verb: PartVerb,
    typed: Mapping[str, str],
    at: datetime,
    key: str | None,
    version: int,
) -> None:
    if verb is PartVerb.UNPAUSE:
        actions.unpause(actor=actor, case_id=case_id, part=part, at=at, key=key, version=version)
        return
    if verb is PartVerb.PAUSE:
        days = typed.get("days", "").strip()
        actions.pause(
            actor=actor,
            case_id=case_id,
            part=part,
            kind=typed.get("kind", ""),
            days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
            reason=typed.get("reason", ""),
            at=at,
            key=key,
            version=version,
        )
        return
    if typed.get("agrees") not in ("yes", "no"):
        raise Invalid(
            "cases.opine",
            msg("还有内容没有填好，已经在下面标出。"),
            fields={"agrees": [msg("请选同意或者不同意。")]},
        )
    actions.opine(
        actor=actor,
        case_id=case_id,
        part=part,
        agrees=typed["agrees"] == "yes",
        opinion=typed.get("opinion", ""),
        at=at,
        key=key,
        version=version,
    )


def _form(
    request: HttpRequest,
    actor: Actor,
    case: CaseView,
    part: PartView,
    verb: PartVerb,
    at: datetime,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    typed = {name: str(value) for name, value in request.POST.items()}
    errors = refusal.fields if isinstance(refusal, Invalid) else {}
    fields = [_field(case, name, typed, errors) for name in _FIELDS[verb]]
    fields += signing.fields(actor, _signature(verb), at, errors)
    labels = {str(field["name"]): str(field["label"]) for field in fields}
    context = frame(request, actor, case, at) | {
        "label": LABELS[verb],
        "part": part,
        "joint": departments(case, queries.calendar(), day_of(at)),
        "fields": fields,
        "errors": [
            {"name": name, "text": f"{labels.get(name, '')}：{'；'.join(translated(text) for text in texts)}"}
            for name, texts in errors.items()
        ],
        "refusal": refusal,
        "verb": verb.value,
    }
    return render(request, "workbench/part_act.html", context, status=refusal.status if refusal else 200)


_FIELDS: Mapping[PartVerb, tuple[str, ...]] = {
    PartVerb.OPINE: ("agrees", "opinion"),
    PartVerb.PAUSE: ("kind", "days", "reason"),
    PartVerb.UNPAUSE: (),
}


def _field(case: CaseView, name: str, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> Shown:
    known = procedures(case.edition.guide)
    kinds = [
        {
            "value": kind,
            "label": translated(PROCEDURE_LABELS[kind]),
            "help": _("最多 %(days)s 个工作日") % {"days": one.days} if one.days else "",
        }
        for kind, one in known.items()
    ]
    spec: dict[str, Shown] = {
        "agrees": {
            "label": _("本部门意见"),
            "type": "radio",
            "options": [{"value": "yes", "label": _("同意")}, {"value": "no", "label": _("不同意")}],
        },
        "opinion": {
            "label": _("意见内容"),
            "type": "textarea",
            "rows": 4,
            "help": _("申请人看不到，作决定的人会看到。"),
        },
        "kind": {
            "label": _("哪一种特别程序"),
            "type": "radio",
            "options": kinds,
            "help": _("只能是办事指南列出的（行政许可法第四十五条）。"),
        },
        "days": {
            "label": _("需要多少个工作日"),
            "type": "text",
            "inputmode": "numeric",
            "help": _("会书面告知申请人；到期自动继续计时。"),
        },
        "reason": {"label": _("为什么需要"), "type": "textarea", "rows": 3, "help": _("申请人会看到。")},
    }
    shared: Shown = {
        "name": name,
        "help": "",
        "value": typed.get(name, ""),
        "errors": errors.get(name, []),
        "required": True,
        "maxlength": LONGEST_NOTE,
    }
    return shared | spec[name]
