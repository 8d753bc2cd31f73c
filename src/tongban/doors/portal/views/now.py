"""What stands now (最新情况): the answer to an act that came too late."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tongban.base.errors import Conflict
from tongban.doors.portal import case_page
from tongban.doors.web.middleware import actor_of
from tongban.work.cases import queries

View = Callable[..., HttpResponseBase]


def shows_what_is_now(view: View) -> View:
    """A view of one case that answers a Conflict with the case as it is now (最新情况页, 409)."""

    @wraps(view)
    def shown(request: HttpRequest, case_id: uuid.UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, case_id, *args, **kwargs)
        except Conflict as refusal:
            case = queries.one(actor_of(request), case_id)
            context = {"refusal": refusal, "case": case, "standing": case_page.standing(case)}
            return render(request, "portal/moved.html", context, status=409)

    return shown
