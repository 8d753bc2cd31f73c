"""Personnel (人员与岗位): who holds which role in the organ, and appointments – proposed by one, decided by another."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import date_zh, time_zh, translated
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.doors.workbench.people import code_page
from tongban.doors.workbench.shown import Shown
from tongban.people.identity import actions, queries
from tongban.people.identity.queries import AppointmentView, HoldingView
from tongban.people.identity.rules import ROLE_LABELS, Role
from tongban.people.identity.rules.appointments import (
    APPOINTMENT_KIND_LABELS,
    APPOINTMENT_MOVES,
    APPOINTMENT_STATE_LABELS,
    APPOINTMENT_VERB_LABELS,
    DECIDES,
    PROPOSES,
    AppointmentKind,
    AppointmentState,
    AppointmentVerb,
    DecidedBy,
)
from tongban.people.parties import queries as parties
from tongban.standards.text import msg

_PAGE = "/staff"
_FIELDS = ("kind", "post", "login", "items", "since", "reason")
_STAFF = (msg("姓名"), msg("登录名"), msg("岗位"), msg("限定事项"), msg("从哪天"), msg("到哪天"))
_PROPOSED = (msg("任免"), msg("谁"), msg("岗位"), msg("从哪天"), msg("谁提出"), msg("状态"))
_TAGS = {
    AppointmentState.PROPOSED: "wait",
    AppointmentState.APPROVED: "ok",
    AppointmentState.TURNED_DOWN: "bad",
    AppointmentState.TAKEN_BACK: "idle",
}
_ALL = msg("全部事项")


@staff
@require_safe
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The organ's staff with their roles, and what is and was proposed (人员与岗位)."""
    held, proposed = queries.staff_of(actor, at=now()), queries.appointments(actor)
    names = _organ_names({one.organ_id for one in held} | {one.organ_id for one in proposed})
    context = {
        "staff": {"columns": _columns(_STAFF), "rows": [_holding(one, names) for one in held]},
        "proposed": {"columns": _columns(_PROPOSED), "rows": [_proposal(one, names) for one in proposed]},
        "proposes": bool(actor.organs_as(*PROPOSES)),
        "joiners": queries.joiners(actor),
    }
    return render(request, "workbench/personnel.html", context)


