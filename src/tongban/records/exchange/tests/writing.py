"""Systems that write to each other in tests (测试收发方): registered, certified, signing with their own key as they would at home."""

import hashlib
import subprocess
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from tests import world as worlds

from tongban.base.actor import Actor, ActorKind
from tongban.base.pki import cms, keys
from tongban.base.pki.certificates import load_certificate
from tongban.base.pki.requests import build_request
from tongban.people.certificates import actions as certificates
from tongban.people.certificates.rules.profiles import Algorithm, Delivery, ProfileKind
from tongban.people.certificates.rules.registering import Holder, ProofKind
from tongban.people.certificates.tests import service as pki
from tongban.people.identity.rules import Role
from tongban.people.parties import queries as parties
from tongban.people.signon import actions as signon
from tongban.people.signon import queries as systems
from tongban.people.signon.rules.registration import Audience
from tongban.people.signon.tests.filling import Party, connected
from tongban.records.exchange import actions
from tongban.records.exchange.rules import Envelope, write

GRANTED = {
    "flow_system": "on",
    "right_messages_send": "把登记结果送给相关部门",
    "right_messages_receive": "接收相关部门送来的材料",
}
CONTENT = "不动产登记结果：准予登记。".encode()


@dataclass
class Writer:
    """A connected system with its organ's certificate: its key is its own."""

    party: Party
    actor: Actor
    organ_code: str
    key: keys.LocalKey
    certificate_id: uuid.UUID

    def certificate(self):
        return load_certificate(bytes(pki.row(self.certificate_id).certificate or b""))

    def envelope(self, to: "Writer | str", content: bytes = CONTENT, **changes: object) -> bytes:
        said = Envelope(
            sender=self.party.client_id,
            to_organ=to if isinstance(to, str) else "",
            to_system="" if isinstance(to, str) else to.party.client_id,
            media_type="text/plain",
            digest=hashlib.sha256(content).hexdigest(),
            size=len(content),
            purpose="办理抵押登记",
            key="2026-0001",
        )
        return write(replace(said, **changes))  # type: ignore[arg-type] # a test changes what it wants

    def sign(self, envelope: bytes, at) -> bytes:
        """A detached signature that binds the signer's certificate alone, as ``openssl cms -sign -cades`` makes it."""
        return cms.sign(envelope, self.key, [self.certificate()], at=at)

    def send(self, to: "Writer | str", content: bytes = CONTENT, *, at, **changes: object) -> actions.Sent:
        envelope = self.envelope(to, content, **changes)
        return actions.send(
            actor=self.actor, envelope=envelope, content=content, signature=self.sign(envelope, at), at=at
        )


def actor_of(party: Party, at) -> Actor:
    """The system as the API knows it, by a token with everything that it was granted."""
    view = systems.live(party.client_id, Audience.PUBLIC)
    assert view is not None
    scope = " ".join(sorted(right.value for right in view.kept.rights))
    issued = signon.system_token(view, bound="", scope=scope, at=at, api=settings.API_URL)
    found = systems.program_of_token(issued.access_token, resource=settings.API_URL, at=at)
    assert found is not None
    assert found.actor.kind is ActorKind.CONNECTED
    return found.actor


def certified(
    service: pki.Service,
    organ_id: uuid.UUID,
    algorithm: Algorithm,
    request: str,
    profile: ProfileKind,
    *,
    own: bool = True,
) -> uuid.UUID:
    """A certificate of an organ for a request of its own, registered, approved and issued; not ``own``: of somebody under its name."""
    organ = parties.organ(organ_id)
    code = organ.credit_code if profile is ProfileKind.SEAL else "exchange.example.gov.cn"
    holder = Holder(organ.name, code, organ_id=organ.id if own else None)
    found = service.approved(
        profile=profile,
        algorithm=algorithm,
        delivery=Delivery.REQUEST,
        holder=holder,
        document=ProofKind.AUTHORISATION,
        document_number="授权〔2026〕1号",
        request=request,
    )
    assert certificates.issue_requested(actor=pki.OPERATOR, certificate_id=found, at=service.at)
    return found


def writers(
    service: pki.Service, algorithm: Algorithm = Algorithm.P256, profile: ProfileKind = ProfileKind.SEAL
) -> tuple[Writer, Writer]:
    """A system of the organ, and one of the other organ."""
    world = service.world
    away = worlds._official("exchange_other", "外局系统员", world.other_organ_id, Role.EDITOR)
    elsewhere = replace(world, organ_id=world.other_organ_id, editor=away)
    found = []
    for owner, name in ((world, "不动产登记"), (elsewhere, "住房公积金")):
        party = connected(owner, **GRANTED, name=name)
        key = keys.generate(keys.Algorithm(algorithm.value))
        request = build_request([("CN", "随便写")], key).pem.decode()
        certificate_id = certified(service, owner.organ_id, algorithm, request, profile)
        code = parties.organ(owner.organ_id).credit_code
        found.append(Writer(party, actor_of(party, service.at), code, key, certificate_id))
    return found[0], found[1]


def openssl(*words: str | Path) -> bytes:
    """The system's own openssl, which must agree."""
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
