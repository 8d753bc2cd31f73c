"""What belongs to the visitor (我的): cases, licences, materials."""

import uuid
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.base.files import queries as files
from tongban.doors.portal.bundle_page import Unit, units
from tongban.doors.portal.visit import hand_out, signed_in, today
from tongban.doors.web.middleware import actor_of, own_actor_of, visitor_of
from tongban.people.mandates import queries as mandates
from tongban.people.mandates.rules import State as Offer
from tongban.records.licences import queries as licences
from tongban.records.licences.rules import STANDING_LABELS, Standing
from tongban.records.materials import queries as kept
from tongban.records.materials.rules import TRUST_LABELS, Trust
from tongban.standards.text import msg
from tongban.work.cases import queries as cases

STANDING_TAGS = {
    Standing.VALID: "ok",
    Standing.NOT_YET: "wait",
    Standing.EXPIRED: "warn",
    Standing.REVOKED: "bad",
}


def licence_card(licence: licences.LicenceView) -> dict[str, Any]:
    """A licence as its holder sees it (证照卡片), with the code that others scan."""
    return {
        "name": licence.name,
        "number": licence.number,
        "holder": licence.holder_name,
        "organ": licence.issuer_name,
        "issued": licence.valid_from,
        "valid_to": licence.valid_to,
        "state": STANDING_TAGS[licence.standing],
        "state_word": STANDING_LABELS[licence.standing],
        "qr": segno.make(f"{settings.PUBLIC_URL}/verify/{licence.token}", error="m").svg_data_uri(
            scale=4, border=2
        ),
        "verify_url": reverse("verify", args=[licence.token]),
        "pdf_url": reverse("licence-file", args=[licence.id]),
    }


def listed(actor: Actor) -> list[Unit]:
    """What is the visitor's own (我的清单): cases, each bundle as one card."""
    rows = cases.mine(actor)
    ids = {row.bundle_id for row in rows if row.bundle_id is not None}
    return units(rows, cases.bundle_names(ids), cases.outlooks(rows)) if ids else units(rows, {}, {})


@require_safe
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """My cases and licences (我的办件和证照): what waits for me first."""
    actor = actor_of(request)
    found = listed(actor)
    return render(
        request,
        "portal/my.html",
        {
            "waiting": [unit.card for unit in found if unit.waiting],
            "running": [unit.card for unit in found if unit.running],
            "ended": [unit.card for unit in found if not unit.waiting and not unit.running],
            "offered": _offered(request),
            "licences": [licence_card(licence) for licence in licences.mine(actor, on=today())],
        },
    )


def _offered(request: HttpRequest) -> int:
    """How many mandates wait to be accepted (待接受的授权); none of hers are told where she is here for a company only."""
    if visitor_of(request).bound:
        return 0
    return sum(one.state is Offer.OFFERED for one in mandates.received(own_actor_of(request)))


_COLUMNS = [{"label": label} for label in (msg("文件"), msg("是什么"), msg("哪天交的"), msg("可信程度"))]


@require_safe
@signed_in
def materials(request: HttpRequest) -> HttpResponse:
    """My materials (我的材料): uploaded once, used again."""
    rows = [
        {
            "cells": [
                {"text": material.file_name, "url": reverse("my-material", args=[material.id])},
                material.title,
                material.kept_at,
                _(TRUST_LABELS[Trust(material.trust)]),
            ]
        }
        for material in kept.mine(actor_of(request))
    ]
    return render(request, "portal/materials_mine.html", {"rows": rows, "columns": _COLUMNS})


@require_safe
@signed_in
def material(request: HttpRequest, material_id: uuid.UUID) -> HttpResponseBase:
    """Save one of my materials (下载我的材料)."""
    found = kept.owned(actor_of(request), material_id)
    if found is None:
        raise NotFound("materials.owned", msg("没有找到这份材料。"))
    return hand_out(
        files.open_file(found.digest), name=found.file_name, media_type=found.media_type, size=found.size
    )


@require_safe
@signed_in
def licence_file(request: HttpRequest, licence_id: uuid.UUID) -> HttpResponseBase:
    """Save my licence (下载证照): the signed PDF."""
    found = licences.one(actor_of(request), licence_id, on=today())
    if found is None:
        raise NotFound("licences.visible", msg("没有找到这份证照。"))
    return hand_out(
        licences.open_document(found.digest),
        name=f"{found.name}_{found.number}.pdf",
        media_type="application/pdf",
    )
