"""The transaction (申请): start, one subject per page, materials, check, send. What was typed is never lost."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.errors import Conflict, Invalid, NotFound
from tongban.doors.portal import case_page
from tongban.doors.portal.application import Application, asked_by, of_case, of_one, with_fixed
from tongban.doors.portal.pages import (
    Page,
    addresses_of_change,
    missing,
    pages_of,
    progress,
    section_page,
)
from tongban.doors.portal.views.now import shows_what_is_now
from tongban.doors.portal.visit import (
    ensure_same_acting,
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
from tongban.doors.web import signing
from tongban.doors.web.middleware import actor_of
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.queries import EditionView
from tongban.offers.catalogue.rules.form import Errors, FieldSpec, FieldType, field_of
from tongban.offers.catalogue.rules.form import check as check_answers
from tongban.records.materials import actions as keeping
from tongban.records.materials import queries as kept
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.application import FIELD, MATERIAL
from tongban.work.cases.rules.moves import State, Verb
from tongban.work.cases.rules.signing import need

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
        ensure_same_acting(request)
        started = actions.start(actor=actor, item_code=code, at=now(), key=key_of(request))
        return HttpResponseRedirect(pages_of(of_case(actor, started.id))[0].url)
    # Drafts of earlier editions as well: they can be upgraded, and nobody should fill in anew what is there.
    editions = {one.id for one in catalogue.public_editions(code)}
    drafts = (
        [
            row
            for row in queries.mine(actor)
            if row.state is State.DRAFT and row.edition_id in editions and row.bundle_id is None
        ]
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
            "unserved": queries.unserved(edition.guide, actor.party_id) if actor.party_id else None,
            "key": fresh_key(),
        },
    )


_GIVEN = {"state": "ok", "word": msg("已交")}
_NOT_GIVEN = {"state": "wait", "word": msg("还没交")}


@_FORM
@signed_in
@shows_what_is_now
@of_one
def section(request: HttpRequest, application: Application, section: str) -> HttpResponse:
    """One page of the form (填一页)."""
    if request.method == "POST":
        if not application.editable:
            raise Conflict("cases.closed_to_edit", _CLOSED)
        if (old := application.drawn_from(request.POST.get("edition", ""))) is not None:
            return _save_late(request, application, old, section)
        return _save_section(request, application, section_page(application, section))
    if not application.editable:
        return HttpResponseRedirect(application.home)
    return _section(request, application, section_page(application, section), application.answers, {})


def _of_old_page(request: HttpRequest, old: EditionView, section: str) -> tuple[Sequence[FieldSpec], Answers]:
    """What was changed on a page of an earlier edition (旧页面上改过的内容), with the fields that it had."""
    fields = next((one.fields for one in old.guide.form.sections if one.key == section), ())
    typed = drawing.answers(request.POST, [spec for spec in fields if not spec.fixed])
    return fields, drawing.touched(request.POST, typed)


def _save_late(
    request: HttpRequest, application: Application, old: EditionView, section: str
) -> HttpResponse:
    """Save a page of an earlier edition (旧页面保存): what was typed is kept, and what could not be is shown to be copied."""
    fields, typed = _of_old_page(request, old, section)
    errors = application.save(typed, now(), old.id)
    left = {field_of(key) for key in errors}
    rows = [
        {"label": spec.label, "value": queries.shown(spec, typed[spec.key])}
        for spec in fields
        if spec.key in left and spec.key in typed
    ]
    context = {"application": application, "rows": rows, "go_on_url": pages_of(application)[0].url}
    return render(request, "portal/late.html", context, status=409 if rows else 200)


def _save_section(request: HttpRequest, application: Application, page: Page) -> HttpResponse:
    """Save what was changed and go on, or show the page again with one row more or less, or with what is wrong."""
    typed = _typed(request, application, page)
    if drawing.presses_rows(request.POST):
        typed = drawing.changed_rows(request.POST, page.fields, typed)
        mine = drawing.touched(request.POST, typed)
        application.save(mine, now())
        kept = application.now()
        tables = {spec.key for spec in page.fields if spec.type is FieldType.ROWS}
        shown = mine | {key: value for key, value in typed.items() if key in tables}
        return _section(request, kept, page, {**kept.answers, **shown}, {})
    mine = drawing.touched(request.POST, typed)
    errors = application.save(mine, now())
    if "later" in request.POST and not errors:
        say(request, "ok", _("已经保存"), _("以后从“我的”接着填。"))
        return HttpResponseRedirect(reverse("my"))
    kept = application.now()
    values = {**kept.answers, **mine}
    if not errors:
        asked = kept.form.asked(kept.answers)
        wanted = {spec.key: spec for spec in page.fields if spec.key in asked and spec.key in typed}
        errors = check_answers(wanted, {key: values.get(key) for key in wanted}, complete=True)[1]
    if not errors:
        return HttpResponseRedirect(progress(kept, page.url)["next_url"])
    return _section(request, kept, page, values, errors)


def _typed(request: HttpRequest, application: Application, page: Page) -> dict[str, object]:
    """What the page sent, without what it showed as fixed."""
    return drawing.answers(request.POST, [spec for spec in page.fields if spec.key not in application.fixed])


def _section(
    request: HttpRequest, application: Application, page: Page, values: dict[str, Any], errors: Errors
) -> HttpResponse:
    fields = drawing.page_fields(application.form, page.fields, values, errors, application.known())
    demands = {drawing.field_name(key): text for key, text in application.demanded(FIELD).items()}
    for drawn in fields:
        drawn["demand"] = demands.get(drawn["name"], "")
    context = {
        "application": application,
        "page_title": page.title,
        "intro": page.intro,
        "asked_by": asked_by(page.items, len(application.receivers)),
        "fields": fields,
        "has_rows": any(drawn["type"] == "rows" for drawn in fields),
        "errors": drawing.summary_of_errors(page.fields, errors),
        "progress": progress(application, page.url),
        "url": page.url,
        "keep_url": f"{page.url}/keep",
        "edition": application.edition,
        "marks": drawing.marks({spec.key: application.answers.get(spec.key) for spec in page.fields}),
        **_newer(application),
    }
    return render(request, "portal/section.html", context, status=422 if errors else 200)


@_FORM
def keep(
    request: HttpRequest,
    section: str,
    case_id: uuid.UUID | None = None,
    bundle_id: uuid.UUID | None = None,
) -> HttpResponseBase:
    """Save while somebody types (自动保存). Says nothing of mistakes: they are told when the page is sent."""
    if request.method != "POST":
        return HttpResponseRedirect(request.path.removesuffix("/keep"))
    if actor_of(request).party_id is None:
        return HttpResponse(status=401)
    return _keep(request, section, case_id=case_id, bundle_id=bundle_id)


@of_one
def _keep(request: HttpRequest, application: Application, section: str) -> HttpResponse:
    old = application.drawn_from(request.POST.get("edition", ""))
    if old is None:
        page = section_page(application, section)
        typed = drawing.touched(request.POST, _typed(request, application, page))
        errors = application.save(typed, now())
    else:
        _fields, typed = _of_old_page(request, old, section)
        errors = application.save(typed, now(), old.id)
    left = {field_of(key) for key in errors}
    return JsonResponse(drawing.marks({key: value for key, value in typed.items() if key not in left}))


def _newer(application: Application) -> dict[str, Any]:
    """The edition in force where the draft stands on another (新版指南), and the page that compares them."""
    newer = application.newer()
    return {"newer": newer, "newer_url": application.url("upgrade") if newer else ""}


@require_safe
@signed_in
@shows_what_is_now
@of_one
def materials(request: HttpRequest, application: Application) -> HttpResponse:
    """The materials page (交材料)."""
    if not application.editable:
        return HttpResponseRedirect(application.home)
    return _materials(request, application, {})


def _materials(request: HttpRequest, application: Application, errors: Errors) -> HttpResponse:
    mine = kept.mine(actor_of(request))
    notes = application.demanded(MATERIAL)
    waived = application.waived()
    rows = []
    for material in application.materials:
        given = [found for found in application.files if found.key == material.key]
        taken = {found.material_id for found in given}
        rows.append(
            {
                "material": material,
                "anchor": forms.material_name(material.key),
                "url": application.url("material", material.key),
                "tag": _GIVEN if given else forms.REQUIREMENT_TAGS.get(material.requirement, _NOT_GIVEN),
                "waived": waived.get(material.key, ""),
                "later": application.later_note(material),
                "asked_by": asked_by(application.wants.get(material.key, ()), len(application.receivers)),
                "demand": notes.get(material.key, ""),
                "given": given,
                "field": forms.file_field(material, errors.get(material.key, ())),
                "mine": [found for found in mine if found.id not in taken],
            }
        )
    context = {
        "application": application,
        "rows": rows,
        "errors": [
            {
                "name": forms.material_name(key),
                "text": drawing.labelled(application.names[key], text),
            }
            for key, texts in errors.items()
            for text in texts
        ],
        "progress": progress(application, application.url("materials")),
    }
    return render(request, "portal/materials.html", context, status=422 if errors else 200)


@_FORM
@signed_in
@shows_what_is_now
@of_one
def material(request: HttpRequest, application: Application, key: str) -> HttpResponse:
    """Hand in, use again or take out one material (交一份材料)."""
    page = application.url("materials")
    if request.method != "POST":
        return HttpResponseRedirect(page)
    if not application.editable:
        raise Conflict("cases.closed_to_edit", _CLOSED)
    if key not in {wanted.key for wanted in application.materials}:
        raise NotFound("portal.material", msg("这份申请现在不用交这份材料。"))
    if "remove" in request.POST:
        removed = uuid_of(request.POST["remove"])
        if removed is not None:
            application.detach(key, removed)
        return HttpResponseRedirect(f"{page}#{forms.material_name(key)}")
    try:
        _hand_in(request, application, key)
    except Invalid as refusal:
        errors = {key: next(iter(refusal.fields.values()), [refusal.message])}
        return _materials(request, application, errors)
    return HttpResponseRedirect(f"{page}#{forms.material_name(key)}")


def _hand_in(request: HttpRequest, application: Application, key: str) -> None:
    """Hand in an earlier material or an uploaded file (交材料); raises Invalid with what is wrong at the field."""
    actor, at = actor_of(request), now()
    if "again" in request.POST:
        chosen = uuid_of(request.POST["again"])
        if chosen is None:
            raise _wrong("portal.material_chosen", msg("请先从您以前交过的材料里选一份。"))
        application.attach(key, chosen, at)
        return
    upload = request.FILES.get(forms.material_name(key))
    if upload is None:
        raise _wrong("portal.material_file", msg("请先选一个文件，再上传。"))
    if getattr(upload, "too_large", False):
        raise _wrong("portal.material_size", forms.TOO_LARGE)
    material_id = keeping.keep(
        actor=actor,
        stream=cast(BinaryIO, upload),
        file_name=upload.name or "",
        title=application.names[key],
        at=at,
    )
    fresh = kept.owned(actor, material_id)
    if fresh is not None and fresh.digest in {
        given.digest for given in application.files if given.key == key
    }:
        return  # the same file again: it lies there already
    application.attach(key, material_id, at)


def _wrong(rule: str, text: str) -> Invalid:
    return Invalid(rule, text, fields={"file": [text]})


@_FORM
@signed_in
@shows_what_is_now
@of_one
def check(request: HttpRequest, application: Application) -> HttpResponse:
    """Look over everything and send it (核对并提交)."""
    if request.method == "POST":
        # Pressed twice, it has left its state: the key then answers.
        again = "resubmit" in request.POST or application.state in (State.SUPPLEMENT, State.RETURNED)
        try:
            at = now()
            verb = Verb.RESUBMIT if again else Verb.SUBMIT
            actor = signing.unlocked(application.actor, request.POST.dict(), need(verb, ""), at)
            signed = replace(application, actor=actor)
            signed.send(at=at, key=key_of(request), version=version_of(request), again=again)
        except Invalid as refusal:
            return _check(request, with_fixed(application.now()), refusal.fields, status=422)
        except Conflict as refusal:
            if refusal.rule != actions.EDITION_ENDED:
                raise
            return HttpResponseRedirect(application.url("upgrade"))
        return HttpResponseRedirect(application.url("receipt"))
    if not application.editable:
        return HttpResponseRedirect(application.home)
    application = with_fixed(application)
    return _check(request, application, application.lacks(today()), status=200)


def _check(request: HttpRequest, application: Application, errors: Errors, *, status: int) -> HttpResponse:
    of_fields, of_materials = addresses_of_change(application)
    of_fields |= dict.fromkeys(application.fixed, "")
    context = {
        "application": application,
        "sections": case_page.given(application.form, application.answers, of_fields),
        "materials": case_page.given_materials(application, of_materials),
        "delivery": delivering.rows(application.delivery(), application.url("delivery"))
        if application.asks_delivery
        else [],
        "promise_url": application.url("promise") if application.commits else "",
        "promised": application.promised(),
        "missing": missing(
            application, {name: said for name, said in errors.items() if name not in signing.SECRET}
        )
        + application.hindrance(),
        "signing": signing.fields(application.actor, need(Verb.SUBMIT, ""), now(), errors),
        "signing_errors": [
            {"name": name, "text": said[0]} for name, said in errors.items() if name in signing.SECRET
        ],
        "progress": progress(application, application.url("check")),
        **_newer(application),
        "key": fresh_key(),
    }
    return render(request, "portal/check.html", context, status=status)


@_FORM
@signed_in
@shows_what_is_now
@of_one
def discard(request: HttpRequest, application: Application) -> HttpResponse:
    """Throw a draft away (删除草稿), after asking."""
    if request.method == "POST":
        application.discard(now())
        say(request, "ok", _("草稿已经删除"))
        return HttpResponseRedirect(reverse("my"))
    if application.state is not State.DRAFT:
        return HttpResponseRedirect(application.home)
    return render(request, "portal/discard.html", {"application": application})
