"""The desk of public information (信息公开): write, send to review, review by a second person, withdraw."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.doors.workbench.door import key_of, now, staff, typed_in, version_of
from tongban.doors.workbench.shown import Shown
from tongban.offers.publicinfo import actions, queries
from tongban.offers.publicinfo.queries import DocumentView
from tongban.offers.publicinfo.rules.documents import (
    DOCUMENT_KIND_LABELS,
    DOCUMENT_STATE_LABELS,
    DOCUMENT_VERB_LABELS,
    LONGEST_BODY,
    LONGEST_REASON,
    LONGEST_TITLE,
    OPEN,
    DocumentState,
    DocumentVerb,
    personal_numbers,
)
from tongban.people.parties import queries as parties
from tongban.standards.text import msg

_TAGS = {
    DocumentState.DRAFT: "idle",
    DocumentState.IN_REVIEW: "wait",
    DocumentState.PUBLISHED: "ok",
    DocumentState.REVISED: "idle",
    DocumentState.WITHDRAWN: "bad",
}
_REDRAFT = "redraft"
_REDRAFT_LABEL = msg("写新版")
_START_LABEL = msg("写一条信息")
_BEGAN = {1: msg("开始起草"), 2: msg("开始写新版")}


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent (提交的表单)."""

    actor: Actor
    info_id: uuid.UUID
    typed: Mapping[str, str]
    at: datetime
    key: str | None
    version: int


def _write(sent: Sent) -> actions.DocumentRef:
    return actions.write(
        actor=sent.actor,
        document_id=sent.info_id,
        content=sent.typed,
        at=sent.at,
        version=sent.version,
        key=sent.key,
    )


def _redraft(sent: Sent) -> actions.DocumentRef:
    return actions.revise(
        actor=sent.actor, document_id=sent.info_id, content=sent.typed, at=sent.at, key=sent.key
    )


def _send(sent: Sent) -> actions.DocumentRef:
    return actions.send(
        actor=sent.actor, document_id=sent.info_id, at=sent.at, version=sent.version, key=sent.key
    )


def _approve(sent: Sent) -> actions.DocumentRef:
    return actions.approve(
        actor=sent.actor,
        document_id=sent.info_id,
        confirmed=sent.typed.get("confirmed") == "on",
        at=sent.at,
        version=sent.version,
        key=sent.key,
    )


def _with_reason(action: Callable[..., actions.DocumentRef]) -> Callable[[Sent], actions.DocumentRef]:
    def perform(sent: Sent) -> actions.DocumentRef:
        return action(
            actor=sent.actor,
            document_id=sent.info_id,
            reason=sent.typed.get("reason", ""),
            at=sent.at,
            version=sent.version,
            key=sent.key,
        )

    return perform


@dataclass(frozen=True, slots=True)
class Act:
    """An act as its page shows it (办理页). ``asks``: the fields of its form."""

    perform: Callable[[Sent], actions.DocumentRef]
    label: str
    asks: tuple[str, ...] = ()
    grave: bool = False


_CONTENT = ("kind", "title", "body")
ACTS: Mapping[str, Act] = {
    DocumentVerb.WRITE: Act(_write, DOCUMENT_VERB_LABELS[DocumentVerb.WRITE], _CONTENT),
    _REDRAFT: Act(_redraft, _REDRAFT_LABEL, _CONTENT),
    DocumentVerb.SEND: Act(_send, DOCUMENT_VERB_LABELS[DocumentVerb.SEND]),
    DocumentVerb.APPROVE: Act(_approve, DOCUMENT_VERB_LABELS[DocumentVerb.APPROVE], ("confirmed",)),
    DocumentVerb.SEND_BACK: Act(
        _with_reason(actions.send_back), DOCUMENT_VERB_LABELS[DocumentVerb.SEND_BACK], ("reason",)
    ),
    DocumentVerb.WITHDRAW: Act(
        _with_reason(actions.withdraw), DOCUMENT_VERB_LABELS[DocumentVerb.WITHDRAW], ("reason",), True
    ),
}


def _organs(actor: Actor) -> list[Shown]:
    """The organs that one writes for (编辑的机关)."""
    found = [parties.organ(organ_id) for organ_id in actor.organs_as("editor")]
    return [{"value": str(o.id), "label": o.name} for o in sorted(found, key=lambda o: (o.place, o.name))]


def _ensure_editor(actor: Actor) -> None:
    if not actor.organs_as("editor"):
        raise Forbidden("publicinfo.editor", msg("只有编辑岗位可以写和审查公开的信息。"))


