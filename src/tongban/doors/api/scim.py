"""Staff for personnel systems (人事接口): SCIM 2.0 over officials' accounts, joiners and leavers.

Sources: RFC 7643, RFC 7644. A personnel system brings a token of an account that keeps an organ's staff (人事管理), and sees and changes the
officials of that organ only. ``active`` false, or DELETE, is leaving: posts, deputies, sessions and tokens end that day; nothing is erased.
"""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from pydantic import ValidationError
from scim2_models import (
    Context,
    Error,
    ListResponse,
    PatchOp,
    PreconditionFailedException,
    ResourceType,
    ResponseParameters,
    Schema,
    SCIMException,
    SearchRequest,
)

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Invalid, NotFound, Refusal
from tongban.doors.api.auth import LONGEST_TOKEN
from tongban.doors.api.errors import Unauthorised, Unreadable, said
from tongban.doors.api.scim_types import MOST_RESULTS, PROVIDER, User, etag, user_of
from tongban.people.identity import actions
from tongban.people.identity import queries as identity
from tongban.standards.text import msg

USUAL_RESULTS = 100
_UNIQUE = frozenset({"identity.login_once", "identity.staff_number_once"})
View = Callable[..., HttpResponse]


class WrongMethod(Refusal):
    """The address knows no such method (405)."""

    status = 405


def answer(body: Mapping[str, Any] | None, status: int = 200, **headers: str) -> HttpResponse:
    """An answer of SCIM (人事接口应答)."""
    content = "" if body is None else json.dumps(body, ensure_ascii=False)
    return HttpResponse(content, status=status, content_type="application/scim+json", headers=headers)


def _wrong(error: Error) -> HttpResponse:
    return answer(error.model_dump(), error.status or 400)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal in SCIM's words (RFC 7644, 3.12), in the language of Accept-Language."""
    status, kind = refusal.status, None
    if refusal.rule in _UNIQUE:
        kind = "uniqueness"
    elif refusal.rule == "identity.staff_version":
        status = PreconditionFailedException.status
    elif isinstance(refusal, Invalid):
        status, kind = 400, "invalidValue"
    with translation.override(translation.get_language_from_request(request)):
        told = [said(refusal.message, refusal.params)]
        told += [f"{name}: {said(text)}" for name, texts in refusal.fields.items() for text in texts]
    response = _wrong(Error(status=status, scim_type=kind, detail=" ".join(told)))
    if status == Unauthorised.status:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def spoken(**methods: View) -> View:
    """One address with a view for each method; whatever is refused is told as SCIM tells it."""

    @wraps(next(iter(methods.values())))
    def view(request: HttpRequest, **names: str) -> HttpResponse:
        try:
            found = methods.get(str(request.method))
            if found is None:
                raise WrongMethod("scim.method", msg("这个地址不支持这种请求方法。"))
            with PROVIDER:
                return found(request, **names)
        except Refusal as refusal:
            return _refused(request, refusal)
        except SCIMException as problem:
            return _wrong(problem.to_error())
        except ValidationError as problem:
            return _wrong(Error.from_validation_errors(problem)[0])

    return view


def actor_of(request: HttpRequest, at: datetime) -> Actor:
    """The account whose token came (来访账号), or a refusal."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer" and token.isascii() and 0 < len(token) <= LONGEST_TOKEN:
        found = identity.actor_of_token(token, at=at)
    if found is None:
        raise Unauthorised("api.token", msg("请在 Authorization 里带上有效的令牌（Bearer）。"))
    return found[0]


def sent(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent (所发内容)."""
    try:
        found = json.loads(request.body)
    except ValueError as problem:
        raise Unreadable("api.unreadable", msg("没有读懂这个请求，请检查格式和编码。")) from problem
    if not isinstance(found, dict):
        raise Unreadable("api.unreadable", msg("没有读懂这个请求，请检查格式和编码。"))
    return found


def _user_sent(request: HttpRequest, context: Context) -> User:
    """A user as it was sent. Whoever does not say that she is active means that she is."""
    told = sent(request)
    if not any(name.lower() == "active" for name in told):
        told["active"] = True
    return User.model_validate(told, scim_ctx=context)


def _address(request: HttpRequest) -> str:
    return request.build_absolute_uri("/scim/v2/Users")


def _id(given: str) -> uuid.UUID:
    try:
        return uuid.UUID(given)
    except ValueError as problem:
        raise NotFound("identity.staff", msg("本机关没有登记这位工作人员。")) from problem


def _seen(request: HttpRequest) -> int | None:
    """The version that the caller saw, where it says so (RFC 7644, 3.14)."""
    told = request.headers.get("If-Match", "").strip()
    if told in ("", "*"):
        return None
    found = re.fullmatch(r'(?:W/)?"(\d{1,9})"', told)
    if found is None:
        raise Conflict("identity.staff_version", msg("这份登记刚刚改过，请重新读取后再改。"))
    return int(found[1])


def _told(
    request: HttpRequest,
    actor: Actor,
    account_id: uuid.UUID,
    at: datetime,
    context: Context,
    status: int = 200,
) -> HttpResponse:
    member = identity.staff_member(actor, account_id, at=at)
    wanted = ResponseParameters[User].model_validate(dict(request.GET.items()))
    user = user_of(member, _address(request))
    body = user.model_dump(scim_ctx=context, response_parameters=wanted)
    return answer(body, status, ETag=etag(member.version), Location=f"{_address(request)}/{account_id}")


