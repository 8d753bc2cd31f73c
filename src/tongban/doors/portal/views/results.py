"""Public results (行政许可公示): licence decisions that the law opens, as a page and as a feed."""

import re
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.doors.portal.views import feeds
from tongban.doors.portal.visit import today
from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.offers.catalogue import queries as catalogue
from tongban.people.parties import queries as parties
from tongban.records.licences.rules import STANDING_LABELS, Standing
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.queries import Mark, ResultView
from tongban.work.cases.rules.letters import TITLES
from tongban.work.cases.rules.results import mark_of, mark_text, month_of, months_back

_PAGE = 30
_ORGAN = re.compile("[0-9A-Z]{18}", re.ASCII)
_NEWEST = 50
_MONTHS = 24  # that may be chosen; [O] our own number
_TAGS = {Standing.VALID: "ok", Standing.NOT_YET: "wait", Standing.EXPIRED: "idle", Standing.REVOKED: "bad"}


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Granted licences (许可公示), newest first, of an organ, an item and a month."""
    on = today()
    asked = {name: request.GET.get(name, "")[:40] for name in ("organ", "item", "month")}
    organ = parties.organ_by_code(asked["organ"]) if _ORGAN.fullmatch(asked["organ"]) else None
    item = catalogue.item_of_code(asked["item"]) if asked["item"] else None
    before = mark_of(request.GET.get("before", ""))
    nowhere = (asked["organ"] and organ is None) or (asked["item"] and item is None)
    found = (
        []
        if nowhere
        else queries.results(
            on=on,
            organ_id=organ.id if organ else None,
            item_id=item,
            month=month_of(asked["month"]),
            before=before,
            limit=_PAGE + 1,
        )
    )  # fmt: skip -- the condition reads before the call
    shown, more = found[:_PAGE], len(found) > _PAGE
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "cards": [_card(result) for result in shown],
        "fields": _fields(asked, on),
        "item": asked["item"],
        "narrowed": bool(kept),
        "older": _address(kept, (shown[-1].decided_on, shown[-1].id)) if more else "",
        "newest": _address(kept) if before else "",
        "feed": reverse("feed-results"),
    }
    return render(request, "portal/results.html", context)


def _address(kept: dict[str, str], before: Mark | None = None) -> str:
    query = kept | ({"before": mark_text(before)} if before else {})
    return reverse("results") + (f"?{urlencode(query)}" if query else "")


def _card(result: ResultView) -> dict[str, Any]:
    if result.revoked:
        tag = {"state": "bad", "word": msg("决定已撤销")}
    elif result.standing is not None:
        tag = {"state": _TAGS[result.standing], "word": STANDING_LABELS[result.standing]}
    else:
        tag = {"state": "wait", "word": msg("制证中")}
    return {
        "title": _("%(holder)s · %(item)s") % {"holder": result.holder_name, "item": result.item_name},
        "tag": tag,
        "text": f"{translated(TITLES[result.verb])} {result.number}",
        "meta": [
            result.organ_name,
            _("%(date)s 决定") % {"date": date_zh(result.decided_on)},
            *_validity(result),
        ],
    }


def _validity(result: ResultView) -> list[str]:
    if result.valid_from is None:
        return []
    if result.valid_to is None:
        return [_("%(start)s起长期有效") % {"start": date_zh(result.valid_from)}]
    return [
        _("有效期 %(start)s 至 %(end)s")
        % {"start": date_zh(result.valid_from), "end": date_zh(result.valid_to)}
    ]


def _fields(asked: dict[str, str], on: date) -> list[dict[str, Any]]:
    shared: dict[str, Any] = {"type": "select", "help": "", "errors": [], "required": False}
    organs = [{"value": organ.credit_code, "label": organ.name} for organ in queries.organs_with_results()]
    months = [
        {
            "value": f"{month:%Y-%m}",
            "label": _("%(year)s年%(month)s月") % {"year": month.year, "month": month.month},
        }
        for month in months_back(on, _MONTHS)
    ]
    return [
        shared | {"name": "organ", "label": msg("机关"), "value": asked["organ"], "options": organs},
        shared | {"name": "month", "label": msg("哪个月决定的"), "value": asked["month"], "options": months},
    ]


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest granted licences as a feed (许可公示订阅)."""
    made = feeds.made(_("通办 行政许可公示"), reverse("results"), reverse("feed-results"))
    for result in queries.results(on=today(), limit=_NEWEST):
        card = _card(result)
        lines = [card["text"], *card["meta"]]
        made.add_item(
            title=card["title"],
            link=settings.PUBLIC_URL + reverse("results"),
            description="<br>".join(map(escape, lines)),
            unique_id=f"urn:uuid:{result.id}",
            author_name=result.organ_name,
            pubdate=feeds.midnight(result.decided_on),
            updateddate=feeds.midnight(result.decided_on),
            categories=[translated(TITLES[result.verb])],
        )
    return feeds.answer(made)
