"""Intermediary services (中介服务) and agencies (中介机构): which items need one, what it costs, and who gives it."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tongban.base.errors import NotFound
from tongban.doors.portal.visit import today, uuid_of
from tongban.doors.web.templatetags.tongban import date_zh, workdays
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.publicinfo import queries
from tongban.offers.publicinfo.queries import Agency, DocumentView, Service
from tongban.offers.publicinfo.rules.documents import DocumentKind, DocumentState
from tongban.offers.publicinfo.rules.intermediaries import (
    PAYER_LABELS,
    PRICING_LABELS,
    AgencyFacts,
    Qualification,
    ServiceFacts,
    agency_facts,
    service_facts,
)
from tongban.people.places import queries as places
from tongban.people.places.rules import PROVINCE
from tongban.standards.text import msg

_PAGE = 50
SERVICES, AGENCIES = (DocumentKind.SERVICE,), (DocumentKind.AGENCY,)


def _asked_place(request: HttpRequest) -> places.PlaceView | None:
    """The place asked for (所问地方), where it is one that we know."""
    code = request.GET.get("place", "")
    return places.find(code) if len(code) == 12 and code.isascii() and code.isdigit() else None


def _counties() -> list[dict[str, str]]:
    """The cities and counties to choose from (市县), each city followed by its districts."""
    found = []
    for place in places.children(PROVINCE):
        found.append({"value": place.code, "label": place.name})
        if place.level == "prefecture":
            inside = places.children(place.code)
            found += [
                {"value": p.code, "label": f"{place.name}{p.name}"} for p in inside if p.level == "county"
            ]
    return found


def _select(name: str, label: str, value: str, options: list[dict[str, str]]) -> dict[str, Any]:
    shown = {"name": name, "label": label, "type": "select", "value": value, "options": options}
    return shown | {"required": True, "errors": [], "help": "", "width": "m"}


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """The list of intermediary services (中介服务清单), of one item or all, with the agencies of a place."""
    found = queries.services()
    names = catalogue.basic_names(sorted({code for each in found for code in each.facts.items}))
    item = request.GET.get("item", "")
    place = _asked_place(request)
    shown = [each for each in found if not item or item in each.facts.items]
    serving = _serving(shown, place)
    options = [{"value": code, "label": name} for code, name in sorted(names.items(), key=lambda n: n[1])]
    context = {
        "fields": [
            _select("item", _("要办的事项"), item, options),
            _select("place", _("在哪里找机构"), place.code if place else "", _counties()),
        ],
        "asked": bool(item or place),
        "item_name": names.get(item, ""),
        "place_name": place.name if place else "",
        "cards": [_service_card(each, names, serving[each.document.id], place) for each in shown],
    }
    return render(request, "portal/intermediaries.html", context)


def _serving(shown: Iterable[Service], place: places.PlaceView | None) -> dict[uuid.UUID, int]:
    """How many agencies give each service, serving the place. One statement."""
    counted = queries.agencies_by_service(place.code if place else "")
    return {each.document.id: counted.get(each.document.id, 0) for each in shown}


def _service_card(
    each: Service, names: Mapping[str, str], agencies: int, place: places.PlaceView | None
) -> dict[str, Any]:
    query = f"?{urlencode({'place': place.code})}" if place else ""
    count = ngettext("%(count)s 家机构", "%(count)s 家机构", agencies) % {"count": agencies}
    return {
        "title": each.document.title,
        "url": reverse("intermediary", args=[each.document.id]) + query,
        "text": _("办“%(items)s”可能要用") % {"items": _("、").join(_named(each.facts.items, names))},
        "meta": [
            _("结果：%(result)s") % {"result": each.facts.result},
            workdays(each.facts.days),
            _(PAYER_LABELS[each.facts.payer]),
            count,
        ],
    }


def _named(codes: Iterable[str], names: Mapping[str, str]) -> list[str]:
    return [names.get(code, code) for code in codes]


@require_safe
def service(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """One service (中介服务) with the agencies that give it; a withdrawn one says so at its old address (410)."""
    return _service_page(request, queries.public_document(service_id, kinds=SERVICES))


@require_safe
def service_edition(request: HttpRequest, service_id: uuid.UUID, number: int) -> HttpResponse:
    """An earlier edition of a service (历次版本)."""
    return _service_page(request, _edition(service_id, number, SERVICES))


def _edition(document_id: uuid.UUID, number: int, kinds: tuple[DocumentKind, ...]) -> DocumentView:
    history = queries.public_history(document_id, kinds=kinds)
    shown = next((each for each in history if each.number == number), None)
    if shown is None:
        raise NotFound("publicinfo.document", msg("没有找到这条信息，或者它还没有公开。"))
    return shown


def _service_page(request: HttpRequest, document: DocumentView) -> HttpResponse:
    shared = _shared(document, SERVICES, "intermediary")
    if shared["gone"]:
        return render(request, "portal/intermediary.html", shared, status=410)
    on, place, facts = today(), _asked_place(request), service_facts(document.facts)
    after = uuid_of(request.GET.get("after", ""))
    found = queries.agencies(
        service=document.id, place=place.code if place else "", after=after, limit=_PAGE + 1
    )
    asked = {"place": place.code} if place else {}
    older = urlencode(asked | {"after": str(found[_PAGE - 1].document.id)}) if len(found) > _PAGE else ""
    context = shared | {
        "facts": _service_facts(facts),
        "rows": _service_rows(facts, on),
        "fields": [_select("place", _("在哪里找机构"), place.code if place else "", _counties())],
        "place_name": place.name if place else "",
        "columns": [
            {"label": label, "number": False} for label in (_("机构"), _("电话"), _("地址"), _("资质"))
        ],
        "agencies": [{"cells": _agency_cells(each, on)} for each in found[:_PAGE]],
        "older": f"?{older}#agencies" if older else "",
        "bases": _bases(facts, on),
        "items": _items(facts),
    }
    return render(request, "portal/intermediary.html", context)


def _shared(document: DocumentView, kinds: tuple[DocumentKind, ...], name: str) -> dict[str, Any]:
    gone = document.state is DocumentState.WITHDRAWN
    return {
        "info": document,
        "gone": gone,
        "old": document.state is DocumentState.REVISED,
        "url": reverse(name, args=[document.id]),
        "history": [] if gone else queries.public_history(document.id, kinds=kinds),
    }


def _service_facts(facts: ServiceFacts) -> list[dict[str, str]]:
    return [
        {"label": _("多久"), "value": workdays(facts.days)},
        {"label": _("谁付费"), "value": _(PAYER_LABELS[facts.payer])},
        {"label": _("价格"), "value": _(PRICING_LABELS[facts.pricing])},
        {"label": _("能不能自己做"), "value": _("能") if facts.alone else _("不能，要请机构")},
    ]


def _service_rows(facts: ServiceFacts, on: date) -> list[dict[str, Any]]:
    return [
        {"label": _("结果"), "value": facts.result},
        {"label": _("收费标准"), "value": facts.charge or _("不收费")},
    ]


def _items(facts: ServiceFacts) -> list[dict[str, str]]:
    names = catalogue.basic_names(facts.items)
    return [
        {
            "code": code,
            "name": names.get(code, code),
            "url": f"{reverse('search')}?{urlencode({'q': names[code]})}",
        }
        if code in names
        else {"code": code, "name": code, "url": ""}
        for code in facts.items
    ]


def _bases(facts: ServiceFacts, on: date) -> list[dict[str, str]]:
    """The laws (依据), each with the address of its article where that law is here."""
    found = queries.address_of([(cited.title, cited.article) for cited in facts.basis], on=on)
    bases = []
    for cited in facts.basis:
        address = found.get((cited.title, cited.article))
        url = "" if address is None else reverse("law", args=[address.key])
        url += f"#{address.anchor}" if address is not None and address.anchor else ""
        bases.append({"text": f"《{cited.title}》{cited.article}", "url": url})
    return bases


def _agency_cells(each: Agency, on: date) -> list[Any]:
    return [
        {"text": each.document.title, "url": reverse("agency", args=[each.document.id])},
        {"text": each.facts.phone, "url": f"tel:{each.facts.phone}"},
        each.facts.address,
        _standing(each.facts, on),
    ]


def _standing(facts: AgencyFacts, on: date) -> dict[str, str] | str:
    """Whether the qualifications hold today (资质效力), as a tag; words where none is kept."""
    if not facts.qualifications:
        return _("没有登记资质")
    if all(each.holds_on(on) for each in facts.qualifications):
        return {"state": "ok", "word": msg("有效")}
    return {"state": "warn", "word": msg("有资质过期")}


@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    """The agencies (中介机构名录), of one place or all; those taken off the list stand below with the reason."""
    on, place = today(), _asked_place(request)
    after = uuid_of(request.GET.get("after", ""))
    found = queries.agencies(place=place.code if place else "", after=after, limit=_PAGE + 1)
    asked = {"place": place.code} if place else {}
    older = urlencode(asked | {"after": str(found[_PAGE - 1].document.id)}) if len(found) > _PAGE else ""
    context = {
        "fields": [_select("place", _("在哪里找机构"), place.code if place else "", _counties())],
        "place_name": place.name if place else "",
        "columns": [
            {"label": label, "number": False} for label in (_("机构"), _("电话"), _("地址"), _("资质"))
        ],
        "agencies": [{"cells": _agency_cells(each, on)} for each in found[:_PAGE]],
        "removed": queries.removed_agencies(),
        "older": f"{reverse('agencies')}?{older}" if older else "",
        "newest": f"{reverse('agencies')}?{urlencode(asked)}" if after else "",
    }
    return render(request, "portal/agencies.html", context)


@require_safe
def agency(request: HttpRequest, agency_id: uuid.UUID) -> HttpResponse:
    """One agency (中介机构); one that was taken off the list says so at its old address (410)."""
    return _agency_page(request, queries.public_document(agency_id, kinds=AGENCIES))


@require_safe
def agency_edition(request: HttpRequest, agency_id: uuid.UUID, number: int) -> HttpResponse:
    """An earlier edition of an agency (历次版本)."""
    return _agency_page(request, _edition(agency_id, number, AGENCIES))


def _agency_page(request: HttpRequest, document: DocumentView) -> HttpResponse:
    shared = _shared(document, AGENCIES, "agency")
    if shared["gone"]:
        return render(request, "portal/agency.html", shared, status=410)
    on, facts = today(), agency_facts(document.facts)
    names = queries.service_names()
    served = [places.find(code) for code in facts.places]
    context = shared | {
        "facts": facts,
        "qualifications": [_qualification(each, on) for each in facts.qualifications],
        "services": [
            {"name": names[each], "url": reverse("intermediary", args=[each])}
            for each in facts.services
            if each in names
        ],
        "served": _("、").join(place.name for place in served if place is not None),
        "since": date_zh(facts.since),
    }
    return render(request, "portal/agency.html", context)


def _qualification(each: Qualification, on: date) -> dict[str, Any]:
    if each.valid_to is None:
        return {"it": each, "tag": {"state": "ok", "word": msg("长期有效")}}
    if each.holds_on(on):
        return {"it": each, "tag": {"state": "ok", "word": msg("有效")}}
    return {"it": each, "tag": {"state": "bad", "word": msg("已过期")}}
