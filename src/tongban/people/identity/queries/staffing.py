"""Reads of the staff list (人事登记查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.base.errors import Forbidden, NotFound
from tongban.people.identity.queries.actors import day_of
from tongban.people.identity.rules import Role
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class StaffView:
    """An official as her personnel system sees her (工作人员视图). ``roles``: her posts in its organ today."""

    id: uuid.UUID
    login: str
    name: str
    number: str
    active: bool
    roles: tuple[Role, ...]
    version: int
    added_at: datetime
    changed_at: datetime


_STAFF = """
    SELECT a.id, a.login, a.staff_name, r.number, a.is_active,
           (SELECT array_agg(h.role ORDER BY h.role) FROM holding h WHERE h.account_id = a.id AND h.organ_id = r.organ_id
                AND h.since <= %(today)s AND (h.until IS NULL OR h.until > %(today)s)),
           r.version, r.added_at, r.changed_at
    FROM staff_record r JOIN account a ON a.id = r.account_id
    WHERE r.organ_id = %(organ)s AND r.removed_at IS NULL
"""
_ONE = _STAFF + " AND a.id = %(id)s"
_LIST = _STAFF + " ORDER BY r.added_at, a.id"


def keeping_organ(actor: Actor) -> uuid.UUID:
    """The organ whose staff the actor keeps (人事登记所在机关). Raises Forbidden for whoever keeps none."""
    organs = sorted(actor.organs_as(Role.PERSONNEL))
    if not organs:
        raise Forbidden("identity.personnel", msg("只有本机关的人事管理岗位能管理工作人员账号。"))
    return organs[0]


def staff_list(actor: Actor, *, at: datetime) -> list[StaffView]:
    """All officials whom the actor's organ keeps (工作人员名单), the first brought in first. One statement."""
    return [_view(row) for row in fetch_all(_LIST, {"organ": keeping_organ(actor), "today": day_of(at)})]


def staff_member(actor: Actor, account_id: uuid.UUID, *, at: datetime) -> StaffView:
    """One of them (工作人员). Raises NotFound, also for another organ's."""
    wanted = {"organ": keeping_organ(actor), "today": day_of(at), "id": account_id}
    found = fetch_all(_ONE, wanted)
    if not found:
        raise NotFound("identity.staff", msg("本机关没有登记这位工作人员。"))
    return _view(found[0])


_JOINERS = """
    SELECT a.id, a.login, a.staff_name, r.organ_id, r.added_at FROM staff_record r JOIN account a ON a.id = r.account_id
    WHERE r.organ_id = ANY(%s) AND r.removed_at IS NULL AND a.is_active AND a.password LIKE '!%%'
        AND NOT EXISTS (SELECT FROM account_session s WHERE s.account_id = a.id)
    ORDER BY r.added_at, a.id LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class JoinerView:
    """A joiner who cannot come in yet (待设密码的新进人员): brought in by an import or a personnel system, without a password."""

    id: uuid.UUID
    login: str
    name: str
    organ_id: uuid.UUID
    added_at: datetime


def joiners(actor: Actor) -> list[JoinerView]:
    """Joiners of the organs whose personnel officer the actor is (新进人员); none for anybody else. One statement."""
    organs = sorted(actor.organs_as(Role.PERSONNEL))
    return [JoinerView(*row) for row in fetch_all(_JOINERS, [organs])] if organs else []


def _view(row: tuple[object, ...]) -> StaffView:
    id_, login, name, number, active, roles, *rest = row
    held = tuple(Role(role) for role in roles or ())  # type: ignore[attr-defined] # an array of the statement above
    return StaffView(id_, login, name, number, active, held, *rest)  # type: ignore[arg-type] # columns of the statement above
