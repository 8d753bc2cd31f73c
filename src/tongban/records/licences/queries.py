"""Reads of licences (证照查询)."""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from tongban.base.actor import Actor
from tongban.base.batches import batched
from tongban.base.files import queries as files
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import Finding
from tongban.people.parties import queries as parties
from tongban.records.licences.access import may_check, visible_to
from tongban.records.licences.models import Licence
from tongban.records.licences.rules import LicenceState, Standing, is_token, masked_name, standing
from tongban.standards import licence_id
from tongban.standards.canonical import digest


@dataclass(frozen=True, slots=True)
class LicenceView:
    """A licence as its holder sees it (证照视图)."""

    id: uuid.UUID
    identifier: str
    number: str
    token: str
    name: str
    holder_name: str
    issuer_name: str
    case_id: uuid.UUID
    facts: list[dict[str, str]]
    issued_at: datetime
    valid_from: date
    valid_to: date | None
    standing: Standing
    digest: str
    revoked_because: str


def _view(found: Licence, on: date) -> LicenceView:
    return LicenceView(
        id=found.id,
        identifier=found.identifier,
        number=found.number,
        token=found.token,
        name=found.name,
        holder_name=found.holder_name,
        issuer_name=found.issuer.name,
        case_id=found.case_id,
        facts=found.facts,
        issued_at=found.issued_at,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        standing=standing(LicenceState(found.state), found.valid_from, found.valid_to, on),
        digest=found.document_id,
        revoked_because=found.revoked_because,
    )


def mine(actor: Actor, *, on: date) -> list[LicenceView]:
    """The licences that ``actor`` may read whole (我的证照), newest first."""
    found = Licence.objects.filter(visible_to(actor)).select_related("issuer").order_by("-id")[:200]
    return [_view(licence, on) for licence in found]


def one(actor: Actor, licence_id: uuid.UUID, *, on: date) -> LicenceView | None:
    """One licence that ``actor`` may read whole (取证照), or None."""
    found = Licence.objects.filter(visible_to(actor), pk=licence_id).select_related("issuer").first()
    return None if found is None else _view(found, on)


def of_case(actor: Actor, case_id: uuid.UUID, *, on: date) -> LicenceView | None:
    """The licence that came of a case (办件的证照), where ``actor`` may read it; or None."""
    found = Licence.objects.filter(visible_to(actor), case_id=case_id).select_related("issuer").first()
    return None if found is None else _view(found, on)


def of_cases(case_ids: Collection[uuid.UUID], *, on: date) -> dict[uuid.UUID, LicenceView]:
    """The licences that came of some cases (多件办件的证照), by case. One statement. The caller shows only what is public."""
    found = Licence.objects.filter(case_id__in=case_ids).select_related("issuer")
    return {licence.case_id: _view(licence, on) for licence in found}


@dataclass(frozen=True, slots=True)
class Verification:
    """What anybody with the code is told (核验结果): enough to compare with the paper, the holder's name masked."""

    identifier: str
    number: str
    name: str
    holder_name: str
    issuer_name: str
    valid_from: date
    valid_to: date | None
    standing: Standing
    digest: str
    issued_at: datetime
    revoked_at: datetime | None


