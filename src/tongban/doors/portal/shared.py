"""Pages that are the same for everybody (公共页): what they may depend on of a reader, and how they are answered.

Nothing here greets anybody, opens a session or carries a form's token, so one finished answer serves all who chose alike.
"""

import hashlib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from tongban.doors.web.views import place_of


@dataclass(frozen=True, slots=True)
class Choices:
    """What a reader chose (读者的选择): language, place (code, name), size of type. All that a shared page knows of anybody."""

    language: str
    place: tuple[str, str]
    elderly: bool

    def page(self, path: str) -> dict[str, object]:
        """What the skeleton of every page is told (页面环境), without a reader."""
        return {
            "door": "portal",
            "shared": True,
            "language": self.language,
            "elderly": self.elderly,
            "place_code": self.place[0],
            "place_name": self.place[1],
            "query": "",
            "path": path,
        }


def choices_of(request: HttpRequest) -> Choices:
    """The choices that a request carries (读取选择)."""
    elderly = request.COOKIES.get("tongban_elderly") == "on"
    return Choices(get_language() or "zh-hans", place_of(request), elderly)


def tag_of(body: bytes) -> str:
    """The strong tag of a body (强标签)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def answer(request: HttpRequest, body: bytes, tag: str, *, refresh: int = 0) -> HttpResponseBase:
    """A finished page under its tag (成页应答); ``refresh``: seconds until a browser asks again by itself.

    Asked again every time, so that nobody reads an edition after its end; the answer is then 304 and empty.
    """
    response = HttpResponse(body)
    if refresh:
        # As a header, because the page is kept and the moment is not; browsers take it like the element of that name.
        response.headers["Refresh"] = str(refresh)
        tag = f'{tag[:-1]}-{refresh}"'
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return get_conditional_response(request, etag=tag, response=response) or response
