"""Import of joiners and leavers (人员进出导入): ``organ,login,name,number,roles,active``; idempotent, whole or not at all.

``organ``: its credit code. ``roles``: all posts that she holds there, with spaces between, or nothing. ``active``: yes, or no for whoever has left.
An official who has an account already is put on the organ's list.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tongban.base.actor import system
from tongban.base.errors import Refusal
from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv, run_import
from tongban.people.identity import actions
from tongban.people.identity.models import StaffRecord
from tongban.people.identity.queries import account_by_login
from tongban.people.identity.rules import Role
from tongban.people.parties import queries as parties
from tongban.standards import credit_code, plaintext

COLUMNS = ["organ", "login", "name", "number", "roles", "active"]


@dataclass(frozen=True, slots=True)
class _Member:
    organ_id: uuid.UUID
    login: str
    name: str
    number: str
    roles: frozenset[Role]
    active: bool


def run(path: Path, report: Report) -> int:
    """Import the staff of a csv file; returns the exit code."""
    seen: set[str] = set()
    organs: dict[str, uuid.UUID] = {}
    importer, at = system("import staff"), datetime.now(UTC)

    def read(row: Row) -> None:
        member = _member(row, organs)
        if member.login in seen:
            raise BadRow(f"login {member.login!r} stands twice in this file")
        seen.add(member.login)
        outcomes.append(_written(member))

    def _written(member: _Member) -> str:
        try:
            return _take_in(member)
        except Refusal as problem:
            raise BadRow("; ".join([str(problem), *(f"{key}: {text}" for key, texts in problem.fields.items() for text in texts)])) from problem  # fmt: skip

    def _take_in(member: _Member) -> str:
        known = account_by_login(member.login)
        if known is None:
            account_id = actions.join_staff(
                actor=importer, organ_id=member.organ_id, login=member.login, name=member.name, at=at,
                number=member.number, active=member.active,
            )  # fmt: skip
            if member.active:
                actions.set_posts(actor=importer, account_id=account_id, roles=member.roles, at=at)
            return "added"
        kept = StaffRecord.objects.filter(pk=known.id, organ_id=member.organ_id, removed_at=None).first()
        if kept is None:
            actions.adopt_staff(
                actor=importer, organ_id=member.organ_id, account_id=known.id, number=member.number, at=at
            )
        before = StaffRecord.objects.values_list("version", flat=True).get(pk=known.id)
        actions.change_staff(
            actor=importer, account_id=known.id, at=at, name=member.name, number=member.number, active=member.active
        )  # fmt: skip
        moved = member.active and any(
            actions.set_posts(actor=importer, account_id=known.id, roles=member.roles, at=at)
        )
        after = StaffRecord.objects.values_list("version", flat=True).get(pk=known.id)
        return "changed" if kept is None or moved or after != before else "unchanged"

    outcomes: list[str] = []

    def write(batch: list[None], outcome: Outcome) -> None:
        outcome.added = outcomes.count("added")
        outcome.changed, outcome.unchanged = outcomes.count("changed"), outcomes.count("unchanged")

    return run_import(path, report, read_csv(path, COLUMNS), read, write)


def _member(row: Row, organs: dict[str, uuid.UUID]) -> _Member:
    code = str(credit_code.parse(row["organ"]))
    if code not in organs:
        organ = parties.organ_by_code(code)
        if organ is None:
            raise BadRow(f"organ {code} is not known")
        organs[code] = organ.id
    wanted = row["roles"].split()
    unknown = sorted(set(wanted) - {role.value for role in Role})
    if unknown:
        raise BadRow(f"no such role: {', '.join(unknown)}; there are {', '.join(Role)}")
    if row["active"] not in ("yes", "no"):
        raise BadRow("active must be yes or no")
    if row["active"] == "no" and wanted:
        raise BadRow("whoever has left holds no post")
    roles = frozenset(Role(role) for role in wanted)
    login, name = plaintext.clean(row["login"], limit=60), plaintext.clean(row["name"], limit=60)
    number = plaintext.clean(row["number"], limit=60)
    return _Member(organs[code], login, name, number, roles, row["active"] == "yes")
