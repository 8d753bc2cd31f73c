"""Verification of a licence (证照核验): for anybody who scans the code on the wall."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongban.doors.portal.views.my import STANDING_TAGS
from tongban.doors.portal.visit import today
from tongban.records.licences import queries as licences
from tongban.records.licences.rules import STANDING_LABELS, Standing
from tongban.standards.text import msg

_TOKEN = re.compile(r"[0-9A-Za-z_-]{10,32}", re.ASCII)

_MEANINGS = {
    Standing.VALID: msg("这份证照是真的，现在有效。请再核对下面的内容和纸面上的是否一致。"),
    Standing.NOT_YET: msg("这份证照是真的，但还没有到生效的日子。"),
    Standing.EXPIRED: msg("这份证照是真的，但有效期已经过了。"),
    Standing.REVOKED: msg("这份证照已经被发证机关撤销，不能再用。"),
}


@require_safe
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a scanned code (扫码核验). An unknown code is told clearly: the paper may be forged."""
    on = today()
    found = licences.verify(token, on=on) if _TOKEN.fullmatch(token) else None
    if found is None:
        return render(request, "portal/verify_unknown.html", status=404)
    return render(
        request,
        "portal/verify.html",
        {
            "licence": found,
            "on": on,
            "tag": {"state": STANDING_TAGS[found.standing], "word": STANDING_LABELS[found.standing]},
            "meaning": _MEANINGS[found.standing],
        },
    )
