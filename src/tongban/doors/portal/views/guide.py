"""The guide of an item (办事指南): one edition as page, as paper and on the counter's screen; read most, the same for everybody.

All three are drawn from the same edition by the same sections, once per edition and reader's choice.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tongban.base.errors import Invalid, NotFound
from tongban.doors.portal import guide_joint, guide_page, guide_sections, visit
from tongban.doors.portal.guide_page import Situation
from tongban.doors.portal.shared import Choices, answer, choices_of, tag_of
from tongban.doors.web import forms as drawing
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.queries import EditionView, PublicEdition, Standing
from tongban.offers.catalogue.rules.editions import Validity
from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.publicinfo import queries as publicinfo
from tongban.standards.text import msg
from tongban.work.cases.queries import calendar

_KEPT_PAGES = 500  # some 60 kB each
_REFRESH_SECONDS = 60  # how often a counter's screen looks for a new edition; [O] our own number
_TEMPLATES = {"page": "guide", "print": "guide_print", "screen": "guide_screen"}
_NAMES = {"page": "guide", "print": "guide-print", "screen": "guide-screen"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that a drawn guide depends on (成页条件); what is kept is kept under it, and nothing of the reader is in it.

    ``form``: page, print or screen. ``standing``: what stands beside the edition, where it is in force. ``told``: the
    edition among the others, where it is not.
    """

    form: str
    edition_id: uuid.UUID
    standing: Standing | None
    told: PublicEdition | None
    choices: Choices
    situation: Situation
    on: date


@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponseBase:
    """The guide in force today, or ``?on=`` a day (办事指南). Costs one small statement where the page was drawn before."""
    today = visit.today()
    on = _day_of(request.GET.get("on"), today)
    found = _standing(code, on)
    if on != today:
        now = catalogue.standing(code, today)
        if now is None or now.edition_id != found.edition_id:
            number = catalogue.edition(found.edition_id).number
            return _past(request, catalogue.numbered(code, number), today)
        found = now
    return _answer(request, _asked(request, "page", found, today))


@require_safe
def edition(request: HttpRequest, code: str, number: str) -> HttpResponseBase:
    """One published edition by its number (按号看版本): the same page where it is in force, marked where it is not."""
    today = visit.today()
    told = catalogue.numbered(code, int(number))
    if told.validity(today) is Validity.IN_FORCE:
        return _answer(request, _asked(request, "page", _standing(code, today), today))
    return _past(request, told, today)


@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponseBase:
    """The guide in force today on paper (打印版), everything unfolded."""
    today = visit.today()
    return _answer(request, _asked(request, "print", _standing(code, today), today))


@require_safe
def screen(request: HttpRequest, code: str) -> HttpResponseBase:
    """The guide in force today on a counter's screen (窗口屏): it asks again by itself, and just after midnight at the latest."""
    now = visit.now()
    today = now.astimezone(visit.CHINA).date()
    return _answer(
        request,
        _asked(request, "screen", _standing(code, today), today),
        refresh=_until_next_look(now, today),
    )


def _until_next_look(now: datetime, today: date) -> int:
    """Seconds until the screen looks again (刷新间隔): editions begin at midnight, and none is shown late."""
    midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), visit.CHINA)
    return min(_REFRESH_SECONDS, int((midnight - now).total_seconds()) + 1)


def _day_of(text: str | None, today: date) -> date:
    """The day asked for (指定日期), today where none is. Raises Invalid for what is no day."""
    if not text:
        return today
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as problem:
        words = msg("日期要写成 2026-12-08 这样。")
        raise Invalid("catalogue.day", words) from problem


def _standing(code: str, on: date) -> Standing:
    found = catalogue.standing(code, on)
    if found is None:
        raise NotFound("catalogue.item", msg("没有找到这个事项，它可能已经取消，或者地址不完整。"))
    return found


def _asked(request: HttpRequest, form: str, standing: Standing, on: date) -> Asked:
    return _choices(request, form, standing.edition_id, on, standing=standing)


def _past(request: HttpRequest, told: PublicEdition, on: date) -> HttpResponseBase:
    """An edition that is not in force (非现行版本), marked so, without a way to begin."""
    return _answer(request, _choices(request, "page", told.id, on, told=told))


def _choices(
    request: HttpRequest,
    form: str,
    edition_id: uuid.UUID,
    on: date,
    *,
    standing: Standing | None = None,
    told: PublicEdition | None = None,
) -> Asked:
    return Asked(
        form,
        edition_id,
        standing,
        told,
        choices_of(request),
        guide_page.situation_of(catalogue.guide_of(edition_id), request.GET.dict()),
        on,
    )


