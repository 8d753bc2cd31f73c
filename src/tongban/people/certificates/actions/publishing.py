"""Publishing (发布): revocation lists, answers about a status, time stamps. What anybody may ask for, signed by our authorities."""

import uuid
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.base.pki import ocsp, timestamps
from tongban.base.pki.certificates import Certificate as Made
from tongban.base.pki.certificates import load_certificate, new_serial
from tongban.base.pki.revocation import Revoked, build_crl
from tongban.base.record import record
from tongban.people.certificates.actions import authority_keys
from tongban.people.certificates.models import Authority, Certificate, RevocationList
from tongban.people.certificates.queries import authorities, statuses
from tongban.people.certificates.queries.authorities import AuthorityView
from tongban.people.certificates.rules.moves import WITHDRAWN_FROM_USE
from tongban.people.certificates.rules.profiles import (
    ANSWER_LASTS,
    LIST_AGAIN_BEFORE,
    LIST_LASTS,
    ROOT_LIST_LASTS,
    STAMP_POLICY,
    Algorithm,
    AuthorityKind,
)
from tongban.standards.text import msg


@transaction.atomic
def publish_list(*, actor: Actor, authority_id: uuid.UUID, at: datetime) -> int:
    """Publish the next revocation list of an authority (发布撤销列表); returns its number. Two publishers wait for each other."""
    row = Authority.objects.select_for_update().get(pk=authority_id)
    found = authorities.authority(row.id)
    latest = authorities.latest_list(row.id)
    number = 1 if latest is None else latest.number + 1
    lasts = ROOT_LIST_LASTS if found.kind is AuthorityKind.ROOT else LIST_LASTS
    listed = [
        Revoked(int(serial, 16), *statuses.since(state, suspended_at, ended_at, because))
        for serial, state, suspended_at, ended_at, because in Certificate.objects.filter(
            authority_id=row.id,
            state__in=[state.value for state in WITHDRAWN_FROM_USE],
            not_after__gt=at,
        )
        .order_by("serial")
        .values_list("serial", "state", "suspended_at", "ended_at", "ended_because")
    ]
    listed += statuses.revoked_authorities(row.id, at)
    der = build_crl(
        found.certificate,
        authority_keys.key_of(found.key),
        number=number,
        this_update=at,
        next_update=at + lasts,
        revoked=listed,
    )
    RevocationList.objects.create(
        authority_id=row.id, number=number, der=der, this_update=at, next_update=at + lasts
    )
    data = {"number": number, "entries": len(listed)}
    record(stream=f"authority:{row.id}", act="certificates.publish_list", actor=actor, at=at, data=data)
    return number


def publish_lists_due(*, actor: Actor, at: datetime) -> int:
    """Publish anew what lapses soon (按时更新撤销列表), of all issuing authorities; returns how many. A root's waits for its ceremony."""
    due = 0
    for one in Authority.objects.filter(kind=AuthorityKind.ISSUING.value, not_after__gt=at):
        latest = authorities.latest_list(one.id)
        if latest is None or latest.next_update <= at + LIST_AGAIN_BEFORE:
            publish_list(actor=actor, authority_id=one.id, at=at)
            due += 1
    return due


def publish_list_for(*, actor: Actor, certificate_id: uuid.UUID, at: datetime) -> int | None:
    """Publish the list that a change of this certificate changes (因状态变化发布撤销列表), unless one later than the change is out."""
    row = Certificate.objects.filter(pk=certificate_id, authority__isnull=False).first()
    if row is None or row.authority_id is None:
        return None
    latest = authorities.latest_list(row.authority_id)
    listed = latest is not None and statuses.is_listed_rightly(row, latest.der)
    return None if listed else publish_list(actor=actor, authority_id=row.authority_id, at=at)


def answer(slug: str, encoded: bytes, *, at: datetime) -> bytes:
    """The answer to a question about a status (状态应答, RFC 6960), DER; kept from before where nothing changed, fresh for a nonce.

    Raises NotFound where no such authority issues certificates.
    """
    issuer_id, responder = responder_of(slug)
    return responder.reply(encoded, statuses.of(issuer_id), at)


def responder_of(slug: str) -> tuple[uuid.UUID, ocsp.Responder]:
    """The responder of an issuing authority (应答器), present or former, and that authority's id."""
    found = statuses.responder_row(slug)
    if found is None:
        raise NotFound("certificates.authority", msg("没有这个认证机构。"))
    issuer_id, issuer, responder, key = found
    return issuer_id, _responder(issuer, responder, key)


@lru_cache(maxsize=64)
def _responder(issuer: bytes, responder: bytes, key: str) -> ocsp.Responder:
    return ocsp.Responder(
        load_certificate(issuer),
        authority_keys.key_of(key),
        load_certificate(responder),
        lasts=ANSWER_LASTS,
    )


def stamp(encoded: bytes, *, at: datetime) -> bytes:
    """The answer to a request for a time stamp (时间戳应答, RFC 3161), DER. SM3 is stamped by the SM2 authority, where there is one."""
    try:
        wanted = Algorithm(timestamps.load_request(encoded).algorithm.value)
    except timestamps.Refused as refused:
        return timestamps.refusal(refused.failure)
    if not authorities.has(AuthorityKind.TSA, wanted):
        wanted = next((one for one in Algorithm if authorities.has(AuthorityKind.TSA, one)), wanted)
    return stamper(wanted).reply(encoded, at, new_serial())


def answer_about(certificate: Made, issuer: AuthorityView, at: datetime) -> bytes:
    """What its issuer says of a certificate at this moment (即时状态应答), signed afresh: kept beside a signature it must be of its time."""
    issuer_id, responder = responder_of(issuer.slug)
    status = statuses.of(issuer_id)(certificate.serial)
    return responder.answer([(ocsp.cert_id(certificate, issuer.certificate), status)], at)


def parent_of(found: AuthorityView) -> uuid.UUID:
    """The authority that certified this one (上级机构)."""
    if found.parent_id is None:
        raise ValueError("a root has nobody above it")
    return found.parent_id


def stamper(algorithm: Algorithm) -> timestamps.Stamper:
    """The time stamping authority at work (时间戳签发者)."""
    return stamper_of(authorities.current(AuthorityKind.TSA, algorithm))


def stamper_of(found: AuthorityView) -> timestamps.Stamper:
    """A time stamping authority, ready to stamp (时间戳签发者)."""
    return timestamps.Stamper(authority_keys.key_of(found.key), below_root(found), STAMP_POLICY)


def below_root(found: AuthorityView) -> tuple[Made, ...]:
    """The chain without its root (不含根的证书链), as signed messages carry it."""
    return authorities.chain_of(found)[:-1]
