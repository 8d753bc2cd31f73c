"""Licences (证照核验): what anybody who holds the code is told."""

from datetime import UTC, datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router
from pydantic import StringConstraints

from tongban.base.errors import NotFound
from tongban.doors.api.auth import Request, opened_to
from tongban.doors.api.schemas import REFUSALS, Refused
from tongban.doors.api.schemas_open import CheckedOut, Checking, Verified
from tongban.people.signon import actions as signon
from tongban.people.signon.rules.rights import Right
from tongban.records.licences import queries as licences
from tongban.standards.text import msg

router = Router(tags=["licences"])
Token = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,64}$"), Path()]


@router.get(
    "/licences/verify/{token}",
    response={200: Verified, REFUSALS: Refused},
    auth=None,
    summary="Verify a licence 核验证照",
)
def verify(request: HttpRequest, token: Token) -> licences.Verification:
    """Whether the licence behind a scanned code holds today, and what must stand on the paper."""
    found = licences.verify(token, on=timezone.localdate(datetime.now(UTC)))
    if found is None:
        raise NotFound("licences.token", msg("没有这张证照。请核对二维码或网址是否完整。"))
    return found


@router.post(
    "/licences/check",
    response={200: CheckedOut, REFUSALS: Refused},
    summary="Check a holder's licence 系统核验证照",
    **opened_to(Right.LICENCES_VERIFY, systems_only=True),
)
def check(request: Request, body: Checking) -> licences.Checked:
    """For connected systems (scope ``licences.verify``): whether this holder has this licence, and whether it holds today.

    A licence that there is not and one of somebody else's answer alike. What was shown stands in the ledger; all questions are counted.
    """
    at = datetime.now(UTC)
    found = licences.check(request.auth, body.identifier, body.holder_number, on=timezone.localdate(at))
    if found is None:
        raise NotFound("licences.holder", msg("没有这张证照，或者它不是这个人的。"))
    signon.note_read(actor=request.auth, right=Right.LICENCES_VERIFY, of=f"licence:{found.id}", at=at)
    return found
