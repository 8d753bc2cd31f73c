"""Telling an owner what happened to her account (账号消息)."""

import uuid
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.crypto import encrypt
from tongban.base.ids import new_id
from tongban.people.identity.models import AccountNotice
from tongban.people.identity.queries.news import FACTS_PURPOSE
from tongban.people.identity.rules.account_notices import AccountNews


def tell(account_id: uuid.UUID, news: AccountNews, facts: str, at: datetime) -> None:
    """Leave a notice (留消息). Part of the act it tells of: the caller's transaction, the caller's ledger entry."""
    AccountNotice.objects.create(
        id=new_id(), account_id=account_id, news=news.value, facts=encrypt(FACTS_PURPOSE, facts), at=at
    )


def read_news(*, actor: Actor, at: datetime) -> int:
    """Mark the actor's notices about her account as read (账号消息已读); returns how many."""
    if actor.id is None:
        return 0
    return AccountNotice.objects.filter(account_id=actor.id, read_at=None).update(read_at=at)
