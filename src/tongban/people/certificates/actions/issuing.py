"""Issuing (签发): by the issuing authority of the algorithm, to who was approved; renewing and replacing what was issued."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from tongban.base.actor import Actor, system
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_with
from tongban.base.pki import keys
from tongban.base.pki.certificates import Certificate as Made
from tongban.base.pki.certificates import build_certificate, new_serial
from tongban.base.pki.names import build_name
from tongban.base.pki.pkcs12 import build_pkcs12
from tongban.base.pki.profiles import Profile
from tongban.base.pki.requests import load_request
from tongban.base.record import record
from tongban.people.certificates.access import is_holder
from tongban.people.certificates.actions import authority_keys, kept_keys
from tongban.people.certificates.actions.ending import supersede
from tongban.people.certificates.actions.moving import MENDED, move, reason_of, stream_of
from tongban.people.certificates.models import Certificate, KeptKey
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.queries.authorities import AuthorityView
from tongban.people.certificates.rules.moves import LIVE, CertificateState, CertificateVerb
from tongban.people.certificates.rules.pins import pin_problem
from tongban.people.certificates.rules.profiles import (
    PROFILES,
    Algorithm,
    AuthorityKind,
    Delivery,
    HolderKind,
    ProfileKind,
)
from tongban.people.certificates.rules.registering import renewal_problem
from tongban.standards.text import msg

V = CertificateVerb
_PASSPHRASE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # noqa: S105 -- the letters that passphrases are made of, none mistaken for another
_GROUPS = 5  # of four letters: 100 bits


@dataclass(frozen=True, slots=True)
class Issued:
    """What issuing gave (签发结果). ``passphrase``: of the PKCS#12 file, told this once and kept nowhere."""

    certificate_id: uuid.UUID
    passphrase: str = ""


def issue(
    *,
    actor: Actor,
    certificate_id: uuid.UUID,
    at: datetime,
    pin: str = "",
    again: str | None = None,
    version: int | None = None,
    key: str | None = None,
) -> Issued:
    """Issue an approved certificate (签发) to who fetches it: its key under her PIN, in a file, or her own request answered.

    ``again``: the PIN typed a second time, where a person typed it. What it follows is superseded in the same transaction.
    """
    passphrase = "-".join("".join(secrets.choice(_PASSPHRASE) for _ in range(4)) for _ in range(_GROUPS))
    told: list[str] = []

    def write(row: Certificate) -> dict[str, object]:
        delivery = Delivery(row.delivery)
        private: keys.LocalKey | None = None
        if delivery is Delivery.KEPT:
            _check_pin(actor, row, pin, again)
        if delivery is not Delivery.REQUEST:
            private = keys.generate(keys.Algorithm(row.algorithm))
        issuer = authorities.current(AuthorityKind.ISSUING, Algorithm(row.algorithm))
        made = certify(row, issuer, private, at)
        if private is not None and delivery is Delivery.KEPT:
            salt, sealed = kept_keys.seal(row.id, private, pin)
            KeptKey.objects.create(certificate_id=row.id, salt=salt, sealed=sealed)
        elif private is not None:
            chain = authorities.chain_of(issuer)
            row.parcel = build_pkcs12(private, (made, *chain), passphrase, row.name)
            told.append(passphrase)
        if row.predecessor_id is not None:
            _supersede(row.predecessor_id, row.id, at)
        return {"authority": issuer.slug, "serial": row.serial, "fingerprint": row.fingerprint}

    move(
        actor=actor,
        certificate_id=certificate_id,
        verb=V.ISSUE,
        at=at,
        write=write,
        version=version,
        key=key,
    )
    return Issued(certificate_id, "".join(told))


def issue_requested(*, actor: Actor, certificate_id: uuid.UUID, at: datetime) -> bool:
    """Answer the request of an approved registration that brought one (按请求签发); whether there was anything to do."""
    waits = Certificate.objects.filter(
        pk=certificate_id, state=CertificateState.APPROVED.value, delivery=Delivery.REQUEST.value
    )
    if not waits.exists():
        return False
    issue(actor=actor, certificate_id=certificate_id, at=at)
    return True