@staff
@require_POST
def setup_code(request: HttpRequest, actor: Actor, account_id: uuid.UUID) -> HttpResponse:
    """Hand a joiner the code with which she sets her first password (给一次性码); shown once."""
    made = actions.hand_setup_code(actor=actor, account_id=account_id, at=now())
    return code_page(request, made, f"{settings.WORKBENCH_URL}/recover", _PAGE)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Propose an appointment (提出任免)."""
    at = now()
    if not actor.organs_as(*PROPOSES):
        raise Forbidden("identity.personnel", msg("只有本机关的人事管理岗位可以提出任免。"))
    if request.method != "POST":
        typed = {name: request.GET.get(name, "") for name in ("kind", "post", "login")}
        return _form(request, actor, {"since": day_of(at).isoformat()} | typed, None)
    typed = {name: str(request.POST.get(name, "")) for name in _FIELDS}
    try:
        made = actions.propose_appointment(actor=actor, **_read(typed), at=at, key=key_of(request))
    except (Invalid, Conflict) as refusal:
        return _form(request, actor, typed, refusal)
    request.session["notice"] = {"kind": "ok", "title": _("已提出，等另一个人批准"), "text": ""}
    return HttpResponseRedirect(f"{_PAGE}/{made}")


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, actor: Actor, appointment_id: uuid.UUID) -> HttpResponse:
    """One appointment (一份任免), with what this reader may do with it."""
    found, refusal = queries.appointment(actor, appointment_id), None
    if request.method == "POST":
        verb = next((verb for verb in AppointmentVerb if verb == request.POST.get("verb")), None)
        if verb is None:
            raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
        try:
            remark = str(request.POST.get("remark", ""))
            actions.decide_appointment(
                actor=actor, appointment_id=appointment_id, verb=verb, remark=remark, at=now()
            )
        except (Conflict, Forbidden, Invalid) as refused:
            refusal = refused
        else:
            title = translated(APPOINTMENT_VERB_LABELS[verb])
            request.session["notice"] = {"kind": "ok", "title": title, "text": ""}
            return HttpResponseRedirect(_PAGE)
    context = {
        "title": f"{translated(APPOINTMENT_KIND_LABELS[found.kind])}：{found.name}",
        "facts": _facts(found),
        "verbs": _verbs(actor, found),
        "refusal": refusal,
        "typed": str(request.POST.get("remark", ""))[:200],
    }
    return render(request, "workbench/appointment.html", context, status=refusal.status if refusal else 200)


def _verbs(actor: Actor, found: AppointmentView) -> list[Shown]:
    """The buttons (可办)."""
    second = found.organ_id in actor.organs_as(*DECIDES) and found.proposed_by not in actor.stands_for()
    may = {DecidedBy.PROPOSER: found.proposed_by == actor.id, DecidedBy.SECOND: second}
    return [
        {"value": move.verb.value, "label": APPOINTMENT_VERB_LABELS[move.verb]}
        for move in APPOINTMENT_MOVES
        if move.source is found.state and may[move.by]
    ]


def _facts(found: AppointmentView) -> list[Shown]:
    organ = _organ_names({found.organ_id})[found.organ_id]
    told = [
        (_("谁"), f"{found.name}（{found.login}）"),
        (_("岗位"), f"{translated(ROLE_LABELS[found.role])} · {organ}"),
        (_("限定事项"), "、".join(found.items) or translated(_ALL)),
        (_("从哪天"), date_zh(found.since)),
        (_("理由"), found.reason),
        (_("谁提出"), f"{found.proposer}，{time_zh(found.proposed_at)}"),
        (_("状态"), translated(APPOINTMENT_STATE_LABELS[found.state])),
    ]
    if found.decider and found.decided_at:
        told.append((_("谁决定"), f"{found.decider}，{time_zh(found.decided_at)}"))
    if found.remark:
        told.append((_("附言"), found.remark))
    return [{"label": label, "value": value} for label, value in told]


def _organ_names(organ_ids: set[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    return {organ_id: organ.short_name for organ_id, organ in parties.organs_by_id(organ_ids).items()}


def _columns(labels: tuple[str, ...]) -> list[Shown]:
    return [{"label": label, "number": False} for label in labels]


def _holding(one: HoldingView, names: Mapping[uuid.UUID, str]) -> Shown:
    post = f"{translated(ROLE_LABELS[one.role])} · {names[one.organ_id]}"
    items = "、".join(one.items) or translated(_ALL)
    until = date_zh(one.until) if one.until else ""
    return {"cells": [one.name, one.login, post, items, date_zh(one.since), until]}


def _proposal(one: AppointmentView, names: Mapping[uuid.UUID, str]) -> Shown:
    link = {"text": translated(APPOINTMENT_KIND_LABELS[one.kind]), "url": f"{_PAGE}/{one.id}"}
    post = f"{translated(ROLE_LABELS[one.role])} · {names[one.organ_id]}"
    tag = {"state": _TAGS[one.state], "word": translated(APPOINTMENT_STATE_LABELS[one.state])}
    return {"cells": [link, one.name, post, date_zh(one.since), one.proposer, tag]}


def _form(
    request: HttpRequest, actor: Actor, typed: Mapping[str, str], refusal: Refusal | None
) -> HttpResponse:
    told = dict(refusal.fields) if refusal else {}
    if "role" in told:
        told["post"] = told.pop("role")
    fields = _fields(actor, typed, told)
    context: Shown = {
        "fields": fields,
        "errors": [
            {
                "name": field["name"],
                "text": _("%(field)s：") % {"field": field["label"]}
                + _("；").join(translated(text) for text in told[str(field["name"])]),
            }
            for field in fields
            if field["errors"]
        ],
        "refusal": refusal if refusal and not told else None,
        "key": str(new_id()),
    }
    return render(
        request, "workbench/appointment_new.html", context, status=refusal.status if refusal else 200
    )


def _fields(actor: Actor, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> list[Shown]:
    names = _organ_names(set(actor.organs_as(*PROPOSES)))
    posts = [
        {"value": f"{role} {organ_id}", "label": f"{translated(ROLE_LABELS[role])} · {name}"}
        for organ_id, name in sorted(names.items(), key=lambda pair: pair[1])
        for role in Role
    ]
    kinds = [
        {"value": kind.value, "label": translated(label)} for kind, label in APPOINTMENT_KIND_LABELS.items()
    ]
    shapes: dict[str, Shown] = {
        "kind": {"label": _("任职还是免职"), "type": "select", "options": kinds, "required": True},
        "login": {"label": _("工作人员的登录名"), "width": "m", "required": True},
        "post": {"label": _("哪个岗位"), "type": "select", "options": posts, "required": True},
        "items": {
            "label": _("只办哪些事项"),
            "type": "textarea",
            "help": _("事项的 12 位基本编码，每行一个。不填就是本机关的全部事项。"),
        },
        "since": {
            "label": _("从哪天"),
            "type": "date",
            "width": "m",
            "required": True,
            "help": _("任职从这天开始有岗位，免职从这天开始没有岗位。最早今天。"),
        },
        "reason": {"label": _("理由"), "required": True, "help": _("例如任免文件的文号。")},
    }
    return [
        {"name": name, "value": typed.get(name, ""), "errors": errors.get(name, [])} | shape
        for name, shape in shapes.items()
    ]


def _read(typed: Mapping[str, str]) -> dict[str, Any]:
    """What the form says (读取表单); raises Invalid at the fields."""
    fields: dict[str, list[str]] = {}
    kind = next((kind for kind in AppointmentKind if kind == typed["kind"]), None)
    role, _space, organ = typed["post"].partition(" ")
    try:
        organ_id = uuid.UUID(organ)
    except ValueError:
        organ_id = None
    if kind is None:
        fields["kind"] = [msg("请选一项。")]
    if organ_id is None or role not in set(Role):
        fields["post"] = [msg("请选一项。")]
    since = _day(typed["since"])
    if since is None:
        fields["since"] = [msg("请填日期，例如 2026-12-08。")]
    if fields:
        raise Invalid("identity.appointment_form", msg("还有内容没有填好，已经在下面标出。"), fields=fields)
    return {
        "kind": kind,
        "organ_id": organ_id,
        "role": Role(role),
        "login": typed["login"],
        "items": typed["items"].split(),
        "since": since,
        "reason": typed["reason"],
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
