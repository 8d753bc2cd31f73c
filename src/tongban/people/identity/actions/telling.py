"""Telling an owner what happened to her account (账号消息)."""

import uuid
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.crypto import encrypt
from tongban.base.ids import new_id
from tongban.people.certificates import queries as certificates
from tongban.people.certificates.rules.profiles import PROFILE_LABELS
from tongban.people.identity.models import Account, AccountNotice
from tongban.people.identity.queries import account_of_holder, day_of
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


def tell_certificate_ends(*, certificate_id: uuid.UUID) -> bool:
    """Leave a notice that a certificate ends soon (证书到期消息), once; whether there was anybody to tell.

    The certificate's own act has put down that it was told, and when: the notice bears that moment.
    """
    found = certificates.ending(certificate_id)
    account = None if found is None else account_of_holder(found.account_id, found.party_id)
    if found is None or account is None:
        return False
    kind = AccountNews.CERTIFICATE_ENDS
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # so that two runs come one after the other
        if AccountNotice.objects.filter(account=account, news=kind.value, at=found.told_at).exists():
            return False
        day = day_of(found.not_after).isoformat()
        tell(account.id, kind, f"{PROFILE_LABELS[found.profile]} {found.name} {day}", found.told_at)
    return True
