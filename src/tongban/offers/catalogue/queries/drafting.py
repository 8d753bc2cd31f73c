"""An edition at the desk (版本办理): what it says, beside what it is judged by, and what may be done with it now.

One shape for the editions of items and of basic items: they are written, checked and approved in the same way.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from pydantic import ValidationError

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, NotFound
from tongban.offers.catalogue.access import may, may_edit_basic
from tongban.offers.catalogue.models import BasicEdition, Content, Edition
from tongban.offers.catalogue.queries.basic import basic_in_force, since, whole_digest
from tongban.offers.catalogue.queries.editing import ensure_may_compare
from tongban.offers.catalogue.rules.drafts import completed, sketch
from tongban.offers.catalogue.rules.editions import (
    EditionState,
    MadeBy,
    Validity,
    Verb,
    validity_of,
    verbs_from,
)
from tongban.offers.catalogue.rules.guide import Element, Guide, Terms
from tongban.offers.catalogue.rules.judging import Judgement, judge
from tongban.standards.item_codes import ItemType
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class DeskEdition:
    """An edition as those who work on it see it (办理中的版本).

    ``owner``: id of the item, or code of the basic item. ``standard``: the basic edition of its first day, for an edition
    of a basic item the one that is in force now. ``current``: what is in force now of the same thing. ``seen``: digest
    of all that an act on it would act on. ``hindrances``: moves that the table has and this actor may not make, and why.
    """

    id: uuid.UUID
    is_basic: bool
    owner: str
    code: str
    organ_name: str
    item_type: ItemType
    number: int
    state: EditionState
    validity: Validity
    starts_on: date | None
    ends_on: date | None
    reason: str
    remark: str
    approver: str
    name: str
    digest: str
    seen: str
    body: Mapping[str, object]
    along: uuid.UUID | None
    standard: Terms | None
    current: Element | None
    judged: Judgement
    verbs: tuple[Verb, ...]
    hindrances: Mapping[Verb, str]

    @property
    def kind(self) -> type[Terms]:
        """The structure of what it says (内容结构)."""
        return Terms if self.is_basic else Guide

    def whole(self) -> Mapping[str, object]:
        """All that it says (全部内容), a draft of an item filled up from the standard."""
        return self.body if self.is_basic else completed(self.body, self.standard)

    def text(self) -> Element:
        """The same as elements, as far as it goes (现有内容)."""
        try:
            return self.kind.model_validate(self.whole())
        except ValidationError:
            return sketch(self.kind, self.whole())

    def judge(self, body: Mapping[str, object]) -> Judgement:
        """What is to be said of another content in its place (检查另一份内容)."""
        return judge(self.kind, body, self.item_type, None if self.is_basic else self.standard)


def desk_edition(actor: Actor, edition_id: uuid.UUID, on: date) -> DeskEdition:
    """An edition of one of the actor's organs (本机关办理中的版本). Raises Forbidden for who edits nothing, NotFound otherwise."""
    ensure_may_compare(actor)
    found = Edition.objects.select_related("item__organ", "item__basic")
    edition = found.filter(pk=edition_id, item__organ_id__in=actor.organs_as("editor")).first()
    if edition is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    item = edition.item
    basic = basic_in_force(item.basic_id, edition.starts_on or on)
    standard = basic.terms if basic else None
    if edition.along_id is not None:  # it goes along with a standard that is not in force yet
        standard = _terms_of(edition.along_id) or standard
    kind = ItemType(item.basic.item_type)
    running = Edition.objects.filter(since(on), item=item, starts_on__lte=on).exclude(pk=edition.pk).first()
    verbs, hindrances = _moves(actor, edition, on_its_own=edition.along_id is None)
    return DeskEdition(
        is_basic=False,
        owner=str(item.id),
        code=item.code,
        organ_name=item.organ.name,
        item_type=kind,
        seen=edition.digest,
        along=edition.along_id,
        standard=standard,
        current=Guide.model_validate(running.body) if running else None,
        judged=judge(Guide, edition.body, kind, standard),
        verbs=verbs,
        hindrances=hindrances,
        **_shared(edition, on),
    )


def desk_basic_edition(actor: Actor, edition_id: uuid.UUID, on: date) -> DeskEdition:
    """An edition of a basic item (办理中的基本目录版本). Raises Forbidden for who does not edit the basic catalogue."""
    ensure_may_edit_basic(actor)
    edition = BasicEdition.objects.select_related("basic").filter(pk=edition_id).first()
    if edition is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    kind = ItemType(edition.basic.item_type)
    running = basic_in_force(edition.basic_id, on)
    current = running.terms if running and running.id != edition.id else None
    verbs, hindrances = _moves(actor, edition, on_its_own=True)
    return DeskEdition(
        is_basic=True,
        owner=edition.basic_id,
        code=edition.basic_id,
        organ_name=edition.basic.department,
        item_type=kind,
        seen=whole_digest(edition.id),
        along=None,
        standard=current,
        current=current,
        judged=judge(Terms, edition.body, kind, None),
        verbs=verbs,
        hindrances=hindrances,
        **_shared(edition, on),
    )


