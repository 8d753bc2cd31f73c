"""For whom I act (以谁的身份办): chosen here, kept in the session as the mandate's id, asked anew with every request."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors.portal.visit import day_of, now, say, signed_in_herself, uuid_of
from tongban.doors.web import mandates as words
from tongban.doors.web.middleware import ACTING, name_of, own_actor_of, visitor_of
from tongban.doors.web.templatetags.tongban import translated
from tongban.people.mandates import queries
from tongban.people.mandates.rules import KIND_LABELS, State, lateness


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_herself
def acting(request: HttpRequest) -> HttpResponse:
    """Choose for whom I act (选办事身份): myself, or whoever gave me a mandate that counts today."""
    own = own_actor_of(request)
    at = now()
    usable = [
        one
        for one in queries.received(own)
        if one.state is State.ACCEPTED and lateness(one.limits, day_of(at)) is None
    ]
    if request.method == "POST":
        return _choose(request, {str(one.id): one.giver_name for one in usable})
    visitor = visitor_of(request)
    current = str(visitor.acting.mandate_id) if visitor.acting else ""
    options = [{"value": "self", "label": _("%(name)s（我本人）") % {"name": name_of(request)}}]
    options += [
        {
            "value": str(one.id),
            "label": one.giver_name,
            "help": _("%(kind)s · %(acts)s · %(days)s")
            % {
                "kind": _(KIND_LABELS[one.kind]),
                "acts": words.acts_in_words(one.limits),
                "days": words.days_in_words(one.limits),
            },
        }
        for one in usable
    ]
    field = {
        "name": "for",
        "label": _("以谁的身份办事"),
        "type": "radio",
        "required": True,
        "options": options,
        "value": current or "self",
        "errors": [],
    }
    context = {
        "field": field,
        "refusal": translated(visitor.refusal) if visitor.refusal else "",
        "alone": not usable,
    }
    return render(request, "portal/acting.html", context)


def _choose(request: HttpRequest, names: dict[str, str]) -> HttpResponse:
    chosen = uuid_of(request.POST.get("for", ""))
    if chosen is not None and str(chosen) in names:
        request.session[ACTING] = str(chosen)
        text = _("从现在起，您办的事都算%(name)s的，记在您名下。") % {"name": names[str(chosen)]}
        say(request, "ok", _("正在代%(name)s办事") % {"name": names[str(chosen)]}, text)
        return HttpResponseRedirect(reverse("my"))
    if request.POST.get("for") == "self":
        request.session.pop(ACTING, None)
        say(request, "ok", _("现在以您本人的身份办事"))
        return HttpResponseRedirect(reverse("my"))
    say(request, "bad", _("没有换"), _("这项授权已经不能用了，请重新选。"))
    return HttpResponseRedirect(reverse("acting"))
