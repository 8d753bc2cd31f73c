"""The certificate service as tests need it: a hierarchy, registrars, holders, and certificates in every state."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests import world as worlds

from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.people.certificates import actions
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.rules.moves import CertificateState, RevocationReason
from tongban.people.certificates.rules.profiles import Algorithm, Delivery, ProfileKind
from tongban.people.certificates.rules.registering import Holder, ProofKind
from tongban.people.parties import queries as parties

OPERATOR = system("tests.pki")
PIN = "830942"
S = CertificateState
# The openssl command judges as of now, so what it judges is made as of now.
NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Service:
    """Who and what there is. ``at`` moves on with what happens."""

    world: worlds.World
    first: Actor
    second: Actor
    provincial: Actor
    elsewhere: Actor
    holder: Actor
    at: datetime
    algorithm: Algorithm = Algorithm.P256
    made: list[uuid.UUID] = field(default_factory=list)

    def later(self, **time: float) -> datetime:
        """The moment after so much time (过一段时间)."""
        self.at += timedelta(**time)
        return self.at

    def asked(
        self, delivery: Delivery = Delivery.KEPT, algorithm: Algorithm = Algorithm.P256, request: str = ""
    ) -> uuid.UUID:
        """A person asks for hers online (线上申请)."""
        return actions.ask(
            actor=self.holder,
            name="王秀兰",
            algorithm=algorithm,
            delivery=delivery,
            request=request,
            at=self.at,
        )

    def registered(self, **changed: object) -> uuid.UUID:
        """The first registrar registers the applicant at her counter (窗口登记)."""
        given: dict[str, object] = {
            "actor": self.first,
            "organ_id": self.world.organ_id,
            "profile": ProfileKind.PERSON,
            "algorithm": self.algorithm,
            "delivery": Delivery.KEPT,
            "holder": Holder("王秀兰", party_id=self.holder.party_id),
            "document": ProofKind.ID_CARD,
            "document_number": "460106199001012127",
            "at": self.at,
        }
        return actions.register(**given | changed)  # type: ignore[arg-type] # a test changes what it wants

    def approved(self, **changed: object) -> uuid.UUID:
        """… and the second approves (审核通过)."""
        found = self.registered(**changed)
        actions.approve(actor=self.second, certificate_id=found, at=self.at)
        return found

    def issued(self, **changed: object) -> uuid.UUID:
        """… and the holder fetches it (领取)."""
        found = self.approved(**changed)
        actions.issue(actor=self.holder, certificate_id=found, pin=PIN, at=self.at)
        return found

    def sealed(self, organ_id: uuid.UUID | None = None, *, in_token: bool = False) -> uuid.UUID:
        """The seal of an organ whose documents the platform signs (机关印章): its key made here, two registrars, issued by the job."""
        organ = parties.organ(organ_id or self.world.organ_id)
        found = self.approved(
            profile=ProfileKind.SEAL,
            delivery=Delivery.REQUEST,
            holder=Holder(organ.name, code=organ.credit_code, organ_id=organ.id),
            document=ProofKind.AUTHORISATION,
            request=actions.make_seal_key(actor=OPERATOR, organ_id=organ.id, at=self.at, in_token=in_token),
        )
        actions.issue_requested(actor=OPERATOR, certificate_id=found, at=self.at)
        return found

    def in_state(self, state: CertificateState) -> uuid.UUID:
        """A certificate that acts have brought into this state."""
        if state is S.REQUESTED:
            return self.registered()
        if state is S.APPROVED:
            return self.approved()
        if state in (S.REFUSED, S.WITHDRAWN):
            found = self.registered()
            if state is S.REFUSED:
                actions.refuse(actor=self.second, certificate_id=found, because="照片不清楚", at=self.at)
            else:
                actions.withdraw(actor=self.holder, certificate_id=found, at=self.at)
            return found
        if state is S.LAPSED:
            found = self.approved()
            actions.keep_time(actor=OPERATOR, at=self.later(days=31))
            return found
        found = self.issued()
        if state is S.SUSPENDED:
            actions.suspend(actor=self.holder, certificate_id=found, because="手机丢了", at=self.at)
        elif state is S.REVOKED:
            self.revoke(found)
        elif state is S.SUPERSEDED:
            successor = actions.replace(actor=self.holder, certificate_id=found, because="改名", at=self.at)
            actions.approve(actor=self.second, certificate_id=successor, at=self.at)
            actions.issue(actor=self.holder, certificate_id=successor, pin=PIN, at=self.later(seconds=1))
        elif state is S.EXPIRED:
            actions.keep_time(actor=OPERATOR, at=self.later(days=3 * 365 + 1))
        return found

    def revoke(self, certificate_id: uuid.UUID) -> None:
        """Its holder revokes it (吊销)."""
        actions.revoke(
            actor=self.holder,
            certificate_id=certificate_id,
            reason=RevocationReason.KEY_COMPROMISE,
            because="电脑被盗",
            at=self.at,
        )


def registrar(
    organ_id: uuid.UUID, place: str, *, for_id: uuid.UUID | None = None, name: str = "登记员"
) -> Actor:
    """A registrar of an organ (证书登记人员)."""
    post = Post("registrar", organ_id, place, for_id)
    return Actor(kind=ActorKind.STAFF, id=uuid.uuid4(), name=name, posts=frozenset({post}), level=3)


def build(world: worlds.World, *algorithms: Algorithm, at: datetime = NOW) -> Service:
    """The service with a hierarchy of each algorithm, P-256 where none is named (建证书服务)."""
    for algorithm in algorithms or (Algorithm.P256,):
        actions.hierarchy(
            actor=OPERATOR, algorithm=algorithm, organisation="测试认证中心", at=at, demonstration=True
        )
    holder = world.applicant
    return Service(
        world,
        registrar(world.organ_id, worlds.COUNTY, name="登记员甲"),
        registrar(world.organ_id, worlds.COUNTY, name="登记员乙"),
        registrar(world.provincial_id, worlds.PROVINCE, name="省登记员"),
        registrar(world.other_organ_id, worlds.OTHER_COUNTY, name="外县登记员"),
        Actor(kind=holder.kind, id=holder.id, party_id=holder.party_id, level=3),
        at,
        (algorithms or (Algorithm.P256,))[0],
    )


def row(certificate_id: uuid.UUID) -> Certificate:
    """A certificate as it stands in the database (证书现状)."""
    return Certificate.objects.get(pk=certificate_id)
