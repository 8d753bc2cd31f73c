"""Reads of bulk changes (批量变更查询): how far each is, what was found, what it would do to each item."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.offers.catalogue.models import BulkChange, BulkRow
from tongban.offers.catalogue.queries.editing import ensure_may_compare
from tongban.offers.catalogue.rules.changes import ChangeState, Verdict
from tongban.offers.catalogue.rules.drafts import sketch
from tongban.offers.catalogue.rules.elements import Row, differences
from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.rules.sheets import Place, Problem
from tongban.standards.text import Message, msg

_LISTED = 30


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A bulk change as its maker sees it (批量变更视图)."""

    id: uuid.UUID
    name: str
    state: ChangeState
    operation: Mapping[str, Any] | None
    selection: Mapping[str, Any]
    made_at: datetime
    total: int
    progress: int
    same: int
    changed: int
    fresh: int
    held: int
    refused: int
    together: bool
    starts_on: date | None
    reason: str
    ended_at: datetime | None

    @property
    def to_do(self) -> int:
        """Items of which something becomes (要办的事项数)."""
        return self.changed + self.fresh


@dataclass(frozen=True, slots=True)
class RowView:
    """One item of a bulk change (批量变更逐项视图), what it says before on the left and after on the right."""

    code: str
    name: str
    organ_name: str
    verdict: Verdict
    rows: list[Row]
    held: list[str]
    edition: uuid.UUID | None


_FIELDS = [name for name in ChangeView.__dataclass_fields__ if name != "state"]


def _view(values: Mapping[str, Any]) -> ChangeView:
    return ChangeView(**{**values, "state": ChangeState(values["state"])})


def maker_of(change_id: uuid.UUID) -> uuid.UUID | None:
    """Account of who made a bulk change (批量变更的发起人)."""
    return BulkChange.objects.filter(pk=change_id).values_list("made_by", flat=True).first()


def changes_of(actor: Actor) -> list[ChangeView]:
    """The last bulk changes of an editor (我的批量变更), newest first. Raises Forbidden."""
    ensure_may_compare(actor)
    found = BulkChange.objects.filter(made_by=actor.id).order_by("-made_at").values(*_FIELDS, "state")
    return [_view(values) for values in found[:_LISTED]]


def change_of(actor: Actor, change_id: uuid.UUID) -> ChangeView:
    """One of them (一次批量变更); what somebody else began is as absent as what is not there. Raises Forbidden, NotFound."""
    ensure_may_compare(actor)
    found = BulkChange.objects.filter(pk=change_id, made_by=actor.id).values(*_FIELDS, "state").first()
    if found is None:
        raise NotFound("catalogue.change", msg("没有这次批量变更。"))
    return _view(found)


def problems_of(actor: Actor, change_id: uuid.UUID) -> list[Problem]:
    """What is wrong with it (问题清单), by place. Raises like :func:`change_of`."""
    change_of(actor, change_id)
    kept = BulkChange.objects.values_list("problems", flat=True).get(pk=change_id)
    return [
        Problem(Place(sheet, row, column), Message(reason, params) if params else reason, code)
        for sheet, row, column, code, reason, params in kept
    ]


def rows_of(
    actor: Actor, change_id: uuid.UUID, *, verdict: Verdict | None = None, page: int = 1, size: int = 20
) -> list[RowView]:
    """What it would do, item by item (逐项预览), one page by code; what stays the same comes last."""
    change_of(actor, change_id)
    found = BulkRow.objects.filter(change=change_id)
    found = found.filter(verdict=verdict) if verdict else found.exclude(verdict=Verdict.SAME)
    return [_row(row) for row in found.order_by("code")[(page - 1) * size : page * size]]


def _row(row: BulkRow) -> RowView:
    return RowView(
        row.code,
        row.name,
        row.organ_name,
        Verdict(row.verdict),
        list(_compared(row)),
        [str(reason) % params if params else reason for reason, params in row.held],
        row.edition,
    )


def _compared(row: BulkRow) -> Iterator[Row]:
    body = row.body or {}
    fresh = row.verdict == Verdict.NEW
    names = set(body) if fresh else {*row.before, *_appeared(row)}
    after = {name: body[name] for name in names if name in body}
    yield from differences(sketch(Guide, row.before), sketch(Guide, after))


def _appeared(row: BulkRow) -> set[str]:
    """Elements that the item did not have before."""
    return set(row.body or {}) & set(row.appeared)
