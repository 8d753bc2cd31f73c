"""What belongs to a guide (指南附属): its history, its files, and its data for programs."""

import json
import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from tongban.base.errors import NotFound
from tongban.base.files import queries as files
from tongban.base.files.rules import EXTENSIONS, extension
from tongban.doors.portal import guide_changes, guide_sections, linked, visit
from tongban.doors.portal.shared import answer, choices_of, tag_of
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.queries import PublicEdition
from tongban.standards.text import msg


@require_safe
def history(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every public edition of an item (版本沿革), the newest first, with what it changed of the one before it."""
    today = visit.today()
    told = catalogue.public_editions(code)
    newest = catalogue.edition(told[-1].id)
    context = {
        "name": newest.guide.name,
        "organ": newest.organ_name,
        "code": code,
        "guide_url": reverse("guide", args=[code]),
        "editions": [
            {
                "told": one,
                "tag": guide_sections.validity_tag(one, today),
                "url": reverse("guide-edition", args=[code, one.number]),
                "first": before is None,
                "changes": _changes(before, one),
            }
            for before, one in zip([None, *told], told, strict=False)
        ][::-1],
    }
    page = choices_of(request).page(reverse("guide-history", args=[code]))
    body = render_to_string("portal/guide_history.html", context | {"page": page}).encode()
    return answer(request, body, tag_of(body))


def _changes(before: PublicEdition | None, after: PublicEdition) -> list[dict[str, object]]:
    if before is None:
        return []
    return guide_changes.changes(catalogue.guide_of(before.id), catalogue.guide_of(after.id))


@require_safe
def file(request: HttpRequest, code: str, digest: str) -> HttpResponseBase:
    """A file that a published edition names (附件下载): blank form or sample. Named by its content, it may be kept for good."""
    named = catalogue.attachment(code, digest)
    stored = files.describe(digest)
    kept = {
        "ETag": f'"{digest}"',
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    known = get_conditional_response(request, etag=kept["ETag"])
    if known is not None and known.status_code == 304:
        return _labelled(known, kept)
    ending = EXTENSIONS[stored.media_type]
    name = named.name if extension(named.name) in ending else f"{named.name}.{ending[0]}"
    response = visit.hand_out(
        files.open_file(digest), name=name, media_type=stored.media_type, size=stored.size
    )
    return _labelled(response, kept)


def _labelled(response: HttpResponseBase, headers: Mapping[str, str]) -> HttpResponseBase:
    for name, value in headers.items():
        response.headers[name] = value
    return response


@require_safe
def data(request: HttpRequest, code: str) -> HttpResponseBase:
    """The guide in force today for programs (JSON-LD 数据), under a strong ETag."""
    standing = catalogue.standing(code, visit.today())
    if standing is None:
        raise NotFound("catalogue.item", msg("没有找到这个事项，它可能已经取消，或者地址不完整。"))
    body, tag = _linked(standing.edition_id, standing.above, standing.below)
    response = HttpResponse(body, content_type="application/ld+json")
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return get_conditional_response(request, etag=tag, response=response) or response


@lru_cache(maxsize=500)
def _linked(
    edition_id: uuid.UUID, above: tuple[uuid.UUID, ...], below: tuple[uuid.UUID, ...]
) -> tuple[bytes, str]:
    """(JSON-LD, ETag) of an edition beside its kin: none of them ever changes."""
    edition = catalogue.edition(edition_id)

    def address(one: uuid.UUID) -> str:
        return settings.PUBLIC_URL + reverse("guide", args=[catalogue.edition(one).item_code])

    told: dict[str, Any] = linked.document(
        edition,
        base=settings.PUBLIC_URL,
        path=reverse("guide", args=[edition.item_code]),
        above=[address(one) for one in above],
        below=[address(one) for one in below],
    )
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return body, tag_of(body)
