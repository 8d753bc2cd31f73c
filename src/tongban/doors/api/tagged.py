"""Answers under a strong tag (强校验应答): who has these very bytes already is told so, in a 304."""

import hashlib

from django.http import HttpRequest, HttpResponse


def tagged(request: HttpRequest, body: bytes) -> HttpResponse:
    """JSON under a tag over its bytes (按内容校验), good for a minute."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = {given.strip() for given in request.headers.get("If-None-Match", "").split(",")}
    same = tag in known or "*" in known
    response = HttpResponse(
        b"" if same else body, status=304 if same else 200, content_type="application/json; charset=utf-8"
    )
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