@staff
@require_safe
def infos(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The desk (信息清单): what one's organs write and announce."""
    _ensure_editor(actor)
    state = next((known for known in DocumentState if known == request.GET.get("state")), None)
    filters: list[Shown] = [{"text": _("全部"), "url": "/info", "count": None, "current": state is None}]
    filters += [
        {"text": _(label), "url": f"/info?state={each}", "count": None, "current": state is each}
        for each, label in DOCUMENT_STATE_LABELS.items()
        if each is not DocumentState.REVISED
    ]
    columns = (_("标题"), _("类别"), _("机关"), _("状态"), _("版本"), _("日期"))
    context = {
        "filters": filters,
        "columns": [{"label": label, "number": False} for label in columns],
        "rows": [{"cells": _cells(document)} for document in queries.desk(actor, state=state)],
    }
    return render(request, "workbench/info.html", context)


def _cells(document: DocumentView) -> list[object]:
    return [
        {"text": document.title, "url": f"/info/{document.id}"},
        _(DOCUMENT_KIND_LABELS[document.kind]),
        document.organ_name,
        _tag(document),
        str(document.number),
        date_zh(document.ended_at or document.published_at or document.made_at),
    ]


def _tag(document: DocumentView) -> dict[str, str]:
    return {"state": _TAGS[document.state], "word": _(DOCUMENT_STATE_LABELS[document.state])}


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Begin a document (写一条信息)."""
    _ensure_editor(actor)
    organs = _organs(actor)
    typed = {name: str(value) for name, value in request.POST.items()}
    refusal: Invalid | None = None
    if request.method == "POST":
        organ = next((str(o["value"]) for o in organs if o["value"] == typed.get("organ")), None)
        if organ is None and len(organs) == 1:
            organ = str(organs[0]["value"])
        try:
            if organ is None:
                told = msg("请从列出的选项里选一个。")
                raise Invalid("publicinfo.organ", told, fields={"organ": [told]})
            made = actions.start(
                actor=actor, organ_id=uuid.UUID(organ), content=typed, at=now(), key=key_of(request)
            )
            return _done(request, _START_LABEL, made.id)
        except Invalid as invalid:
            refusal = invalid
    errors = refusal.fields if refusal else {}
    asks = ("organ", *_CONTENT) if len(organs) > 1 else _CONTENT
    context = {
        "label": _START_LABEL,
        "url": "/info/new",
        "cancel_url": "/info",
        "fields": [_field(name, typed, errors, organs) for name in asks],
        "errors": _summary(errors),
        "key": str(new_id()),
        "word": msg("存成草稿"),
    }
    return render(request, "workbench/info_form.html", context, status=refusal.status if refusal else 200)


def _done(request: HttpRequest, label: str, info_id: uuid.UUID) -> HttpResponse:
    told = _("已办：%(act)s") % {"act": _(label)}
    request.session["notice"] = {"kind": "ok", "title": told, "text": ""}
    return HttpResponseRedirect(f"/info/{info_id}")


@staff
@require_safe
def show(request: HttpRequest, actor: Actor, info_id: uuid.UUID) -> HttpResponse:
    """A document with what may be done now (信息页)."""
    return _page(request, actor, info_id)


def _page(
    request: HttpRequest, actor: Actor, info_id: uuid.UUID, refusal: Refusal | None = None
) -> HttpResponse:
    document = queries.one(actor, info_id)
    history = queries.history(actor, info_id)
    verbs = [move.verb.value for each in history for move in each.moves]
    if document.state is DocumentState.PUBLISHED:
        verbs.insert(0, _REDRAFT)
    public = next((e for e in history if e.state in (DocumentState.PUBLISHED, DocumentState.WITHDRAWN)), None)
    context = {
        "info": document,
        "kind": DOCUMENT_KIND_LABELS[document.kind],
        "tag": _tag(document),
        "acts": [
            {"label": ACTS[verb].label, "url": f"/info/{info_id}/{verb}", "grave": ACTS[verb].grave}
            for verb in verbs
        ],
        "hindrances": [(DOCUMENT_VERB_LABELS[verb], reason) for verb, reason in document.hindrances.items()],
        "sent_back": document.reason if document.state is DocumentState.DRAFT else "",
        "public_url": f"{settings.PUBLIC_URL}/info/{info_id}" if public else "",
        "events": _events(actor, info_id),
        "history": [{"info": each, "tag": _tag(each)} for each in history],
        "refusal": refusal,
        "kept": typed_in(request) if refusal else (),
    }
    return render(request, "workbench/info_one.html", context, status=refusal.status if refusal else 200)


def _events(actor: Actor, info_id: uuid.UUID) -> list[Shown]:
    return [
        {
            "at": each.at,
            "title": DOCUMENT_VERB_LABELS[each.verb] if each.verb else _BEGAN[min(each.number, 2)],
            "who": each.who,
            "text": each.reason,
            "state": "done",
        }
        for each in queries.life_of(actor, info_id)
    ]


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, info_id: uuid.UUID, verb: str) -> HttpResponse:
    """One act on a document (信息办理页)."""
    if verb not in ACTS:
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    document = _subject(actor, info_id, verb)
    if request.method != "POST":
        _ensure_possible(document, verb)
        return _form(request, actor, document, verb, None)
    typed = {name: str(value) for name, value in request.POST.items()}
    try:
        ACTS[verb].perform(Sent(actor, info_id, typed, now(), key_of(request), version_of(request)))
    except Invalid as refusal:
        return _form(request, actor, document, verb, refusal)
    except Conflict as refusal:
        return _page(request, actor, info_id, refusal)
    return _done(request, ACTS[verb].label, info_id)


def _subject(actor: Actor, info_id: uuid.UUID, verb: str) -> DocumentView:
    """The edition that the act is about: what is withdrawn is what the public sees, even while a new one is written."""
    document = queries.one(actor, info_id)
    if verb == DocumentVerb.WITHDRAW and document.state in OPEN:
        earlier = queries.history(actor, info_id)
        return next((each for each in earlier if each.state is DocumentState.PUBLISHED), document)
    return document


def _ensure_possible(document: DocumentView, verb: str) -> None:
    """The page of an act opens only where the action would go on (先看能否办理)."""
    if verb == _REDRAFT and document.state is DocumentState.PUBLISHED:
        return
    if any(move.verb == verb for move in document.moves):
        return
    reason = next((why for known, why in document.hindrances.items() if known == verb), None)
    if reason is not None:
        raise Forbidden(f"publicinfo.{verb}", reason)
    raise Conflict(
        "publicinfo.move",
        msg("这条信息现在是“%(state)s”，您打开页面以后它有了变化。请看过最新情况再办。"),
        {"state": DOCUMENT_STATE_LABELS[document.state]},
    )


def _form(
    request: HttpRequest, actor: Actor, document: DocumentView, verb: str, refusal: Invalid | None
) -> HttpResponse:
    spec = ACTS[verb]
    typed = (
        {name: str(value) for name, value in request.POST.items()}
        if request.method == "POST"
        else {"kind": document.kind.value, "title": document.title, "body": document.body}
    )
    errors = refusal.fields if refusal else {}
    context = {
        "label": spec.label,
        "url": f"/info/{document.id}/{verb}",
        "cancel_url": f"/info/{document.id}",
        "fields": [_field(name, typed, errors, []) for name in spec.asks],
        "errors": _summary(errors),
        "key": str(new_id()),
        # A form that comes back bears the version of the page that was sent: what changed since must still be seen.
        "version": version_of(request) if request.method == "POST" else document.version,
        "word": msg("保存") if spec.asks == _CONTENT else spec.label,
        "grave": spec.grave,
        "info": None if spec.asks == _CONTENT else document,
        "kind": DOCUMENT_KIND_LABELS[document.kind],
        "personal": personal_numbers(f"{document.title}\n{document.body}")
        if verb in (DocumentVerb.SEND, DocumentVerb.APPROVE)
        else (),
        "told": _told().get(verb, ""),
    }
    return render(request, "workbench/info_form.html", context, status=refusal.status if refusal else 200)


def _told() -> dict[str, str]:
    return {
        DocumentVerb.SEND: _("送审以后不能再改；由本机关另一位没有动笔的编辑审查。"),
        DocumentVerb.APPROVE: _("通过以后马上公开，任何人都能看到；以前的版本留着。"),
        DocumentVerb.WITHDRAW: _("撤下以后内容不再公开，不能恢复；原来的地址会说明已经撤下和撤下的理由。"),
        _REDRAFT: _("新版审查通过以前，公开的还是现在这一版。"),
    }


def _field(
    name: str, typed: Mapping[str, str], errors: Mapping[str, list[str]], organs: list[Shown]
) -> Shown:
    shapes: dict[str, Shown] = {
        "organ": {"type": "select", "options": organs},
        "kind": {
            "type": "radio",
            "options": [{"value": k.value, "label": label} for k, label in DOCUMENT_KIND_LABELS.items()],
        },
        "title": {"type": "text", "maxlength": LONGEST_TITLE},
        "body": {
            "type": "textarea",
            "rows": 16,
            "maxlength": LONGEST_BODY,
            "help": _("只写文字；空一行就是新的一段。"),
        },
        "reason": {
            "type": "textarea",
            "rows": 3,
            "maxlength": LONGEST_REASON,
            "help": _("退回的理由写给同事看；撤下的理由会公开。"),
        },
        "confirmed": {
            "type": "checkbox",
            "help": _("依据《政府信息公开条例》第十七条，公开以前要经过审查。"),
        },
    }
    shared: Shown = {"name": name, "label": _labels()[name], "help": "", "required": True}
    return shared | {"value": typed.get(name, ""), "errors": errors.get(name, [])} | shapes[name]


def _labels() -> dict[str, str]:
    return {
        "organ": _("机关"),
        "kind": _("类别"),
        "title": _("标题"),
        "body": _("正文"),
        "reason": _("理由"),
        "confirmed": _("我看过全文：没有国家秘密、工作秘密、商业秘密，也没有不该公开的个人信息"),
    }


def _summary(errors: Mapping[str, list[str]]) -> list[Shown]:
    labels = _labels() | {"confirmed": _("保密审查")}
    return [
        {
            "name": name,
            "text": _("%(field)s：") % {"field": labels[name]} + _("；").join(translated(t) for t in texts),
        }
        for name, texts in errors.items()
    ]
