"""How the result of a case is delivered (送达信息): encrypted where it lies, masked where nobody needs it whole."""

import uuid
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongban.base.actor import Actor
from tongban.base.crypto import decrypt, encrypt
from tongban.people.identity import queries as identity
from tongban.people.identity.rules import Role
from tongban.people.parties import queries as parties
from tongban.people.places import queries as places
from tongban.standards import phone as phones
from tongban.work.cases.access import applies
from tongban.work.cases.queries.files import CaseView
from tongban.work.cases.rules.anywhere import covers
from tongban.work.cases.rules.delivery import Way, masked_address, masked_name
from tongban.work.cases.rules.moves import State, Verb

PURPOSE = "case.delivery"
SECRET = ("recipient", "phone", "address")


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A chosen delivery (送达信息). ``whole``: false where names and numbers are masked."""

    way: Way
    recipient: str
    phone: str
    address: str
    counter_id: uuid.UUID | None
    counter: str
    whole: bool


def sealed(text: str) -> str:
    """A value as the row keeps it (加密存放)."""
    return b64encode(encrypt(PURPOSE, text)).decode()


def _opened(kept: Mapping[str, object], name: str) -> str:
    given = str(kept.get(name) or "")
    return decrypt(PURPOSE, b64decode(given)) if given else ""


def delivery(actor: Actor, case: CaseView) -> DeliveryView | None:
    """How a case that ``actor`` may read is delivered (取送达信息); None where nothing was chosen.

    Whole only for the applicant and her counter while they choose, and for whoever may deliver it now.
    """
    kept = case.delivery
    if "way" not in kept:
        return None
    choosing = case.state is State.DRAFT and applies(actor, case)[0]
    whole = choosing or any(move.verb is Verb.DELIVER for move in case.moves)
    told = {name: _opened(kept, name) for name in SECRET}
    if not whole:
        told = {
            "recipient": masked_name(told["recipient"]),
            "phone": phones.masked(told["phone"]) if told["phone"] else "",
            "address": masked_address(told["address"]) if told["address"] else "",
        }
    counter_id = uuid.UUID(str(kept["counter"])) if kept.get("counter") else None
    counter = "" if counter_id is None else parties.organ(counter_id).name
    return DeliveryView(Way(str(kept["way"])), **told, counter_id=counter_id, counter=counter, whole=whole)


def counters(case: CaseView, on: date) -> list[parties.OrganView]:
    """The counters at which a result may be collected (可领取的窗口), the deciding organ's first, by place.

    Every organ within the edition's scope that has a clerk in office on the day. Five statements for any number.
    """
    staffed = parties.organs_by_id(identity.organs_staffed(Role.CLERK, on))
    paths = places.paths({organ.place for organ in staffed.values()} | {case.place})
    scope = case.edition.guide.channels.anywhere
    within = [
        organ
        for organ in staffed.values()
        if organ.id in (case.organ_id, case.counter_id)
        or covers(scope, paths.get(organ.place, ()), paths.get(case.place, ()))
    ]
    return sorted(within, key=lambda organ: (organ.id != case.organ_id, organ.place, organ.name))
