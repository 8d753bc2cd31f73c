"""The demonstration's certificates (演示证书): a hierarchy that says what it is, and certificates of those who sign, kept under a public PIN."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from tongban.base.actor import Actor
from tongban.base.errors import Conflict
from tongban.demo.accounts import ACCOUNTS, PIN
from tongban.demo.people import OFFICIALS, PROVINCIAL, SEEDER, actor, card
from tongban.people.certificates import actions, queries
from tongban.people.certificates.rules.profiles import Algorithm, Delivery, ProfileKind
from tongban.people.certificates.rules.registering import Holder, ProofKind
from tongban.people.parties import queries as organs
from tongban.people.parties.queries import OrganView

ORGANISATION = "海南省政务服务（演示）"
_STEP = timedelta(minutes=3)


def issue_all(at: datetime) -> int:
    """Make the hierarchy and the certificates that are not there yet (演示证书签发), from ``at`` on; returns how many were issued."""
    for algorithm in Algorithm:
        actions.hierarchy(
            actor=SEEDER, algorithm=algorithm, organisation=ORGANISATION, at=at, demonstration=True
        )
    issued = 0
    for login in [account.login for account in ACCOUNTS if account.pin]:
        holder = actor(login, at)
        if queries.mine(holder, at=at):
            continue
        at += _STEP
        _issue(login, holder, at)
        issued += 1
    for name in dict.fromkeys(organ for official in OFFICIALS for organ in official.organs):
        organ = organs.organ_by_name(name)
        if organ is not None and not _has_seal(organ.id, at + timedelta(days=1)):
            at += _STEP
            _seal(organ, at)
            issued += 1
    return issued


def signing(by: Actor, at: datetime) -> Actor:
    """Who acts, with the key unlocked where there is one (演示签名): what decides about a licence is signed by whoever can."""
    held = queries.active_of(account_id=by.id, at=at) if by.id is not None else []
    if not held:
        return by
    return replace(by, signer=actions.unlock(actor=by, certificate_id=held[0].id, pin=PIN, at=at))


def _issue(login: str, holder: Actor, at: datetime) -> None:
    first, second = actor("jiang", at), actor("yao", at)
    center = organs.organ_by_name(PROVINCIAL)
    if center is None:
        raise LookupError(f"no organ {PROVINCIAL!r}: the import brings it")
    profile, whose, document, number = _whose(login, holder)
    certificate_id = actions.register(
        actor=first,
        organ_id=center.id,
        profile=profile,
        algorithm=Algorithm.P256,
        delivery=Delivery.KEPT,
        holder=whose,
        document=document,
        document_number=number,
        at=at,
    )
    actions.approve(actor=second, certificate_id=certificate_id, at=at + _STEP / 3)
    actions.issue(actor=holder, certificate_id=certificate_id, pin=PIN, at=at + _STEP / 2)


def _has_seal(organ_id: uuid.UUID, at: datetime) -> bool:
    """Whether a seal was made; whether it is still good is not the demonstration's concern."""
    try:
        return actions.sealer(organ_id, at=at) is not None
    except Conflict:
        return True


def _seal(organ: OrganView, at: datetime) -> None:
    """The seal of an organ: its key made by the operator, registered and approved like every other certificate."""
    request = actions.make_seal_key(actor=SEEDER, organ_id=organ.id, at=at)
    first, second, center = actor("jiang", at), actor("yao", at), organs.organ_by_name(PROVINCIAL)
    if center is None:
        raise LookupError(f"no organ {PROVINCIAL!r}: the import brings it")
    certificate_id = actions.register(
        actor=first,
        organ_id=center.id,
        profile=ProfileKind.SEAL,
        algorithm=Algorithm.P256,
        delivery=Delivery.REQUEST,
        holder=Holder(organ.name, code=organ.credit_code, organ_id=organ.id),
        document=ProofKind.AUTHORISATION,
        document_number=f"演示-{organ.short_name}",
        request=request,
        at=at,
    )
    actions.approve(actor=second, certificate_id=certificate_id, at=at + _STEP / 3)
    actions.issue_requested(actor=SEEDER, certificate_id=certificate_id, at=at + _STEP / 2)


def _whose(login: str, holder: Actor) -> tuple[ProfileKind, Holder, ProofKind, str]:
    """Kind of certificate, holder, document and number, as the counter reads them."""
    if holder.party_id is not None:
        name, number = card(login)
        return ProfileKind.PERSON, Holder(name, party_id=holder.party_id), ProofKind.ID_CARD, number
    official = next(one for one in OFFICIALS if one.login == login)
    found = organs.organ_by_name(official.organs[0])
    organ_id: uuid.UUID | None = found.id if found else None
    whose = Holder(official.name, account_id=holder.id, organ_id=organ_id)
    return ProfileKind.OFFICIAL, whose, ProofKind.STAFF_CARD, f"演示-{login}"
