"""The two desks of the catalogue (两个目录台): editions of items, and editions of basic items. What differs between them."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from tongban.base.actor import Actor
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.queries import DeskEdition
from tongban.offers.catalogue.rules.editions import VALIDITY_LABELS, EditionState, Validity, Verb
from tongban.standards.text import msg

_TAGS = {
    Validity.DRAFT: "wait",
    Validity.CHECKED: "now",
    Validity.APPROVED: "now",
    Validity.AHEAD: "now",
    Validity.IN_FORCE: "ok",
    Validity.ENDED: "idle",
}


def tag_of(validity: Validity) -> dict[str, str]:
    """Where an edition stands, as a tag (版本标签)."""
    return {"state": _TAGS[validity], "word": VALIDITY_LABELS[validity]}


@dataclass(frozen=True, slots=True)
class Desk:
    """Desk (办理台): addresses and calls of one kind of edition."""

    slug: str
    load: Callable[[Actor, uuid.UUID, date], DeskEdition]
    write: Callable[..., str]
    acts: Mapping[Verb, Callable[..., Any]]
    back_url: str
    back_text: str

    def url(self, edition_id: uuid.UUID) -> str:
        """Address of an edition (版本地址)."""
        return f"/catalogue/{self.slug}/{edition_id}"


ITEMS = Desk(
    "editions",
    queries.desk_edition,
    actions.write,
    {
        Verb.DISCARD: actions.discard,
        Verb.CHECK: actions.check,
        Verb.SEND_BACK: actions.send_back,
        Verb.APPROVE: actions.approve,
        Verb.PUBLISH: actions.publish,
        Verb.RETIRE: actions.retire,
    },
    "/catalogue",
    msg("本机关事项"),
)
STANDARDS = Desk(
    "standards",
    queries.desk_basic_edition,
    actions.write_basic,
    {
        Verb.DISCARD: actions.discard_basic,
        Verb.CHECK: actions.check_basic,
        Verb.SEND_BACK: actions.send_back_basic,
        Verb.APPROVE: actions.approve_basic,
        Verb.PUBLISH: actions.publish_basic,
        Verb.RETIRE: actions.retire_basic,
    },
    "/catalogue/basics",
    msg("基本目录"),
)
DESKS = {desk.slug: desk for desk in (ITEMS, STANDARDS)}


def owner_url(shown: DeskEdition) -> str:
    """Address of the item or basic item that an edition is of (所属事项地址)."""
    kind = "basics" if shown.is_basic else "items"
    return f"/catalogue/{kind}/{shown.owner}"


def public_url(shown: DeskEdition) -> str:
    """Address of the public guide (公开地址), empty where nobody outside may see one yet."""
    public = not shown.is_basic and shown.state not in (
        EditionState.DRAFT,
        EditionState.CHECKED,
        EditionState.APPROVED,
    )
    return f"{settings.PUBLIC_URL}/items/{shown.code}" if public else ""
