"""Sealing (签章): documents of an organ are signed with its seal's certificate, and carry what judges need years later.

The key of a seal lies where keys of authorities lie, in the folder or in the installation's token, and is found by its public half: the
certificate itself is registered and approved by two persons like every other (PKCS#10).
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.db import fetch_all
from tongban.base.errors import Conflict, Forbidden
from tongban.base.ids import new_id
from tongban.base.pki import keys, pem
from tongban.base.pki.certificates import Certificate as Made
from tongban.base.pki.certificates import load_certificate, new_serial
from tongban.base.pki.requests import build_request
from tongban.base.pki.timestamps import Stamper
from tongban.base.record import record
from tongban.base.signing import Proofs
from tongban.people.certificates.actions import authority_keys
from tongban.people.certificates.actions.publishing import answer_about, parent_of, stamper_of
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.moves import CERTIFICATE_STATE_LABELS, CertificateState
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind
from tongban.people.parties import queries as parties
from tongban.standards.text import msg

# Readers of PDF know ECDSA on P-256 (ISO 32000-2) and not SM2, so a seal on documents is never of the other algorithm (decision 0027).
ALGORITHM = Algorithm.P256
# A share of each row's lock: a revocation waits until what is being sealed is written, or what is to be sealed sees the revocation.
_HELD = """
    SELECT id, state, certificate, not_after, authority_id FROM certificate
    WHERE organ_id = %s AND profile = 'seal' AND algorithm = %s AND certificate IS NOT NULL AND not_before <= %s
    ORDER BY not_before DESC, id DESC FOR SHARE
"""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seal in use (用印签名者): a :class:`~tongban.base.signing.LastingSigner` for documents of one moment."""

    certificate_id: uuid.UUID
    chain: tuple[Made, ...]
    _proofs: Proofs = field(repr=False)
    _key: keys.PrivateKey = field(repr=False)
    _stamper: Stamper = field(repr=False)
    algorithm: str = "ecdsa-p256-sha256"

    @property
    def key_id(self) -> str:
        """Algorithm and the beginning of the public key's digest (密钥标识)."""
        return f"{self.algorithm}-{authority_keys.digest_of(self._key.public)}"

    def public_key_pem(self) -> str:
        """The public key (公钥) as PEM text."""
        return pem.armour("PUBLIC KEY", self._key.public.spki).decode()

    def certificates(self) -> tuple[bytes, ...]:
        """The chain (证书链), DER, the seal's own certificate first and the root last."""
        return tuple(one.der for one in self.chain)

    def sign(self, data: bytes) -> bytes:
        """Signature over ``data`` (签名)."""
        return self._key.sign(data)

    def time_stamp(self, request: bytes, at: datetime) -> bytes:
        """The answer of our time stamping authority (时间戳应答)."""
        return self._stamper.reply(request, at, new_serial())

    def proofs(self) -> Proofs:
        """Chains, and what was known of every certificate in them (验证材料)."""
        return self._proofs


def make_seal_key(*, actor: Actor, organ_id: uuid.UUID, at: datetime, in_token: bool = False) -> str:
    """Make the key of an organ's seal (生成印章密钥) and return the request for its certificate, PEM, for a registrar to register.

    By an operator's command only: whoever has the installation's keys in hand. ``in_token``: in the module, which never shows it.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("certificates.seal_key", msg("印章密钥只能由运维人员按操作手册生成。"))
    organ, issuer = parties.organ(organ_id), authorities.current(AuthorityKind.ISSUING, ALGORITHM)
    key: keys.PrivateKey
    with transaction.atomic():
        if in_token:
            label = f"{authority_keys.SEAL}{new_id().hex[-16:]}"
            place, key = authority_keys.make_in_token(label, keys.Algorithm(ALGORITHM.value))
        else:
            key = local = keys.generate(keys.Algorithm(ALGORITHM.value))
            place = authority_keys.keep(authority_keys.seal_name(key.public), local)
        data = {
            "organ": str(organ_id),
            "key": authority_keys.digest_of(key.public),
            "place": place.partition(":")[0],
        }
        record(
            stream=f"authority:{issuer.id}", act="certificates.make_seal_key", actor=actor, at=at, data=data
        )
    subject = [("C", "CN"), ("O", organ.name), ("CN", organ.name)]
    return build_request(subject, key).pem.decode()


def sealer(organ_id: uuid.UUID, *, at: datetime) -> Sealer | None:
    """Who seals documents of this organ at ``at`` (取用印签名者): its own seal, or that of the organ which seals for those that have none.

    None where neither has one whose key is kept here. Raises Conflict where there is one and it must not be used: put on hold, revoked or
    over; nothing else is taken in its place. Call it in the transaction that writes what is sealed.
    """
    found = _sealer_of(organ_id, at)
    if found is None and settings.SEAL_ORGAN:
        other = parties.organ_by_code(settings.SEAL_ORGAN)
        found = _sealer_of(other.id, at) if other is not None and other.id != organ_id else None
    return found


def _sealer_of(organ_id: uuid.UUID, at: datetime) -> Sealer | None:
    unfit: CertificateState | None = None
    for certificate_id, state, encoded, not_after, authority_id in fetch_all(
        _HELD, [organ_id, ALGORITHM.value, at]
    ):
        own = load_certificate(bytes(encoded))
        key = authority_keys.seal_key(own.public)
        if key is None:
            continue  # a seal whose key the organ keeps itself
        if state == CertificateState.ISSUED and at < not_after:
            return _ready(certificate_id, own, key, authority_id, at)
        unfit = unfit or (
            CertificateState.EXPIRED if state == CertificateState.ISSUED else CertificateState(state)
        )
    if unfit is None:
        return None
    raise Conflict(
        "certificates.seal_not_in_force",
        msg("机关印章证书现在的状态是“%(state)s”，不能用印。请先换发印章证书。"),
        {"state": CERTIFICATE_STATE_LABELS[unfit]},
    )


def _ready(
    certificate_id: uuid.UUID, own: Made, key: keys.PrivateKey, authority_id: uuid.UUID, at: datetime
) -> Sealer:
    issuer, stamping = authorities.authority(authority_id), authorities.current(AuthorityKind.TSA, ALGORITHM)
    by = stamper_of(stamping)
    above = issuer if stamping.parent_id == issuer.id else authorities.authority(parent_of(stamping))
    chain = (own, *authorities.chain_of(issuer))
    if any(at > one.not_after for one in (*chain, *by.chain)):
        raise Conflict(
            "certificates.authority_over", msg("签发机构或者时间戳服务的证书已经到期，请按操作手册更换。")
        )
    involved = {one.der: None for one in (*chain, *by.chain)}
    answers = answer_about(own, issuer, at), answer_about(by.chain[0], above, at)
    roots = {one.parent_id for one in (issuer, above) if one.parent_id is not None}
    lists = [authorities.list_at(one, at) or authorities.latest_list(one) for one in roots]
    proofs = Proofs(tuple(involved), answers, tuple(one.der for one in lists if one is not None))
    return Sealer(certificate_id, chain, proofs, key, by)
