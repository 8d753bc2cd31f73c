"""Answers to what went wrong (错误应答): one JSON shape for every refusal and fault, in the language asked for."""

import logging
import secrets
import sys
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import translation
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tongban.base.db import LOST
from tongban.base.errors import Invalid, NotFound, Refusal
from tongban.doors.api.auth import InsufficientScope
from tongban.standards.text import Message, msg

log = logging.getLogger("tongban.faults")

# What each kind of wrong value is told; the rest of pydantic's kinds share the last one. Places are filled from its own facts.
_SAID = {
    "missing": msg("这一项必填。"),
    "extra_forbidden": msg("没有这一项。"),
    "string_too_long": msg("最多 %(max_length)s 个字符。"),
    "string_too_short": msg("至少 %(min_length)s 个字符。"),
    "greater_than_equal": msg("不能小于 %(ge)s。"),
    "less_than_equal": msg("不能大于 %(le)s。"),
    "uuid_parsing": msg("不是有效的标识。"),
    "too_long": msg("最多 %(max_length)s 项。"),
    "text_control": msg("文本含有看不见的控制字符，请删除后重新输入"),
}
_OTHERWISE = msg("格式不对，请按接口说明填写。")


class Unauthorised(Refusal):
    """No token, or none that holds (401)."""

    status = 401


class Unreadable(Refusal):
    """The request itself cannot be read (400)."""

    status = 400


class TooLarge(Refusal):
    """The request is larger than this door reads (413)."""

    status = 413


def said(text: str, params: Mapping[str, Any] | None = None) -> str:
    """A marked text in the reader's language with its values in place (译文)."""
    given = params or getattr(text, "params", None)
    found = translation.gettext(str(text))
    return (
        found % {name: translation.gettext(str(value)) for name, value in given.items()} if given else found
    )


def answer(request: HttpRequest, refusal: Refusal, **more: str) -> HttpResponse:
    """A refusal as JSON (拒绝应答): rule, message, params, fields, status; in the language of Accept-Language."""
    with translation.override(translation.get_language_from_request(request)):
        body = {
            "rule": refusal.rule,
            "message": said(refusal.message, refusal.params),
            "params": {name: str(value) for name, value in refusal.params.items()},
            "fields": {name: [said(text) for text in texts] for name, texts in refusal.fields.items()},
            "status": refusal.status,
            **more,
        }
    response = JsonResponse(body, status=refusal.status)
    response.headers["Vary"] = "Accept-Language"
    return response


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database does not answer (暂时不可用): whether the act was done is not known; under its key it may be sent again."""
    log.warning("database unavailable on %s %s: %s", request.method, request.path, error)
    refusal = Refusal(
        "api.unavailable",
        msg(
            "系统正在恢复，刚才的请求可能没有完成。请过几秒带同一个 Idempotency-Key 再试，已经完成的不会重复。"
        ),
    )
    refusal.status = 503
    response = answer(request, refusal)
    response.headers["Retry-After"] = "3"
    response.lost_database = True  # type: ignore[attr-defined] # read by the middleware, which closes the connection
    return response


def fault(request: HttpRequest, error: BaseException | None = None) -> HttpResponse:
    """A fault of ours (系统故障): logged under an id that the caller can quote."""
    error = error or sys.exc_info()[1]
    if isinstance(error, LOST):
        return unavailable(request, error)
    quote = secrets.token_hex(4).upper()
    log.error("fault %s on %s %s", quote, request.method, request.path, exc_info=error)
    refusal = Refusal("api.fault", msg("系统出了问题，不是您的错。我们已经记下这次故障，咨询时请报编号。"))
    refusal.status = 500
    return answer(request, refusal, id=quote)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such address (没有这个地址)."""
    return answer(request, NotFound("api.address", msg("没有这个地址，请看接口说明。")))


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be read (请求无法读取), or is larger than this door reads."""
    if isinstance(exception, RequestDataTooBig):
        return answer(request, TooLarge("api.too_large", msg("请求太大，没有读取。")))
    return answer(request, Unreadable("api.unreadable", msg("没有读懂这个请求，请检查格式和编码。")))


def unauthorised(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No token, or none that holds (没有有效令牌)."""
    refusal = Unauthorised("api.token", msg("请在 Authorization 里带上有效的令牌（Bearer）。"))
    response = answer(request, refusal)
    # RFC 6750, 3: who brought no token is told of no error.
    brought = request.headers.get("Authorization", "").lower().startswith("bearer ")
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if brought else "Bearer"
    return response


def out_of_scope(request: HttpRequest, refusal: InsufficientScope) -> HttpResponse:
    """A system's token without the right that it takes (接口权限不足, RFC 6750 3.1)."""
    response = answer(request, refusal)
    wanted = f', scope="{refusal.right.value}"' if refusal.right else ""
    response.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope"{wanted}'
    return response


def invalid(request: HttpRequest, exception: ValidationError) -> HttpResponse:
    """Values of the wrong shape (格式不对), told by field; an id in the address that is none names nothing."""
    fields: dict[str, list[str]] = {}
    for error in exception.errors:
        source, *place = error["loc"]
        if source == "path":
            return not_found(request)
        # The name of our own parameter comes first; a caller knows only what is inside the body.
        inner = place[1:] if source in ("body", "form", "file") and len(place) > 1 else place
        context = {name: str(value) for name, value in error.get("ctx", {}).items()}
        text = Message(_SAID.get(error["type"], _OTHERWISE), context)
        fields.setdefault(".".join(str(part)[:60] for part in inner) or str(source), []).append(text)
    return answer(request, Invalid("api.shape", msg("请求的内容不合要求，已经逐项列出。"), fields=fields))


_UNREADABLE = (HttpError, SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError)
# The framework types a handler as if it were called with classes as well; it is called with what was raised.
_HANDLERS: list[tuple[type[Exception], Any]] = [
    (InsufficientScope, out_of_scope),
    (Refusal, answer),
    (AuthenticationError, unauthorised),
    (ValidationError, invalid),
    (Http404, not_found),
    *((kind, unreadable) for kind in _UNREADABLE),
    (Exception, fault),
]


def install(api: NinjaAPI) -> None:
    """Have ``api`` answer through the functions above (登记错误应答)."""
    for kind, handler in _HANDLERS:
        api.add_exception_handler(kind, handler)
