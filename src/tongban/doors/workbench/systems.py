"""Connected systems (接入系统): an organ registers its own, a second person at a provincial organ approves."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import date_zh
from tongban.doors.workbench.door import day_of, key_of, now, staff, version_of
from tongban.doors.workbench.shown import Shown
from tongban.doors.workbench.systems_form import FIELDS, errors_of, groups_of, rows_of
from tongban.people.identity.queries import names
from tongban.people.identity.rules import Role
from tongban.people.parties import queries as parties
from tongban.people.signon import access, actions, queries
from tongban.people.signon.queries import SystemRow
from tongban.people.signon.rules.addresses import LOOPBACK
from tongban.people.signon.rules.registration import AUDIENCE_LABELS, typed
from tongban.people.signon.rules.rights import RIGHT_LABELS
from tongban.people.signon.rules.systems import STATE_LABELS, VERB_LABELS, SystemState, SystemVerb, verbs_from
from tongban.standards.text import msg

_LIST = "/systems"
_COLUMNS = (msg("系统"), msg("机关"), msg("面向对象"), msg("状态"), msg("哪天登记"))
_TAGS = {
    SystemState.REQUESTED: "wait",
    SystemState.APPROVED: "ok",
    SystemState.SUSPENDED: "warn",
    SystemState.RETIRED: "idle",
    SystemState.DISCARDED: "idle",
}
_NOTICES = timedelta(days=30)  # [O] sign-out notices of the last month


def _is_rehearsal() -> bool:
    return urlsplit(settings.PUBLIC_URL).hostname in {*LOOPBACK, "localhost"}


def _ensure_editor(actor: Actor) -> None:
    if not actor.organs_as(Role.EDITOR.value):
        raise Forbidden("signon.editor", msg("只有事项编辑可以看接入系统。"))


@staff
@require_safe
def systems(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The connected systems (接入系统清单): one's organ's own; at a provincial organ all."""
    _ensure_editor(actor)
    found = queries.desk(actor)
    organs = parties.organs_by_id({row.organ_id for row in found})
    rows = [{"cells": _cells(row, organs[row.organ_id].short_name)} for row in found]
    columns = [{"label": label, "number": False} for label in _COLUMNS]
    return render(request, "workbench/systems.html", {"columns": columns, "rows": rows})


