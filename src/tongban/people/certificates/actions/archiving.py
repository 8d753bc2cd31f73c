"""Archive of an ended registration (登记归档): the whole file of it, signed, for whoever must show it later."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tongban.base.actor import Actor
from tongban.base.archives import Member, Signing, pack, text
from tongban.base.errors import Conflict, NotFound
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules.receipts import receipt_text
from tongban.base.record import record
from tongban.base.signing import ledger_signer
from tongban.people.certificates.access import registered_under
from tongban.people.certificates.actions.moving import stream_of
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.queries.proofs import proof
from tongban.people.certificates.rules import archiving
from tongban.people.certificates.rules.moves import ENDED, CertificateState
from tongban.standards.text import msg

_README = Path(__file__).parent.parent / "templates_text" / "archive_readme.txt"


@dataclass(frozen=True, slots=True)
class Archived:
    """An archive on its way (取走的档案): the name of its file and its bytes."""

    file_name: str
    chunks: Iterator[bytes]


def take_archive(*, actor: Actor, certificate_id: uuid.UUID, at: datetime) -> Archived:
    """Take the archive of an ended registration (取出登记档案); that somebody took it is recorded in a stream of its own.

    For registrars who reach it. Raises Conflict while the registration lives, or something of it has no seal yet.
    """
    row = Certificate.objects.filter(registered_under(actor), pk=certificate_id).first()
    if row is None:
        raise NotFound("certificates.visible", msg("没有找到这张证书，或者您不能查看它。"))
    if CertificateState(row.state) not in ENDED:
        raise Conflict("certificates.archive_living", msg("登记还没有结束，结束以后才有档案。"))
    stream = stream_of(row.id)
    if ledger.unsealed([stream]):
        raise Conflict("certificates.archive_unsealed", msg("最近的一步还没有封存进账本，请过一会儿再取。"))
    signer = ledger_signer()
    facts = {"format": archiving.FORMAT, "certificate": str(row.id), "at": at.astimezone(UTC).isoformat()}
    signing = Signing(signer.key_id, signer.public_key_pem(), signer.sign)
    chunks = pack(list(_members(row, stream)), facts, signer=signing)
    data = {"certificate": str(row.id)}
    record(stream=f"archive:{row.id}", act="certificates.take_archive", actor=actor, at=at, data=data)
    return Archived(f"{row.id}-证书登记档案.zip", chunks)


def _members(row: Certificate, stream: str) -> Iterator[Member]:
    acts = ledger.acts_of(stream)
    ended = next(act for act in reversed(acts) if act.act.removeprefix("certificates.") in archiving.ENDS)
    seen = proof(row)
    registration = {
        "id": str(row.id),
        "profile": row.profile,
        "algorithm": row.algorithm,
        "delivery": row.delivery,
        "holder": row.name,
        "code": row.code,
        "organ": row.organ.name if row.organ else "",
        "counter": row.office.name if row.office else "",
        "proof": seen.told(),
        "registered_at": row.registered_at.astimezone(UTC).isoformat(),
        "approved_at": row.approved_at.astimezone(UTC).isoformat() if row.approved_at else "",
        "serial": row.serial,
        "fingerprint": row.fingerprint or "",
        "valid": [one.astimezone(UTC).isoformat() for one in (row.not_before, row.not_after) if one],
        "state": row.state,
        "ended_by": ended.act.removeprefix("certificates."),
        "ended_at": ended.at.astimezone(UTC).isoformat(),
        "ended_because": row.ended_because,
        "keep_until": archiving.keep_until(ended.at, row.not_after).isoformat(),
        "follows": str(row.predecessor_id or ""),
    }
    yield text(archiving.README, _README.read_text(encoding="utf-8"))
    yield text(archiving.REGISTRATION, archiving.text_of(registration))
    yield text(archiving.LEDGER, receipt_text(ledger.receipt_of([stream])))
    if row.request is not None:
        yield text(archiving.REQUEST, bytes(row.request))
    if row.certificate is not None and row.authority_id is not None:
        issuer = authorities.authority(row.authority_id)
        yield text(archiving.CERTIFICATE, bytes(row.certificate))
        yield text(archiving.CHAIN, b"".join(one.pem for one in authorities.chain_of(issuer)))
        latest = authorities.latest_list(issuer.id)
        if latest is not None:
            yield text(archiving.LIST, latest.der)
