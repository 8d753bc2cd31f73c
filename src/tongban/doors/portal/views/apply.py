"""The transaction (申请): start, one subject per page, materials, check, send. What was typed is never lost."""

import uuid
from dataclasses import replace
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.errors import Conflict, Invalid, NotFound
from tongban.doors.portal import case_page
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
from tongban.doors.web import forms as drawing
from tongban.doors.web import papers as forms
from tongban.doors.web.middleware import actor_of
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import Errors
from tongban.offers.catalogue.rules.form import check as check_answers
from tongban.records.materials import actions as keeping
from tongban.records.materials import queries as kept
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.application import FIELD, MATERIAL, check_complete
from tongban.work.cases.rules.moves import EDITABLE, State

_CLOSED = msg("申请已经提交，现在不能再改。如需更正，请撤回后重新申请。")
_FORM = require_http_methods(["GET", "HEAD", "POST"])


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
    drafts = (
        [row for row in queries.mine(actor) if row.state is State.DRAFT and row.edition_id == edition.id]
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
        return _save_section(request, case, section_page(case, section))
    if case.state not in EDITABLE:
        return _to_case(case_id)
    page = section_page(case, section)
    return _section(request, case, page, case.form, {})


def _save_section(request: HttpRequest, case: CaseView, page: Page) -> HttpResponse:
    """Save what was typed and go on, or show the page again with one row more or less, or with what is wrong."""
    actor, form = actor_of(request), case.edition.guide.form
    typed = _typed(request, case, page)
    if drawing.presses_rows(request.POST):
        typed = drawing.changed_rows(request.POST, page.fields, typed)
        actions.save(actor=actor, case_id=case.id, values=typed, at=now())
        return _section(request, case, page, {**case.form, **typed}, {})
    errors = actions.save(actor=actor, case_id=case.id, values=typed, at=now())
    if "later" in request.POST and not errors:
        say(request, "ok", _("已经保存"), _("以后从“我的”接着填。"))
        return HttpResponseRedirect(reverse("my"))
    kept = queries.one(actor, case.id)
    if not errors:
        asked = form.asked(kept.form)
        wanted = {spec.key: spec for spec in page.fields if spec.key in asked and spec.key in typed}
        errors = check_answers(wanted, {key: typed[key] for key in wanted}, complete=True)[1]
    if not errors:
        return HttpResponseRedirect(progress(kept, page.url)["next_url"])
    return _section(request, kept, page, {**kept.form, **typed}, errors)


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
    typed = _typed(request, case, section_page(case, section))
    actions.save(actor=actor, case_id=case_id, values=typed, at=now())
    return HttpResponse(status=204)


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
        return HttpResponseRedirect(reverse("receipt", args=[case_id]))
    case = _with_fixed(queries.one(actor, case_id))
    if case.state not in EDITABLE:
        return _to_case(case_id)
    attached = {found.key for found in case.attachments}
    return _check(request, case, check_complete(case.edition.guide, case.form, attached), status=200)


def _check(request: HttpRequest, case: CaseView, errors: Errors, *, status: int) -> HttpResponse:
    of_fields, of_materials = addresses_of_change(case)
    of_fields |= dict.fromkeys(_fixed(case), "")
    context = {
        "case": case,
        "guide": case.edition.guide,
        "sections": case_page.given(case, of_fields),
        "materials": case_page.given_materials(case, of_materials),
        "missing": missing(case, errors),
        "progress": progress(case, reverse("check", args=[case.id])),
        "key": fresh_key(),
    }
    return render(request, "portal/check.html", context, status=status)


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
