"""The transaction (申请): start, one subject per page, materials, check, send. What was typed is never lost."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.errors import Conflict, Invalid, NotFound
from tongban.doors.portal import case_page, promising
from tongban.doors.portal.case_page import demanded
from tongban.doors.portal.pages import (
    Page,
    addresses_of_change,
    materials_of,
    missing,
    pages_of,
    progress,
    section_page,
)
from tongban.doors.portal.views.now import shows_what_is_now
from tongban.doors.portal.visit import (
    fresh_key,
    key_of,
    now,
    say,
    signed_in,
    to_login,
    today,
    uuid_of,
    version_of,
)
from tongban.doors.web import delivery as delivering
from tongban.doors.web import forms as drawing
from tongban.doors.web import papers as forms
from tongban.doors.web import promises
from tongban.doors.web.middleware import actor_of
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.queries import EditionView
from tongban.offers.catalogue.rules.form import Errors, FieldSpec, FieldType, field_of
from tongban.offers.catalogue.rules.form import check as check_answers
from tongban.records.materials import actions as keeping
from tongban.records.materials import queries as kept
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.application import FIELD, MATERIAL, check_complete
from tongban.work.cases.rules.carrying import FATE_LABELS, Fate, Line
from tongban.work.cases.rules.moves import EDITABLE, WHOLE, State

_CLOSED = msg("申请已经提交，现在不能再改。如需更正，请撤回后重新申请。")
_FORM = require_http_methods(["GET", "HEAD", "POST"])
Answers = dict[str, object]


@_FORM
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin (我要办): what will be needed, a draft to go on with, and the button that starts a new one."""
    actor = actor_of(request)
    edition = catalogue.in_force(code, today())
    if request.method == "POST":
        if actor.party_id is None:
            return to_login(request.path)
        started = actions.start(actor=actor, item_code=code, at=now(), key=key_of(request))
        return HttpResponseRedirect(pages_of(queries.one(actor, started.id))[0].url)
    # Drafts of earlier editions as well: they can be upgraded, and nobody should fill in anew what is there.
    editions = {one.id for one in catalogue.public_editions(code)}
    drafts = (
        [row for row in queries.mine(actor) if row.state is State.DRAFT and row.edition_id in editions]
        if actor.party_id
        else []
    )
    return render(
        request,
        "portal/begin.html",
        {
            "edition": edition,
            "guide": edition.guide,
            "signed_in": actor.party_id is not None,
            "drafts": [case_page.card(row) for row in drafts],
            "key": fresh_key(),
        },
    )


_GIVEN = {"state": "ok", "word": msg("已交")}
_NOT_GIVEN = {"state": "wait", "word": msg("还没交")}


def _to_case(case_id: uuid.UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("case", args=[case_id]))


@_FORM
@signed_in
@shows_what_is_now
def section(request: HttpRequest, case_id: uuid.UUID, section: str) -> HttpResponse:
    """One page of the form (填一页)."""
    actor = actor_of(request)
    case = queries.one(actor, case_id)
    if request.method == "POST":
        if case.state not in EDITABLE:
            raise Conflict("cases.closed_to_edit", _CLOSED)
        if (old := _drawn_from(request, case)) is not None:
            return _save_late(request, case, old, section)
        return _save_section(request, case, section_page(case, section))
    if case.state not in EDITABLE:
        return _to_case(case_id)
    page = section_page(case, section)
    return _section(request, case, page, case.form, {})


def _drawn_from(request: HttpRequest, case: CaseView) -> EditionView | None:
    """The edition that the page was drawn from (页面所用版本), where the draft was upgraded elsewhere since."""
    drawn = uuid_of(request.POST.get("edition", ""))
    if drawn in (None, case.edition.id) or case.state not in WHOLE:
        return None
    editions = {one.id for one in catalogue.public_editions(case.edition.item_code)}
    return catalogue.edition(drawn) if drawn in editions else None


def _of_old_page(request: HttpRequest, old: EditionView, section: str) -> tuple[Sequence[FieldSpec], Answers]:
    """What was changed on a page of an earlier edition (旧页面上改过的内容), with the fields that it had."""
    fields = next((one.fields for one in old.guide.form.sections if one.key == section), ())
    typed = drawing.answers(request.POST, [spec for spec in fields if not spec.fixed])
    return fields, drawing.touched(request.POST, typed)


def _save_late(request: HttpRequest, case: CaseView, old: EditionView, section: str) -> HttpResponse:
    """Save a page of an earlier edition (旧页面保存): what was typed is kept, and what could not be is shown to be copied."""
    fields, typed = _of_old_page(request, old, section)
    errors = actions.save(actor=actor_of(request), case_id=case.id, values=typed, at=now(), edition_id=old.id)
    left = {field_of(key) for key in errors}
    rows = [
        {"label": spec.label, "value": queries.shown(spec, typed[spec.key])}
        for spec in fields
        if spec.key in left and spec.key in typed
    ]
    context = {"case": case, "rows": rows, "go_on_url": pages_of(case)[0].url}
    return render(request, "portal/late.html", context, status=409 if rows else 200)


