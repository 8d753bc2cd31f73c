"""Pages that belong to no door alone (共用页面): the living page of the design."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongban.doors.web.samples import samples


def living(request: HttpRequest) -> HttpResponse:
    """The living page (样式一览): every part in all its states, with sample content; open to everybody."""
    return render(request, "web/living.html", {"sample": samples()})
