"""Old codes (旧编码): addresses of the older generation lead to the guide under its present code, for good."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongban.base.errors import NotFound
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.queries import listing
from tongban.standards.text import msg


@require_safe
def lead_on(request: HttpRequest, code: str) -> HttpResponseBase:
    """The guide that an old code of 10 or 24 means now (301); of a basic item, the search for who carries it out."""
    present = catalogue.code_of_alias(code)
    if present is None:
        raise NotFound("catalogue.item", msg("没有找到这个事项，它可能已经取消，或者地址不完整。"))
    if len(present) in (31, 33):
        query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
        return HttpResponsePermanentRedirect(reverse("guide", args=[present]) + query)
    return HttpResponseRedirect(f"{reverse('search')}?q={quote(listing.basic_line(present).name)}")
