"""A case whose people sign with certificates of the platform's own service (签名的办件): the real service, the real library."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from tests import world as worlds

from tongban.base.actor import Actor
from tongban.base.ledger import actions as ledger
from tongban.people.certificates import actions as certificates
from tongban.people.certificates.rules.profiles import Algorithm, ProfileKind
from tongban.people.certificates.rules.registering import Holder
from tongban.people.certificates.tests import service
from tongban.people.certificates.tests.service import PIN, Service
from tongban.work.cases import jobs
from tongban.work.cases.actions import Ref

AT = worlds.AT
BEFORE = AT - timedelta(days=30)


@dataclass
class Signing:
    """A world in which people hold certificates (有证书的世界). ``world``: its people, their keys unlocked."""

    service: Service
    world: worlds.World
    held: dict[str, uuid.UUID]


def official(made: Service, actor: Actor, algorithm: Algorithm) -> uuid.UUID:
    """A certificate for an official (工作人员证书), registered, approved by another, taken by herself."""
    found = made.approved(
        profile=ProfileKind.OFFICIAL,
        algorithm=algorithm,
        holder=Holder(actor.name, account_id=actor.id, organ_id=made.world.organ_id),
    )
    certificates.issue(actor=actor, certificate_id=found, pin=PIN, at=made.at)
    return found


def unlocked(actor: Actor, certificate_id: uuid.UUID) -> Actor:
    """The actor with her key unlocked (已解锁的行为人)."""
    return replace(
        actor, signer=certificates.unlock(actor=actor, certificate_id=certificate_id, pin=PIN, at=AT)
    )


def build(algorithm: Algorithm = Algorithm.P256, world: worlds.World | None = None) -> Signing:
    """A world whose clerk, reviewer, decider and applicant hold certificates (建签名世界); a new one where none is given."""
    world = worlds.build() if world is None else world
    made = service.build(world, algorithm, at=BEFORE)
    held = {
        role: official(made, getattr(world, role), algorithm) for role in ("clerk", "reviewer", "decider")
    }
    held["applicant"] = made.issued(algorithm=algorithm)
    people = {role: unlocked(getattr(world, role), found) for role, found in held.items()}
    return Signing(made, replace(world, **people), held)


def closed(signing: Signing) -> Ref:
    """A closed case of which every step by a person was signed, sealed (办结的签名办件)."""
    case = worlds.closed(signing.world)
    jobs.make_document(1, str(case.id), case.number)
    ledger.seal(at=AT)
    return case
