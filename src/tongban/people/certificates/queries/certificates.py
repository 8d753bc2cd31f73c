"""Reads of certificates (证书查询)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.base.ledger.queries import Act, acts_of
from tongban.people.certificates.access import REGISTRAR, is_holder, may, visible_to
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.queries.proofs import proof
from tongban.people.certificates.rules.moves import (
    EXPIRING_WITHIN,
    LIVE,
    CertificateState,
    CertificateVerb,
    RevocationReason,
    verbs_from,
)
from tongban.people.certificates.rules.profiles import Algorithm, Delivery, ProfileKind
from tongban.people.certificates.rules.registering import Proof, renewal_problem
from tongban.standards.text import msg

PAGE = 50


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate as its holder and a registrar see it (证书视图). ``hindrances``: why a verb cannot be used now, by verb."""

    id: uuid.UUID
    profile: ProfileKind
    algorithm: Algorithm
    delivery: Delivery
    name: str
    code: str
    organ_name: str
    office_name: str
    state: CertificateState
    version: int
    registered_at: datetime
    approved_at: datetime | None
    serial: str
    fingerprint: str
    issuer: str
    not_before: datetime | None
    not_after: datetime | None
    suspended_at: datetime | None
    ended_at: datetime | None
    ended_because: RevocationReason | None
    predecessor_id: uuid.UUID | None
    has_parcel: bool
    told_at: datetime | None
    own: bool = False
    verbs: tuple[CertificateVerb, ...] = ()
    hindrances: dict[CertificateVerb, str] = field(default_factory=dict)
    account_id: uuid.UUID | None = None  # of the official, or of whom a legal person's was handed to


def _view(row: Certificate, actor: Actor | None = None, at: datetime | None = None) -> CertificateView:
    own = actor is not None and is_holder(actor, row.party_id, row.account_id)
    verbs: list[CertificateVerb] = []
    hindrances: dict[CertificateVerb, str] = {}
    if actor is not None and at is not None:
        verbs, hindrances = _verbs(row, actor, own, at)
    return CertificateView(
        id=row.id,
        profile=ProfileKind(row.profile),
        algorithm=Algorithm(row.algorithm),
        delivery=Delivery(row.delivery),
        name=row.name,
        code=row.code,
        organ_name=row.organ.name if row.organ else "",
        office_name=row.office.name if row.office else "",
        state=CertificateState(row.state),
        version=row.version,
        registered_at=row.registered_at,
        approved_at=row.approved_at,
        serial=row.serial,
        fingerprint=row.fingerprint or "",
        issuer=row.authority.name if row.authority else "",
        not_before=row.not_before,
        not_after=row.not_after,
        suspended_at=row.suspended_at,
        ended_at=row.ended_at,
        ended_because=RevocationReason(row.ended_because) if row.ended_because else None,
        predecessor_id=row.predecessor_id,
        has_parcel=row.parcel is not None,
        told_at=row.told_at,
        own=own,
        verbs=tuple(verbs),
        hindrances=hindrances,
        account_id=row.account_id,
    )


def _verbs(
    row: Certificate, actor: Actor, own: bool, at: datetime
) -> tuple[list[CertificateVerb], dict[CertificateVerb, str]]:
    """What the actor may do with it now, and why not what she otherwise might (可办动作)."""
    verbs: list[CertificateVerb] = []
    hindrances: dict[CertificateVerb, str] = {}
    involved = [one for one in (row.registered_by, row.account_id) if one is not None]
    for found in verbs_from(CertificateState(row.state)):
        allowed, reason = may(actor, found, holds=own, place=row.place, involved=involved)
        if allowed and found.verb is CertificateVerb.TAKE and row.parcel is None:
            continue
        if allowed and found.verb is CertificateVerb.RENEW and row.not_after is not None:
            problem = renewal_problem(row.not_after, at)
            if problem is not None:
                hindrances[found.verb] = problem
                continue
        if allowed and found.verb is CertificateVerb.ISSUE and row.delivery == Delivery.KEPT and not own:
            hindrances[found.verb] = msg("要持有人本人登录，自己设置证书口令。")
            continue
        if allowed:
            verbs.append(found.verb)
        elif found.verb in (CertificateVerb.APPROVE, CertificateVerb.REFUSE) and actor.areas_as(REGISTRAR):
            hindrances[found.verb] = reason
    return verbs, hindrances


def one(actor: Actor, certificate_id: uuid.UUID, *, at: datetime) -> CertificateView:
    """One certificate (取证书), with what the actor may do with it; NotFound where it is not for her."""
    return _view(_row(actor, certificate_id), actor, at)


def _row(actor: Actor, certificate_id: uuid.UUID) -> Certificate:
    rows = Certificate.objects.filter(visible_to(actor), pk=certificate_id)
    found = rows.select_related("organ", "office", "authority").first()
    if found is None:
        raise NotFound("certificates.visible", msg("没有找到这张证书，或者您不能查看它。"))
    return found


