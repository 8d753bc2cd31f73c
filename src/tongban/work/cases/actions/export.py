"""Export of a case (导出办件): everything of it in one file that verifies elsewhere. That somebody took it is recorded."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tongban.base.actor import Actor
from tongban.base.archives import Signing, TooLarge, pack
from tongban.base.errors import Conflict
from tongban.base.record import record
from tongban.base.signing import ledger_signer
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.actions.moving import stream_of
from tongban.work.cases.rules.exported import EXPORT, FORMAT


@dataclass(frozen=True, slots=True)
class Exported:
    """An export on its way (导出文件): its name and its bytes, made piece by piece."""

    file_name: str
    chunks: Iterator[bytes]


def export(*, actor: Actor, case_id: uuid.UUID, at: datetime) -> Exported:
    """Export a case that ``actor`` may read (导出办件). The ledger keeps who took it and when; files are read twice, never whole."""
    found = queries.export_of(actor, case_id, at=at)
    signer = ledger_signer()
    facts = {"format": FORMAT, "case": found.case.number, "at": at.astimezone(UTC).isoformat()}
    try:
        chunks = pack(
            found.members, facts, signer=Signing(signer.key_id, signer.public_key_pem(), signer.sign)
        )
    except TooLarge:
        raise Conflict(
            "cases.export_large", msg("这件办件的材料太多，超出了一个导出文件能装的大小。")
        ) from None
    record(stream=stream_of(case_id), act=EXPORT, actor=actor, at=at, data={"members": len(found.members)})
    return Exported(f"{found.case.number}.zip", chunks)
