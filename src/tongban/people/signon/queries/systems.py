"""Reads of connected systems (接入系统查询)."""

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Sum

from tongban.base.actor import Actor
from tongban.base.db import fetch_all, fetch_one
from tongban.base.errors import NotFound
from tongban.people.signon.access import visible_to
from tongban.people.signon.models import System, Use
from tongban.people.signon.rules.registration import Audience, Registration, from_json
from tongban.people.signon.rules.rights import Right
from tongban.people.signon.rules.systems import SystemState
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class SystemView:
    """A system that is in use (在用的接入系统): what every request of it is held against."""

    id: uuid.UUID
    client_id: str
    organ_id: uuid.UUID
    kept: Registration


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system as its organ's editors and the province's see it (接入系统视图)."""

    id: uuid.UUID
    client_id: str
    organ_id: uuid.UUID
    name: str
    state: SystemState
    version: int
    kept: Registration | None
    proposal: Registration | None
    proposer_id: uuid.UUID | None
    approver_id: uuid.UUID | None
    sent_back: str
    requested_at: datetime
    approved_at: datetime | None


@lru_cache(maxsize=2000)
def _read(text: str) -> Registration:
    return from_json(json.loads(text))


_LIVE = """
    SELECT id, client_id, organ_id, registration FROM signon_system
    WHERE client_id = %s AND audience = %s AND state = 'approved'
"""


def live(client_id: str, audience: Audience) -> SystemView | None:
    """The system in use that is known by this id at the door of this audience (按标识取在用系统), or None. One statement."""
    if not client_id.isascii() or "\x00" in client_id or len(client_id) > 40:
        return None
    row = fetch_one(_LIVE, [client_id, audience.value])
    return None if row is None else SystemView(row[0], row[1], row[2], _read(row[3]))


@dataclass(frozen=True, slots=True)
class Addressee:
    """A system as another one writes to it (对方系统)."""

    id: uuid.UUID
    client_id: str
    organ_id: uuid.UUID
    name: str
    rights: frozenset[Right]


def addressee(client_id: str) -> Addressee | None:
    """The system in use that is known by this id, at whatever door its people sign on (按标识取对方系统), or None. One statement."""
    row = System.objects.filter(client_id=client_id, state=SystemState.APPROVED.value).first()
    if row is None or row.registration is None:
        return None
    rights = frozenset(from_json(row.registration).rights)
    return Addressee(row.id, row.client_id, row.organ_id, row.name, rights)


def clients_of(system_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Client ids of systems, in use or not (按系统取标识). One statement."""
    return dict(System.objects.filter(pk__in=system_ids).values_list("id", "client_id"))


def desk(actor: Actor, *, limit: int = 500) -> list[SystemRow]:
    """The systems that the actor may see (接入系统清单), those that wait first. One statement."""
    found = System.objects.filter(visible_to(actor)).order_by("-requested_at")[:limit]
    return sorted((_row(system) for system in found), key=lambda row: row.proposal is None)


def one(actor: Actor, system_id: uuid.UUID) -> SystemRow:
    """One system (取接入系统); raises NotFound where it is not for this actor."""
    found = System.objects.filter(visible_to(actor), pk=system_id).first()
    if found is None:
        raise NotFound("signon.system", msg("没有这个接入系统。"))
    return _row(found)


def _row(system: System) -> SystemRow:
    return SystemRow(
        system.id,
        system.client_id,
        system.organ_id,
        system.name,
        SystemState(system.state),
        system.version,
        None if system.registration is None else from_json(system.registration),
        None if system.proposal is None else from_json(system.proposal),
        system.proposer_id,
        system.approver_id,
        system.sent_back,
        system.requested_at,
        system.approved_at,
    )


def uses_of(system_id: uuid.UUID, *, since: date) -> dict[Right, int]:
    """How often a system used each right since a day (接口使用次数). One statement."""
    found = (
        Use.objects.filter(system_id=system_id, day__gte=since).values("right").annotate(times=Sum("uses"))
    )
    told = {row["right"]: row["times"] for row in found}
    return {right: told[right] for right in Right if right in told}


_SIGN_OUTS = """
    SELECT count(*), count(*) FILTER (WHERE told_at IS NULL), max(problem) FILTER (WHERE told_at IS NULL)
    FROM signon_sign_out WHERE system_id = %s AND due_at > %s
"""


def sign_outs_of(system_id: uuid.UUID, *, since: datetime) -> tuple[int, int, str]:
    """Sign-out notices of a system (退出通知情况) since then: how many, how many not delivered, and one reason."""
    ((total, open_, problem),) = fetch_all(_SIGN_OUTS, [system_id, since])
    return total, open_, problem or ""