def _check_pin(actor: Actor, row: Certificate, pin: str, again: str | None) -> None:
    """Only the holder herself chooses the PIN: nobody else ever knows it."""
    if not is_holder(actor, row.party_id, row.account_id):
        raise Forbidden("certificates.pin_own", msg("要持有人本人登录，自己设置证书口令。"))
    problem = pin_problem(pin)
    if problem is not None:
        raise Invalid("certificates.pin", MENDED, fields={"pin": [problem]})
    if again is not None and again != pin:
        raise Invalid("certificates.pin_again", MENDED, fields={"again": [msg("两次输入的不一样。")]})


def certify(row: Certificate, issuer: AuthorityView, private: keys.LocalKey | None, at: datetime) -> Made:
    """The certificate of this registration (制证), written into the row: for ``private``, or for the key of its request."""
    profile = ProfileKind(row.profile)
    public = load_request(bytes(row.request or b"")).public if private is None else private.public
    made = build_certificate(
        _profile(profile, issuer.slug),
        subject=_subject(row, profile),
        public=public,
        issuer=issuer.certificate,
        issuer_key=authority_keys.key_of(issuer.key),
        serial=new_serial(),
        not_before=at,
        alternative_names=_alternative_names(row, profile),
    )
    row.authority_id, row.certificate = issuer.id, made.der
    row.serial, row.fingerprint = f"{made.serial:x}", made.fingerprint
    row.not_before, row.not_after = made.not_before, made.not_after
    return made


def _profile(kind: ProfileKind, issuer: str) -> Profile:
    """The technical profile (证书模板), with the addresses of its issuer."""
    terms = PROFILES[kind]
    return Profile(
        name=kind.value,
        days=terms.validity.days,
        key_usage=frozenset(terms.usages),
        purposes=terms.purposes,
        crl_address=authorities.crl_address(issuer),
        ocsp_address=authorities.ocsp_address(issuer),
        issuer_address=authorities.certificate_address(issuer),
    )


def _subject(row: Certificate, kind: ProfileKind) -> bytes:
    """Whose it is (主体), as 电子签名法 article 21 demands; no number of an identity document stands in it."""
    country = ("C", "CN")
    if kind is ProfileKind.PERSON:
        return build_name([country, ("CN", row.name), ("UID", str(row.party_id))])
    if kind is ProfileKind.OFFICIAL:
        organ = row.organ.name if row.organ else ""
        return build_name([country, ("O", organ), ("CN", row.name), ("UID", str(row.account_id))])
    if kind is ProfileKind.SERVER:
        return build_name([country, ("O", row.name), ("CN", row.code[:64])])
    # ETSI EN 319 412-1 section 5.1.4: national trade register, country, number.
    return build_name(
        [country, ("O", row.name), ("CN", row.name), ("organizationIdentifier", f"NTRCN-{row.code}")]
    )


def _alternative_names(row: Certificate, kind: ProfileKind) -> tuple[str, ...]:
    if PROFILES[kind].holder is HolderKind.BODY:
        return (row.code,) if kind is ProfileKind.SERVER else ()
    return (f"urn:uuid:{row.party_id or row.account_id}",)


def _supersede(former: uuid.UUID, certificate_id: uuid.UUID, at: datetime) -> None:
    """What the new certificate follows ends with its issuing (取代前证)."""
    state = CertificateState(Certificate.objects.values_list("state", flat=True).get(pk=former))
    if state in LIVE:
        supersede(actor=_SYSTEM, certificate_id=former, successor_id=certificate_id, at=at)


_SYSTEM = system("certificates.supersede")


