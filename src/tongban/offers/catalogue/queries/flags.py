"""Review flags (复核提示): what rests on a changed law and waits for an editor."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.offers.catalogue.access import may_edit_basic
from tongban.offers.catalogue.models import BasicEdition, Edition, ReviewFlag
from tongban.offers.catalogue.queries.basic import since
from tongban.offers.catalogue.queries.editing import ensure_may_compare
from tongban.offers.catalogue.queries.guides import sound
from tongban.offers.catalogue.rules.citing import Became, FlagOutcome
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class FlagView:
    """A review flag as an editor sees it (复核提示视图). ``code``: of the item, or of the basic item."""

    id: uuid.UUID
    edition_id: uuid.UUID
    is_basic: bool
    code: str
    name: str
    organ_name: str
    law: str
    law_starts_on: date
    article: str
    became: Became
    now: str
    cited: str
    raised_at: datetime
    outcome: FlagOutcome | None
    note: str
    cleared_at: datetime | None
    cleared_name: str


@dataclass(frozen=True, slots=True)
class Citing:
    """An edition whose basis names a law (援引版本): ``basis`` as its body has it; ``stream``: of the ledger."""

    edition_id: uuid.UUID
    is_basic: bool
    stream: str
    basis: str


def citing(law: str, on: date) -> Iterator[Citing]:
    """Editions in force on a day or later whose basis speaks of a law, by its short name (援引某法的版本), in bounded memory."""
    for model, owner, stream in ((Edition, "item_id", "item"), (BasicEdition, "basic_id", "basic")):
        found = (
            model.objects.filter(since(on))
            .annotate(basis=KeyTextTransform("basis", "body"))
            .filter(basis__contains=law)
            .order_by("id")
        )
        for id_, owned_by, basis in found.values_list("id", owner, "basis").iterator(1_000):
            yield Citing(id_, model is BasicEdition, f"{stream}:{owned_by}", basis)


def _mine(actor: Actor) -> Q:
    own = Q(edition__item__organ__in=actor.organs_as("editor"))
    return own | Q(basic_edition__isnull=False) if may_edit_basic(actor)[0] else own


def flags(
    actor: Actor, *, cleared: bool = False, law: str = "", page: int = 1, size: int = 50
) -> tuple[list[FlagView], int]:
    """(flags on what the actor edits, how many): one page (复核提示清单), the newest first. Raises Forbidden."""
    ensure_may_compare(actor)
    found = ReviewFlag.objects.filter(_mine(actor), cleared_at__isnull=not cleared)
    if law:
        found = found.filter(law=sound(law))
    shown = _seen(found.order_by("-raised_at", "law", "id"))[(page - 1) * size : page * size]
    return [_view(flag) for flag in shown], found.count()


def flagged_laws(actor: Actor) -> Mapping[str, int]:
    """Open flags on what the actor edits, by the law's short name (待复核法规). Raises Forbidden."""
    ensure_may_compare(actor)
    found = ReviewFlag.objects.filter(_mine(actor), cleared_at__isnull=True)
    return dict(found.values_list("law").annotate(count=Count("id")).order_by("-count", "law"))


def flag(actor: Actor, flag_id: uuid.UUID) -> FlagView:
    """One flag on what the actor edits (一条复核提示). Raises Forbidden, NotFound."""
    ensure_may_compare(actor)
    found = _seen(ReviewFlag.objects.filter(_mine(actor), pk=flag_id)).first()
    if found is None:
        raise NotFound("catalogue.flag", msg("没有这条复核提示。"))
    return _view(found)


def flags_on(edition_id: uuid.UUID) -> list[FlagView]:
    """Open flags on an edition of an item or of a basic item (版本上的复核提示). The caller may read that edition."""
    found = ReviewFlag.objects.filter(
        Q(edition=edition_id) | Q(basic_edition=edition_id), cleared_at__isnull=True
    )
    return [_view(one) for one in _seen(found.order_by("law", "id"))]


def _seen(found: QuerySet[ReviewFlag]) -> QuerySet[ReviewFlag]:
    shown = found.select_related("edition__item__organ", "basic_edition")
    # Their contents are large, and nobody reads them here.
    return shown.defer("edition__body", "basic_edition__body")


def _view(flag: ReviewFlag) -> FlagView:
    edition = flag.edition or flag.basic_edition
    assert edition is not None  # noqa: S101 -- a constraint: a flag is on one of the two
    return FlagView(
        flag.id,
        edition.id,
        isinstance(edition, BasicEdition),
        edition.basic_id if isinstance(edition, BasicEdition) else edition.item.code,
        edition.name,
        "" if isinstance(edition, BasicEdition) else edition.item.organ.name,
        flag.law,
        flag.law_starts_on,
        flag.article,
        Became(flag.became),
        flag.now,
        flag.cited,
        flag.raised_at,
        FlagOutcome(flag.outcome) if flag.outcome else None,
        flag.note,
        flag.cleared_at,
        flag.cleared_name,
    )
