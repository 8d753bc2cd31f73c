"""What an owner is told of her account (账号消息查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.crypto import decrypt
from tongban.people.identity.models import AccountNotice
from tongban.people.identity.rules.account_notices import AccountNews

FACTS_PURPOSE = "account_notice.facts"


@dataclass(frozen=True, slots=True)
class AccountNoticeView:
    """A notice as its owner sees it (账号消息视图)."""

    id: uuid.UUID
    news: AccountNews
    facts: str
    at: datetime
    read_at: datetime | None


def news_of(actor: Actor, *, limit: int = 50) -> list[AccountNoticeView]:
    """What the actor was told of her account (我的账号消息), the latest first. One statement."""
    if actor.id is None:
        return []
    found = AccountNotice.objects.filter(account_id=actor.id).order_by("-at", "-id")[:limit]
    return [
        AccountNoticeView(
            one.id, AccountNews(one.news), decrypt(FACTS_PURPOSE, bytes(one.facts)), one.at, one.read_at
        )
        for one in found
    ]
