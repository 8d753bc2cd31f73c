"""A joiner's first password (新进人员初次设密码): her personnel officer hands her a code and never sees the password."""

import uuid
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, NotFound
from tongban.base.record import record
from tongban.people.identity.actions.tickets import hand_out
from tongban.people.identity.models import Account, Session, StaffRecord
from tongban.people.identity.rules import Role
from tongban.standards.text import msg


@transaction.atomic
def hand_setup_code(*, actor: Actor, account_id: uuid.UUID, at: datetime) -> tuple[str, str]:
    """Hand a joiner the code with which she sets her first password (给新进人员一次性码): (login, code), this once.

    Only by the personnel of the organ that keeps her, and only as long as she has no password and never came in: whoever has
    keeps her way in for herself. Who handed it stands in the ledger.
    """
    organs = actor.organs_as(Role.PERSONNEL)
    kept = StaffRecord.objects.filter(pk=account_id, removed_at=None, organ_id__in=organs).first()
    account = Account.objects.select_for_update().filter(pk=account_id, is_active=True).first()
    if kept is None or account is None or actor.id == account_id:
        raise NotFound("identity.staff", msg("本机关没有登记这位工作人员。"))
    if account.has_usable_password() or Session.objects.filter(account=account).exists():
        raise Conflict("identity.set_up", msg("这个账号已经有密码或者有人用过，密码只能由本人修改。"))
    code = hand_out(account, actor, at)
    data = {"organ": str(kept.organ_id)}
    record(stream=f"account:{account_id}", act="identity.hand_setup_code", actor=actor, at=at, data=data)
    return account.login, code