def _list(request: HttpRequest) -> HttpResponse:
    return _found(request, SearchRequest[User].model_validate(dict(request.GET.items())))


def _search(request: HttpRequest) -> HttpResponse:
    return _found(request, SearchRequest[User].model_validate(sent(request), scim_ctx=Context.SEARCH_REQUEST))


def _found(request: HttpRequest, wanted: "SearchRequest[User]") -> HttpResponse:
    """Officials of the organ, filtered and sorted in memory: an organ has hundreds, not millions."""
    at = datetime.now(UTC)
    address = _address(request)
    found = [user_of(one, address) for one in identity.staff_list(actor_of(request, at), at=at)]
    if wanted.filter is not None:
        found = [user for user in found if wanted.filter.match(user)]
    if wanted.sort_by is not None:
        found = wanted.sort(found)
    start = wanted.start_index_0 or 0
    most = min(USUAL_RESULTS if wanted.count is None else wanted.count, MOST_RESULTS)
    page = found[start : start + most]
    listed = ListResponse[User](
        total_results=len(found), start_index=start + 1, items_per_page=len(page), resources=page
    )
    return answer(listed.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=wanted))


def _join(request: HttpRequest) -> HttpResponse:
    at = datetime.now(UTC)
    actor = actor_of(request, at)
    user = _user_sent(request, Context.RESOURCE_CREATION_REQUEST)
    account_id = actions.join_staff(
        actor=actor,
        organ_id=identity.keeping_organ(actor),
        login=user.user_name or "",
        name=user.display_name or "",
        number=user.external_id or "",
        password=user.password or "",
        active=user.active is not False,
        at=at,
    )
    return _told(request, actor, account_id, at, Context.RESOURCE_CREATION_RESPONSE, 201)


def _read(request: HttpRequest, given: str) -> HttpResponse:
    at = datetime.now(UTC)
    return _told(request, actor_of(request, at), _id(given), at, Context.RESOURCE_QUERY_RESPONSE)


def _replace(request: HttpRequest, given: str) -> HttpResponse:
    at = datetime.now(UTC)
    actor, account_id = actor_of(request, at), _id(given)
    before = user_of(identity.staff_member(actor, account_id, at=at), _address(request))
    user = _user_sent(request, Context.RESOURCE_REPLACEMENT_REQUEST)
    user.replace(before)
    _change(request, actor, account_id, user, at)
    return _told(request, actor, account_id, at, Context.RESOURCE_REPLACEMENT_RESPONSE)


def _patch(request: HttpRequest, given: str) -> HttpResponse:
    at = datetime.now(UTC)
    actor, account_id = actor_of(request, at), _id(given)
    user = user_of(identity.staff_member(actor, account_id, at=at), _address(request))
    wanted = PatchOp[User].model_validate(sent(request), scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    wanted.patch(user)
    _change(request, actor, account_id, user, at)
    return _told(request, actor, account_id, at, Context.RESOURCE_PATCH_RESPONSE)


def _change(request: HttpRequest, actor: Actor, account_id: uuid.UUID, user: User, at: datetime) -> None:
    actions.change_staff(
        actor=actor,
        account_id=account_id,
        login=user.user_name,
        name=user.display_name,
        number=user.external_id or "",
        active=user.active is not False,
        password=user.password or "",
        version=_seen(request),
        at=at,
    )


def _remove(request: HttpRequest, given: str) -> HttpResponse:
    at = datetime.now(UTC)
    actions.remove_staff(actor=actor_of(request, at), account_id=_id(given), version=_seen(request), at=at)
    return answer(None, 204)


# What the service is (RFC 7644, 4): open to anybody, as an address is.


def _config(request: HttpRequest) -> HttpResponse:
    if PROVIDER.config is None:
        raise NotFound("api.address", msg("没有这个地址，请看接口说明。"))
    return answer(PROVIDER.config.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


def _types(request: HttpRequest, given: str = "") -> HttpResponse:
    return _one_or_all(ResourceType, PROVIDER.resource_types, given)


def _schemas(request: HttpRequest, given: str = "") -> HttpResponse:
    return _one_or_all(Schema, PROVIDER.schemas, given)


def _one_or_all(kind: Any, known: Any, given: str) -> HttpResponse:
    if not given:
        whole = ListResponse[kind](
            total_results=len(known), start_index=1, items_per_page=len(known), resources=list(known)
        )
        return answer(whole.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))
    for one in known:
        if one.id == given:
            return answer(one.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))
    raise NotFound("api.address", msg("没有这个地址，请看接口说明。"))


def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address (没有这个地址), told as SCIM tells it."""
    return _refused(request, NotFound("api.address", msg("没有这个地址，请看接口说明。")))


users = spoken(GET=_list, POST=_join)
user = spoken(GET=_read, PUT=_replace, PATCH=_patch, DELETE=_remove)
search = spoken(POST=_search)
config = spoken(GET=_config)
types = spoken(GET=_types)
schemas = spoken(GET=_schemas)
