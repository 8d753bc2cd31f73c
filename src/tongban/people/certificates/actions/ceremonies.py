"""Ceremonies (密钥仪式): how an authority comes to be. Called by an operator's command only, before witnesses.

Source: RFC 3647 section 6.1 (key pair generation), CA/Browser Forum baseline 6.1.1; docs/operations/certificates.md is the script.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Conflict, Forbidden, NotFound
from tongban.base.ids import new_id
from tongban.base.pki import keys
from tongban.base.pki.certificates import Certificate as Made
from tongban.base.pki.certificates import build_certificate, build_root, new_serial
from tongban.base.pki.names import build_name
from tongban.base.pki.profiles import Profile
from tongban.base.record import record
from tongban.people.certificates.actions import authority_keys
from tongban.people.certificates.actions.publishing import publish_list
from tongban.people.certificates.models import Authority
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.queries.authorities import AuthorityView
from tongban.people.certificates.rules.moves import RevocationReason
from tongban.people.certificates.rules.profiles import (
    AUTHORITY_VALIDITY,
    PARENT_OF,
    Algorithm,
    AuthorityKind,
)
from tongban.standards.text import msg

_USAGES = {
    AuthorityKind.ROOT: frozenset({"key_cert_sign", "crl_sign"}),
    AuthorityKind.ISSUING: frozenset({"key_cert_sign", "crl_sign"}),
    AuthorityKind.OCSP: frozenset({"digital_signature"}),
    AuthorityKind.TSA: frozenset({"digital_signature", "content_commitment"}),
}
_PURPOSES = {AuthorityKind.OCSP: ("ocsp_signing",), AuthorityKind.TSA: ("time_stamping",)}


@transaction.atomic
def hold_ceremony(
    *,
    actor: Actor,
    kind: AuthorityKind,
    algorithm: Algorithm,
    name: str,
    organisation: str,
    at: datetime,
    witnesses: Sequence[str] = (),
    demonstration: bool = False,
    in_token: bool = False,
) -> AuthorityView:
    """Make an authority (建立认证机构): its key, its certificate, its first list. One of its kind that is at work retires.

    ``in_token``: its key is made in the installation's token and never leaves it; otherwise it is kept in the folder. The key of its parent must be at hand. A retired authority issues nothing more; its lists and answers go on.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("certificates.ceremony", msg("认证机构只能由运维人员按操作手册建立。"))
    parent = authorities.current(PARENT_OF[kind], algorithm) if kind in PARENT_OF else None
    former = Authority.objects.filter(kind=kind.value, algorithm=algorithm.value)
    slug = f"{kind.value}-{algorithm.value}-{former.count() + 1}"
    former.filter(retired_at=None).update(retired_at=at)
    made_id = new_id()
    key_name = f"{slug}-{made_id.hex[-8:]}"
    key: keys.PrivateKey
    if in_token:
        key_place, key = authority_keys.make_in_token(key_name, keys.Algorithm(algorithm.value))
    else:
        local = keys.generate(keys.Algorithm(algorithm.value))
        key_place, key = authority_keys.keep(key_name, local), local
    certificate = _certified(kind, key, parent, name, organisation, at)
    row = Authority(
        id=made_id,
        slug=slug,
        kind=kind.value,
        algorithm=algorithm.value,
        name=name,
        parent_id=None if parent is None else parent.id,
        certificate=certificate.der,
        fingerprint=certificate.fingerprint,
        key=key_place,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        demonstration=demonstration,
        made_at=at,
    )
    row.save(force_insert=True)
    data = {
        "slug": slug,
        "kind": kind.value,
        "algorithm": algorithm.value,
        "fingerprint": certificate.fingerprint,
        "key": key_place.partition(":")[0],
        "witnesses": list(witnesses),
        "demonstration": demonstration,
    }
    record(stream=f"authority:{made_id}", act="certificates.ceremony", actor=actor, at=at, data=data)
    if kind in (AuthorityKind.ROOT, AuthorityKind.ISSUING):
        publish_list(actor=actor, authority_id=made_id, at=at)
    return authorities.authority(made_id)


