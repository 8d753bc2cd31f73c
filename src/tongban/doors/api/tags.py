"""Strong tags (强标签, RFC 9110): an answer that the asker has already is not sent again."""

import hashlib

from django.http import HttpRequest, HttpResponse


def tagged(request: HttpRequest, body: bytes) -> HttpResponse:
    """``body`` as JSON under its tag (带标签的答复), or 304 without it where the asker's tag is the same."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = {given.strip() for given in request.headers.get("If-None-Match", "").split(",")}
    same = tag in known or "*" in known
    response = HttpResponse(
        b"" if same else body, status=304 if same else 200, content_type="application/json; charset=utf-8"
    )
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