def ensure_may_edit_basic(actor: Actor) -> None:
    """Raise Forbidden where ``actor`` does not edit the basic catalogue (核对基本目录编辑身份)."""
    allowed, reason = may_edit_basic(actor)
    if not allowed:
        raise Forbidden("catalogue.basic_editor", reason)


def _terms_of(basic_edition_id: uuid.UUID) -> Terms | None:
    body = BasicEdition.objects.filter(pk=basic_edition_id).values_list("body", flat=True).first()
    try:
        return None if body is None else Terms.model_validate(body)
    except ValidationError:
        return None


def _moves(actor: Actor, edition: Content, *, on_its_own: bool) -> tuple[tuple[Verb, ...], dict[Verb, str]]:
    """(what this actor may do with it, what only another may and why). What goes along is only written by itself."""
    verbs, hindrances = [], {}
    for move in verbs_from(EditionState(edition.state)):
        if move.by is MadeBy.SYSTEM or not (on_its_own or move.verb in (Verb.WRITE, Verb.RETIRE)):
            continue
        allowed, reason = may(actor, move, writers=edition.writers)
        if allowed:
            verbs.append(move.verb)
        else:
            hindrances[move.verb] = reason
    return tuple(verbs), hindrances


def _shared(edition: Content, on: date) -> dict[str, Any]:
    state = EditionState(edition.state)
    return {
        "id": edition.id,
        "number": edition.number,
        "state": state,
        "validity": validity_of(state, edition.starts_on, edition.ends_on, on),
        "starts_on": edition.starts_on,
        "ends_on": edition.ends_on,
        "reason": edition.reason,
        "remark": edition.remark,
        "approver": edition.approver,
        "name": edition.name,
        "digest": edition.digest,
        "body": edition.body,
    }


@dataclass(frozen=True, slots=True)
class Waiting:
    """An edition that waits for somebody (待办版本). ``mine``: this actor may approve it, or publish what is approved."""

    id: uuid.UUID
    is_basic: bool
    name: str
    code: str
    organ_name: str
    number: int
    state: EditionState
    starts_on: date | None
    reason: str
    mine: bool


LONGEST_QUEUE = 200  # [O] our own number: more than anybody approves in a day


def waiting(actor: Actor) -> list[Waiting]:
    """What waits for approval or for publishing (审批队列), the earliest start first; what goes along is with its standard."""
    told = [
        Waiting(
            one.id,
            False,
            one.name,
            one.item.code,
            one.item.organ.name,
            one.number,
            EditionState(one.state),
            one.starts_on,
            one.reason,
            _is_mine(actor, one),
        )
        for one in Edition.objects.filter(
            state__in=["checked", "approved"],
            along__isnull=True,
            item__organ_id__in=actor.organs_as("editor"),
        )
        .select_related("item__organ")
        .order_by("starts_on", "id")[:LONGEST_QUEUE]
    ]
    if may_edit_basic(actor)[0]:
        told += [
            Waiting(
                one.id,
                True,
                one.name,
                one.basic_id,
                one.basic.department,
                one.number,
                EditionState(one.state),
                one.starts_on,
                one.reason,
                _is_mine(actor, one),
            )
            for one in BasicEdition.objects.filter(state__in=["checked", "approved"])
            .select_related("basic")
            .order_by("starts_on", "id")[:LONGEST_QUEUE]
        ]
    return sorted(told, key=lambda one: (not one.mine, one.starts_on or date.max, str(one.id)))


def _is_mine(actor: Actor, edition: Content) -> bool:
    verbs, _hindrances = _moves(actor, edition, on_its_own=True)
    return Verb.APPROVE in verbs or Verb.PUBLISH in verbs


def waiting_for(actor: Actor) -> int:
    """How many editions wait for this actor (等我办的版本数), for the navigation: two small statements at most."""
    organs = actor.organs_as("editor")
    if not organs:
        return 0
    mine = Q(state="approved")
    if actor.id is not None:
        mine |= Q(state="checked") & ~Q(writers__overlap=list(actor.stands_for()))
    count = Edition.objects.filter(mine, along__isnull=True, item__organ_id__in=organs).count()
    return count + (BasicEdition.objects.filter(mine).count() if may_edit_basic(actor)[0] else 0)
