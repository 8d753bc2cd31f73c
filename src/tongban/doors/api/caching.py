"""Answers that need not be sent twice (缓存应答): strong tags, 304 for who has them, and addresses that have moved."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponsePermanentRedirect

from tongban.base.errors import NotFound
from tongban.standards.text import msg

JSON = "application/json; charset=utf-8"
_KEPT = "public, max-age=60"


def tag_of(body: bytes) -> str:
    """The strong tag of a body (强标签)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether the caller has what bears this tag already (已有)."""
    known = {given.strip() for given in request.headers.get("If-None-Match", "").split(",")}
    return tag in known or "*" in known


def tagged(request: HttpRequest, body: bytes, tag: str) -> HttpResponse:
    """``body`` under its tag, or 304 for who has it (带标签应答)."""
    same = is_known(request, tag)
    return marked(HttpResponse(b"" if same else body, status=304 if same else 200, content_type=JSON), tag)


def marked(response: HttpResponse, tag: str) -> HttpResponse:
    """``response`` with its tag and for how long it may be kept (标记)."""
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = _KEPT
    return response


def moved(request: HttpRequest, old: str, present: str) -> HttpResponse:
    """The same address under the present code, for good (永久转址); a code of a basic item has an address of its own."""
    if old not in request.path:
        raise NotFound("catalogue.item", msg("没有找到这个事项，它可能已经取消，或者地址不完整。"))
    part = "/catalogue/basic-items/" if len(present) in (12, 14) else "/items/"
    before, _, rest = request.path.partition(f"/{old}")
    root = before.rpartition("/v1/")[0]
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponsePermanentRedirect(f"{root}/v1{part}{present}{rest}{query}")
