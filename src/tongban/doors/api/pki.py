"""The certificate service in public (证书服务公共地址): lists, status, time stamps and certificates of authorities, as the standards ask.

Sources: RFC 5280 section 4.2.1.13 and RFC 2585 (lists and certificates over HTTP), RFC 6960 appendix A and RFC 5019 section 6 (OCSP over HTTP
and its caching), RFC 3161 section 3.4 (time stamps over HTTP). No token, no cookie; their addresses stand in every certificate.
"""

import base64
import binascii
import hashlib
from datetime import UTC, datetime
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from django.views.decorators.http import require_POST, require_safe

from tongban.base.errors import NotFound
from tongban.base.pki import ocsp, timestamps
from tongban.doors.api.caching import is_known
from tongban.people.certificates import actions
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.profiles import ANSWER_KEPT
from tongban.standards.text import msg

CRL, CERTIFICATE = "application/pkix-crl", "application/pkix-cert"
OCSP_ANSWER, STAMP_REPLY = "application/ocsp-response", "application/timestamp-reply"
_LIST_KEPT = 60  # [O] seconds for which a list may be kept without asking again: a revocation shows soon
_FOR_GOOD = 86_400


@require_safe
def revocation_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The latest list of an authority (撤销列表), DER."""
    found = authorities.latest_list(authorities.by_slug(slug).id)
    if found is None:
        raise NotFound("certificates.list", msg("这个机构没有撤销列表。"))
    now = datetime.now(UTC)
    age = max(0, min(_LIST_KEPT, int((found.next_update - now).total_seconds())))
    return _kept(request, found.der, CRL, age, changed=found.this_update, until=found.next_update)


@require_safe
def certificate(request: HttpRequest, slug: str) -> HttpResponse:
    """The certificate of an authority (认证机构证书), DER: it never changes."""
    found = authorities.by_slug(slug)
    return _kept(request, found.certificate.der, CERTIFICATE, _FOR_GOOD, changed=found.made_at)


@require_POST
def status(request: HttpRequest, slug: str) -> HttpResponse:
    """The answer to a question that was posted (状态查询)."""
    return _alone(actions.answer(slug, request.body, at=datetime.now(UTC)), OCSP_ANSWER)


@require_safe
def status_by_address(request: HttpRequest, slug: str, encoded: str) -> HttpResponse:
    """The answer to a question that stands in the address (状态查询), base64. Others may keep it a minute, unless it answers a nonce
    (RFC 5019 section 6.1).
    """
    at = datetime.now(UTC)
    try:
        question = base64.b64decode(unquote(encoded), validate=True)
    except (binascii.Error, ValueError):
        question = b""
    answer = actions.answer(slug, question, at=at)
    said = ocsp.load_response(answer)
    if isinstance(said, ocsp.Problem) or said.nonce is not None:
        return _alone(answer, OCSP_ANSWER)
    single = said.singles[0]
    until = single.next_update or at
    age = max(0, min(int(ANSWER_KEPT.total_seconds()), int((until - at).total_seconds())))
    return _kept(request, answer, OCSP_ANSWER, age, changed=single.this_update, until=until)


@require_POST
def stamp(request: HttpRequest) -> HttpResponse:
    """A time stamp (时间戳). What is no request gets the refusal that the standard has for it."""
    body = request.body if len(request.body) <= timestamps.LONGEST_REQUEST else b""
    return _alone(actions.stamp(body, at=datetime.now(UTC)), STAMP_REPLY)


def _alone(body: bytes, media_type: str) -> HttpResponse:
    """An answer to this question only (不缓存)."""
    response = HttpResponse(body, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def _public(age: int) -> str:
    return f"max-age={age}, public, no-transform, must-revalidate"


def _kept(
    request: HttpRequest,
    body: bytes,
    media_type: str,
    age: int,
    *,
    changed: datetime,
    until: datetime | None = None,
) -> HttpResponse:
    tag = f'"{hashlib.sha256(body).hexdigest()}"'
    same = is_known(request, tag)
    response = HttpResponse(b"" if same else body, status=304 if same else 200, content_type=media_type)
    response.headers["ETag"] = tag
    response.headers["Last-Modified"] = http_date(changed.timestamp())
    if until is not None:
        response.headers["Expires"] = http_date(until.timestamp())
    response.headers["Cache-Control"] = _public(age)
    return response
