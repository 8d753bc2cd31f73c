"""What stands now (最新情况): the answer to an act that came too late."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from tongban.base.errors import Conflict
from tongban.doors.portal import bundle_page, case_page
from tongban.doors.web.middleware import actor_of
from tongban.work.cases import queries

View = Callable[..., HttpResponseBase]


def shows_what_is_now(view: View) -> View:
    """A view of one case or bundle that answers a Conflict with what it is now (最新情况页, 409)."""

    @wraps(view)
    def shown(
        request: HttpRequest,
        *args: Any,
        case_id: uuid.UUID | None = None,
        bundle_id: uuid.UUID | None = None,
        **kwargs: Any,
    ) -> HttpResponseBase:
        named = {"case_id": case_id} if case_id is not None else {"bundle_id": bundle_id}
        try:
            return view(request, *args, **named, **kwargs)
        except Conflict as refusal:
            return render(
                request,
                "portal/moved.html",
                {"refusal": refusal, **_now(request, case_id, bundle_id)},
                status=409,
            )

    return shown


def _now(request: HttpRequest, case_id: uuid.UUID | None, bundle_id: uuid.UUID | None) -> dict[str, Any]:
    actor = actor_of(request)
    if bundle_id is not None:
        bundle = queries.bundle(actor, bundle_id)
        return {
            "name": bundle.name,
            "standing": bundle_page.standing(bundle),
            "url": reverse("bundle", args=[bundle.id]),
        }
    case = queries.one(actor, case_id or uuid.UUID(int=0))
    return {
        "name": case.edition.guide.name,
        "standing": case_page.standing(case),
        "url": reverse("case", args=[case.id]),
    }
