"""The guide of an item (办事指南): the page that is read most, the same for everybody, drawn once per edition and reader's choice."""

import hashlib
import uuid
from datetime import date
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tongban.base.errors import NotFound
from tongban.doors.portal import guide_page
from tongban.doors.portal.guide_page import Situation
from tongban.doors.portal.visit import today
from tongban.doors.web import forms as drawing
from tongban.doors.web.views import place_of
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.publicinfo import queries as publicinfo
from tongban.standards.text import msg
from tongban.work.cases.queries import calendar

_KEPT_PAGES = 500  # some 30 kB each


@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponseBase:
    """The guide in force today (办事指南). Costs one small statement where the page was drawn before."""
    on = today()
    edition_id = catalogue.in_force_id(code, on)
    if edition_id is None:
        raise NotFound("catalogue.item", msg("没有找到这个事项，它可能已经取消，或者地址不完整。"))
    situation = guide_page.situation_of(catalogue.guide_of(edition_id), request.GET.dict())
    body, tag = _drawn(
        edition_id,
        get_language() or "zh-hans",
        place_of(request),
        request.COOKIES.get("tongban_elderly") == "on",
        situation,
        on,
    )
    response = HttpResponse(body)
    response.headers["ETag"] = tag
    # Asked again every time, so that nobody reads an edition after its end; the answer is then 304 and empty.
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return get_conditional_response(request, etag=tag, response=response) or response


@lru_cache(maxsize=_KEPT_PAGES)
def _drawn(
    edition_id: uuid.UUID,
    language: str,
    place: tuple[str, str],
    elderly: bool,
    situation: Situation,
    on: date,
) -> tuple[bytes, str]:
    """The page and its strong tag (成页). Everything it says follows from the arguments; nothing of the reader is in it."""
    edition = catalogue.edition(edition_id)
    guide = edition.guide
    known = dict(situation)
    address = reverse("guide", args=[edition.item_code])
    page = {
        "door": "portal",
        "shared": True,
        "language": language,
        "elderly": elderly,
        "place_code": place[0],
        "place_name": place[1],
        "query": "",
        "path": address + ("?" + urlencode(situation) if situation else ""),
    }
    context = {
        "page": page,
        "edition": edition,
        "guide": guide,
        "facts": guide_page.facts(guide, on=on, calendar=calendar()),
        "questions": [
            drawing.field(field, known.get(field.key, "")) | {"name": field.key, "required": True, "help": ""}
            for field in guide_page.questions(guide)
        ],
        "answered": bool(situation),
        "materials": guide_page.materials(guide, situation),
        "steps": guide_page.steps(guide),
        "days": guide_page.days_words(guide),
        "anywhere": guide_page.anywhere(guide),
        "validity": guide_page.validity(guide),
        "bases": _bases(guide, on),
        "apply_url": reverse("apply", args=[edition.item_code]),
    }
    body = render_to_string("portal/guide.html", context).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _bases(guide: Guide, on: date) -> list[dict[str, str]]:
    """The bases (依据), each with the address of its article where that law is here. One statement for all of them."""
    found = publicinfo.address_of([(basis.title, basis.article) for basis in guide.basis], on=on)
    bases = []
    for basis in guide.basis:
        address = found.get((basis.title, basis.article))
        url = "" if address is None else reverse("law", args=[address.key])
        if address is not None and address.anchor:
            url += f"#{address.anchor}"
        bases.append({"title": basis.title, "article": basis.article, "text": basis.text, "url": url})
    return bases