def _save_section(request: HttpRequest, case: CaseView, page: Page) -> HttpResponse:
    """Save what was changed and go on, or show the page again with one row more or less, or with what is wrong."""
    actor, form = actor_of(request), case.edition.guide.form
    typed = _typed(request, case, page)
    if drawing.presses_rows(request.POST):
        typed = drawing.changed_rows(request.POST, page.fields, typed)
        mine = drawing.touched(request.POST, typed)
        actions.save(actor=actor, case_id=case.id, values=mine, at=now())
        kept = queries.one(actor, case.id)
        tables = {spec.key for spec in page.fields if spec.type is FieldType.ROWS}
        shown = mine | {key: value for key, value in typed.items() if key in tables}
        return _section(request, kept, page, {**kept.form, **shown}, {})
    mine = drawing.touched(request.POST, typed)
    errors = actions.save(actor=actor, case_id=case.id, values=mine, at=now())
    if "later" in request.POST and not errors:
        say(request, "ok", _("已经保存"), _("以后从“我的”接着填。"))
        return HttpResponseRedirect(reverse("my"))
    kept = queries.one(actor, case.id)
    values = {**kept.form, **mine}
    if not errors:
        asked = form.asked(kept.form)
        wanted = {spec.key: spec for spec in page.fields if spec.key in asked and spec.key in typed}
        errors = check_answers(wanted, {key: values.get(key) for key in wanted}, complete=True)[1]
    if not errors:
        return HttpResponseRedirect(progress(kept, page.url)["next_url"])
    return _section(request, kept, page, values, errors)


def _typed(request: HttpRequest, case: CaseView, page: Page) -> dict[str, object]:
    """What the page sent, without what it showed as fixed."""
    fixed = _fixed(case)
    return drawing.answers(request.POST, [spec for spec in page.fields if spec.key not in fixed])


def _fixed(case: CaseView) -> dict[str, object]:
    if case.state is not State.DRAFT:
        return {}
    return queries.fixed(case.edition.guide.form, party_id=case.party_id, on=today())


def _with_fixed(case: CaseView) -> CaseView:
    """The case with what the platform fixes, as it will be submitted (含固定预填)."""
    fixed = _fixed(case)
    return replace(case, form={**case.form, **fixed}) if fixed else case


def _section(
    request: HttpRequest, case: CaseView, page: Page, values: dict[str, Any], errors: Errors
) -> HttpResponse:
    notes = demanded(case, FIELD) if case.state is State.SUPPLEMENT else {}
    form = case.edition.guide.form
    known = queries.known(form, party_id=case.party_id, on=today()) if case.state is State.DRAFT else {}
    fields = drawing.page_fields(form, page.fields, values, errors, known)
    demands = {drawing.field_name(key): text for key, text in notes.items()}
    for drawn in fields:
        drawn["demand"] = demands.get(drawn["name"], "")
    context = {
        "case": case,
        "page_title": page.title,
        "intro": page.intro,
        "fields": fields,
        "has_rows": any(drawn["type"] == "rows" for drawn in fields),
        "errors": drawing.summary_of_errors(page.fields, errors),
        "progress": progress(case, page.url),
        "url": page.url,
        "keep_url": f"{page.url}/keep",
        "marks": drawing.marks({spec.key: case.form.get(spec.key) for spec in page.fields}),
        "newer": queries.newer_edition(case, today()),
    }
    return render(request, "portal/section.html", context, status=422 if errors else 200)


@_FORM
def keep(request: HttpRequest, case_id: uuid.UUID, section: str) -> HttpResponse:
    """Save while somebody types (自动保存). Says nothing of mistakes: they are told when the page is sent."""
    actor = actor_of(request)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("section", args=[case_id, section]))
    if actor.party_id is None:
        return HttpResponse(status=401)
    case = queries.one(actor, case_id)
    old = _drawn_from(request, case)
    if old is None:
        typed = drawing.touched(request.POST, _typed(request, case, section_page(case, section)))
        errors = actions.save(actor=actor, case_id=case_id, values=typed, at=now())
    else:
        _fields, typed = _of_old_page(request, old, section)
        errors = actions.save(actor=actor, case_id=case_id, values=typed, at=now(), edition_id=old.id)
    left = {field_of(key) for key in errors}
    return JsonResponse(drawing.marks({key: value for key, value in typed.items() if key not in left}))


