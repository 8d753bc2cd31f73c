"""What a view of the portal needs to know of a visit (来访): who, when, where, and which form was pressed."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Conflict
from tongban.doors.web import errors
from tongban.doors.web.middleware import actor_of, name_of, own_actor_of, visitor_of
from tongban.people.identity.rules import Level
from tongban.people.identity.rules.acts import LevelTooLow
from tongban.standards.text import msg

CHINA = ZoneInfo("Asia/Shanghai")
View = Callable[..., HttpResponseBase]


def now() -> datetime:
    """The moment of the visit (此刻), in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day of the visit (今天) as it stands on the wall of a Chinese office."""
    return now().astimezone(CHINA).date()


def day_of(at: datetime) -> date:
    """The day of a moment (当日) on the wall of a Chinese office."""
    return at.astimezone(CHINA).date()


def to_login(address: str) -> HttpResponse:
    """To the sign-in page (去登录), and afterwards on to ``address``."""
    return HttpResponseRedirect(login_address(address))


def login_address(address: str) -> str:
    """Address of the sign-in page (登录地址) that leads on to ``address``."""
    return f"/login?next={quote(address)}"


def signed_in(view: View) -> View:
    """Only for people who signed in (须登录); others sign in first and come back to the same address. What they typed into a
    form whose session ended is shown to them again. Whoever has not proven who she is does that first.

    Every address of such a view answers GET, so that coming back never meets a refusal.
    """

    return _guarded(view, actor_of)


def signed_in_herself(view: View) -> View:
    """The same for what concerns the visitor herself (须本人登录), for whomever she acts, and where that has just ended."""
    return _guarded(view, own_actor_of)


def _guarded(view: View, whose: Callable[[HttpRequest], Actor]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = whose(request)
        if actor.party_id is None and actor.kind is ActorKind.PERSON:
            if request.method == "POST":
                raise LevelTooLow(
                    "identity.level", Level.BASIC
                )  # what was typed is kept until she has proven it
            return HttpResponseRedirect(f"/my/account/proofs?next={quote(request.path)}")
        if actor.party_id is None:
            if request.method == "POST" and errors.typed_in(request):
                return errors.signed_out(request, login_address(request.path))
            return to_login(request.path)
        return view(request, *args, **kwargs)

    return guarded


def ensure_same_acting(request: HttpRequest) -> None:
    """Refuse a form that was drawn for another identity (身份已换): nothing is begun under the wrong name."""
    acting = visitor_of(request).acting
    drawn, current = request.POST.get("acting"), "" if acting is None else str(acting.mandate_id)
    if drawn is not None and drawn != current:
        name = name_of(request) if acting is None else acting.giver_name
        words = msg("您在别的页面换了办事身份，现在是%(name)s。请返回刷新，看清楚再按；什么都没有写入。")
        raise Conflict("mandates.changed", words, {"name": name})


def fresh_key() -> str:
    """A key for one pressing of a button (幂等键): pressed twice, the act happens once."""
    return str(uuid.uuid4())


def key_of(request: HttpRequest) -> str | None:
    """The key that the form carried (表单幂等键); None where it is not one that :func:`fresh_key` made."""
    found = uuid_of(request.POST.get("key", ""))
    return None if found is None else str(found)


def uuid_of(text: str) -> uuid.UUID | None:
    """The id written as ``text`` (解析标识), or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def version_of(request: HttpRequest) -> int:
    """The version that the form was drawn from (页面版本); -1, which no case has, where it carries none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def say(request: HttpRequest, kind: str, title: str, text: str = "") -> None:
    """Say something once on the next page (一次性提示)."""
    request.session["notice"] = {"kind": kind, "title": title, "text": text}


def hand_out(
    chunks: Iterator[bytes], *, name: str, media_type: str, size: int | None = None
) -> HttpResponseBase:
    """A file to save (下载), never shown inside the page: it may be anything that anybody uploaded."""
    response = StreamingHttpResponse(chunks, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    if size is not None:
        response.headers["Content-Length"] = str(size)
    return response
