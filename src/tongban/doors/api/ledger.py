"""The ledger's seals (账本封存) and keys: public, so that anybody can keep them, check a receipt and catch a changed past."""

from dataclasses import asdict
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from tongban.base.errors import NotFound
from tongban.base.ledger import queries as ledger
from tongban.doors.api.schemas import REFUSALS, Limit, Refused
from tongban.doors.api.schemas_open import OneSeal, SealingKeys, Seals
from tongban.standards.text import msg

router = Router(tags=["ledger"])
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
Before = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@router.get("/ledger/seals", response={200: Seals, REFUSALS: Refused}, auth=None, summary="Seals 账本封存")
def seals(request: HttpRequest, before: Before = None, limit: Limit = 30) -> dict[str, object]:
    """Seals, newest first, older than number ``before``. Each signs a Merkle root and names the root before it."""
    found = ledger.seals(before=before, limit=limit)
    return {"seals": found, "keys": ledger.public_keys({seal.key_id for seal in found})}


@router.get(
    "/ledger/seals/{number}",
    response={200: OneSeal, REFUSALS: Refused},
    auth=None,
    summary="A seal 单个封存",
)
def seal(request: HttpRequest, number: Number) -> dict[str, object]:
    """The seal with this number; it never changes. Compare its root and key with those of a receipt (`tongban verify`)."""
    found = ledger.seal(number)
    if found is None:
        raise NotFound("ledger.seal", msg("没有这个编号的封存。"))
    return {**asdict(found), "key": ledger.public_keys({found.key_id}).get(found.key_id)}


@router.get(
    "/ledger/keys",
    response={200: SealingKeys, REFUSALS: Refused},
    auth=None,
    summary="Keys of the seals 封存公钥",
)
def keys(request: HttpRequest) -> dict[str, object]:
    """The public keys that check seals, former ones too: keep them, and give one to `tongban verify` with `--key`."""
    current, found = ledger.sealing_keys()
    return {"current": current, "keys": found}
