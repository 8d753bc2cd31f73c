"""Who held which office when (任职查询): for whoever asks later by what right something was done."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tongban.base.db import fetch_all

_HOLDINGS = "SELECT account_id, organ_id, role, items, since, until FROM holding WHERE account_id = ANY(%s) ORDER BY since, id"
_DEPUTIES = """
    SELECT d.id, d.deputy_id, d.account_id, a.staff_name, d.organ_id, d.role, d.since, d.until, d.named_at, d.ended_at
    FROM deputy d JOIN account a ON a.id = d.account_id WHERE d.deputy_id = ANY(%s) ORDER BY d.since, d.id
"""


@dataclass(frozen=True, slots=True)
class OfficeView:
    """A holding of a role (任职视图): from a day to a day (exclusive). ``items``: basic codes to which it is bounded, none for all."""

    account_id: uuid.UUID
    organ_id: uuid.UUID
    role: str
    items: Sequence[str]
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class DeputisingView:
    """A deputising (代理视图): ``deputy_id`` acts for ``account_id`` in one role, from a day to a day (exclusive)."""

    id: uuid.UUID
    deputy_id: uuid.UUID
    account_id: uuid.UUID
    account_name: str
    organ_id: uuid.UUID
    role: str
    since: date
    until: date
    named_at: datetime
    ended_at: datetime | None


def offices_of(account_ids: Collection[uuid.UUID]) -> tuple[Sequence[OfficeView], Sequence[DeputisingView]]:
    """Every office that these accounts ever held (历次任职), those for whom they ever deputised, and by which deputising. Two statements."""
    deputies = [DeputisingView(*row) for row in fetch_all(_DEPUTIES, [list(account_ids)])]
    wanted = {*account_ids, *(deputy.account_id for deputy in deputies)}
    return [OfficeView(*row) for row in fetch_all(_HOLDINGS, [sorted(wanted)])], deputies
