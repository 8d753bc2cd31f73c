"""The desk of synonyms (同义词): what people say, and what it leads to in the search; kept by editors."""

import uuid
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.base.search import actions, queries
from tongban.base.search.access import may_keep
from tongban.base.search.queries import SynonymView
from tongban.base.search.rules.synonyms import MOST_WORDS
from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.doors.workbench.door import key_of, now, staff, version_of
from tongban.doors.workbench.shown import Shown
from tongban.standards.text import msg

_LIST = "/catalogue/synonyms"
_LONGEST = 2_000
_COLUMNS = (msg("大家怎么说"), msg("搜到什么"), msg("谁改的"), msg("哪天改的"))
_HAPPENED = {
    "search.add_synonyms": msg("新增"),
    "search.change_synonyms": msg("修改"),
    "search.end_synonyms": msg("停用"),
}


def _ensure_keeper(actor: Actor) -> None:
    allowed, why = may_keep(actor)
    if not allowed:
        raise Forbidden("search.synonyms", why)


@staff
@require_safe
def groups(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All synonym groups (同义词清单), or those with a word; live ones, or ended ones."""
    _ensure_keeper(actor)
    text = request.GET.get("q", "")[:60]
    ended = request.GET.get("state") == "ended"
    context = {
        "asked": text,
        "filters": [
            {"text": _("在用"), "url": _LIST, "current": not ended},
            {"text": _("已停用"), "url": f"{_LIST}?state=ended", "current": ended},
        ],
        "columns": [{"label": label, "number": False} for label in _COLUMNS],
        "rows": [{"cells": _cells(group)} for group in queries.synonyms(text, ended=ended)],
    }
    return render(request, "workbench/synonyms.html", context)


def _cells(group: SynonymView) -> list[object]:
    return [
        {"text": "、".join(group.words), "url": f"{_LIST}/{group.id}"},
        "；".join(group.leads),
        group.changed_by or _("系统"),
        date_zh(group.ended_at or group.changed_at),
    ]


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Add a synonym group (新增同义词)."""
    _ensure_keeper(actor)
    refusal: Refusal | None = None
    if request.method == "POST":
        words, leads = _typed(request)
        try:
            made = actions.add_synonyms(actor=actor, words=words, leads=leads, at=now(), key=key_of(request))
            return _done(request, made, _("已新增"))
        except (Invalid, Conflict) as refused:
            refusal = refused
    return _form(request, None, refusal)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, actor: Actor, group_id: uuid.UUID) -> HttpResponse:
    """A synonym group (同义词组): change it, end it, see who did what to it."""
    _ensure_keeper(actor)
    group = _found(group_id)
    if request.method != "POST":
        return _form(request, group, None)
    words, leads = _typed(request)
    try:
        actions.change_synonyms(
            actor=actor,
            group_id=group_id,
            words=words,
            leads=leads,
            version=version_of(request),
            at=now(),
            key=key_of(request),
        )
    except (Invalid, Conflict) as refusal:
        return _form(request, _found(group_id), refusal)
    return _done(request, group_id, _("已保存"))


@staff
@require_POST
def end(request: HttpRequest, actor: Actor, group_id: uuid.UUID) -> HttpResponse:
    """End a synonym group (停用同义词)."""
    _ensure_keeper(actor)
    _found(group_id)
    try:
        actions.end_synonyms(
            actor=actor, group_id=group_id, version=version_of(request), at=now(), key=key_of(request)
        )
    except Conflict as refusal:
        return _form(request, _found(group_id), refusal)
    return _done(request, group_id, _("已停用"))


def _found(group_id: uuid.UUID) -> SynonymView:
    group = queries.synonym(group_id)
    if group is None:
        raise NotFound("search.synonyms", msg("没有这个同义词组。"))
    return group


def _typed(request: HttpRequest) -> tuple[str, str]:
    return request.POST.get("words", ""), request.POST.get("leads", "")


def _done(request: HttpRequest, group_id: uuid.UUID, told: str) -> HttpResponse:
    request.session["notice"] = {"kind": "ok", "title": told, "text": _("搜索马上照新的词找。")}
    return HttpResponseRedirect(f"{_LIST}/{group_id}")


def _form(request: HttpRequest, group: SynonymView | None, refusal: Refusal | None) -> HttpResponse:
    kept = _typed(request) if refusal and "words" in request.POST else None
    words, leads = kept or ((" ".join(group.words), "\n".join(group.leads)) if group else ("", ""))
    errors: Mapping[str, list[str]] = refusal.fields if refusal else {}
    context = {
        "group": group,
        "url": f"{_LIST}/{group.id}" if group else f"{_LIST}/new",
        "fields": [
            _field("words", words, errors, _("用空格隔开，一组最多 %(n)s 个词。") % {"n": MOST_WORDS}),
            _field("leads", leads, errors, _("目录里的说法，一行一个，例如事项名称里的词。")),
        ],
        "errors": _summary(errors),
        "refusal": refusal if refusal and not errors else None,
        "key": str(new_id()),
        "end_key": str(new_id()),
        # A form that comes back bears the version of the page that was sent: what changed since must still be seen.
        "version": version_of(request) if refusal else group.version if group else 0,
        "events": _events(group) if group else [],
    }
    return render(request, "workbench/synonyms_form.html", context, status=refusal.status if refusal else 200)


def _labels() -> dict[str, str]:
    return {"words": _("大家怎么说"), "leads": _("搜到什么")}


def _field(name: str, value: str, errors: Mapping[str, list[str]], told: str) -> Shown:
    return {
        "name": name,
        "label": _labels()[name],
        "type": "textarea",
        "rows": 4,
        "maxlength": _LONGEST,
        "help": told,
        "required": True,
        "value": value,
        "errors": errors.get(name, []),
    }


def _summary(errors: Mapping[str, list[str]]) -> list[Shown]:
    return [
        {
            "name": name,
            "text": _("%(field)s：") % {"field": _labels()[name]}
            + _("；").join(translated(text) for text in texts),
        }
        for name, texts in errors.items()
    ]


def _events(group: SynonymView) -> list[Shown]:
    """The group's time line (词组历史): who did what, and what it said then."""
    return [
        {
            "at": act.at,
            "title": _HAPPENED[act.act],
            "who": act.actor.get("name", "") if act.actor.get("kind") == "staff" else _("系统"),
            "text": f"{_joined(act.data.get('words'))} → {_joined(act.data.get('leads'))}",
            "state": "done",
        }
        for act in reversed(queries.life_of(group.id))
    ]


def _joined(words: object) -> str:
    return "、".join(map(str, words)) if isinstance(words, list) else ""
