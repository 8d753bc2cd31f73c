"""Logging in with a certificate (证书登录): a challenge that any tool signs, or the handshake that the proxy saw."""

import secrets
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.errors import Conflict, Forbidden, Invalid, Refusal
from tongban.doors.web import entering
from tongban.doors.web.certificates import pages
from tongban.doors.web.proxied import client_certificate
from tongban.doors.web.views import next_of
from tongban.people.certificates import queries
from tongban.people.certificates.queries import HolderView
from tongban.people.certificates.rules.challenges import (
    ANSWER_WITHIN,
    LONGEST_ANSWER,
    challenge,
    is_challenge,
    may_be_signed_as,
)
from tongban.people.certificates.rules.profiles import ProfileKind
from tongban.people.identity import queries as identity
from tongban.people.identity.queries import day_of
from tongban.people.identity.rules import Method
from tongban.people.mandates import queries as mandates
from tongban.people.mandates.rules import Kind
from tongban.people.parties import queries as parties
from tongban.standards.text import msg

if TYPE_CHECKING:
    from tongban.people.identity.models import Account

_KEPT = "certificate_challenge"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a certificate (证书登录): the answer to this session's challenge, or the connection's own certificate."""
    at, refusal = datetime.now(UTC), None
    connected = client_certificate(request)
    if request.method == "POST":
        try:
            if request.POST.get("connection"):
                if connected is None:
                    raise Forbidden("certificates.no_connection", msg("浏览器没有出示证书。"))
                holder = queries.holder_who_connected(connected, at=at)
            else:
                holder = _answered(request, at)
            return _enter(request, holder, at)
        except (Invalid, Forbidden, Conflict) as refused:
            refusal = refused
    context = {
        "fields": _fields(request, refusal),
        "next": next_of(request),
        "connected": connected is not None,
        "minutes": ANSWER_WITHIN.seconds // 60,
    }
    return pages.form(request, "sign_in", context, refusal)


@never_cache
@require_safe
def challenge_file(request: HttpRequest) -> HttpResponse:
    """The text to be signed (挑战文本), as a file: fresh each time, for this browser only."""
    at = datetime.now(UTC)
    text = challenge(door=settings.DOOR, host=request.get_host(), nonce=secrets.token_hex(32), at=at)
    request.session[_KEPT] = {"text": text, "until": (at + ANSWER_WITHIN).timestamp()}
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, "challenge.txt") or ""
    return response


def _answered(request: HttpRequest, at: datetime) -> HolderView:
    """Whose signature over this session's challenge was brought. A challenge is good once, and for five minutes."""
    kept = request.session.get(_KEPT) or {}
    text, until = str(kept.get("text", "")), float(kept.get("until", 0))
    if not is_challenge(text) or at.timestamp() >= until:
        request.session.pop(_KEPT, None)
        stale = msg("挑战文本已经过期，或者不是这个浏览器下载的，请重新下载再签。")
        raise Conflict("certificates.challenge", stale, fields={"answer": [stale]})
    holder = queries.holder_who_signed(_given(request), may_be_signed_as(text), at=at)
    del request.session[_KEPT]
    return holder


def _given(request: HttpRequest) -> bytes:
    """What was pasted, or else uploaded."""
    pasted = str(request.POST.get("answer", "")).strip()
    if pasted:
        return pasted.encode("ascii", "replace")[: LONGEST_ANSWER + 1]
    uploaded = request.FILES.get("file")
    return uploaded.read(LONGEST_ANSWER + 1) if uploaded is not None else b""


def _enter(request: HttpRequest, holder: HolderView, at: datetime) -> HttpResponse:
    """Let the holder in at her own door; with a legal person's certificate whom it was handed to, for that legal person."""
    account: Account | None = identity.account_of_holder(holder.account_id, holder.party_id)
    if account is None or not account.is_active:
        raise Forbidden("certificates.no_account", msg("这张证书的持有人没有可以登录的账号。"))
    if bool(account.staff_name) != (settings.DOOR == "workbench"):
        wrong = (
            msg("这个账号是工作人员账号，请从工作台登录。")
            if account.staff_name
            else msg("这个账号是办事人账号，请从门户登录。")
        )
        raise Forbidden("identity.door", wrong)
    mandate_id = _for_company(account, holder, at) if holder.profile is ProfileKind.LEGAL_PERSON else None
    entering.enter(request, account, methods=[Method.CERTIFICATE], at=at, mandate_id=mandate_id)
    return HttpResponseRedirect(next_of(request))


def _for_company(account: "Account", holder: HolderView, at: datetime) -> uuid.UUID:
    """The mandate under which somebody comes in with a company's certificate (法人证书登录的授权): its representative or its agent.

    The certificate alone lets nobody in: who was its agent once and kept the key is a stranger.
    """
    company = parties.legal_by_code(holder.code)
    if company is not None and account.party_id is not None:
        open_ = mandates.between(company.id, account.party_id, on=day_of(at))
        for kind in (Kind.REPRESENTATIVE, Kind.AGENT):
            for found in open_:
                if found.kind is kind:
                    mandates.acting(entering.acting(account), found.id, at=at)  # refuses who is not proven
                    return found.id
    raise Forbidden(
        "certificates.no_mandate",
        msg("这张法人证书的经办人现在不是这家法人的法定代表人或者代理人，不能用它登录。请法人先登记、授权。"),
    )


def _fields(request: HttpRequest, refusal: Refusal | None) -> list[dict[str, object]]:
    errors = refusal.fields.get("answer", []) if refusal else []
    return [
        {
            "name": "answer",
            "label": _("签名（PEM 文本）"),
            "type": "textarea",
            "rows": 6,
            "value": str(request.POST.get("answer", ""))[:LONGEST_ANSWER],
            "errors": errors,
            "required": False,
            "help": _("从 -----BEGIN CMS----- 或者 -----BEGIN PKCS7----- 开始。"),
        },
        {
            "name": "file",
            "label": _("或者上传签名文件"),
            "type": "file",
            "required": False,
            "allowed": _("不超过 40 KB。"),
            "max_bytes": LONGEST_ANSWER,
            "errors": [],
        },
    ]
