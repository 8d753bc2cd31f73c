"""Reads of migrations (换版查询): which editions still have running cases, how far a migration is, which cases stay and why."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.access import may_edit
from tongban.standards.text import Message, msg
from tongban.work.cases.models import Case, Migration, Reason
from tongban.work.cases.rules.migrating import RUNNING, WORKING, MigrationState
from tongban.work.cases.rules.moves import State


@dataclass(frozen=True, slots=True)
class MigrationView:
    """A migration as editors of its organ see it (换版视图). While looking, ``moved`` counts those that could move."""

    id: uuid.UUID
    old: catalogue.EditionView
    new: catalogue.EditionView
    state: MigrationState
    by: str
    asked_at: datetime
    total: int
    moved: int
    left: int
    ended_at: datetime | None

    @property
    def done(self) -> int:
        """How many were looked at, or moved or left (已看件数)."""
        return self.moved + self.left

    @property
    def working(self) -> bool:
        """Whether it goes on by itself (进行中)."""
        return self.state in WORKING


@dataclass(frozen=True, slots=True)
class Staying:
    """A case that stays on its edition (留在原版的办件), and why."""

    case_id: uuid.UUID
    number: str
    state: State
    why: tuple[str, ...]


def migration(actor: Actor, migration_id: uuid.UUID) -> MigrationView:
    """One migration (取换版) of an organ whose editor ``actor`` is; NotFound for everybody else."""
    found = Migration.objects.select_related("by").filter(pk=migration_id).first()
    if found is None or not may_edit(actor, catalogue.edition(found.old_id).organ_id)[0]:
        raise NotFound("cases.migration", msg("没有这次换版。"))
    return _view(found)


def migrations_of(actor: Actor, item_code: str) -> list[MigrationView]:
    """The migrations of an item (历次换版), the newest first; none for who does not edit it."""
    editions = [one.id for one in catalogue.public_editions(item_code)]
    if not editions or not may_edit(actor, catalogue.edition(editions[0]).organ_id)[0]:
        return []
    found = Migration.objects.select_related("by").filter(old_id__in=editions).order_by("-id")[:_LISTED]
    return [_view(one) for one in found]


_LISTED = 30


def _view(found: Migration) -> MigrationView:
    return MigrationView(
        found.id,
        catalogue.edition(found.old_id),
        catalogue.edition(found.new_id),
        MigrationState(found.state),
        found.by.staff_name,
        found.asked_at,
        found.total,
        found.moved,
        found.left,
        found.ended_at,
    )


def staying(migration_id: uuid.UUID, *, page: int, size: int) -> list[Staying]:
    """The cases that stay (留在原版的办件), in the order of their ids; who may see the migration may see them."""
    found = (
        Reason.objects.filter(migration_id=migration_id)
        .select_related("case")
        .order_by("case_id")[(page - 1) * size : page * size]
    )
    return [
        Staying(
            one.case_id,
            one.case.number or "",
            State(one.case.state),
            tuple(unpacked(text) for text in one.lines),
        )
        for one in found
    ]


def maker_of_migration(migration_id: uuid.UUID) -> uuid.UUID | None:
    """Account in whose name a migration goes on (换版的发起人)."""
    return Migration.objects.filter(pk=migration_id).values_list("by_id", flat=True).first()


def running_on(item_code: str) -> dict[uuid.UUID, int]:
    """How many cases run on each edition of an item (各版在办件数)."""
    editions = [one.id for one in catalogue.public_editions(item_code)]
    found = Case.objects.filter(edition_id__in=editions, state__in=RUNNING).values("edition_id")
    return {row["edition_id"]: row["count"] for row in found.annotate(count=Count("pk"))}


def packed(text: str) -> str:
    """A reason with its values as the row keeps it (存档原因), so that it can still be told in any language."""
    return json.dumps(_packed(text), ensure_ascii=False)


def _packed(value: object) -> object:
    if isinstance(value, Message):
        return [str(value), {name: _packed(part) for name, part in value.params.items()}]
    return {"date": value.isoformat()} if isinstance(value, date) else value


def unpacked(text: str) -> str:
    """The reason that a row keeps (读取原因)."""
    found = _unpacked(json.loads(text))
    return found if isinstance(found, str) else str(found)


def _unpacked(value: object) -> object:
    if isinstance(value, list):
        return Message(str(value[0]), {name: _unpacked(part) for name, part in value[1].items()})
    return date.fromisoformat(str(value["date"])) if isinstance(value, Mapping) else value
