"""The acts of staff (办理): one page and one call each; what is refused comes back with everything that was typed."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.doors.web.letters import LETTERS, letter
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench import shown
from tongban.doors.workbench.case import frame, page, promise
from tongban.doors.workbench.door import OURS, day_of, key_of, now, staff, typed_in, version_of
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue.rules.form import Errors
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.application import (
    FIELD,
    LONGEST_NOTE,
    MATERIAL,
    Demand,
    check_demands,
    check_note,
    targets,
)
from tongban.work.cases.rules.labels import VERB_LABELS
from tongban.work.cases.rules.moves import Verb, find

Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent (提交的表单)."""

    actor: Actor
    case_id: uuid.UUID
    typed: Typed
    demands: tuple[Demand, ...]
    at: datetime
    key: str | None
    version: int


def _demands(typed: Typed) -> tuple[Demand, ...]:
    """What is ticked, with its words (勾选的补正事项), in the order of the page."""
    ticked = (name.removeprefix("on-") for name in typed if name.startswith(("on-field:", "on-material:")))
    return tuple(Demand(target, typed.get(f"text-{target}", "")) for target in ticked)


def _accept(sent: Sent) -> actions.Ref:
    return actions.accept(
        actor=sent.actor, case_id=sent.case_id, at=sent.at, key=sent.key, version=sent.version
    )


def _request_supplement(sent: Sent) -> actions.Ref:
    return actions.request_supplement(
        actor=sent.actor,
        case_id=sent.case_id,
        demands=sent.demands,
        at=sent.at,
        key=sent.key,
        version=sent.version,
    )


def _with_words(action: Callable[..., actions.Ref], *names: str) -> Callable[[Sent], actions.Ref]:
    """An act whose form asks for these words (带文字的办理)."""

    def perform(sent: Sent) -> actions.Ref:
        return action(
            actor=sent.actor,
            case_id=sent.case_id,
            at=sent.at,
            key=sent.key,
            version=sent.version,
            **{name: sent.typed.get(name, "") for name in names},
        )

    return perform


@dataclass(frozen=True, slots=True)
class Act:
    """An act as its page shows it (办理页). ``words``: what its form asks for; ``previewed``: its letter is seen first."""

    perform: Callable[[Sent], actions.Ref]
    words: tuple[str, ...] = ()
    previewed: bool = False
    grave: bool = False


