"""The editor (指南编辑): every element of a draft beside the standard, saved and checked as one types; whole without JavaScript."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Invalid, NotFound
from tongban.base.files import queries as kept
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.catalogue_desks import DESKS, Desk, owner_url, tag_of
from tongban.doors.workbench.catalogue_drawing import Drawing, questions, words
from tongban.doors.workbench.catalogue_preview import preview
from tongban.doors.workbench.catalogue_problems import Problem, by_name, problems, settled
from tongban.doors.workbench.catalogue_reading import DO, pressed, read_elements
from tongban.doors.workbench.catalogue_shapes import (
    GROUPS,
    Group,
    Shape,
    elements_in,
    group_named,
)
from tongban.doors.workbench.door import day_of, now, staff
from tongban.offers.catalogue import actions
from tongban.offers.catalogue.queries import DeskEdition
from tongban.offers.catalogue.rules.drafts import completed, missing
from tongban.offers.catalogue.rules.editions import STATE_LABELS, Verb
from tongban.standards.text import msg

Body = dict[str, Any]
_NOTHING: tuple[Any, ...] = ("", [], {}, False)


@dataclass(frozen=True, slots=True)
class Open:
    """A page of the editor that is open (打开的编辑页): whose text, which elements, what the standard says of them."""

    desk: Desk
    shown: DeskEdition
    group: Group
    shapes: tuple[Shape, ...]
    standard: Mapping[str, Any]

    @property
    def url(self) -> str:
        """Its address (地址)."""
        return f"{self.desk.url(self.shown.id)}/edit/{self.group.slug}"

    def typed(self, request: HttpRequest) -> Body:
        """The whole text with what this page says in it (合并所填)."""
        names = {shape.name for shape in self.shapes}
        kept_body = {key: value for key, value in self.shown.body.items() if key not in names}
        said = read_elements(request.POST, self.shapes)
        return self.followed(
            kept_body | {name: value for name, value in said.items() if self._says(name, value)}
        )

    def followed(self, body: Body) -> Body:
        """The same with what it takes from the standard (照基本目录的要素) written into it, once nothing else would fill it in.

        A draft that has every element that must be there leaves nothing to the standard (:func:`completed`): from then
        on what follows it is said, so that finishing the last element takes no other away.
        """
        if self.shown.is_basic or missing(self.shown.kind, body):
            return body
        before = completed(self.shown.body, self.shown.standard)
        names = {shape.name for shape in self.shapes}
        return {
            name: value for name, value in before.items() if name not in self.shown.body and name not in names
        } | body

    def follow(self, body: Body, name: str) -> Body:
        """``body`` with an element as the standard has it (改回照基本目录)."""
        if completed(body, self.shown.standard).get(name) != self.standard.get(name):
            return body | {name: self.standard[name]}
        return body

    def _says(self, name: str, value: Any) -> bool:
        """An element that was never there and says nothing is still not there; "none here" is said by emptying one."""
        if value is None:
            return False
        nothing = (*_NOTHING, next(shape.default for shape in self.shapes if shape.name == name))
        return value not in nothing or name in self.shown.body or name in self.standard


def _open(actor: Actor, edition_id: uuid.UUID, group: str, desk: str) -> Open:
    found, about = group_named(group), DESKS[desk]
    if found is None:
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    shown = about.load(actor, edition_id, day_of(now()))
    if Verb.WRITE not in shown.verbs:
        raise Conflict(
            "catalogue.move",
            msg("这个版本现在是“%(state)s”，不能再改。要改的话，先退回修改，或者起草新的版本。"),
            {"state": STATE_LABELS[shown.state]},
        )
    standard = shown.standard.body() if shown.standard is not None else {}
    return Open(about, shown, found, elements_in(found, shown.kind), standard)


@staff
@require_safe
def start(request: HttpRequest, actor: Actor, edition_id: uuid.UUID, desk: str) -> HttpResponse:
    """The first page of the editor (开始编辑)."""
    return HttpResponseRedirect(f"{DESKS[desk].url(edition_id)}/edit/{GROUPS[0].slug}")


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, actor: Actor, edition_id: uuid.UUID, group: str, desk: str) -> HttpResponse:
    """One page of the editor (编辑一组要素)."""
    page = _open(actor, edition_id, group, desk)
    if request.method == "POST":
        return _sent(request, actor, page)
    return _page(request, page, dict(page.shown.body))


def _sent(request: HttpRequest, actor: Actor, page: Open) -> HttpResponse:
    at, touched, press = now(), "", request.POST.get(DO, "")
    body = page.typed(request)
    refused = _take_in(request, actor, body, at)
    if press:
        body, touched = pressed(body, press, page.shapes, page.standard)
        if press.startswith("follow:") and touched in page.standard:
            body = page.follow(body, touched)
    if press.startswith(("add:", "preview")) or refused:
        return _page(request, page, body, touched=touched, refused=refused, unsaved=True)
    try:
        page.desk.write(
            actor=actor, edition_id=page.shown.id, body=body, seen=request.POST.get("seen", ""), at=at
        )
    except Invalid as invalid:
        return _page(
            request, page, body, touched=touched, refused=refused, status=0 if press else invalid.status
        )
    except Conflict as conflict:
        return _page(request, page, body, touched=touched, stale=conflict)
    if press:
        return HttpResponseRedirect(f"{page.url}?at={touched}#at-{touched}")
    request.session["notice"] = {"kind": "ok", "title": _saved(at), "text": ""}
    return HttpResponseRedirect(_next_url(page) if "next" in request.POST else page.url)


def _next_url(page: Open) -> str:
    after = GROUPS.index(page.group) + 1
    url = page.desk.url(page.shown.id)
    return url if after == len(GROUPS) else f"{url}/edit/{GROUPS[after].slug}"


def _saved(at: datetime) -> str:
    return _("已保存 %(time)s") % {"time": f"{timezone.localtime(at):%H:%M}"}


def _take_in(request: HttpRequest, actor: Actor, body: Body, at: datetime) -> dict[str, list[str]]:
    """Files that came along go into the text (收附件); returns what could not be taken, by name of the field."""
    refused: dict[str, list[str]] = {}
    for name, file in request.FILES.items():
        path = name.removesuffix(".upload").split(".")
        if not isinstance(file, UploadedFile) or not name.endswith(".upload"):
            continue
        try:
            told = actions.give_file(actor=actor, stream=file, name=file.name or "", at=at, field=name)
        except Invalid as invalid:
            refused[name.removesuffix(".upload")] = invalid.fields.get(name, [invalid.message])
            continue
        _put(body, path, told)
    return refused


def _put(body: Any, path: list[str], value: Any) -> None:
    for step in path[:-1]:
        if isinstance(body, dict) and step in body:
            body = body[step]
        elif isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            return
    if isinstance(body, dict):
        body[path[-1]] = value


def _page(
    request: HttpRequest,
    page: Open,
    body: Body,
    *,
    touched: str = "",
    refused: Mapping[str, list[str]] | None = None,
    stale: Conflict | None = None,
    status: int | None = None,
    unsaved: bool = False,
) -> HttpResponse:
    """The page with ``body`` in it. ``unsaved``: a press changed it and it is not kept yet; ``status`` 0: the same, and fine."""
    found, drawing, elements = _drawn(page, body, touched or request.GET.get("at", ""), refused or {})
    wrong = [one for one in found if one["kind"] == "wrong" and one["group"] == page.group.slug]
    tried = request.method == "POST"
    context = {
        "shown": page.shown,
        "tag": tag_of(page.shown.validity),
        "page_url": page.url,
        "show_url": page.desk.url(page.shown.id),
        "owner_url": owner_url(page.shown),
        "typed_url": f"{page.url}/typed",
        "group": page.group,
        "tabs": _tabs(page, found),
        "elements": elements,
        "problems": [one for one in found if one["group"] == page.group.slug],
        "errors": [_summed(one) for one in wrong] if tried and not stale and status not in (None, 0) else [],
        "stale": stale,
        "beside": _two_texts(page, body) if stale else [],
        "seen": page.shown.digest,
        "has_standard": drawing.has_standard,
        "unsaved": unsaved or status == 0,
        "preview": preview(completed(body, page.shown.standard).get("form"))
        if page.group.slug == "form"
        else None,
        "last": page.group is GROUPS[-1],
        "score": page.shown.judged.points,
    }
    answer = 409 if stale else (status or 200)
    return render(request, "workbench/catalogue_edit.html", context, status=answer)


def _drawn(
    page: Open, body: Body, touched: str, refused: Mapping[str, list[str]]
) -> tuple[list[Problem], Drawing, list[dict[str, Any]]]:
    said = _without_blanks(body)
    judged = page.shown.judge(said)
    whole = body if page.shown.is_basic else completed(body, page.shown.standard)
    drawing = Drawing(
        standard=page.standard,
        follows=() if page.shown.is_basic else tuple(name for name in whole if name not in body),
        wrong={},
        asked=questions(whole.get("form")),
        url=page.desk.url(page.shown.id),
        has_standard=bool(page.standard),
        may_follow=not page.shown.is_basic,
        touched=touched,
    )
    for shape in page.shapes:  # a first drawing tells which names there are
        drawing.element(shape, body)
    names = drawing.names | {shape.name for shape in page.shapes}
    found = settled(problems(judged, whole), names)
    drawing.wrong = by_name([one for one in found if one["group"] == page.group.slug])
    for name, texts in refused.items():
        drawing.wrong.setdefault(name, []).extend(
            {"state": "bad", "word": _("填错了"), "message": translated(text), "rule": "files"}
            for text in texts
        )
    return found, drawing, [drawing.element(shape, body) for shape in page.shapes]


def _without_blanks(value: Any) -> Any:
    """The same without the blank entries that a press has just added (去掉刚加的空条目): nothing is wrong with them yet."""
    if isinstance(value, Mapping):
        return {key: _without_blanks(part) for key, part in value.items()}
    return [_without_blanks(one) for one in value if one is not None] if isinstance(value, list) else value


def _summed(problem: Problem) -> dict[str, str]:
    name = problem["name"]
    text = _("%(field)s：") % {"field": problem["element"]} + problem["message"]
    return {"name": name, "text": text}


def _tabs(page: Open, found: list[Problem]) -> list[dict[str, Any]]:
    """The pages of the editor with how many things on each are to be mended before it can go to approval (分页)."""
    base = f"{page.desk.url(page.shown.id)}/edit"
    return [
        {
            "text": translated(group.title),
            "url": f"{base}/{group.slug}",
            "slug": group.slug,
            "count": sum(one["group"] == group.slug and one["state"] == "bad" for one in found) or None,
            "current": group is page.group,
        }
        for group in GROUPS
    ]


def _two_texts(page: Open, body: Body) -> list[dict[str, Any]]:
    """What was typed beside what somebody else saved meanwhile (两份内容), where they differ."""
    told = []
    for shape in page.shapes:
        mine, theirs = body.get(shape.name), page.shown.body.get(shape.name)
        if mine != theirs and (mine or theirs):
            told.append({"label": shape.label, "mine": words(shape, mine), "theirs": words(shape, theirs)})
    return told


@staff
@require_POST
def typed(request: HttpRequest, actor: Actor, edition_id: uuid.UUID, group: str, desk: str) -> HttpResponse:
    """What is typed, saved and checked while one types (边写边查): answers what is to be said, beside which field."""
    page = _open(actor, edition_id, group, desk)
    at, seen = now(), request.POST.get("seen", "")
    body = page.typed(request)
    found, _drawing, _elements = _drawn(page, body, "", {})
    told: dict[str, Any] = {"saved": "", "digest": seen, "stale": ""}
    try:
        if body != page.shown.body:
            told["digest"] = page.desk.write(
                actor=actor, edition_id=page.shown.id, body=body, seen=seen, at=at
            )
        elif seen != page.shown.digest:
            raise Conflict("catalogue.stale", msg("您打开以后，内容又有了改动。请看过最新内容再办。"))
        told["saved"] = _saved(at)
    except Invalid:
        told["saved"] = ""
    except Conflict as conflict:
        told["stale"] = translated(conflict)
    told["problems"] = [one for one in found if one["group"] == page.group.slug]
    told["counts"] = {tab["slug"]: tab["count"] for tab in _tabs(page, found)}
    told["score"] = page.shown.judge(body).points
    if page.group.slug == "form":
        told["preview"] = _preview_page(request, completed(body, page.shown.standard).get("form"))
    return JsonResponse(told, status=409 if told["stale"] else 200)


def _preview_page(request: HttpRequest, form: Any) -> str:
    context = {"preview": preview(form)}
    return render(request, "workbench/catalogue_preview.html", context).content.decode()


@staff
@require_safe
def file(
    request: HttpRequest, actor: Actor, edition_id: uuid.UUID, digest: str, desk: str
) -> HttpResponseBase:
    """A file that this text names (看附件)."""
    shown = DESKS[desk].load(actor, edition_id, day_of(now()))
    named = next((one for one in _attachments(dict(shown.body)) if one.get("digest") == digest), None)
    if named is None:
        raise NotFound("files.unknown", msg("没有找到这个文件。"))
    stored = kept.describe(digest)
    answer = HttpResponse(b"".join(kept.open_file(digest)), content_type=stored.media_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(str(named.get('name', 'file')))}"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _attachments(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if {"digest", "media_type"} <= value.keys() else []
        return own + [one for part in value.values() for one in _attachments(part)]
    if isinstance(value, list):
        return [one for part in value for one in _attachments(part)]
    return []
