"""Who holds which role in an organ, and what is proposed (人员查询)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.base.errors import Forbidden, NotFound
from tongban.people.identity.queries.actors import day_of
from tongban.people.identity.rules import Role
from tongban.people.identity.rules.appointments import DECIDES, PROPOSES, AppointmentKind, AppointmentState
from tongban.standards.text import msg

LIMIT = 500


@dataclass(frozen=True, slots=True)
class HoldingView:
    """A role that somebody holds today or later (任职视图). ``until`` is the first day on which it is no longer held."""

    account_id: uuid.UUID
    login: str
    name: str
    organ_id: uuid.UUID
    role: Role
    items: tuple[str, ...]
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """An appointment as its page shows it (任免视图)."""

    id: uuid.UUID
    kind: AppointmentKind
    login: str
    name: str
    organ_id: uuid.UUID
    role: Role
    items: tuple[str, ...]
    since: date
    reason: str
    state: AppointmentState
    proposed_by: uuid.UUID
    proposer: str
    proposed_at: datetime
    decider: str | None
    decided_at: datetime | None
    remark: str


def personnel_organs(actor: Actor) -> frozenset[uuid.UUID]:
    """Organs whose staff the actor looks after (人事管理范围). Raises Forbidden where there is none."""
    organs = actor.organs_as(*PROPOSES, *DECIDES)
    if not organs:
        raise Forbidden("identity.staff", msg("只有人事管理岗位和机关负责人可以看本机关人员的岗位。"))
    return organs


_STAFF = """
    SELECT a.id, a.login, a.staff_name, h.organ_id, h.role, h.items, h.since, h.until
    FROM holding h JOIN account a ON a.id = h.account_id
    WHERE h.organ_id = ANY(%s) AND a.is_active AND (h.until IS NULL OR h.until > %s)
    ORDER BY h.organ_id, a.staff_name, a.id, h.role LIMIT %s
"""


def staff_of(actor: Actor, *, at: datetime) -> list[HoldingView]:
    """Who holds which role in the actor's organs today or later (本机关人员). One statement. Raises Forbidden."""
    rows = fetch_all(_STAFF, [list(personnel_organs(actor)), day_of(at), LIMIT])
    return [
        HoldingView(id_, login, name, organ, Role(role), tuple(items), since, until)
        for id_, login, name, organ, role, items, since, until in rows
    ]


_APPOINTMENTS = """
    SELECT p.id, p.kind, a.login, a.staff_name, p.organ_id, p.role, p.items, p.since, p.reason, p.state,
        p.proposed_by_id, b.staff_name, p.proposed_at, c.staff_name, p.decided_at, p.remark
    FROM appointment p JOIN account a ON a.id = p.account_id JOIN account b ON b.id = p.proposed_by_id
        LEFT JOIN account c ON c.id = p.decided_by_id
    WHERE p.organ_id = ANY(%s)
"""
_ALL = _APPOINTMENTS + " ORDER BY p.state <> 'proposed', p.proposed_at DESC LIMIT %s"
_ONE = _APPOINTMENTS + " AND p.id = %s"


def appointments(actor: Actor) -> list[AppointmentView]:
    """What is and was proposed in the actor's organs (任免), what waits first. One statement. Raises Forbidden."""
    return _views(fetch_all(_ALL, [list(personnel_organs(actor)), LIMIT]))


def appointment(actor: Actor, appointment_id: uuid.UUID) -> AppointmentView:
    """One of them (一份任免). Raises Forbidden, NotFound."""
    found = _views(fetch_all(_ONE, [list(personnel_organs(actor)), appointment_id]))
    if not found:
        raise NotFound("identity.appointment", msg("没有这份任免。"))
    return found[0]


def _views(rows: Collection[tuple[Any, ...]]) -> list[AppointmentView]:
    found = []
    for id_, kind, login, name, organ, role, items, since, reason, state, *rest in rows:
        told = (AppointmentKind(kind), login, name, organ, Role(role), tuple(items), since, reason)
        found.append(AppointmentView(id_, *told, AppointmentState(state), *rest))
    return found
