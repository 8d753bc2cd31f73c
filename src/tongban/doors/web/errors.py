"""Answers to what went wrong (错误页): always what happened, how to go on, and what to quote; never a bare code."""

import logging
import secrets
import sys

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban.base.db import LOST
from tongban.base.errors import NotFound, Refusal
from tongban.doors.web.templatetags.tongban import translated
from tongban.standards.text import msg

log = logging.getLogger("tongban.faults")


def _page(
    request: HttpRequest, status: int, title: str, text: str, *, quote: str = "", **more: object
) -> HttpResponse:
    context = {"title": title, "text": text, "quote": quote, **more}
    return render(request, "web/error.html", context, status=status)


# What a form carries besides the words of whoever filled it in; a password is shown to nobody.
_NOT_TYPED = frozenset(
    {"csrfmiddlewaretoken", "key", "version", "login", "password", "next"}
    | {"again", "remove", "later", "resubmit", "grade", "preview", "edit"}
)


def typed_in(request: HttpRequest) -> list[str]:
    """What was typed into a form that could not be taken (已填文字), so that the answer loses none of it."""
    try:
        sent = list(request.POST.items())
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return []
    texts = ((name, str(value)) for name, value in sent)
    return [text for name, text in texts if name not in _NOT_TYPED and text.strip() and text != "on"]


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as a page (拒绝页): the rule's words and its id."""
    titles = {
        403: _("这一步不能由您来做"),
        404: _("没有找到"),
        409: _("现在不能这样做"),
        422: _("内容需要改一改"),
    }
    title = titles.get(refusal.status, titles[409])
    # Whoever may not act for another any more goes on in her own name only when she says so.
    acting = refusal.rule.startswith("mandates.") and hasattr(request, "session")
    return _page(request, refusal.status, title, translated(refusal), quote=refusal.rule, acting=acting)


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database does not answer (暂时不可用): the reader may simply try again.

    Where the connection was lost at COMMIT nobody knows whether the act was done, so the page promises nothing but that
    pressing again does not double it.
    """
    log.warning("database unavailable on %s %s: %s", request.method, request.path, error)
    request.without_database = True  # type: ignore[attr-defined] # read by the page's context, which then asks nothing
    response = _page(
        request,
        503,
        _("系统正在恢复，请过几秒再试"),
        _("刚才这一步可能没有完成。请返回上一页再按一次；已经完成的不会重复。"),
    )
    response.headers["Retry-After"] = "3"
    response.lost_database = True  # type: ignore[attr-defined] # read by the middleware, which closes the connection
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page (没有这个页面)."""
    return refused(
        request, NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be read (请求无法读取)."""
    return _page(
        request,
        400,
        _("没有读懂这个请求"),
        _("请返回上一页再试；如果上传了文件，请检查文件数量和大小。没有写入任何内容。"),
    )


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from an expired page (页面过期)."""
    return _page(
        request,
        403,
        _("这个页面放得太久了"),
        _("为了安全，请返回上一页、刷新后再提交。已经保存的内容都还在。"),
        quote="web.stale_form",
        typed=typed_in(request),
    )


def signed_out(request: HttpRequest, login: str) -> HttpResponse:
    """A filled form from somebody whose session has ended (登录已过期): the words stay, ``login`` leads back."""
    text = _("刚才这一步没有写入任何内容。请重新登录，再办一次；您写的都在下面。")
    return _page(request, 403, _("登录已过期"), text, typed=typed_in(request), login=login)


def fault(request: HttpRequest) -> HttpResponse:
    """A fault of ours (系统故障): logged under an id that the reader can quote."""
    error = sys.exc_info()[1]
    if isinstance(error, LOST):
        return unavailable(request, error)
    quote = secrets.token_hex(4).upper()
    log.error("fault %s on %s %s", quote, request.method, request.path, exc_info=True)
    return _page(
        request,
        500,
        _("系统出了问题，不是您的错"),
        _("我们已经记下这次故障。请稍后再试；来电咨询时请报下面的编号。"),
        quote=quote,
    )