def verify(token: str, *, on: date) -> Verification | None:
    """Answer a scanned code (扫码核验), or None where there is no such licence."""
    found = Licence.objects.filter(token=token).select_related("issuer").first() if is_token(token) else None
    if found is None:
        return None
    return Verification(
        identifier=found.identifier,
        number=found.number,
        name=found.name,
        holder_name=masked_name(found.holder_name),
        issuer_name=found.issuer.name,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        standing=standing(LicenceState(found.state), found.valid_from, found.valid_to, on),
        digest=found.document_id,
        issued_at=found.issued_at,
        revoked_at=found.revoked_at,
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """What a connected system is told of a licence (系统核验结果): what it cannot know already, and nobody's name."""

    id: uuid.UUID
    identifier: str
    name: str
    issuer_name: str
    valid_from: date
    valid_to: date | None
    standing: Standing
    digest: str


def check(actor: Actor, identifier: str, holder_number: str, *, on: date) -> Checked | None:
    """Whether this holder has this licence (系统核验), or None: no such licence, somebody else's, or no right to ask; not told apart."""
    holder = parties.by_number(holder_number) if may_check(actor) else None
    found = (
        Licence.objects.filter(identifier=identifier, holder_id=holder).select_related("issuer").first()
        if holder
        else None
    )
    if found is None:
        return None
    return Checked(
        id=found.id,
        identifier=found.identifier,
        name=found.name,
        issuer_name=found.issuer.name,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        standing=standing(LicenceState(found.state), found.valid_from, found.valid_to, on),
        digest=found.document_id,
    )


def against_ledger() -> Iterator[Finding]:
    """Hold every licence against the ledger (证照对账): what was issued must still be what is there, revoked or not."""
    for batch in batched(Licence.objects.order_by("id").iterator(_CHUNK), _CHUNK):
        told = ledger.acts_of_many([f"licence:{licence.id}" for licence in batch])
        for licence in batch:
            acts = {act.act: act for act in told.get(f"licence:{licence.id}", [])}
            issued, revoked = acts.get("licences.issue"), acts.get("licences.revoke")
            row = f"licence({licence.id})"
            if issued is None or issued.data["content"] != content_digest(licence):
                yield Finding(row, "changed: its content is not what was issued")
            if (revoked is not None) != (licence.state == LicenceState.REVOKED):
                yield Finding(row, "changed: its state is not what the ledger says")
            elif revoked and (revoked.at, revoked.data["because"]) != (
                licence.revoked_at,
                licence.revoked_because,
            ):
                yield Finding(row, "changed: its revocation is not what the ledger says")
    yield from ledger.gone("licence", "licence", Licence.objects.all())


def content_digest(licence: Licence) -> str:
    """Digest of what a licence says (证照内容摘要), as the ledger keeps it from the moment of issue."""
    return digest(_content(licence))


def content_of(licence_id: uuid.UUID) -> dict[str, object]:
    """What a licence says (证照内容), the very value whose digest the ledger keeps. The caller may read the licence whole."""
    return _content(Licence.objects.get(pk=licence_id))


def _content(licence: Licence) -> dict[str, object]:
    return {
        "identifier": licence.identifier,
        "number": licence.number,
        "token": licence.token,
        "name": licence.name,
        "holder": [str(licence.holder_id), licence.holder_name],
        "issuer": str(licence.issuer_id),
        "case": [str(licence.case_id), licence.case_number],
        "facts": licence.facts,
        "issued_at": licence.issued_at.astimezone(UTC).isoformat(),
        "valid": [licence.valid_from.isoformat(), licence.valid_to.isoformat() if licence.valid_to else ""],
        "document": licence.document_id,
    }


_CHUNK = 1_000


def valid_of(holder_id: uuid.UUID, licence_type: str, *, on: date) -> LicenceView | None:
    """The holder's newest licence of a type that holds on a day (有效证照), or None. The caller acts for the holder."""
    mine = Licence.objects.filter(holder_id=holder_id, state=LicenceState.ISSUED).select_related("issuer")
    for licence in mine.order_by("-id")[:200]:
        view = _view(licence, on)
        if view.standing is Standing.VALID and licence_id.parse(view.identifier).type == licence_type:
            return view
    return None


def valid_id_of_case(case_id: uuid.UUID) -> uuid.UUID | None:
    """The licence of a case that is not revoked (办件的有效证照), or None."""
    return (
        Licence.objects.filter(case_id=case_id, state=LicenceState.ISSUED)
        .values_list("id", flat=True)
        .first()
    )


def exists_for_case(case_id: uuid.UUID) -> bool:
    """Whether a case already has its licence (是否已发证)."""
    return Licence.objects.filter(case_id=case_id).exists()


def open_document(digest: str) -> Iterator[bytes]:
    """The signed PDF (证照文件) in chunks; the caller holds the licence that names this digest."""
    return files.open_file(digest)
