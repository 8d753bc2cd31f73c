"""The life of an edition at the desk (版本办理): what it says, what may be done with it now, and one page for each act."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.catalogue_desks import DESKS, Desk, owner_url, public_url, tag_of
from tongban.doors.workbench.catalogue_diff import Difference, differences
from tongban.doors.workbench.catalogue_problems import Problem, problems
from tongban.doors.workbench.door import day_of, now, staff, typed_in
from tongban.doors.workbench.flags import shown_flags
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import queries
from tongban.offers.catalogue.actions import LONGEST_REASON
from tongban.offers.catalogue.queries import DeskEdition
from tongban.offers.catalogue.rules.editions import PENDING, STATE_LABELS, VERB_LABELS, Verb
from tongban.offers.catalogue.rules.elements import beside
from tongban.offers.catalogue.rules.guide import Terms
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class Act:
    """An act as its page shows it (办理页). ``asks``: the fields of its form."""

    asks: tuple[str, ...] = ()
    grave: bool = False
    told: str = ""


ACTS: Mapping[Verb, Act] = {
    Verb.CHECK: Act(
        ("starts_on", "ends_on", "reason"),
        told=msg(
            "送审时按现在的基本目录和质量规则全部检查一遍；送审以后不能再改，由另一位没有动笔的编辑批准。"
        ),
    ),
    Verb.APPROVE: Act(
        ("remark",), told=msg("您批准的就是下面这些内容，一个字不差；批准以后发布，到开始那天生效。")
    ),
    Verb.PUBLISH: Act(told=msg("发布以后不能再改；到开始那天，所有页面和接口一起换成这一版，在那以前不变。")),
    Verb.SEND_BACK: Act(("reason",), told=msg("退回以后变回草稿，动笔的人会看到理由。")),
    Verb.RETIRE: Act(("ends_on", "reason"), True, msg("从这一天起不再受理新的申请；已经收下的照旧办完。")),
    Verb.DISCARD: Act((), True, msg("草稿删除以后不能恢复；账本里留有删过它的记录。")),
}
_ORDER = (Verb.APPROVE, Verb.PUBLISH, Verb.WRITE, Verb.CHECK, Verb.SEND_BACK, Verb.RETIRE, Verb.DISCARD)


def acts_of(shown: DeskEdition, desk: Desk) -> list[Shown]:
    """What this actor may do with it now (现在可以办), as links."""
    url = desk.url(shown.id)
    return [
        {
            "label": VERB_LABELS[verb],
            "url": f"{url}/edit" if verb is Verb.WRITE else f"{url}/{verb}",
            "grave": verb in ACTS and ACTS[verb].grave,
        }
        for verb in _ORDER
        if verb in shown.verbs
    ]


@staff
@require_safe
def show(request: HttpRequest, actor: Actor, edition_id: uuid.UUID, desk: str) -> HttpResponse:
    """An edition (版本页): what may be done, what is to be mended, and every element beside the standard."""
    return page(request, actor, edition_id, DESKS[desk])


def page(
    request: HttpRequest, actor: Actor, edition_id: uuid.UUID, desk: Desk, refusal: Refusal | None = None
) -> HttpResponse:
    """The same after an act that was refused (版本页): what is now, and what had been typed."""
    shown = desk.load(actor, edition_id, day_of(now()))
    context = _shown(shown, desk) | {
        "acts": acts_of(shown, desk),
        "hindrances": [(VERB_LABELS[verb], reason) for verb, reason in shown.hindrances.items()],
        "refusal": refusal,
        "kept": [] if refusal is None else typed_in(request),
        "flags": shown_flags(queries.flags_on(edition_id)),
        "public_url": public_url(shown),
        "impact_url": f"{desk.url(shown.id)}/impact" if shown.is_basic else "",
        "along_url": f"/catalogue/standards/{shown.along}"
        if shown.along and shown.state.value in PENDING
        else "",
    }
    status = 200 if refusal is None else refusal.status
    return render(request, "workbench/catalogue_edition.html", context, status=status)


def _shown(shown: DeskEdition, desk: Desk) -> Shown:
    said = problems(shown.judged, shown.whole())
    rows = beside(shown.standard, shown.text())
    compared = shown.standard is not None
    return {
        "edition": shown,
        "tag": tag_of(shown.validity),
        "back_url": desk.back_url,
        "back_text": desk.back_text,
        "owner_url": owner_url(shown),
        "stopping": [_with_place(one, desk, shown) for one in said if one["kind"] in ("missing", "wrong")],
        "violations": [_with_place(one, desk, shown) for one in said if one["kind"] == "beyond"],
        "findings": [
            _with_place(one, desk, shown) for one in said if one["kind"] in ("hidden", "error", "warning")
        ],
        "hidden": [one for one in said if one["kind"] == "hidden"],
        "changed": changed(shown),
        # Without a standard nothing differs: everything is shown.
        "differing": beyond(shown) if compared else rows,
        "same": [row for row in rows if row.same and compared],
    }


def changed(shown: DeskEdition) -> list[Difference]:
    """What an edition changes of the one in force (与现行版本的不同), part by part; nothing where there is none."""
    return [] if shown.current is None else differences(shown.kind, shown.current.body(), shown.whole())


def beyond(shown: DeskEdition) -> list[Difference]:
    """Where an edition of an item differs from the standard (与基本目录的不同), part by part; the counter is its own."""
    if shown.standard is None or shown.is_basic:
        return []
    return differences(Terms, shown.standard.body(), shown.whole())


def _with_place(problem: Problem, desk: Desk, shown: DeskEdition) -> Problem:
    edits = Verb.WRITE in shown.verbs
    url = f"{desk.url(shown.id)}/edit/{problem['group']}?at={problem['name']}#at-{problem['name']}"
    return problem | {"url": url if edits else ""}


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, edition_id: uuid.UUID, verb: str, desk: str) -> HttpResponse:
    """One act on an edition (版本办理页)."""
    about = DESKS[desk]
    known = next((one for one in ACTS if one == verb), None)
    if known is None:
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    shown = about.load(actor, edition_id, day_of(now()))
    if request.method != "POST":
        _ensure_possible(shown, known)
        return _form(request, shown, about, known, None)
    try:
        about.acts[known](actor=actor, edition_id=edition_id, at=now(), **_given(request, known))
    except Invalid as refusal:
        return _form(request, shown, about, known, refusal)
    except (Conflict, Forbidden) as refusal:
        if isinstance(refusal, Conflict) and refusal.fields:
            return _form(request, shown, about, known, refusal)
        return page(request, actor, edition_id, about, refusal)
    told = _("已办：%(act)s") % {"act": _(VERB_LABELS[known])}
    request.session["notice"] = {"kind": "ok", "title": told, "text": ""}
    return HttpResponseRedirect(owner_url(shown) if known is Verb.DISCARD else about.url(edition_id))


def _given(request: HttpRequest, verb: Verb) -> dict[str, Any]:
    readers: Mapping[str, Callable[[str, str], Any]] = {"starts_on": _day, "ends_on": _day}
    needed = {"starts_on"} | ({"ends_on"} if verb is Verb.RETIRE else set())
    given: dict[str, Any] = {}
    for name in ACTS[verb].asks:
        typed = request.POST.get(name, "").strip()
        if not typed and name in needed:
            told = msg("请填日期。")
            raise Invalid("catalogue.day", told, fields={name: [told]})
        given[name] = readers[name](name, typed) if name in readers else typed
    if verb is not Verb.RETIRE:
        given["seen"] = request.POST.get("version", "")
    return given


def _day(name: str, typed: str) -> date | None:
    if not typed:
        return None
    try:
        return datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 -- a day, not a moment
    except ValueError as error:
        told = msg("请填日期，例如 2026-12-08。")
        raise Invalid("catalogue.day", told, fields={name: [told]}) from error


def _ensure_possible(shown: DeskEdition, verb: Verb) -> None:
    """The page of an act opens only where the action would go on (先看能否办理)."""
    if verb in shown.verbs:
        return
    if verb in shown.hindrances:
        raise Forbidden(f"catalogue.{verb}", shown.hindrances[verb])
    if shown.along is not None:
        raise Conflict("catalogue.along", msg("这个版本随基本目录的新标准一起审批、一起开始，不能单独办。"))
    raise Conflict(
        "catalogue.move",
        msg("这个版本现在是“%(state)s”，不能“%(verb)s”。请看过最新情况再办。"),
        {"state": STATE_LABELS[shown.state], "verb": VERB_LABELS[verb]},
    )


def _form(
    request: HttpRequest, shown: DeskEdition, desk: Desk, verb: Verb, refusal: Refusal | None
) -> HttpResponse:
    spec, sent = ACTS[verb], request.method == "POST"
    asked = {name: request.POST.get(name, "") for name in spec.asks} if sent else _planned(shown, verb)
    errors = refusal.fields if refusal else {}
    elsewhere = {path: texts for path, texts in errors.items() if path not in spec.asks}
    context = _shown(shown, desk) | {
        "label": VERB_LABELS[verb],
        "told": spec.told,
        "url": f"{desk.url(shown.id)}/{verb}",
        "cancel_url": desk.url(shown.id),
        "fields": [_field(name, asked.get(name, ""), errors.get(name, []), verb) for name in spec.asks],
        "errors": [
            {"name": name, "text": translated(text)} for name in spec.asks for text in errors.get(name, [])
        ],
        "refusal": refusal if elsewhere or (refusal and not errors) else None,
        "elsewhere": [
            {"path": path, "texts": [translated(text) for text in texts]} for path, texts in elsewhere.items()
        ],
        "key": str(new_id()),
        "version": request.POST.get("version", "") if sent else shown.seen,
        "grave": spec.grave,
        "reads": verb in (Verb.APPROVE, Verb.CHECK, Verb.PUBLISH),
        "impact_url": f"{desk.url(shown.id)}/impact" if shown.is_basic else "",
    }
    status = refusal.status if refusal else 200
    return render(request, "workbench/catalogue_act.html", context, status=status)


def _planned(shown: DeskEdition, verb: Verb) -> dict[str, Any]:
    if verb is Verb.CHECK:
        return {"starts_on": shown.starts_on, "ends_on": shown.ends_on, "reason": shown.reason}
    return {}


def _field(name: str, value: Any, errors: list[str], verb: Verb) -> Shown:
    labels = {
        "starts_on": _("从哪一天开始"),
        "ends_on": _("到哪一天为止"),
        "reason": _("理由"),
        "remark": _("审批意见"),
    }
    helps = {
        "starts_on": _("到这一天零点，各处一起换成这一版。"),
        "ends_on": _("这一天起不再有效。") if verb is Verb.RETIRE else _("没有定下来就空着。"),
        "reason": _("写清楚为什么改、为什么退，查看沿革的人会看到。"),
        "remark": _("可以不写。"),
    }
    day = name in ("starts_on", "ends_on")
    return {
        "name": name,
        "label": labels[name],
        "help": helps[name],
        "type": "date" if day else "textarea",
        "rows": 3,
        "maxlength": None if day else LONGEST_REASON,
        "width": "m" if day else "",
        "required": name == "starts_on" or (name == "ends_on" and verb is Verb.RETIRE) or name == "reason",
        "value": value,
        "errors": [translated(text) for text in errors],
    }
