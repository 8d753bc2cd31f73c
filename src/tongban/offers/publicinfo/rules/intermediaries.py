"""Intermediary services (中介服务) and the agencies (中介机构) that give them: what each entry must tell. Pure.

Source: the State Council's notices on clearing up intermediary services of approval (a list with basis, payer, charge, limit and
result; what applicants can do themselves is no compulsory service). Which fields, and how long they may be, is our own.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from tongban.offers.publicinfo.rules.fields import MISSING, Errors, day, line, lines, only_errors
from tongban.standards import credit_code, item_codes, phone
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

LONGEST_LINE: Final = 200  # characters; [O] our own numbers, like the others here
LONGEST_CHARGE: Final = 400
LONGEST_DAYS: Final = 400
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PARTS: Final = re.compile("[;；|]")
_BASIS: Final = re.compile(r"(?:《([^《》]+)》|([^\s《》]+))\s*([^《》]*)")


class Payer(StrEnum):
    """Who pays (谁付费)."""

    APPLICANT = "applicant"
    ORGAN = "organ"
    EITHER = "either"


PAYER_LABELS = {
    Payer.APPLICANT: msg("申请人付费"),
    Payer.ORGAN: msg("机关付费"),
    Payer.EITHER: msg("按约定付费"),
}


class Pricing(StrEnum):
    """How the charge is set (收费方式)."""

    MARKET = "market"
    GOVERNMENT = "government"
    FREE = "free"


PRICING_LABELS = {
    Pricing.MARKET: msg("市场调节价"),
    Pricing.GOVERNMENT: msg("政府定价或者指导价"),
    Pricing.FREE: msg("不收费"),
}


@dataclass(frozen=True, slots=True)
class Cited:
    """A law as a service cites it (引用依据)."""

    title: str
    article: str


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What a service says in fields (中介服务要素). ``items``: codes of basic items; ``alone``: whether an applicant may do it himself."""

    items: tuple[str, ...]
    basis: tuple[Cited, ...]
    alone: bool
    payer: Payer
    pricing: Pricing
    charge: str
    days: int
    result: str


@dataclass(frozen=True, slots=True)
class Qualification:
    """A qualification (资质); ``valid_to`` is its last day, None for good."""

    name: str
    number: str
    valid_to: date | None

    def holds_on(self, on: date) -> bool:
        """Whether it is valid on a day (资质有效)."""
        return self.valid_to is None or on <= self.valid_to


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """What an agency says in fields (中介机构要素). ``services``: ids of services; ``places``: codes of places."""

    credit_code: str
    qualifications: tuple[Qualification, ...]
    services: tuple[uuid.UUID, ...]
    places: tuple[str, ...]
    address: str
    phone: str
    charge: str
    since: date


def check_service(given: Mapping[str, str]) -> tuple[dict[str, object], Errors]:
    """The fields of a service as an editor typed them (核对中介服务), as they are kept."""
    codes, bad_items = lines(given, "items", limit=40)
    items: list[str] = []
    for code in codes:
        try:
            items.append(str(item_codes.BasicCode.parse(code)))
        except BadCode as error:
            bad_items = [*bad_items, Message(error.message, error.params)]
    cited, bad_basis = lines(given, "basis", limit=LONGEST_LINE)
    basis = [told for each in cited if (told := _cited(each))]
    if len(basis) < len(cited):
        bad_basis = [msg("每行写一部法规和条：《公共场所卫生管理条例》第八条。")]
    pricing = next((known for known in Pricing if known == given.get("pricing")), None)
    charge, bad_charge = line(
        given, "charge", limit=LONGEST_CHARGE, multiline=True, needed=pricing is not Pricing.FREE
    )
    days, bad_days = _days(given)
    result, bad_result = line(given, "result", limit=LONGEST_LINE)
    payer = next((known for known in Payer if known == given.get("payer")), None)
    facts: dict[str, object] = {
        "items": sorted(set(items)),
        "basis": basis,
        "alone": given.get("alone") == "on",
        "payer": payer or "",
        "pricing": pricing or "",
        "charge": charge,
        "days": days,
        "result": result,
    }
    return facts, only_errors(
        {
            "items": bad_items,
            "basis": bad_basis,
            "payer": [] if payer else [MISSING],
            "pricing": [] if pricing else [MISSING],
            "charge": bad_charge,
            "days": bad_days,
            "result": bad_result,
        }
    )


def _cited(text: str) -> dict[str, str]:
    """《公共场所卫生管理条例》第八条, or without the marks and with a space: title and article; nothing where it is neither."""
    found = _BASIS.fullmatch(text)
    return {"title": found[1] or found[2], "article": found[3]} if found else {}