def proof_of(actor: Actor, certificate_id: uuid.UUID) -> Proof:
    """How the holder's identity was proven (身份证明), for whom may see the certificate."""
    return proof(_row(actor, certificate_id))


def history(actor: Actor, certificate_id: uuid.UUID) -> list[Act]:
    """Every act on a certificate (证书经过), oldest first, for whom may see it."""
    return acts_of(f"certificate:{_row(actor, certificate_id).id}")


def file_of(actor: Actor, certificate_id: uuid.UUID) -> bytes | None:
    """The certificate itself (证书文件), DER; None before it is issued."""
    content = _row(actor, certificate_id).certificate
    return None if content is None else bytes(content)


def mine(actor: Actor, *, at: datetime) -> list[CertificateView]:
    """The actor's own certificates (我的证书), newest first."""
    own = Q(pk__in=[])
    if actor.party_id is not None and actor.mandate_id is None:
        own |= Q(party_id=actor.party_id)
    if actor.id is not None:
        own |= Q(account_id=actor.id)
    rows = Certificate.objects.filter(own).select_related("organ", "office", "authority")
    return [_view(row, actor, at) for row in rows.order_by("-id")[:200]]


def listed(
    actor: Actor,
    *,
    states: Iterable[CertificateState] = (),
    profile: ProfileKind | None = None,
    name: str = "",
    expiring_at: datetime | None = None,
    before: uuid.UUID | None = None,
    limit: int = PAGE,
) -> list[CertificateView]:
    """What a registrar has before her (登记工作列表), newest first; ``expiring_at``: only those that end soon, soonest first."""
    reached = Q(pk__in=[])
    for area in actor.areas_as(REGISTRAR):
        reached |= Q(place__startswith=area)
    rows = Certificate.objects.filter(reached).select_related("organ", "office", "authority")
    wanted = [state.value for state in states]
    if wanted:
        rows = rows.filter(state__in=wanted)
    if profile is not None:
        rows = rows.filter(profile=profile.value)
    if name:
        rows = rows.filter(name__startswith=name)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if expiring_at is not None:
        live = [state.value for state in LIVE]
        rows = rows.filter(state__in=live, not_after__lte=expiring_at + EXPIRING_WITHIN).order_by("not_after")
    else:
        rows = rows.order_by("-id")
    return [_view(row) for row in rows[:limit]]


def waiting(actor: Actor) -> int:
    """How many registrations wait for a registrar (待审核数)."""
    reached = Q(pk__in=[])
    for area in actor.areas_as(REGISTRAR):
        reached |= Q(place__startswith=area)
    return Certificate.objects.filter(reached, state=CertificateState.REQUESTED.value).count()


def active_of(
    *, account_id: uuid.UUID | None = None, party_id: uuid.UUID | None = None, at: datetime
) -> list[CertificateView]:
    """The certificates with which this account or this person signs in the browser (可用的托管证书): issued, in force, kept; newest first."""
    who = Q(account_id=account_id) if account_id is not None else Q(party_id=party_id)
    if account_id is None and party_id is None:
        return []
    rows = Certificate.objects.filter(
        who,
        state=CertificateState.ISSUED.value,
        delivery=Delivery.KEPT.value,
        not_before__lte=at,
        not_after__gt=at,
        kept_key__isnull=False,
    )
    return [_view(row) for row in rows.select_related("organ", "office", "authority").order_by("-id")]


@dataclass(frozen=True, slots=True)
class HolderView:
    """Whose a certificate is (证书持有人), for who lets its holder in."""

    certificate_id: uuid.UUID
    profile: ProfileKind
    state: CertificateState
    party_id: uuid.UUID | None
    account_id: uuid.UUID | None
    not_before: datetime
    not_after: datetime
    certificate: bytes
    code: str = ""


@dataclass(frozen=True, slots=True)
class EndingView:
    """A certificate whose holder is told that it ends soon (到期提醒)."""

    profile: ProfileKind
    name: str
    party_id: uuid.UUID | None
    account_id: uuid.UUID | None
    not_after: datetime
    told_at: datetime


def ending(certificate_id: uuid.UUID) -> EndingView | None:
    """A certificate that was told to end soon and is still good (快到期的证书), or None: for whoever tells its holder."""
    row = Certificate.objects.filter(pk=certificate_id, state=CertificateState.ISSUED.value).first()
    if row is None or row.told_at is None or row.not_after is None:
        return None
    return EndingView(
        ProfileKind(row.profile), row.name, row.party_id, row.account_id, row.not_after, row.told_at
    )


def holder_by_fingerprint(fingerprint: str) -> HolderView | None:
    """Whose the certificate with this SHA-256 fingerprint is (按指纹查持有人), or None where it is none of ours."""
    row = Certificate.objects.filter(fingerprint=fingerprint).first()
    if row is None or row.not_before is None or row.not_after is None or row.certificate is None:
        return None
    return HolderView(
        row.id,
        ProfileKind(row.profile),
        CertificateState(row.state),
        row.party_id,
        row.account_id,
        row.not_before,
        row.not_after,
        bytes(row.certificate),
        row.code,
    )
