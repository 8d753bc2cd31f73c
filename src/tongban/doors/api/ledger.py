"""The ledger's seals (账本封存): public, so that anybody can keep them and catch a changed past."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from tongban.base.ledger import queries as ledger
from tongban.doors.api.schemas import REFUSALS, Limit, Refused, Seals

router = Router(tags=["ledger"])
Before = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@router.get("/ledger/seals", response={200: Seals, REFUSALS: Refused}, auth=None, summary="Seals 账本封存")
def seals(request: HttpRequest, before: Before = None, limit: Limit = 30) -> dict[str, object]:
    """Seals, newest first, older than number ``before``. Each signs a Merkle root and names the root before it."""
    found = ledger.seals(before=before, limit=limit)
    return {"seals": found, "keys": ledger.public_keys({seal.key_id for seal in found})}