def _days(given: Mapping[str, str]) -> tuple[int, list[str]]:
    typed = given.get("days", "").strip()
    if typed.isascii() and typed.isdigit() and len(typed) < 4 and 0 < int(typed) <= LONGEST_DAYS:
        return int(typed), []
    return 0, [Message(msg("请填1到%(most)s之间的整数，按工作日算。"), {"most": LONGEST_DAYS})]


def check_agency(given: Mapping[str, str]) -> tuple[dict[str, object], Errors]:
    """The fields of an agency as they were typed or imported (核对中介机构), as they are kept."""
    code, bad_code = line(given, "credit_code", limit=40)
    number, bad_phone = line(given, "phone", limit=40)
    if not bad_code:
        code, bad_code = _coded(credit_code.parse, code)
    if not bad_phone:
        number, bad_phone = _coded(phone.parse, number)
    rows, bad_rows = lines(given, "qualifications", limit=LONGEST_LINE, needed=False)
    qualifications: list[dict[str, str]] = []
    for row in rows:
        told, problems = _qualification(row)
        qualifications.append(told)
        bad_rows = [*bad_rows, *problems]
    services, bad_services = lines(given, "services", limit=40)
    if not all(_ID.fullmatch(each) for each in services):
        bad_services = [MISSING]
    places, bad_places = lines(given, "places", limit=12)
    address, bad_address = line(given, "address", limit=LONGEST_LINE)
    charge, bad_charge = line(given, "charge", limit=LONGEST_CHARGE, multiline=True)
    since, bad_since = day(given, "since")
    facts: dict[str, object] = {
        "credit_code": code,
        "qualifications": qualifications,
        "services": sorted(services),
        "places": sorted(places),
        "address": address,
        "phone": number,
        "charge": charge,
        "since": since,
    }
    return facts, only_errors(
        {
            "credit_code": bad_code,
            "qualifications": bad_rows,
            "services": bad_services,
            "places": bad_places,
            "address": bad_address,
            "phone": bad_phone,
            "charge": bad_charge,
            "since": bad_since,
        }
    )


def _coded(parse: Any, text: str) -> tuple[str, list[str]]:
    try:
        return str(parse(text)), []
    except BadCode as error:
        return text, [Message(error.message, error.params)]


def _qualification(row: str) -> tuple[dict[str, str], list[str]]:
    """名称；编号；2027-12-31, the last 长期 or - for good."""
    parts = [part.strip() for part in _PARTS.split(row)]
    if len(parts) != 3 or not all(parts):
        return {}, [msg("每行写三样，用分号隔开：资质名称；编号；有效期到哪天（没有期限的写“长期”）。")]
    name, number, until = parts
    if until in ("长期", "-"):
        return {"name": name, "number": number, "valid_to": ""}, []
    valid_to, problems = day({"day": until}, "day")
    return {"name": name, "number": number, "valid_to": valid_to}, problems


def service_facts(kept: Mapping[str, Any]) -> ServiceFacts:
    """The fields of a service as they were kept (读中介服务)."""
    return ServiceFacts(
        items=tuple(kept["items"]),
        basis=tuple(Cited(**each) for each in kept["basis"]),
        alone=kept["alone"],
        payer=Payer(kept["payer"]),
        pricing=Pricing(kept["pricing"]),
        charge=kept["charge"],
        days=kept["days"],
        result=kept["result"],
    )


def agency_facts(kept: Mapping[str, Any]) -> AgencyFacts:
    """The fields of an agency as they were kept (读中介机构)."""
    return AgencyFacts(
        credit_code=kept["credit_code"],
        qualifications=tuple(
            Qualification(
                each["name"],
                each["number"],
                date.fromisoformat(each["valid_to"]) if each["valid_to"] else None,
            )
            for each in kept["qualifications"]
        ),
        services=tuple(uuid.UUID(each) for each in kept["services"]),
        places=tuple(kept["places"]),
        address=kept["address"],
        phone=kept["phone"],
        charge=kept["charge"],
        since=date.fromisoformat(kept["since"]),
    )


def typed(kept: Mapping[str, Any]) -> dict[str, str]:
    """What was kept as it would be typed again (回填): what the checks make of it is what was kept."""
    told = {name: value for name, value in kept.items() if isinstance(value, str)}
    for name in ("items", "services", "places"):
        if name in kept:
            told[name] = "\n".join(kept[name])
    if "basis" in kept:
        told["basis"] = "\n".join(f"《{each['title']}》{each['article']}" for each in kept["basis"])
        told["alone"] = "on" if kept["alone"] else ""
        told["days"] = str(kept["days"])
    if "qualifications" in kept:
        told["qualifications"] = "\n".join(
            f"{each['name']}；{each['number']}；{each['valid_to'] or '长期'}"
            for each in kept["qualifications"]
        )
    return told
