"""At a counter (窗口核验): a clerk sees the document and knows who stands before her."""

import uuid
from collections.abc import Mapping
from datetime import datetime

import psycopg
from django.db import IntegrityError, transaction

from tongban.base.actor import Actor
from tongban.base.crypto import blind_index
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity.actions.accounts import new_login
from tongban.people.identity.actions.proving import VALUE_PURPOSE, settle
from tongban.people.identity.actions.registering import person_facts
from tongban.people.identity.actions.telling import tell
from tongban.people.identity.actions.tickets import hand_out
from tongban.people.identity.models import Account, Proof
from tongban.people.identity.queries.proofs import Claimed, claimed, number_digest
from tongban.people.identity.rules import Level, Role
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.identity.rules.proofs import ProofKind
from tongban.people.parties import actions as registry
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
        place = _keep_seen(account, who.number, actor, organ_id, at)
        tell(account.id, AccountNews.LEVEL_RAISED, place, at)
        record(
            stream=f"account:{account.id}",
            act="identity.prove_at_counter",
            actor=actor,
            at=at,
            data={"organ": str(organ_id), "level": account.level},
        )
    return account.id


def _keep_seen(account: Account, number: str, actor: Actor, organ_id: uuid.UUID, at: datetime) -> str:
    """Keep that the clerk saw the document (记下窗口核验); returns the name of her counter's organ."""
    place = parties.organ(organ_id).name
    Proof.objects.create(
        id=new_id(),
        account=account,
        kind=ProofKind.COUNTER.value,
        source=place[:60],
        outcome="match",
        value_digest=blind_index(VALUE_PURPOSE, f"{ProofKind.COUNTER.value}\n{number}"),
        number_digest=number_digest(number),
        by=actor.id,
        at=at,
    )
    return place


def open_at_counter(
    *, actor: Actor, name: str, id_number: str, phone: str, login: str, at: datetime
) -> tuple[str, str]:
    """Open an account for who stands at the counter with her document (窗口开户), at the advanced level: (login, code), this once.

    With the code she sets her own password. Raises Conflict where she has an account already.
    """
    organ_id = clerks_organ(actor)
    facts = person_facts(name, id_number, phone, at)
    account = Account(id=new_id(), login=new_login(login), opened_at=at, level=Level.ADVANCED.value)
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.party_id = _party(facts, actor, at)
            account.save(force_insert=True)
            _keep_seen(account, facts["id_number"], actor, organ_id, at)
            code = hand_out(account, actor, at)
            data = {"organ": str(organ_id), "level": account.level}
            record(
                stream=f"account:{account.id}", act="identity.open_at_counter", actor=actor, at=at, data=data
            )
    except IntegrityError as error:
        broken = error.__cause__.diag.constraint_name if isinstance(error.__cause__, psycopg.Error) else None
        if broken == "account_login_key":
            raise wrong_at_counter("login", msg("这个登录名已经有人用了。")) from error
        if broken == "account_party_id_key":
            raise _has_one() from error
        raise
    return account.login, code


def _party(facts: Mapping[str, str], actor: Actor, at: datetime) -> uuid.UUID:
    """The party of this person, known or new, without an account."""
    party_id = parties.by_number(facts["id_number"])
    if party_id is None:
        return registry.register(actor=actor, at=at, **facts)
    if Account.objects.filter(party_id=party_id).exists():
        raise _has_one()
    if not parties.matches(party_id, facts["name"]):
        raise wrong_at_counter("name", msg("这个号码在办事记录里是另一个名字，请再核对证件。"))
    registry.change_phone(actor=actor, party_id=party_id, phone=facts["phone"], at=at)
    return party_id


def _has_one() -> Conflict:
    problem = msg("这个人已经有账号。忘了密码的，请做“窗口找回账号”。")
    return Conflict("identity.party_once", problem, fields={"id_number": [problem]})


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
        raise wrong_at_counter("id_number", Message(error.message, error.params)) from error
    people = Account.objects.select_for_update(of=("self",)).filter(staff_name="", is_active=True)
    if login.strip():
        account = people.filter(login=login.strip()).first()
        if account is None:
            raise wrong_at_counter("login", msg("没有这个登录名。请让办事人再看一下。"))
    else:
        party_id = parties.by_number(number)
        account = people.filter(party_id=party_id).first() if party_id is not None else None
        if account is None:
            raise wrong_at_counter(
                "id_number", msg("这个号码名下没有账号。刚注册、还没核验过的，请同时填登录名。")
            )
    who = claimed(account.id)
    if who.settled and (who.number, who.name) != (number, name.strip()):
        raise wrong_at_counter("id_number", msg("这个账号是别人的：证件上的姓名或者号码和它对不上。"))
    return account, Claimed(name.strip(), number, who.phone, who.settled)


def wrong_at_counter(field: str, text: str) -> Invalid:
    """What does not fit the document (与证件不符), at its field."""
    return Invalid("identity.at_counter", msg("请改正标出的内容。"), fields={field: [text]})
