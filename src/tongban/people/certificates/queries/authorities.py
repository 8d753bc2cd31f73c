"""Reads of authorities (认证机构查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from tongban.base.errors import Conflict, NotFound
from tongban.base.pki.certificates import Certificate as Made
from tongban.base.pki.certificates import load_certificate
from tongban.people.certificates.models import Authority, Certificate, RevocationList
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class AuthorityView:
    """An authority (认证机构视图): public but for ``key``, which says where its private key is kept."""

    id: uuid.UUID
    slug: str
    kind: AuthorityKind
    algorithm: Algorithm
    name: str
    parent_id: uuid.UUID | None
    certificate: Made
    key: str
    demonstration: bool
    made_at: datetime
    retired_at: datetime | None
    revoked_at: datetime | None


def _view(row: Authority) -> AuthorityView:
    return AuthorityView(
        row.id,
        row.slug,
        AuthorityKind(row.kind),
        Algorithm(row.algorithm),
        row.name,
        row.parent_id,
        load_certificate(bytes(row.certificate)),
        row.key,
        row.demonstration,
        row.made_at,
        row.retired_at,
        row.revoked_at,
    )


def authorities() -> list[AuthorityView]:
    """All authorities (全部认证机构), present and former, oldest first: public."""
    return [_view(row) for row in Authority.objects.order_by("made_at", "id")]


def current(kind: AuthorityKind, algorithm: Algorithm) -> AuthorityView:
    """The authority of this kind at work (现用认证机构); Conflict where none was made yet."""
    found = Authority.objects.filter(kind=kind.value, algorithm=algorithm.value, retired_at=None).first()
    if found is None:
        raise Conflict("certificates.no_authority", msg("证书服务还没有建立，请先按操作手册建立认证机构。"))
    return _view(found)


def has(kind: AuthorityKind, algorithm: Algorithm) -> bool:
    """Whether an authority of this kind is at work (是否已建立)."""
    return Authority.objects.filter(kind=kind.value, algorithm=algorithm.value, retired_at=None).exists()


def by_slug(slug: str) -> AuthorityView:
    """The authority of this name in addresses (按地址名取认证机构), present or former."""
    found = Authority.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound("certificates.authority", msg("没有这个认证机构。"))
    return _view(found)


def authority(authority_id: uuid.UUID) -> AuthorityView:
    """The authority of this id (按标识取认证机构)."""
    return _view(Authority.objects.get(pk=authority_id))


def made_of(row: Certificate) -> Made:
    """The certificate of a registration, read (读取已签发证书)."""
    return load_certificate(bytes(row.certificate or b""))


def chain_of(found: AuthorityView) -> tuple[Made, ...]:
    """The certificates from this authority up to its root (证书链), its own first."""
    chain = [found.certificate]
    while found.parent_id is not None:
        found = authority(found.parent_id)
        chain.append(found.certificate)
    return tuple(chain)


def roots() -> tuple[Made, ...]:
    """All roots that ever were (全部根证书): what is verified later is verified by the root of its time."""
    rows = Authority.objects.filter(kind=AuthorityKind.ROOT.value).order_by("made_at")
    return tuple(load_certificate(bytes(row.certificate)) for row in rows)


def intermediates() -> tuple[Made, ...]:
    """All certificates of authorities below the roots (全部中间证书), for the building of chains."""
    rows = Authority.objects.exclude(kind=AuthorityKind.ROOT.value).order_by("made_at")
    return tuple(load_certificate(bytes(row.certificate)) for row in rows)


def crl_address(slug: str) -> str:
    """Where the list of an authority is found (撤销列表地址)."""
    return f"{settings.API_URL}/pki/crl/{slug}.crl"


def ocsp_address(slug: str) -> str:
    """Where an authority's certificates are asked for (状态查询地址)."""
    return f"{settings.API_URL}/pki/ocsp/{slug}"


def certificate_address(slug: str) -> str:
    """Where an authority's own certificate is found (认证机构证书地址)."""
    return f"{settings.API_URL}/pki/{slug}.crt"


@dataclass(frozen=True, slots=True)
class ListView:
    """A published list (撤销列表视图)."""

    number: int
    der: bytes
    this_update: datetime
    next_update: datetime


def latest_list(authority_id: uuid.UUID) -> ListView | None:
    """The latest list of an authority (最新撤销列表), or None."""
    found = RevocationList.objects.filter(authority_id=authority_id).order_by("-number").first()
    return None if found is None else _list(found)


def list_at(authority_id: uuid.UUID, at: datetime) -> ListView | None:
    """The list that was the latest at a moment (某时的撤销列表), or None."""
    rows = RevocationList.objects.filter(authority_id=authority_id, this_update__lte=at)
    found = rows.order_by("-number").first()
    return None if found is None else _list(found)


def _list(found: RevocationList) -> ListView:
    return ListView(found.number, bytes(found.der), found.this_update, found.next_update)