def _cells(row: SystemRow, organ: str) -> list[object]:
    waits = row.proposal is not None and not row.sent_back
    word = _("有修改等审批") if waits and row.kept is not None else _(STATE_LABELS[row.state])
    kept = row.kept or row.proposal
    return [
        {"text": row.name, "url": f"{_LIST}/{row.id}"},
        organ,
        _(AUDIENCE_LABELS[kept.audience]) if kept else "",
        {"state": "wait" if waits else _TAGS[row.state], "word": word},
        date_zh(day_of(row.requested_at)),
    ]


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Register a system (登记接入系统)."""
    _ensure_editor(actor)
    own = parties.organs_by_id(actor.organs_as(Role.EDITOR.value))
    organs: list[Shown] = [{"value": str(one.id), "label": one.name} for one in own.values()]
    if request.method != "POST":
        return _form(request, {"level": "1", "signing": "ES256", "flow_code": "on"}, None, None, organs)
    values = _typed(request)
    chosen = request.POST.get("organ") or ("" if len(own) > 1 else str(next(iter(own))))
    organ_id = next((one for one in own if str(one) == chosen), None)
    try:
        if organ_id is None:
            raise Invalid("signon.organ", msg("请改正标出的内容。"), fields={"organ": [msg("请选一项。")]})
        made = actions.request_system(
            actor=actor,
            organ_id=organ_id,
            values=values,
            at=now(),
            key=key_of(request),
            rehearsal=_is_rehearsal(),
        )
    except (Invalid, Conflict) as refusal:
        return _form(request, values | {"organ": chosen}, refusal, None, organs)
    _say(request, _("已登记，等省级机关审批"))
    return HttpResponseRedirect(f"{_LIST}/{made}")


@staff
@require_safe
def show(request: HttpRequest, actor: Actor, system_id: uuid.UUID) -> HttpResponse:
    """One system (接入系统): what is in force, what waits, what can be done."""
    _ensure_editor(actor)
    row = queries.one(actor, system_id)
    waits = row.proposal is not None and not row.sent_back
    moves = [
        move
        for move in verbs_from(row.state, asked=waits)
        if access.may(actor, move, organ_id=row.organ_id, proposer_id=row.proposer_id)
    ]
    at = now()
    total, untold, problem = queries.sign_outs_of(row.id, since=at - _NOTICES)
    people = names({one for one in (row.proposer_id, row.approver_id) if one is not None})
    context = {
        "one": row,
        "organ": parties.organ(row.organ_id).name,
        "state": {"state": _TAGS[row.state], "word": _(STATE_LABELS[row.state])},
        "waits": waits,
        "kept": rows_of(row.kept, None) if row.kept else [],
        "proposed": rows_of(row.proposal, row.kept) if row.proposal else [],
        "proposer": people.get(row.proposer_id, "") if row.proposer_id else "",
        "approver": people.get(row.approver_id, "") if row.approver_id else "",
        "uses": [
            {"label": _(RIGHT_LABELS[right]), "value": times}
            for right, times in queries.uses_of(row.id, since=day_of(at - _NOTICES)).items()
        ],
        "sign_outs": {"total": total, "untold": untold, "problem": problem},
        "buttons": [
            {"url": f"{_LIST}/{row.id}/{move.verb.value}", "word": _(VERB_LABELS[move.verb])}
            for move in moves
        ],
        "alone": waits and not any(move.verb is SystemVerb.APPROVE for move in moves),
    }
    return render(request, "workbench/system.html", context)


_EFFECTS: dict[SystemVerb, tuple[str, ...]] = {
    SystemVerb.APPROVE: (
        msg("登记的内容马上生效，人们可以用通办账号登录它。"),
        msg("您对登记的地址和用途负责。"),
    ),
    SystemVerb.SEND_BACK: (msg("登记的人会看到您写的原因，改好再送来。"),),
    SystemVerb.DISCARD: (msg("这次登记作废，要接入请重新登记。"),),
    SystemVerb.SUSPEND: (msg("马上没有人能登录它，它手里的令牌都用不了。"), msg("恢复以后照旧。")),
    SystemVerb.RESUME: (msg("人们马上又能登录它。"),),
    SystemVerb.RETIRE: (msg("马上没有人能登录它，给过它的令牌全部作废。"), msg("停用以后不能恢复。")),
}
_REASONED = frozenset({SystemVerb.SEND_BACK, SystemVerb.SUSPEND, SystemVerb.RETIRE})


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, system_id: uuid.UUID, verb: str) -> HttpResponse:
    """One act on a system (办理), once it is confirmed; amending is a form of its own."""
    _ensure_editor(actor)
    if verb not in set(SystemVerb):
        raise NotFound("signon.verb", msg("没有这个页面。"))
    row, wanted = queries.one(actor, system_id), SystemVerb(verb)
    if wanted is SystemVerb.AMEND:
        return _amend(request, actor, row)
    refusal: Refusal | None = None
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        try:
            _done_by(wanted, actor, row.id, version_of(request), reason)
        except (Invalid, Conflict, Forbidden) as refused:
            refusal = refused
        else:
            _say(request, _("已办理：%(verb)s") % {"verb": _(VERB_LABELS[wanted])})
            return HttpResponseRedirect(f"{_LIST}/{row.id}")
    context = {
        "one": row,
        "title": _("%(verb)s“%(name)s”？") % {"verb": _(VERB_LABELS[wanted]), "name": row.name},
        "word": _(VERB_LABELS[wanted]),
        "effects": _EFFECTS[wanted],
        "grave": wanted is SystemVerb.RETIRE,
        "back": f"{_LIST}/{row.id}",
        "version": row.version if refusal is None else request.POST.get("version", ""),
        "refusal": refusal if refusal and not refusal.fields else None,
        "field": {
            "name": "reason",
            "label": _("原因"),
            "type": "textarea",
            "required": True,
            "value": reason,
            "maxlength": 400,
            "errors": refusal.fields.get("reason", []) if refusal else [],
        }
        if wanted in _REASONED
        else None,
    }
    return render(request, "workbench/system_act.html", context, status=refusal.status if refusal else 200)


def _done_by(verb: SystemVerb, actor: Actor, system_id: uuid.UUID, version: int, reason: str) -> None:
    at = now()
    if verb in _REASONED:
        reasoned: dict[SystemVerb, Callable[..., None]] = {
            SystemVerb.SEND_BACK: actions.send_back,
            SystemVerb.SUSPEND: actions.suspend,
            SystemVerb.RETIRE: actions.retire,
        }
        reasoned[verb](actor=actor, system_id=system_id, version=version, reason=reason, at=at)
        return
    plain: dict[SystemVerb, Callable[..., None]] = {
        SystemVerb.APPROVE: actions.approve,
        SystemVerb.DISCARD: actions.discard,
        SystemVerb.RESUME: actions.resume,
    }
    plain[verb](actor=actor, system_id=system_id, version=version, at=at)


def _amend(request: HttpRequest, actor: Actor, row: SystemRow) -> HttpResponse:
    shown = row.proposal or row.kept
    if request.method != "POST":
        return _form(request, typed(shown) if shown else {}, None, row, [])
    values = _typed(request)
    try:
        actions.amend(
            actor=actor,
            system_id=row.id,
            version=version_of(request),
            values=values,
            at=now(),
            rehearsal=_is_rehearsal(),
        )
    except (Invalid, Conflict, Forbidden) as refusal:
        return _form(request, values, refusal, row, [])
    _say(request, _("已修改，等省级机关审批"))
    return HttpResponseRedirect(f"{_LIST}/{row.id}")


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(request.POST.get(name, "")) for name in FIELDS}


def _form(
    request: HttpRequest,
    values: dict[str, str],
    refusal: Refusal | None,
    row: SystemRow | None,
    organs: list[Shown],
) -> HttpResponse:
    told = refusal.fields if refusal else {}
    context = {
        "one": row,
        "groups": groups_of(values, told, organs),
        "errors": errors_of(told),
        "refusal": refusal if refusal and not told else None,
        "key": str(new_id()),
        "back": f"{_LIST}/{row.id}" if row else _LIST,
    }
    return render(request, "workbench/system_form.html", context, status=refusal.status if refusal else 200)


def _say(request: HttpRequest, title: str) -> None:
    request.session["notice"] = {"kind": "ok", "title": title, "text": ""}
