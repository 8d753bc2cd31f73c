"""Changing to a newer edition (换版): of a draft, field by field, and of the items of a bundle. Never forced."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors.portal.application import application_of
from tongban.doors.portal.pages import pages_of
from tongban.doors.portal.views.now import shows_what_is_now
from tongban.doors.portal.visit import fresh_key, key_of, now, say, signed_in, today, uuid_of, version_of
from tongban.doors.web.middleware import actor_of
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.application import MATERIAL
from tongban.work.cases.rules.carrying import FATE_LABELS, Fate, Line
from tongban.work.cases.rules.moves import EDITABLE, State

_FORM = require_http_methods(["GET", "HEAD", "POST"])

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
            pages_of(application_of(actor, case))[0].url
            if case.state in EDITABLE
            else reverse("case", args=[case_id])
        )
    case = queries.one(actor, case_id)
    offer = queries.newer_edition(case, today())
    if offer is None or (case.bundle_id is not None and case.state is State.DRAFT):
        return HttpResponseRedirect(reverse("case", args=[case_id]))
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


@_FORM
@signed_in
@shows_what_is_now
def upgrade_bundle(request: HttpRequest, bundle_id: uuid.UUID) -> HttpResponse:
    """Change the items of a bundle whose guides have a newer edition (一件事换到新版): which, and one press."""
    actor = actor_of(request)
    page = reverse("bundle", args=[bundle_id])
    if request.method == "POST":
        actions.upgrade_bundle(actor=actor, bundle_id=bundle_id, at=now())
        say(request, "ok", _("已经换到新版"), _("原来填的内容都还在。请再核对一遍，缺的接着填。"))
        return HttpResponseRedirect(reverse("bundle-check", args=[bundle_id]))
    bundle = queries.bundle(actor, bundle_id)
    behind = queries.bundle_behind(bundle, today())
    if not behind:
        return HttpResponseRedirect(page)
    return render(request, "portal/bundle_upgrade.html", {"bundle": bundle, "behind": behind})
