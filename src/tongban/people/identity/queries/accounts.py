"""Reads of accounts and of who is in office (账号查询)."""

import uuid
from collections.abc import Collection
from datetime import date

from tongban.base.db import fetch_all
from tongban.people.identity.models import Account
from tongban.people.identity.rules import Role


def account_by_login(login: str) -> Account | None:
    """The account of this login (按登录名取账号), active or not."""
    return Account.objects.filter(login=login).first()


def account_of_holder(account_id: uuid.UUID | None, party_id: uuid.UUID | None) -> Account | None:
    """The account of a certificate's holder (持有人的账号), active or not: an official's own, or that of the person."""
    if account_id is not None:
        return Account.objects.filter(pk=account_id).first()
    return None if party_id is None else Account.objects.filter(party_id=party_id).first()


def has_accounts() -> bool:
    """Whether anybody can log in yet (是否已有账号): a database without accounts is a fresh one."""
    return Account.objects.exists()


def names(account_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of these officials (工作人员姓名), by account. One statement."""
    return dict(Account.objects.filter(pk__in=account_ids).values_list("id", "staff_name"))


def accounts_of(party_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The accounts of these persons (当事人的账号), by party; who has none is not in it. One statement."""
    found = Account.objects.filter(party_id__in=party_ids).values_list("party_id", "id")
    return {party_id: account_id for party_id, account_id in found if party_id is not None}


_STAFFED = """
    SELECT DISTINCT h.organ_id FROM holding h JOIN account a ON a.id = h.account_id
    WHERE h.role = %s AND a.is_active AND h.since <= %s AND (h.until IS NULL OR h.until > %s)
"""


def organs_staffed(role: Role, on: date) -> set[uuid.UUID]:
    """Organs in which somebody holds this role on a day (有在岗人员的机关). One statement."""
    return {row[0] for row in fetch_all(_STAFFED, [role.value, on, on])}
