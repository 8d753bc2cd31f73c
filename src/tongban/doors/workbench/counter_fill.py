"""Filling in at the counter (窗口填报): answers, papers with their originals, delivery, a last look, and the receipt.

The form is drawn by the same parts as for an applicant, on one page: a clerk types fast and has the papers before her.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial, wraps
from typing import BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web import delivery as delivering
from tongban.doors.web import forms as drawing
from tongban.doors.web import papers, receipts, signing
from tongban.doors.web.mandates import attended
from tongban.doors.workbench import shown
from tongban.doors.workbench.door import day_of, key_of, now, staff, version_of
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue.rules.form import Errors, FieldSpec
from tongban.offers.catalogue.rules.form import check as check_answers
from tongban.offers.catalogue.rules.guide import Material
from tongban.records.materials.rules import TRUST_LABELS, Trust
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.application import (
    FIELD,
    MATERIAL,
    check_complete,
    open_fields,
    open_materials,
    targets,
)
from tongban.work.cases.rules.moves import EDITABLE, WHOLE, State, Verb
from tongban.work.cases.rules.signing import SIGNING

_FORM = require_http_methods(["GET", "HEAD", "POST"])
CHECKED = "checked"  # the clerk held the paper against its original
_Case = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Step:
    """One page of taking in (收件的一步)."""

    name: str
    title: str
    url: str


def of_counter(view: _Case, *, afterwards: bool = False) -> _Case:
    """A page about a case of the actor's own counter (本窗口收的件).

    When nothing can be changed any more it leads to the case itself, unless it is also there ``afterwards``.
    """

    @wraps(view)
    def opened(request: HttpRequest, actor: Actor, case_id: uuid.UUID, **more: str) -> HttpResponseBase:
        case = queries.one(actor, case_id)
        if case.counter_id not in actor.organs_as("clerk"):
            raise Forbidden("cases.counter", msg("这件不是在您的窗口收的。"))
        if case.state not in EDITABLE and not afterwards and request.method != "POST":
            return HttpResponseRedirect(f"/cases/{case.id}")
        return view(request, actor, case, **more)

    return opened


def _specs(case: CaseView) -> list[FieldSpec]:
    """The fields that may be filled in now (现在可填的字段): of a supplement only what was demanded."""
    fields = case.edition.guide.form.by_key()
    if case.state in WHOLE:
        return list(fields.values())
    wanted = open_fields(case.edition.guide, case.demands())
    return [spec for key, spec in fields.items() if key in wanted]


def _papers(case: CaseView) -> Sequence[Material]:
    """The materials that can be taken in now (现在可收的材料)."""
    guide = case.edition.guide
    if case.state in WHOLE:
        return guide.materials_for(case.form)
    attached = {found.key for found in case.attachments}
    wanted = open_materials(guide, case.form, attached, case.demands())
    return [material for material in guide.materials if material.key in wanted]


def _steps(case: CaseView) -> list[Step]:
    """The pages in order (收件步骤)."""
    there = {
        "form": (_("填写"), bool(_specs(case))),
        "materials": (_("材料"), bool(_papers(case))),
        "delivery": (_("送达方式"), delivering.asked(case)),
        "check": (_("核对并提交"), True),
    }
    base = f"/counter/{case.id}"
    return [Step(name, title, f"{base}/{name}") for name, (title, shows) in there.items() if shows]


def _frame(case: CaseView, name: str) -> Shown:
    """What every page has (共同内容): whose application, for whom, and which step it is."""
    steps = _steps(case)
    at = next((place for place, step in enumerate(steps) if step.name == name), 0)
    return {
        "case": case,
        "number": at + 1,
        "total": len(steps),
        "title": steps[at].title,
        "url": steps[at].url,
        "back_url": steps[at - 1].url if at else "/counter",
        "next_url": steps[min(at + 1, len(steps) - 1)].url,
        "key": str(new_id()),
    }


def _next(case: CaseView, name: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(str(_frame(case, name)["next_url"]))


def _fixed(case: CaseView, today: date) -> dict[str, object]:
    if case.state is not State.DRAFT:
        return {}
    return queries.fixed(case.edition.guide.form, party_id=case.party_id, on=today)


# --- answers -----------------------------------------------------------------------------------------------------------


@staff
@_FORM
@of_counter
def form(request: HttpRequest, actor: Actor, case: CaseView) -> HttpResponse:
    """The answers (填写): the whole form on one page."""
    today, specs = day_of(now()), _specs(case)
    if request.method != "POST":
        return _form(request, case, specs, case.form, {}, today)
    typed = _typed(request, case, specs, today)
    if drawing.presses_rows(request.POST):
        typed = drawing.changed_rows(request.POST, specs, typed)
        actions.save(actor=actor, case_id=case.id, values=typed, at=now())
        return _form(request, case, specs, {**case.form, **typed}, {}, today)
    errors = actions.save(actor=actor, case_id=case.id, values=typed, at=now())
    kept = queries.one(actor, case.id)
    if not errors and "later" not in request.POST:
        asked = kept.edition.guide.form.asked(kept.form)
        wanted = {spec.key: spec for spec in specs if spec.key in asked and spec.key in typed}
        errors = check_answers(wanted, {key: typed[key] for key in wanted}, complete=True)[1]
    if errors:
        return _form(request, kept, specs, {**kept.form, **typed}, errors, today)
    return HttpResponseRedirect("/counter") if "later" in request.POST else _next(kept, "form")


def _typed(
    request: HttpRequest, case: CaseView, specs: Sequence[FieldSpec], today: date
) -> dict[str, object]:
    fixed = _fixed(case, today)
    return drawing.answers(request.POST, [spec for spec in specs if spec.key not in fixed])


def _form(
    request: HttpRequest,
    case: CaseView,
    specs: Sequence[FieldSpec],
    values: Mapping[str, object],
    errors: Errors,
    today: date,
) -> HttpResponse:
    guide = case.edition.guide
    known = queries.known(guide.form, party_id=case.party_id, on=today) if case.state is State.DRAFT else {}
    drawn = drawing.page_fields(guide.form, specs, values, errors, known)
    demands = {drawing.field_name(key): text for key, text in _demanded(case, FIELD).items()}
    by_name = {field["name"]: field | {"demand": demands.get(field["name"], "")} for field in drawn}
    sections = [
        {
            "title": section.title,
            "intro": section.intro,
            "fields": [
                by_name[drawing.field_name(spec.key)]
                for spec in section.fields
                if drawing.field_name(spec.key) in by_name
            ],
        }
        for section in guide.form.sections
    ]
    context = _frame(case, "form") | {
        "sections": [section for section in sections if section["fields"]],
        "has_rows": any(field["type"] == "rows" for field in drawn),
        "errors": drawing.summary_of_errors(specs, errors),
    }
    return render(request, "workbench/counter_form.html", context, status=422 if errors else 200)


def _demanded(case: CaseView, kind: str) -> dict[str, str]:
    """What the counter was asked to have mended (补正要求): key -> text."""
    if case.state is State.DRAFT:
        return {}
    return {
        target.partition(":")[2]: text
        for target, text in case.demands().items()
        if target.partition(":")[0] == kind
    }


# --- papers ------------------------------------------------------------------------------------------------------------


@staff
@require_safe
@of_counter
def materials(request: HttpRequest, actor: Actor, case: CaseView) -> HttpResponse:
    """The papers (收材料)."""
    return _materials(request, case, {})


def _materials(
    request: HttpRequest, case: CaseView, errors: Mapping[str, Sequence[str]], checked: str = ""
) -> HttpResponse:
    demands = _demanded(case, MATERIAL)
    rows = [
        {
            "material": material,
            "anchor": papers.material_name(material.key),
            "url": f"/counter/{case.id}/materials/{material.key}",
            "demand": demands.get(material.key, ""),
            "optional": papers.REQUIREMENT_TAGS.get(material.requirement),
            "given": [
                {
                    "file": found,
                    "url": f"/cases/{case.id}/materials/{found.material_id}",
                    "word": TRUST_LABELS[Trust(found.trust)],
                }
                for found in case.attachments
                if found.key == material.key
            ],
            "field": papers.file_field(material, errors.get(material.key, ())),
            "checked": checked == material.key,
        }
        for material in _papers(case)
    ]
    names = {material.key: material.name for material in _papers(case)}
    context = _frame(case, "materials") | {
        "rows": rows,
        "errors": [
            {"name": papers.material_name(key), "text": drawing.labelled(names[key], text)}
            for key, texts in errors.items()
            for text in texts
        ],
    }
    return render(request, "workbench/counter_materials.html", context, status=422 if errors else 200)


@staff
@_FORM
@of_counter
def material(request: HttpRequest, actor: Actor, case: CaseView, key: str) -> HttpResponse:
    """Take one paper in, or out again (收一份材料)."""
    page = f"/counter/{case.id}/materials"
    if request.method != "POST":
        return HttpResponseRedirect(page)
    if key not in {wanted.key for wanted in _papers(case)}:
        raise NotFound("counter.material", msg("这份申请现在不用交这份材料。"))
    try:
        if "remove" in request.POST:
            _take_out(request, actor, case, key)
        else:
            _take_in(request, actor, case, key)
    except Invalid as refusal:
        texts = next(iter(refusal.fields.values()), [refusal.message])
        ticked = key if CHECKED in request.POST else ""
        return _materials(request, case, {key: texts}, ticked)
    return HttpResponseRedirect(f"{page}#{papers.material_name(key)}")


def _take_out(request: HttpRequest, actor: Actor, case: CaseView, key: str) -> None:
    try:
        chosen = uuid.UUID(request.POST["remove"])
    except ValueError:
        return
    actions.detach(actor=actor, case_id=case.id, key=key, material_id=chosen)


def _take_in(request: HttpRequest, actor: Actor, case: CaseView, key: str) -> None:
    upload = request.FILES.get(papers.material_name(key))
    if upload is None:
        text = msg("请先选一个文件，再上传。")
        raise Invalid("counter.material_file", text, fields={"file": [text]})
    if getattr(upload, "too_large", False):
        raise Invalid("counter.material_size", papers.TOO_LARGE, fields={"file": [papers.TOO_LARGE]})
    actions.take_in(
        actor=actor,
        case_id=case.id,
        key=key,
        stream=cast(BinaryIO, upload),
        file_name=upload.name or "",
        checked=CHECKED in request.POST,
        at=now(),
    )


# --- delivery, check, receipt ------------------------------------------------------------------------------------------


@staff
@_FORM
@of_counter
def delivery(request: HttpRequest, actor: Actor, case: CaseView) -> HttpResponse:
    """How the applicant receives the result (送达方式)."""
    if request.method != "POST":
        if not delivering.asked(case):
            return _next(case, "materials")
        return _delivery(request, case, delivering.standing(queries.delivery(actor, case)), {})
    sent = delivering.typed(request.POST)
    try:
        actions.choose_delivery(actor=actor, case_id=case.id, at=now(), **delivering.as_action(sent))
    except Invalid as refusal:
        return _delivery(request, case, sent, refusal.fields)
    return _next(case, "delivery")


def _delivery(request: HttpRequest, case: CaseView, given: Mapping[str, str], errors: Errors) -> HttpResponse:
    fields = delivering.fields(case, queries.counters(case, day_of(now())), given, errors)
    context = _frame(case, "delivery") | {
        "fields": fields,
        "errors": delivering.summary_of_errors(fields),
    }
    return render(request, "workbench/counter_delivery.html", context, status=422 if errors else 200)


@staff
@_FORM
@of_counter
def check(request: HttpRequest, actor: Actor, case: CaseView) -> HttpResponse:
    """Look over everything with the applicant, and send it for her (核对并提交)."""
    at = now()
    today = day_of(at)
    if request.method == "POST":
        send = actions.submit if "submit" in request.POST else actions.resubmit
        try:
            signer = signing.unlocked(actor, request.POST, _SIGNS, at)
            send(actor=signer, case_id=case.id, at=at, key=key_of(request), version=version_of(request))
        except Invalid as refusal:
            return _check(request, actor, case, refusal.fields, at, refusal)
        except (Conflict, Forbidden) as refusal:
            # Who stands there may be named anew; whatever else is refused stays refused.
            if refusal.rule != "cases.presence" and not refusal.rule.startswith("mandates."):
                raise
            return _check(request, actor, case, {}, at, refusal)
        return HttpResponseRedirect(f"/counter/{case.id}/receipt")
    answers = {**case.form, **_fixed(case, today)}
    held = queries.held_materials(case.edition.guide, party_id=case.party_id, on=today)
    there = {found.key for found in case.attachments} | held.keys()
    errors = check_complete(case.edition.guide, answers, there, committed=case.committed is not None)
    return _check(request, actor, case, errors, at)


_SIGNS = SIGNING[Verb.SUBMIT]  # what is sent again is signed as what is sent first


def _check(
    request: HttpRequest,
    actor: Actor,
    case: CaseView,
    errors: Errors,
    at: datetime,
    refusal: Refusal | None = None,
) -> HttpResponse:
    labels = targets(case.edition.guide, case.form)
    urls = {FIELD: f"/counter/{case.id}/form", MATERIAL: f"/counter/{case.id}/materials"}
    missing = [
        {
            "label": labels.get(target.partition(".")[0], ""),
            "text": text,
            "url": f"{urls[target.partition(':')[0]]}#{_anchor(target)}",
        }
        for target, texts in errors.items()
        if target not in signing.SECRET
        for text in texts
    ]
    present, named = queries.presence(case, day_of(at)), f"/counter/{case.id}/present"
    if present is None:
        text = msg("今天还没有写明是谁到窗口来的。")
        missing.append({"label": _("到窗口的人"), "text": text, "url": named})
    change = f"/counter/{case.id}/delivery" if delivering.asked(case) else ""
    context = _frame(case, "check") | {
        "sections": shown.sections(case),
        "materials": shown.materials(case),
        "delivery": delivering.rows(queries.delivery(actor, case), change) if change else [],
        "missing": missing,
        "present": attended(present),
        "present_url": named,
        "refusal": None if refusal is None or isinstance(refusal, Invalid) else refusal,
        "signing": signing.fields(actor, _SIGNS, at, errors),
        "again": case.state is not State.DRAFT,
    }
    return render(request, "workbench/counter_check.html", context, status=refusal.status if refusal else 200)


def _anchor(target: str) -> str:
    kind, _colon, key = target.partition(":")
    return f"id_{drawing.field_name(key)}" if kind == FIELD else papers.material_name(key)


@staff
@require_safe
@partial(of_counter, afterwards=True)
def receipt(request: HttpRequest, actor: Actor, case: CaseView) -> HttpResponse:
    """The receipt to hand over (收件回执)."""
    if case.number is None:
        return HttpResponseRedirect(f"/counter/{case.id}/form")
    sheet = receipts.sheet(
        case,
        number=case.number,
        by_label=msg("最晚答复"),
        by=case.act_by,
        note=msg("期限是暂定的") if case.provisional and case.act_by else "",
    )
    return render(request, "workbench/counter_receipt.html", {"case": case, "sheet": sheet})


@staff
@_FORM
@of_counter
def discard(request: HttpRequest, actor: Actor, case: CaseView) -> HttpResponse:
    """Throw a draft of the counter away (删除草稿), after asking."""
    if request.method == "POST":
        actions.discard(actor=actor, case_id=case.id, at=now())
        request.session["notice"] = {"kind": "ok", "title": _("草稿已经删除"), "text": ""}
        return HttpResponseRedirect("/counter")
    return render(request, "workbench/counter_discard.html", {"case": case})