ACTS: Mapping[Verb, Act] = {
    Verb.ACCEPT: Act(_accept),
    Verb.REQUEST_SUPPLEMENT: Act(_request_supplement, previewed=True),
    Verb.DECLINE: Act(_with_words(actions.decline, "reason", "article"), ("reason", "article"), True, True),
    Verb.EXAMINE: Act(_with_words(actions.examine, "opinion"), ("opinion",)),
    Verb.RETURN: Act(_with_words(actions.send_back, "reason"), ("reason",)),
    Verb.GRANT: Act(_with_words(actions.grant, "note"), ("note",)),
    Verb.REFUSE: Act(_with_words(actions.refuse, "reason", "article"), ("reason", "article"), True, True),
}


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, case_id: uuid.UUID, verb: str) -> HttpResponse:
    """One act on a case (办理页)."""
    wanted = next((known for known in ACTS if known == verb), None)
    if wanted is None:
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    at = now()
    looking = request.method == "POST" and ("preview" in request.POST or "edit" in request.POST)
    if request.method == "POST" and not looking:
        return _do(request, actor, case_id, wanted, at)
    case = queries.one(actor, case_id)
    _ensure_possible(case, wanted)
    if find(case.state, wanted) is None:
        return page(request, actor, case, at, refusal=_moved_on(case), kept=typed_in(request))
    if looking and version_of(request) != case.version:
        return _form(request, actor, case, wanted, at, refusal=_moved_on(case))
    previewing = looking and "preview" in request.POST
    errors = _errors(case, wanted, request.POST.dict()) if previewing else {}
    if errors:
        refusal = Invalid(f"cases.{wanted}", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
        return _form(request, actor, case, wanted, at, refusal=refusal)
    return _form(request, actor, case, wanted, at, preview=previewing)


def _do(request: HttpRequest, actor: Actor, case_id: uuid.UUID, verb: Verb, at: datetime) -> HttpResponse:
    typed = {name: str(value) for name, value in request.POST.items()}
    sent = Sent(actor, case_id, typed, _demands(typed), at, key_of(request), version_of(request))
    try:
        ACTS[verb].perform(sent)
    except Invalid as refusal:
        return _form(request, actor, queries.one(actor, case_id), verb, at, refusal=refusal)
    except Conflict as refusal:
        case = queries.one(actor, case_id)
        if any(move.verb is verb for move in case.moves) and refusal.rule == "cases.version":
            return _form(request, actor, case, verb, at, refusal=refusal)
        return page(request, actor, case, at, refusal=refusal, kept=typed_in(request))
    request.session["notice"] = {"kind": "ok", "title": _done(verb), "text": ""}
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponseRedirect(f"/cases/{case_id}{query}")


def _done(verb: Verb) -> str:
    return _("已办：%(act)s") % {"act": _(VERB_LABELS[verb])}


def _ensure_possible(case: CaseView, verb: Verb) -> None:
    """The page of an act opens only for those whom the action would let through (先看能否办理)."""
    if find(case.state, verb) is None or any(move.verb is verb for move in case.moves):
        return
    raise Forbidden(f"cases.{verb}", case.hindrances.get(verb, msg("您在这个机关没有办理这一步的岗位。")))


def _moved_on(case: CaseView) -> Refusal:
    return Conflict(
        "cases.move",
        msg("这件办件现在是“%(state)s”，不能再这样做。请刷新后看最新情况。"),
        {"state": shown.tag(case.state)["word"]},
    )


def _errors(case: CaseView, verb: Verb, typed: Typed) -> Errors:
    """What the action would find wrong (预览前检查), by the same rules."""
    if verb is Verb.REQUEST_SUPPLEMENT:
        return check_demands(case.edition.guide, case.form, _demands(typed))
    found = {name: check_note(typed.get(name, ""), required=name != "note")[1] for name in ACTS[verb].words}
    return {name: problems for name, problems in found.items() if problems}


def _form(
    request: HttpRequest,
    actor: Actor,
    case: CaseView,
    verb: Verb,
    at: datetime,
    *,
    refusal: Refusal | None = None,
    preview: bool = False,
) -> HttpResponse:
    typed = {name: str(value) for name, value in request.POST.items()}
    errors = refusal.fields if isinstance(refusal, Invalid) else {}
    spec, framed = ACTS[verb], frame(request, actor, case, at)
    context = framed | {
        "verb": verb.value,
        "label": VERB_LABELS[verb],
        "act_url": shown.act_url(case.id, verb, str(framed["query"])),
        "spec": spec,
        "refusal": refusal,
        "last": shown.events(case, to_come=False)[0] if isinstance(refusal, Conflict) else None,
        "fields": [_field(case, verb, name, typed, errors) for name in spec.words],
        "groups": _groups(case, typed, errors) if verb is Verb.REQUEST_SUPPLEMENT else [],
        "errors": _summary(case, errors),
        "typed": [(name, text) for name, text in typed.items() if name not in OURS],
        "promise": promise(case, day_of(at)) if verb is Verb.ACCEPT else None,
        "opinion": next((d for d in shown.documents(case) if d["verb"] is Verb.EXAMINE), None),
        "letter": letter(case, verb, _body(verb, typed), day_of(at)) if preview and verb in LETTERS else None,
    }
    return render(request, "workbench/act.html", context, status=refusal.status if refusal else 200)


def _body(verb: Verb, typed: Typed) -> dict[str, object]:
    """What the letter would be made of (预览文书内容)."""
    if verb is Verb.REQUEST_SUPPLEMENT:
        return {
            "demands": [{"target": demand.target, "text": demand.text.strip()} for demand in _demands(typed)]
        }
    return {name: typed.get(name, "").strip() for name in ACTS[verb].words}


def _field(case: CaseView, verb: Verb, name: str, typed: Typed, errors: Errors) -> Shown:
    basis = _("、").join(f"{found.title}{found.article}" for found in case.edition.guide.basis)
    helps = {
        "reason": _reason_help(verb),
        "article": _("写明法律名称和条款。这个事项的设定依据：%(basis)s。") % {"basis": basis},
        "opinion": _("写明看了什么、查了什么、是否符合条件。申请人看不到，决定人会看到。"),
        "note": _("可以不写；写了申请人会看到。"),
    }
    return {
        "name": name,
        "label": shown.word_labels()[name],
        "help": helps[name],
        "type": "textarea",
        "rows": 2 if name == "article" else 5,
        "value": typed.get(name, ""),
        "errors": errors.get(name, []),
        "required": name != "note",
        "maxlength": LONGEST_NOTE,
    }


def _reason_help(verb: Verb) -> str:
    if verb is Verb.RETURN:
        return _("写给审查的同事：哪里还要再看。申请人看不到。")
    return _("申请人会原样看到这段话：哪里不符合，为什么。")


def _groups(case: CaseView, typed: Typed, errors: Errors) -> list[Shown]:
    """Every field and every material of the application (可补正的全部内容), each with what was given."""
    guide = case.edition.guide
    fields: list[Shown] = [
        {
            "title": section.title,
            "rows": [
                _demand(f"{FIELD}:{spec.key}", spec.label, typed, errors)
                | {"given": shown.answer(spec, case.form.get(spec.key))}
                for spec in section.fields
            ],
        }
        for section in guide.form.sections
    ]
    handed = {entry["key"]: entry for entry in shown.materials(case)}
    papers = [
        _demand(f"{MATERIAL}:{paper.key}", paper.name, typed, errors)
        | {"files": handed[paper.key]["files"], "points": paper.review_points, "paper": True}
        for paper in guide.materials_for(case.form)
    ]
    return [*fields, {"title": _("申请材料"), "rows": papers}]


def _demand(target: str, label: str, typed: Typed, errors: Errors) -> Shown:
    return {
        "target": target,
        "label": label,
        "on": f"on-{target}" in typed,
        "text": typed.get(f"text-{target}", ""),
        "errors": errors.get(target, []),
        "maxlength": LONGEST_NOTE,
    }


def _called(name: str) -> str:
    return _("%(field)s：") % {"field": name} if name else ""


def _summary(case: CaseView, errors: Errors) -> list[Shown]:
    """The error summary (错误汇总): each names its field and leads to it."""
    names = targets(case.edition.guide, case.form) | shown.word_labels()
    return [
        {
            "name": f"text-{name}" if ":" in name else name,
            "text": _called(names.get(name, "")) + _("；").join(translated(text) for text in texts),
        }
        for name, texts in errors.items()
    ]
