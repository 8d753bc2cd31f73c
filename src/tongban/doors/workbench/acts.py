"""The acts of staff (办理): one page and one call each; what is refused comes back with everything that was typed."""

import uuid
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.doors.web import signing
from tongban.doors.workbench import act_forms, offered, shown
from tongban.doors.workbench.act_forms import Page
from tongban.doors.workbench.act_table import (
    ACTS,
    TURNS_DOWN,
    Name,
    Sent,
    demands_of,
    label_of,
)
from tongban.doors.workbench.case import frame, page, promise
from tongban.doors.workbench.door import OURS, day_of, key_of, now, staff, typed_in, version_of
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.moves import Verb

_LATE = frozenset({"cases.version", "cases.proposal"})


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, case_id: uuid.UUID, verb: str) -> HttpResponse:
    """One act on a case (办理页)."""
    wanted = next((known for known in ACTS if known == verb), None)
    if wanted is None:
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    at = now()
    looking = request.method == "POST" and ("preview" in request.POST or "edit" in request.POST)
    if request.method == "POST" and not looking:
        return _do(request, actor, case_id, wanted, at)
    case = queries.one(actor, case_id)
    refusal = offered.refusal_of(actor, case, wanted, at)
    if isinstance(refusal, Forbidden):
        raise refusal
    if refusal is not None:
        return page(request, actor, case, at, refusal=refusal, kept=typed_in(request))
    if looking and version_of(request) != case.version:
        return _form(request, actor, case, wanted, at, refusal=offered.moved_on(case))
    previewing = looking and "preview" in request.POST
    errors = act_forms.check(*_read(request, actor, case, wanted, at)) if previewing else {}
    if errors:
        refusal = Invalid(f"cases.{wanted}", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
        return _form(request, actor, case, wanted, at, refusal=refusal)
    return _form(request, actor, case, wanted, at, preview=previewing)


def _parts(request: HttpRequest) -> tuple[str, ...]:
    return tuple(str(part) for part in request.POST.getlist("parts"))


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items()}


def _read(request: HttpRequest, actor: Actor, case: CaseView, name: Name, at: datetime) -> tuple[Page, Sent]:
    typed = _typed(request)
    sent = act_forms.sent_by(actor, case, typed, at)
    return Page(actor, case, name, at, day_of(at), typed, {}), sent


def _do(request: HttpRequest, actor: Actor, case_id: uuid.UUID, name: Name, at: datetime) -> HttpResponse:
    typed = _typed(request)
    key, version = key_of(request), version_of(request)
    try:
        signer = signing.unlocked(actor, typed, act_forms.signature(name), at)
        sent = Sent(signer, case_id, typed, demands_of(typed), _parts(request), at, key, version)
        ACTS[name].perform(sent)
    except Invalid as refusal:
        case = queries.one(actor, case_id)
        closed = offered.refusal_of(actor, case, name, at)
        if isinstance(closed, Forbidden):
            raise closed from refusal
        if closed is not None:
            return page(request, actor, case, at, refusal=closed, kept=typed_in(request))
        # What was previewed already stays so: only the PIN is asked again.
        only_pin = ACTS[name].previewed and refusal.fields.keys() <= signing.SECRET
        return _form(request, actor, case, name, at, refusal=refusal, preview=only_pin)
    except Conflict as refusal:
        case = queries.one(actor, case_id)
        if refusal.rule in _LATE and offered.refusal_of(actor, case, name, at) is None:
            return _form(request, actor, case, name, at, refusal=refusal)
        return page(request, actor, case, at, refusal=refusal, kept=typed_in(request))
    done = _("已办：%(act)s") % {"act": _(label_of(name))}
    request.session["notice"] = {"kind": "ok", "title": done, "text": ""}
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponseRedirect(f"/cases/{case_id}{query}")


def _form(
    request: HttpRequest,
    actor: Actor,
    case: CaseView,
    name: Name,
    at: datetime,
    *,
    refusal: Refusal | None = None,
    preview: bool = False,
) -> HttpResponse:
    typed = _typed(request)
    errors = refusal.fields if isinstance(refusal, Invalid) else {}
    shows = Page(actor, case, name, at, day_of(at), typed, errors, _parts(request))
    spec, framed = ACTS[name], frame(request, actor, case, at)
    proposal = act_forms.proposed(shows)
    answering = proposal is not None and isinstance(name, Verb)
    letter = None
    if preview or answering:
        letter = act_forms.letter_of(shows, act_forms.sent_by(actor, case, typed, at))
    turn_down = TURNS_DOWN[name] if answering and isinstance(name, Verb) else None
    context = framed | {
        "verb": name.value,
        "label": label_of(name),
        "act_url": shown.act_url(case.id, name.value, str(framed["query"])),
        "spec": spec,
        "leads": act_forms.lead(shows, previewing=preview),
        "refusal": refusal,
        "last": shown.events(case, to_come=False)[0] if isinstance(refusal, Conflict) else None,
        "fields": act_forms.fields(shows),
        "groups": act_forms.groups(shows),
        "errors": act_forms.summary(shows),
        "typed": [(key, text) for key, text in typed.items() if key not in OURS],
        "told": act_forms.told(shows),
        "promise": promise(case, day_of(at)) if name is Verb.ACCEPT else None,
        "opinion": shown.opinion(case, name),
        "proposal": None if proposal is None else shown.proposal(case, proposal),
        "answering": answering,
        "turn_down_url": shown.act_url(case.id, turn_down.value, str(framed["query"])) if turn_down else "",
        "letter": letter,
        "signing": act_forms.signing_fields(shows) if letter or not spec.previewed else [],
    }
    return render(request, "workbench/act.html", context, status=refusal.status if refusal else 200)