@require_safe
@signed_in
@shows_what_is_now
def materials(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The materials page (交材料)."""
    case = queries.one(actor_of(request), case_id)
    if case.state not in EDITABLE:
        return _to_case(case_id)
    return _materials(request, case, {})


def _materials(request: HttpRequest, case: CaseView, errors: Errors) -> HttpResponse:
    mine = kept.mine(actor_of(request))
    notes = demanded(case, MATERIAL) if case.state is State.SUPPLEMENT else {}
    waived = promising.waived(case, today())
    rows = []
    for material in materials_of(case):
        given = [found for found in case.attachments if found.key == material.key]
        taken = {found.material_id for found in given}
        rows.append(
            {
                "material": material,
                "anchor": forms.material_name(material.key),
                "url": reverse("material", args=[case.id, material.key]),
                "tag": _GIVEN if given else forms.REQUIREMENT_TAGS.get(material.requirement, _NOT_GIVEN),
                "waived": waived.get(material.key, ""),
                "later": promising.later_note(case, material),
                "demand": notes.get(material.key, ""),
                "given": given,
                "field": forms.file_field(material, errors.get(material.key, ())),
                "mine": [found for found in mine if found.id not in taken],
            }
        )
    names = {material.key: material.name for material in materials_of(case)}
    context = {
        "case": case,
        "rows": rows,
        "errors": [
            {"name": forms.material_name(key), "text": drawing.labelled(names[key], text)}
            for key, texts in errors.items()
            for text in texts
        ],
        "progress": progress(case, reverse("materials", args=[case.id])),
    }
    return render(request, "portal/materials.html", context, status=422 if errors else 200)


@_FORM
@signed_in
@shows_what_is_now
def material(request: HttpRequest, case_id: uuid.UUID, key: str) -> HttpResponse:
    """Hand in, use again or take out one material (交一份材料)."""
    actor = actor_of(request)
    page = reverse("materials", args=[case_id])
    if request.method != "POST":
        return HttpResponseRedirect(page)
    case = queries.one(actor, case_id)
    if case.state not in EDITABLE:
        raise Conflict("cases.closed_to_edit", _CLOSED)
    if key not in {wanted.key for wanted in materials_of(case)}:
        raise NotFound("portal.material", msg("这份申请现在不用交这份材料。"))
    if "remove" in request.POST:
        removed = uuid_of(request.POST["remove"])
        if removed is not None:
            actions.detach(actor=actor, case_id=case_id, key=key, material_id=removed)
        return HttpResponseRedirect(f"{page}#{forms.material_name(key)}")
    try:
        _hand_in(request, case, key)
    except Invalid as refusal:
        return _materials(request, case, {key: next(iter(refusal.fields.values()), [refusal.message])})
    return HttpResponseRedirect(f"{page}#{forms.material_name(key)}")


def _hand_in(request: HttpRequest, case: CaseView, key: str) -> None:
    """Hand in an earlier material or an uploaded file (交材料); raises Invalid with what is wrong at the field."""
    actor, at = actor_of(request), now()
    if "again" in request.POST:
        chosen = uuid_of(request.POST["again"])
        if chosen is None:
            raise _wrong("portal.material_chosen", msg("请先从您以前交过的材料里选一份。"))
        actions.attach(actor=actor, case_id=case.id, key=key, material_id=chosen, at=at)
        return
    upload = request.FILES.get(forms.material_name(key))
    if upload is None:
        raise _wrong("portal.material_file", msg("请先选一个文件，再上传。"))
    if getattr(upload, "too_large", False):
        raise _wrong("portal.material_size", forms.TOO_LARGE)
    name = next(material.name for material in materials_of(case) if material.key == key)
    material_id = keeping.keep(
        actor=actor, stream=cast(BinaryIO, upload), file_name=upload.name or "", title=name, at=at
    )
    fresh = kept.owned(actor, material_id)
    if fresh is not None and fresh.digest in {a.digest for a in case.attachments if a.key == key}:
        return  # the same file again: it lies there already
    actions.attach(actor=actor, case_id=case.id, key=key, material_id=material_id, at=at)


def _wrong(rule: str, text: str) -> Invalid:
    return Invalid(rule, text, fields={"file": [text]})


@_FORM
@signed_in
@shows_what_is_now
def check(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Look over everything and send it (核对并提交)."""
    actor = actor_of(request)
    if request.method == "POST":
        case = queries.one(actor, case_id)
        send = actions.resubmit if case.state is State.SUPPLEMENT else actions.submit
        if "resubmit" in request.POST:
            send = actions.resubmit  # pressed twice, the case has left its state: the key then answers
        try:
            send(actor=actor, case_id=case_id, at=now(), key=key_of(request), version=version_of(request))
        except Invalid as refusal:
            return _check(request, _with_fixed(case), refusal.fields, status=422)
        except Conflict as refusal:
            if refusal.rule != actions.EDITION_ENDED:
                raise
            return HttpResponseRedirect(reverse("upgrade", args=[case_id]))
        return HttpResponseRedirect(reverse("receipt", args=[case_id]))
    case = _with_fixed(queries.one(actor, case_id))
    if case.state not in EDITABLE:
        return _to_case(case_id)
    there = {found.key for found in case.attachments} | promising.waived(case, today()).keys()
    return _check(request, case, check_complete(case.edition.guide, case.form, there), status=200)


def _check(request: HttpRequest, case: CaseView, errors: Errors, *, status: int) -> HttpResponse:
    of_fields, of_materials = addresses_of_change(case)
    of_fields |= dict.fromkeys(_fixed(case), "")
    context = {
        "case": case,
        "guide": case.edition.guide,
        "sections": case_page.given(case, of_fields),
        "materials": case_page.given_materials(case, of_materials, promising.waived(case, today())),
        "promise_url": reverse("promise", args=[case.id]) if promising.commits(case) else "",
        "promised": promises.promised(case),
        "missing": missing(case, errors) + promising.hindrance(case),
        "delivery": _delivery(request, case),
        "progress": progress(case, reverse("check", args=[case.id])),
        "newer": queries.newer_edition(case, today()),
        "key": fresh_key(),
    }
    return render(request, "portal/check.html", context, status=status)


_FATE_TAGS = {
    Fate.SAME: "ok",
    Fate.CHANGED: "ok",
    Fate.BACK: "ok",
    Fate.UNFIT: "warn",
    Fate.NEW: "now",
    Fate.DROPPED: "idle",
}


@_FORM
@signed_in
@shows_what_is_now
def upgrade(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Change to the newer edition (换到新版): what becomes of each answer and material, and one press. Never forced."""
    actor = actor_of(request)
    if request.method == "POST":
        actions.upgrade(
            actor=actor,
            case_id=case_id,
            at=now(),
            edition_id=uuid_of(request.POST.get("edition", "")),
            key=key_of(request),
            version=version_of(request),
        )
        case = queries.one(actor, case_id)
        say(request, "ok", _("已经换到新版"), _("原来填的内容都还在。标出“新要求”和“需要重填”的，请接着填。"))
        return HttpResponseRedirect(
            pages_of(case)[0].url if case.state in EDITABLE else reverse("case", args=[case_id])
        )
    case = queries.one(actor, case_id)
    offer = queries.newer_edition(case, today())
    if offer is None:
        return _to_case(case_id)
    lines = sorted(offer.carried.lines, key=lambda line: _ORDER.index(line.fate))
    context = {
        "case": case,
        "offer": offer,
        "same": sum(line.fate is Fate.SAME and not line.missing for line in lines),
        "columns": [{"label": _("内容")}, {"label": _("换版以后")}, {"label": _("您现在填的")}],
        "rows": [
            {
                "cells": [
                    line.label,
                    {"state": _FATE_TAGS[line.fate], "word": FATE_LABELS[line.fate]},
                    _given_now(case, line),
                ]
            }
            for line in lines
            if line.fate is not Fate.SAME
        ],
        "key": fresh_key(),
    }
    return render(request, "portal/upgrade.html", context)


_ORDER = (Fate.UNFIT, Fate.NEW, Fate.BACK, Fate.CHANGED, Fate.DROPPED, Fate.SAME)


def _given_now(case: CaseView, line: Line) -> str:
    """What stands in the draft for a line of the comparison (现有内容)."""
    kind, _colon, key = line.target.partition(":")
    if kind == MATERIAL:
        return "、".join(given.file_name for given in case.attachments if given.key == key) or "—"
    value = {**case.form, **case.kept}.get(key)
    spec = case.edition.guide.form.by_key().get(key)
    return "—" if value in (None, "") else queries.shown(spec, value) if spec else str(value)


def _delivery(request: HttpRequest, case: CaseView) -> list[dict[str, Any]]:
    """How the result is received, where there was a choice (送达方式)."""
    if not delivering.asked(case):
        return []
    change = reverse("delivery", args=[case.id])
    return delivering.rows(queries.delivery(actor_of(request), case), change)


@_FORM
@signed_in
@shows_what_is_now
def discard(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Throw a draft away (删除草稿), after asking."""
    actor = actor_of(request)
    if request.method == "POST":
        actions.discard(actor=actor, case_id=case_id, at=now())
        say(request, "ok", _("草稿已经删除"))
        return HttpResponseRedirect(reverse("my"))
    case = queries.one(actor, case_id)
    if case.state is not State.DRAFT:
        return _to_case(case_id)
    return render(request, "portal/discard.html", {"case": case})