def take(*, actor: Actor, certificate_id: uuid.UUID, at: datetime, key: str | None = None) -> bytes:
    """Hand the PKCS#12 file out (下载证书文件), once: afterwards it is nowhere but with its holder."""
    content: list[bytes] = []

    def write(row: Certificate) -> dict[str, object]:
        if row.parcel is None:
            raise Conflict(
                "certificates.taken", msg("证书文件已经下载过了，平台没有留底。文件丢了请申请换发。")
            )
        content.append(bytes(row.parcel))
        row.parcel = None
        return {}

    move(actor=actor, certificate_id=certificate_id, verb=V.TAKE, at=at, write=write, key=key)
    if not content:
        raise Conflict("certificates.taken", msg("证书文件已经下载过了，平台没有留底。文件丢了请申请换发。"))
    return content[0]


def renew(
    *,
    actor: Actor,
    certificate_id: uuid.UUID,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> uuid.UUID:
    """Renew a certificate that ends soon (续期): a new one, approved as the old one was, waits to be fetched; returns its id.

    Who was proven once and has not lost her key is not proven again.
    """

    def write(row: Certificate) -> Certificate:
        problem = msg("证书还没有签发。") if row.not_after is None else renewal_problem(row.not_after, at)
        if problem is not None:
            raise Conflict("certificates.renewal", problem)
        successor = _successor(row, at)
        successor.state, successor.registered_by = CertificateState.APPROVED.value, row.registered_by
        successor.approved_by, successor.approved_at = row.approved_by, at
        return successor

    return _follow(actor, certificate_id, V.RENEW, write, at, version, key)


def replace(
    *,
    actor: Actor,
    certificate_id: uuid.UUID,
    because: str,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> uuid.UUID:
    """Replace a certificate (换发): a new registration of the same holder, approved anew; returns its id."""

    def write(row: Certificate) -> Certificate:
        successor = _successor(row, at)
        successor.registered_by = actor.id
        return successor

    return _follow(actor, certificate_id, V.REPLACE, write, at, version, key, reason_of(because))


def _successor(row: Certificate, at: datetime) -> Certificate:
    """A new registration after an old one (后继登记), with the same holder, terms and proof."""
    return Certificate(
        id=new_id(),
        profile=row.profile,
        algorithm=row.algorithm,
        delivery=row.delivery,
        party_id=row.party_id,
        organ_id=row.organ_id,
        account_id=row.account_id,
        name=row.name,
        code=row.code,
        office_id=row.office_id,
        place=row.place,
        proof=bytes(row.proof),
        request=row.request,
        predecessor_id=row.id,
        registered_at=at,
    )


def _follow(
    actor: Actor,
    certificate_id: uuid.UUID,
    verb: V,
    make: Callable[[Certificate], Certificate],
    at: datetime,
    version: int | None,
    key: str | None,
    because: str = "",
) -> uuid.UUID:
    made: list[uuid.UUID] = []

    def write(row: Certificate) -> dict[str, object]:
        waiting = [CertificateState.REQUESTED.value, CertificateState.APPROVED.value]
        if Certificate.objects.filter(predecessor_id=row.id, state__in=waiting).exists():
            raise Conflict("certificates.followed", msg("已经有一张新证书在等待审核或者领取。"))
        successor = make(row)
        successor.save(force_insert=True)
        made.append(successor.id)
        told = {"certificate": str(successor.id), "predecessor": str(row.id), "by": verb.value}
        record(
            stream=stream_of(successor.id),
            act="certificates.follow",
            actor=actor,
            at=at,
            data=told,
            event={"certificate_id": str(successor.id)},
        )
        said: dict[str, object] = {"successor": str(successor.id)}
        return said | ({"because": because} if because else {})

    try:
        moved = move(
            actor=actor,
            certificate_id=certificate_id,
            verb=verb,
            at=at,
            write=write,
            version=version,
            key=key,
        )
    except IntegrityError as error:
        if "certificate_asked_once" in str(error) or "certificate_one_successor" in str(error):
            raise Conflict(
                "certificates.asked_once", msg("已经有一份同样的申请在等待审核，不用再提交。")
            ) from error
        raise
    if moved:
        return made[0]
    done = done_with(actor, key or "")
    return uuid.UUID(str(done[1].data["successor"])) if done is not None else certificate_id