def _answer(request: HttpRequest, asked: Asked, *, refresh: int = 0) -> HttpResponseBase:
    body, tag = _drawn(asked)
    return answer(request, body, tag, refresh=refresh)


@lru_cache(maxsize=_KEPT_PAGES)
def _drawn(asked: Asked) -> tuple[bytes, str]:
    """The page and its strong tag (成页). Everything it says follows from what was asked."""
    edition = catalogue.edition(asked.edition_id)
    page = asked.choices.page(_path(edition, asked))
    context = _content(edition, asked) | _around(edition, asked) | {"page": page}
    body = render_to_string(f"portal/{_TEMPLATES[asked.form]}.html", context).encode()
    return body, tag_of(body)


def _path(edition: EditionView, asked: Asked) -> str:
    """The page's own address (本页地址), to come back to after a choice."""
    if asked.told is not None:
        address = reverse("guide-edition", args=[edition.item_code, edition.number])
    else:
        address = reverse(_NAMES[asked.form], args=[edition.item_code])
    return address + ("?" + urlencode(asked.situation) if asked.situation else "")


def _content(edition: EditionView, asked: Asked) -> dict[str, Any]:
    """The edition in words (指南内容): the same for page, paper and screen."""
    guide, known = edition.guide, dict(asked.situation)
    ends_on = asked.standing.ends_on if asked.standing else asked.told.ends_on if asked.told else None
    return {
        "edition": edition,
        "guide": guide,
        "open": asked.form == "print",
        "facts": guide_page.facts(guide, on=None if asked.told else asked.on, calendar=calendar()),
        "questions": [
            drawing.field(field, known.get(field.key, "")) | {"name": field.key, "required": True, "help": ""}
            for field in guide_page.questions(guide)
        ],
        "answered": bool(asked.situation),
        "materials": guide_sections.materials(guide, asked.situation, edition.item_code),
        "process": guide_sections.process(guide),
        "joint": guide_joint.joint(guide),
        "commitment": guide_joint.commitment(guide),
        "rule": guide_joint.rule(guide),
        "fees": guide_sections.fees(guide),
        "places": guide_sections.places(guide),
        "ways": guide_sections.ways(guide),
        "anywhere": guide_page.anywhere(guide),
        "validity": guide_page.validity(guide),
        "result": guide_sections.result(guide, edition.item_code),
        "bases": _bases(guide, asked.on),
        "services": guide_sections.intermediaries(guide),
        "about": guide_sections.about(edition, ends_on),
        "terms": guide_sections.terms(edition),
    }


def _around(edition: EditionView, asked: Asked) -> dict[str, Any]:
    """What stands around the content (指南周边): kin, other editions, addresses."""
    code = edition.item_code
    standing = asked.standing
    ahead = catalogue.edition(standing.ahead) if standing and standing.ahead else None
    own = reverse("guide-edition", args=[code, edition.number])
    return {
        "not_in_force": guide_sections.standing_words(asked.told, asked.on) if asked.told else {},
        "above_name": standing.above_name if standing else "",
        "above": [guide_sections.card(catalogue.edition(one)) for one in standing.above] if standing else [],
        "below": [guide_sections.card(catalogue.edition(one)) for one in standing.below] if standing else [],
        "ahead": ahead,
        "ahead_url": reverse("guide-edition", args=[code, ahead.number]) if ahead else "",
        "guide_url": reverse("guide", args=[code]),
        "apply_url": reverse("apply", args=[code]),
        "history_url": reverse("guide-history", args=[code]),
        "print_url": reverse("guide-print", args=[code]),
        "data_url": reverse("guide-data", args=[code]),
        "tailor_url": own if asked.told else reverse("guide", args=[code]),
        "own_url": settings.PUBLIC_URL + own,
        # Paper leads to its own edition, which says when it is out of date; a screen to the item, to go on by telephone.
        "qr": _qr(settings.PUBLIC_URL + (own if asked.form == "print" else reverse("guide", args=[code])))
        if asked.form != "page"
        else "",
    }


def _qr(address: str) -> str:
    picture: str = segno.make(address, error="m").svg_data_uri(scale=4, border=2)
    return picture


def _bases(guide: Guide, on: date) -> list[dict[str, Any]]:
    """The bases (依据): the text in force of the law where it is here, or else the words of the guide."""
    found = publicinfo.address_of([(basis.title, basis.article) for basis in guide.basis], on=on)
    bases = []
    for basis in guide.basis:
        address = found.get((basis.title, basis.article))
        url, text = "", ""
        if address is not None:
            url = reverse("law", args=[address.key]) + (f"#{address.anchor}" if address.anchor else "")
            text = address.text
        bases.append(
            {
                "title": basis.title,
                "article": basis.article,
                "text": text or basis.text,
                "from_law": bool(text),
                "url": url,
            }
        )
    return bases
