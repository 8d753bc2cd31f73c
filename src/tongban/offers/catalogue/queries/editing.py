"""What an editor sees (编辑查看): the items of one's own organs, drafts included, held against standard and quality."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from pydantic import ValidationError

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, NotFound
from tongban.offers.catalogue.access import may_compare
from tongban.offers.catalogue.models import BasicEdition, Edition, Item
from tongban.offers.catalogue.queries.basic import BasicEditionView, basic_in_force, since
from tongban.offers.catalogue.queries.guides import sound
from tongban.offers.catalogue.rules.drafts import completed, missing, sketch
from tongban.offers.catalogue.rules.editions import PENDING, EditionState, Validity, validity_of
from tongban.offers.catalogue.rules.elements import Row, beside, differences
from tongban.offers.catalogue.rules.guide import Element, Guide, Terms
from tongban.offers.catalogue.rules.narrowing import Violation, violations
from tongban.offers.catalogue.rules.quality import Finding, Severity, findings, score, score_of
from tongban.standards.item_codes import ItemType
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class OwnItem:
    """An item of one's own organ in a list (本机关事项): the edition in force, or else the newest draft.

    ``edition_id`` and what follows are absent where there is neither. ``score`` 0 to 100.
    """

    item_id: uuid.UUID
    code: str
    name: str
    organ_name: str
    edition_id: uuid.UUID | None
    number: int
    validity: Validity | None
    score: int
    errors: int
    warnings: int
    drafts: int


@dataclass(frozen=True, slots=True)
class OwnEdition:
    """An edition of one's own organ, held against everything (本机关版本): ``rows`` has the standard on the left.

    ``missing``: elements that must be there and are not; until they are, there are no violations, findings and points.
    ``along``: the basic edition with which it was proposed.
    """

    id: uuid.UUID
    item_id: uuid.UUID
    item_code: str
    organ_name: str
    number: int
    validity: Validity
    starts_on: date | None
    ends_on: date | None
    reason: str
    name: str
    basic: BasicEditionView | None
    rows: list[Row]
    violations: list[Violation]
    findings: list[Finding]
    score: int
    missing: list[str]
    state: EditionState
    digest: str
    body: dict[str, object]
    along: uuid.UUID | None
    remark: str
    approver: str


@dataclass(frozen=True, slots=True)
class Past:
    """An edition in the history of an item (版本沿革), with what it changed of the one before it."""

    id: uuid.UUID
    number: int
    validity: Validity
    starts_on: date | None
    ends_on: date | None
    reason: str
    changes: list[Row]


def _own(actor: Actor) -> QuerySet[Item]:
    return Item.objects.filter(organ_id__in=actor.organs_as("editor")).select_related("organ", "basic")


def ensure_may_compare(actor: Actor) -> None:
    """Raise Forbidden where ``actor`` edits nothing (核对编辑身份)."""
    allowed, reason = may_compare(actor)
    if not allowed:
        raise Forbidden("catalogue.compare", reason)


NONE_IN_FORCE = "none"  # among the states that items are filtered by: no edition was ever published


def of_editor(
    actor: Actor, on: date, *, page: int = 1, size: int = 50, text: str = "", only: str = ""
) -> tuple[list[OwnItem], int]:
    """(items of the actor's organs by code, how many there are): one page (本机关事项清单). Raises Forbidden.

    ``text``: part of the name, or the beginning of a code; ``only``: a pending state, or :data:`NONE_IN_FORCE`.
    """
    ensure_may_compare(actor)
    found = _own(actor)
    if text:
        named = Edition.objects.filter(item=OuterRef("pk"), name__contains=sound(text))
        code = Q(code__startswith=sound(text).upper()) | Q(basic__code__startswith=sound(text).upper())
        found = found.filter(code | Q(basic__name__contains=sound(text)) | Exists(named))
    if only == NONE_IN_FORCE:
        published = Edition.objects.filter(item=OuterRef("pk")).exclude(state__in=PENDING)
        found = found.filter(~Exists(published))
    elif only in PENDING:
        found = found.filter(Exists(Edition.objects.filter(item=OuterRef("pk"), state=only)))
    items = list(found.order_by("code")[(page - 1) * size : page * size])
    return _listed(items, on), found.count()


def _listed(items: Sequence[Item], on: date) -> list[OwnItem]:
    editions = Edition.objects.filter(item__in=items).order_by("item", "number")
    standing = {one.item_id: one for one in editions.filter(since(on), starts_on__lte=on)}
    drafts: dict[uuid.UUID, list[Edition]] = {}
    for one in editions.filter(state__in=PENDING):
        drafts.setdefault(one.item_id, []).append(one)
    basics = {item.basic_id for item in items}
    standards = {
        basic: Terms.model_validate(body)
        for basic, body in BasicEdition.objects.filter(
            since(on), basic__in=basics, starts_on__lte=on
        ).values_list("basic", "body")
    }
    found = []
    for item in items:
        waiting = drafts.get(item.id, [])
        edition = standing.get(item.id) or (waiting[-1] if waiting else None)
        judged: list[Finding] = []
        points = 0
        guide = read(edition, standards.get(item.basic_id)) if edition is not None else None
        if guide is not None:
            kind = ItemType(item.basic.item_type)
            judged = findings(guide, kind, has_basic=False, standard=standards.get(item.basic_id))
            points = score_of(judged)
        errors = sum(one.severity is Severity.ERROR for one in judged)
        found.append(
            OwnItem(
                item.id,
                item.code,
                edition.name if edition else item.basic.name,
                item.organ.name,
                edition.id if edition else None,
                edition.number if edition else 0,
                _validity(edition, on) if edition else None,
                points,
                errors,
                len(judged) - errors,
                len(waiting),
            )
        )
    return found


def read(edition: Edition, standard: Terms | None) -> Guide | None:
    """What an edition says (版本内容), a draft filled up from the standard; None while something in it is missing."""
    try:
        if edition.state != EditionState.DRAFT:
            return Guide.model_validate(edition.body)
        return Guide.model_validate(completed(edition.body, standard))
    except ValidationError:
        return None


def _validity(edition: Edition, on: date) -> Validity:
    return validity_of(EditionState(edition.state), edition.starts_on, edition.ends_on, on)


def own_edition(actor: Actor, edition_id: uuid.UUID, on: date) -> OwnEdition:
    """An edition of the actor's organ beside the standard of its first day, or of ``on`` for a draft (版本对照).

    Raises Forbidden for who edits nothing, NotFound for who edits elsewhere.
    """
    ensure_may_compare(actor)
    edition = (
        Edition.objects.filter(pk=edition_id, item__in=_own(actor))
        .select_related("item__organ", "item__basic")
        .first()
    )
    if edition is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    kind = ItemType(edition.item.basic.item_type)
    basic = basic_in_force(edition.item.basic_id, edition.starts_on or on)
    standard = basic.terms if basic else None
    guide = read(edition, standard)
    whole = completed(edition.body, standard)
    return OwnEdition(
        edition.id,
        edition.item_id,
        edition.item.code,
        edition.item.organ.name,
        edition.number,
        _validity(edition, on),
        edition.starts_on,
        edition.ends_on,
        edition.reason,
        edition.name,
        basic,
        beside(standard, guide or sketch(Guide, whole)),
        violations(standard, guide) if standard and guide else [],
        findings(guide, kind, has_basic=False, standard=standard) if guide else [],
        score(guide, kind, has_basic=False, standard=standard) if guide else 0,
        missing(Guide, whole),
        EditionState(edition.state),
        edition.digest,
        edition.body,
        edition.along_id,
        edition.remark,
        edition.approver,
    )


def history(actor: Actor, item_id: uuid.UUID, on: date) -> tuple[OwnItem, list[Past]]:
    """An item of the actor's organ and its editions as they stand on a day, the newest first (版本沿革). Raises like :func:`own_edition`."""
    ensure_may_compare(actor)
    item = _own(actor).filter(pk=item_id).first()
    if item is None:
        raise NotFound("catalogue.item", msg("没有这个事项。"))
    told: list[Past] = []
    before: Element | None = None
    for edition in item.editions.order_by("number"):
        guide: Element = read(edition, None) or sketch(Guide, edition.body)
        changes = differences(before, guide) if before else []
        told.append(
            Past(
                edition.id,
                edition.number,
                _validity(edition, on),
                edition.starts_on,
                edition.ends_on,
                edition.reason,
                changes,
            )
        )
        before = guide
    named = OwnItem(
        item.id,
        item.code,
        getattr(before, "name", None) or item.basic.name,
        item.organ.name,
        None,
        0,
        None,
        0,
        0,
        0,
        0,
    )
    return named, told[::-1]