@transaction.atomic
def revoke_authority(
    *,
    actor: Actor,
    slug: str,
    reason: RevocationReason,
    at: datetime,
    witnesses: Sequence[str] = (),
) -> None:
    """Revoke an authority (吊销认证机构) for good, before witnesses: it retires, and the list and the answers of who certified it say so.

    The key of its parent must be at hand, for the list. A root stands above every list: its end is told where its fingerprint was.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("certificates.ceremony", msg("认证机构只能由运维人员按操作手册吊销。"))
    row = Authority.objects.select_for_update().filter(slug=slug).first()
    if row is None:
        raise NotFound("certificates.authority", msg("没有这个认证机构。"))
    if row.parent_id is None:
        raise Conflict("certificates.root_revoked", msg("根认证机构不能列入撤销列表，请公告停用它的指纹。"))
    if row.revoked_at is not None:
        raise Conflict("certificates.authority_revoked", msg("这个认证机构已经吊销。"))
    row.revoked_at, row.revoked_because = at, reason.value
    row.retired_at = row.retired_at or at
    row.save(update_fields=["revoked_at", "revoked_because", "retired_at"])
    data = {"slug": slug, "reason": reason.value, "witnesses": list(witnesses)}
    record(stream=f"authority:{row.id}", act="certificates.revoke_authority", actor=actor, at=at, data=data)
    publish_list(actor=actor, authority_id=row.parent_id, at=at)


def _certified(
    kind: AuthorityKind,
    key: keys.PrivateKey,
    parent: AuthorityView | None,
    name: str,
    organisation: str,
    at: datetime,
) -> Made:
    subject = build_name([("C", "CN"), ("O", organisation), ("CN", name)])
    is_ca = kind in (AuthorityKind.ROOT, AuthorityKind.ISSUING)
    profile = Profile(
        name=kind.value,
        days=AUTHORITY_VALIDITY[kind].days,
        key_usage=_USAGES[kind],
        purposes=_PURPOSES.get(kind, ()),
        critical_purposes=kind is AuthorityKind.TSA,
        ca=is_ca,
        path_length={AuthorityKind.ROOT: 1, AuthorityKind.ISSUING: 0}.get(kind),
        crl_address=None if parent is None else authorities.crl_address(parent.slug),
        # Of a stamper verifiers ask; a responder's own certificate is not asked about, and a root answers by its list alone.
        ocsp_address=authorities.ocsp_address(parent.slug)
        if parent is not None and kind is AuthorityKind.TSA
        else None,
        issuer_address=None if parent is None else authorities.certificate_address(parent.slug),
        no_check=kind is AuthorityKind.OCSP,
    )
    if parent is None:
        return build_root(profile, subject=subject, key=key, serial=new_serial(), not_before=at)
    return build_certificate(
        profile,
        subject=subject,
        public=key.public,
        issuer=parent.certificate,
        issuer_key=authority_keys.key_of(parent.key),
        serial=new_serial(),
        not_before=at,
    )


def hierarchy(
    *, actor: Actor, algorithm: Algorithm, organisation: str, at: datetime, demonstration: bool
) -> int:
    """All four authorities of an algorithm that are missing (整套认证机构), in one go; returns how many were made."""
    made = 0
    for kind, name in (
        (AuthorityKind.ROOT, "根认证机构"),
        (AuthorityKind.ISSUING, "签发机构"),
        (AuthorityKind.OCSP, "证书状态应答"),
        (AuthorityKind.TSA, "时间戳服务"),
    ):
        if authorities.has(kind, algorithm):
            continue
        suffix = "（国密）" if algorithm is Algorithm.SM2 else ""
        hold_ceremony(
            actor=actor,
            kind=kind,
            algorithm=algorithm,
            name=f"{organisation}{name}{suffix}",
            organisation=organisation,
            at=at,
            demonstration=demonstration,
        )
        made += 1
    return made
