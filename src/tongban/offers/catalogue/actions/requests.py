"""Requests of programs (程序请求): the acts on editions, each done once under its key, and only on what the program has seen."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict
from tongban.base.ledger.queries import done_before
from tongban.base.record import record
from tongban.offers.catalogue.actions import moving
from tongban.offers.catalogue.rules.editions import Verb
from tongban.standards.text import msg


def once(
    *,
    actor: Actor,
    edition_id: uuid.UUID,
    verb: Verb,
    at: datetime,
    act: Callable[[], object],
    seen: str | None = None,
    key: str | None = None,
) -> None:
    """Do ``act`` on an edition, once per ``key`` (按键一次): the same again under it does nothing and is no error.

    ``seen``: the digest that the program knows; a Conflict where the edition is another by now. Under a key the ledger
    tells, besides the act itself, that it was asked for under it, in one transaction with the act.
    """
    mark = (f"request:{edition_id}", f"catalogue.request_{verb}")
    if _done(actor, key, mark):
        return
    with transaction.atomic():
        edition = moving.locked_own(actor, edition_id)
        if _done(actor, key, mark):  # by somebody who sent the same while we waited
            return
        if seen is not None and seen != edition.digest:
            raise Conflict("catalogue.stale", msg("这个版本的内容又有了改动，请取最新的再办。"))
        act()
        if key is not None:
            data = {"edition": str(edition_id), "digest": edition.digest}
            record(stream=mark[0], act=mark[1], actor=actor, at=at, data=data, key=key)


def _done(actor: Actor, key: str | None, mark: tuple[str, str]) -> bool:
    """Whether this was done under the key already; a Conflict where the key did something else."""
    before = None if key is None else done_before(actor, key)
    if before is not None and before != mark:
        raise Conflict("catalogue.key", msg("这个请求编号已经用在另一次操作上。"))
    return before is not None
