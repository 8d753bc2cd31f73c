"""The desk of public information (信息公开): write, send to review, review by a second person, withdraw."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import date_zh
from tongban.doors.workbench import info_fields
from tongban.doors.workbench.door import key_of, now, staff, typed_in, version_of
from tongban.doors.workbench.shown import Shown
from tongban.offers.publicinfo import actions, queries
from tongban.offers.publicinfo.queries import DocumentView
from tongban.offers.publicinfo.rules.documents import (
    ANNOUNCED,
    DOCUMENT_KIND_LABELS,
    DOCUMENT_STATE_LABELS,
    DOCUMENT_VERB_LABELS,
    OPEN,
    DocumentKind,
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
_START_LABELS = {
    DocumentKind.NOTICE: msg("写一条信息"),
    DocumentKind.SERVICE: msg("加一项中介服务"),
    DocumentKind.AGENCY: msg("加一个中介机构"),
}
# The lists of the desk: their addresses, what they are called, what stands on them.
_LISTS = {
    "announcement": (msg("通知、政策、问答"), ANNOUNCED),
    "service": (DOCUMENT_KIND_LABELS[DocumentKind.SERVICE], (DocumentKind.SERVICE,)),
    "agency": (DOCUMENT_KIND_LABELS[DocumentKind.AGENCY], (DocumentKind.AGENCY,)),
}
_PUBLIC = {DocumentKind.SERVICE: "intermediaries", DocumentKind.AGENCY: "agencies"}
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


# Stands for the fields of the document's kind (info_fields.content_of).
_CONTENT = ("content",)
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


def ensure_editor(actor: Actor) -> None:
    """Only editors come to this desk (仅限编辑)."""
    if not actor.organs_as("editor"):
        raise Forbidden("publicinfo.editor", msg("只有编辑岗位可以写和审查公开的信息。"))


@staff
@require_safe
def infos(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The desk (信息清单): what one's organs write and announce."""
    ensure_editor(actor)
    state = next((known for known in DocumentState if known == request.GET.get("state")), None)
    listed = request.GET.get("list", "")
    listed = listed if listed in _LISTS else ""
    kinds = _LISTS[listed][1] if listed else tuple(DocumentKind)
    states = [known for known in DOCUMENT_STATE_LABELS if known is not DocumentState.REVISED]
    filters = [_filter(_("全部"), listed, None, state is None)]
    filters += [_filter(_(DOCUMENT_STATE_LABELS[each]), listed, each, state is each) for each in states]
    lists = [_filter(_("全部"), "", state, not listed)]
    lists += [_filter(_(label), each, state, listed == each) for each, (label, _kinds) in _LISTS.items()]
    columns = (_("标题"), _("类别"), _("机关"), _("状态"), _("版本"), _("日期"))
    context = {
        "lists": lists,
        "filters": filters,
        "columns": [{"label": label, "number": False} for label in columns],
        "rows": [{"cells": _cells(document)} for document in queries.desk(actor, state=state, kinds=kinds)],
    }
    return render(request, "workbench/info.html", context)


def _filter(text: str, listed: str, state: DocumentState | None, current: bool) -> Shown:
    asked = {"list": listed, "state": state.value if state else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return {"text": text, "url": f"/info?{query}" if query else "/info", "count": None, "current": current}


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
def new(request: HttpRequest, actor: Actor, listed: str = "announcement") -> HttpResponse:
    """Begin a document (写一条信息): an announcement, or an entry of the list of services or of agencies."""
    ensure_editor(actor)
    if listed not in _LISTS:
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    kind = _LISTS[listed][1][0]
    organs = _organs(actor)
    typed = info_fields.sent(request, kind)
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
            return _done(request, _START_LABELS[kind], made.id)
        except Invalid as invalid:
            refusal = invalid
    errors = refusal.fields if refusal else {}
    content = info_fields.content_of(kind)
    asks = ("organ", *content) if len(organs) > 1 else content
    context = {
        "label": _START_LABELS[kind],
        "url": "/info/new" if listed == "announcement" else f"/info/new/{listed}",
        "cancel_url": "/info",
        "fields": [info_fields.field(name, kind, typed, errors, organs) for name in asks],
        "errors": info_fields.summary(errors, kind),
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
        "public_url": f"{settings.PUBLIC_URL}/{_PUBLIC.get(document.kind, 'info')}/{info_id}"
        if public
        else "",
        "rows": info_fields.rows(document),
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
    typed = info_fields.sent(request, document.kind)
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
    kind, writes = document.kind, spec.asks == _CONTENT
    typed = info_fields.sent(request, kind) if request.method == "POST" else info_fields.of_document(document)
    errors = refusal.fields if refusal else {}
    asks = info_fields.content_of(kind) if writes else spec.asks
    context = {
        "label": spec.label,
        "url": f"/info/{document.id}/{verb}",
        "cancel_url": f"/info/{document.id}",
        "fields": [info_fields.field(name, kind, typed, errors, []) for name in asks],
        "errors": info_fields.summary(errors, kind),
        "key": str(new_id()),
        # A form that comes back bears the version of the page that was sent: what changed since must still be seen.
        "version": version_of(request) if request.method == "POST" else document.version,
        "word": msg("保存") if writes else spec.label,
        "grave": spec.grave,
        "info": None if writes else document,
        "rows": () if writes else info_fields.rows(document),
        "kind": DOCUMENT_KIND_LABELS[kind],
        "personal": personal_numbers(info_fields.all_text(document))
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
