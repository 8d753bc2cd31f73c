"""What a case opens to those entitled (公开与证明): outline by code, public results, documents, receipts, exports, notices."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from ninja import Query, Router

from tongban.doors.api import opened_schemas as schemas
from tongban.doors.api.auth import Request
from tongban.doors.api.schemas import REFUSALS, Limit, Refused
from tongban.offers.catalogue import queries as catalogue
from tongban.people.parties import queries as parties
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.results import mark_of, mark_text, month_of

router = Router(tags=["cases"])


def _now() -> datetime:
    return datetime.now(UTC)


@router.post(
    "/track",
    response={200: schemas.CaseOutline, REFUSALS: Refused},
    auth=None,
    summary="Track a case 凭查询码查进度",
)
def track(request: HttpRequest, body: schemas.TrackedCase) -> queries.Outline:
    """The outline of a case for who gives its number and query code. A wrong number and a wrong code are answered alike."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    return actions.track(number=body.number, code=body.code, address=address, at=_now())


@router.get(
    "/results",
    response={200: schemas.PublicResults, REFUSALS: Refused},
    auth=None,
    summary="Public results 行政许可公示",
)
def results(
    request: HttpRequest,
    organ: schemas.OrganCode | None = None,
    item: schemas.Code | None = None,
    month: schemas.Month | None = None,
    before: Annotated[schemas.Mark | None, Query()] = None,
    limit: Limit = 30,
) -> dict[str, object]:
    """Granted licences that article 40 opens, newest first, of an organ, an item, a month. ``next`` goes on as ``before``."""
    found_organ = parties.organ_by_code(organ) if organ else None
    found_item = catalogue.item_of_code(item) if item else None
    if (organ and found_organ is None) or (item and found_item is None):
        return {"results": [], "next": None}
    found = queries.results(
        on=timezone.localdate(_now()),
        organ_id=found_organ.id if found_organ else None,
        item_id=found_item,
        month=month_of(month or ""),
        before=mark_of(before or ""),
        limit=limit + 1,
    )
    shown = found[:limit]
    more = mark_text((shown[-1].decided_on, shown[-1].id)) if len(found) > limit else None
    return {"results": shown, "next": more}


@router.get(
    "/cases/{case_id}/documents/{document_id}",
    response={200: None, REFUSALS: Refused},
    summary="A signed document 取文书",
)
def document(request: Request, case_id: UUID, document_id: UUID) -> HttpResponseBase:
    """The numbered, signed PDF of a document of a case that the caller may read."""
    found = queries.document_file(request.auth, case_id, document_id)
    return _file(found.chunks, found.file_name, found.media_type)


@router.get(
    "/cases/{case_id}/receipt",
    response={200: schemas.OwnReceipt, REFUSALS: Refused},
    summary="Receipt 带证明的回执",
)
def receipt(request: Request, case_id: UUID) -> queries.Receipt:
    """The receipt of the caller's own acts on her case, for `tongban verify`; ``waiting``: acts that no seal covers yet."""
    return queries.own_receipt(request.auth, case_id)


@router.post(
    "/cases/{case_id}/export", response={200: None, REFUSALS: Refused}, summary="Export a case 导出办件"
)
def export(request: Request, case_id: UUID) -> HttpResponseBase:
    """The whole case as one zip that `tongban verify` checks offline. That it was taken is recorded."""
    made = actions.export(actor=request.auth, case_id=case_id, at=_now())
    return _file(made.chunks, made.file_name, "application/zip")


@router.get("/notices", response={200: schemas.CaseNotices, REFUSALS: Refused}, summary="Notices 消息")
def notices(request: Request, before: UUID | None = None, limit: Limit = 30) -> dict[str, object]:
    """The caller's own notices, newest first, after the one named ``before``."""
    found = queries.notices(request.auth, before=before, limit=limit)
    return {"notices": found, "unread": queries.unread(request.auth)}


def _file(chunks: Iterator[bytes], name: str, media_type: str) -> HttpResponseBase:
    answer = StreamingHttpResponse(chunks, content_type=media_type)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
