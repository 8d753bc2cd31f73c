"""At a counter (窗口核验): a clerk sees the document and knows who stands before her."""

import uuid
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.crypto import blind_index
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity.actions.proving import VALUE_PURPOSE, settle
from tongban.people.identity.actions.telling import tell
from tongban.people.identity.models import Account, Proof
from tongban.people.identity.queries.proofs import Claimed, claimed, number_digest
from tongban.people.identity.rules import Level, Role
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.identity.rules.proofs import ProofKind
from tongban.people.parties import queries as parties
from tongban.standards import resident_id
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg


def prove_at_counter(*, actor: Actor, name: str, id_number: str, login: str, at: datetime) -> uuid.UUID:
    """Raise an account to the advanced level (窗口实名): the clerk has the document before her. Returns the account's id.

    ``login``: of whoever registered online and is not proven yet; others are found by their number.
    """
    organ_id = clerks_organ(actor)
    with transaction.atomic():
        account, who = found_at_counter(name, id_number, login)
        taken = settle(account, who, Level.ADVANCED, actor, at)
        if taken is not None:
            raise taken
        digest = number_digest(who.number)
        seen = Proof.objects.filter(
            account=account, kind=ProofKind.COUNTER.value, number_digest=digest, outcome="match"
        )
        if seen.exists():
            raise Conflict("identity.seen_already", msg("这个账号已经在窗口核验过，是高级实名。"))
        place = parties.organ(organ_id).name
        Proof.objects.create(
            id=new_id(),
            account=account,
            kind=ProofKind.COUNTER.value,
            source=place[:60],
            outcome="match",
            value_digest=blind_index(VALUE_PURPOSE, f"{ProofKind.COUNTER.value}\n{who.number}"),
            number_digest=digest,
            by=actor.id,
            at=at,
        )
        tell(account.id, AccountNews.LEVEL_RAISED, place, at)
        record(
            stream=f"account:{account.id}",
            act="identity.prove_at_counter",
            actor=actor,
            at=at,
            data={"organ": str(organ_id), "level": account.level},
        )
    return account.id


def clerks_organ(actor: Actor) -> uuid.UUID:
    """The organ at whose counter the actor works (窗口所在机关). Raises Forbidden for whoever is no clerk."""
    organs = sorted(actor.organs_as(Role.CLERK))
    if not organs:
        raise Forbidden("identity.counter", msg("只有窗口受理人员能当面核验身份。"))
    return organs[0]


def found_at_counter(name: str, id_number: str, login: str) -> tuple[Account, Claimed]:
    """The account, locked, of who stands at the counter, and who she is by her document. Raises Invalid at the fields."""
    try:
        number = resident_id.parse(id_number).number
    except BadCode as error:
        raise _wrong("id_number", Message(error.message, error.params)) from error
    people = Account.objects.select_for_update(of=("self",)).filter(staff_name="", is_active=True)
    if login.strip():
        account = people.filter(login=login.strip()).first()
        if account is None:
            raise _wrong("login", msg("没有这个登录名。请让办事人再看一下。"))
    else:
        party_id = parties.by_number(number)
        account = people.filter(party_id=party_id).first() if party_id is not None else None
        if account is None:
            raise _wrong("id_number", msg("这个号码名下没有账号。刚注册、还没核验过的，请同时填登录名。"))
    who = claimed(account.id)
    if who.settled and (who.number, who.name) != (number, name.strip()):
        raise _wrong("id_number", msg("这个账号是别人的：证件上的姓名或者号码和它对不上。"))
    return account, Claimed(name.strip(), number, who.phone, who.settled)


def _wrong(field: str, text: str) -> Invalid:
    return Invalid("identity.at_counter", msg("请改正标出的内容。"), fields={field: [text]})
