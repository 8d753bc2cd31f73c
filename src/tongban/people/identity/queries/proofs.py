"""What is proven of an account (核验查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.crypto import blind_index, decrypt
from tongban.base.errors import NotFound
from tongban.people.identity.models import Account, Claim, Proof
from tongban.people.identity.rules.proofs import ProofKind
from tongban.people.parties import queries as parties
from tongban.standards.text import msg

CLAIM_PURPOSE = "account_claim"
NUMBER_PURPOSE = "account_proof.number"


@dataclass(frozen=True, slots=True)
class Claimed:
    """Whom an account is to be proven to belong to (待核身份). ``settled``: it is known already."""

    name: str
    number: str
    phone: str
    settled: bool


@dataclass(frozen=True, slots=True)
class ProofView:
    """A proof that fits (核验记录视图)."""

    kind: ProofKind
    source: str
    at: datetime


def claimed(account_id: uuid.UUID) -> Claimed:
    """Who the owner is, or says she is (待核身份). Raises NotFound for an official: she was seen in person."""
    party_id = Account.objects.filter(pk=account_id).values_list("party_id", flat=True).first()
    if party_id is not None:
        known = parties.facts(party_id)
        return Claimed(known.name, known.number, known.phone, True)
    claim = Claim.objects.filter(account_id=account_id).first()
    if claim is None:
        raise NotFound("identity.claim", msg("这个账号不用核验身份。"))
    name, number, phone = (
        decrypt(CLAIM_PURPOSE, bytes(part)) for part in (claim.name, claim.number, claim.phone)
    )
    return Claimed(name, number, phone, False)


def number_digest(number: str) -> bytes:
    """The digest under which proofs know an identity number (证件号码摘要)."""
    return blind_index(NUMBER_PURPOSE, number)


def proofs_of(actor: Actor) -> list[ProofView]:
    """What fits of who the actor says she is (已通过的核验项), the earliest first."""
    if actor.id is None:
        return []
    return proven(actor.id, claimed(actor.id).number)


def proven(account_id: uuid.UUID, number: str) -> list[ProofView]:
    """What was proven of an account about whoever has this identity number (已通过的核验项)."""
    found = Proof.objects.filter(
        account_id=account_id, outcome="match", number_digest=number_digest(number)
    ).order_by("at", "id")
    return [ProofView(ProofKind(one.kind), one.source, one.at) for one in found]
