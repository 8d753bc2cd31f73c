"""My certificates (我的证书): ask for one, fetch it, stop it at once, renew it; for people and officials alike."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.doors.web.account.addresses import account_page
from tongban.doors.web.account.own import now, own, say
from tongban.doors.web.certificates import pages, record
from tongban.people.certificates import actions, queries
from tongban.people.certificates.queries import CertificateView
from tongban.people.certificates.rules.moves import CertificateState
from tongban.people.certificates.rules.profiles import (
    PROFILES,
    Algorithm,
    Delivery,
    ProfileKind,
)
from tongban.people.identity.rules.acts import ensure_level
from tongban.people.parties import queries as parties
from tongban.standards.text import msg

Shown = dict[str, object]
PREFIXES = {"portal": "my/certificates", "workbench": "account/certificates"}


def root() -> str:
    """Where one's own certificates lie at this door (我的证书地址)."""
    return f"/{PREFIXES.get(settings.DOOR, PREFIXES['portal'])}"


def _own(actor: Actor, certificate_id: uuid.UUID) -> CertificateView:
    """One of the actor's own: a registrar meets those of others at her desk, not here."""
    found = queries.one(actor, certificate_id, at=now())
    if not found.own:
        raise NotFound("certificates.visible", msg("没有找到这张证书，或者您不能查看它。"))
    return found


@own
@require_http_methods(["GET", "HEAD"])
def mine(request: HttpRequest, actor: Actor) -> HttpResponse:
    """My certificates (我的证书), newest first, with what ends soon."""
    found = queries.mine(actor, at=now())
    cards = [
        {
            "title": record.title(one),
            "url": f"{root()}/{one.id}",
            "tag": record.tag(one.state),
            "meta": [
                word
                for word in (
                    one.organ_name,
                    _("有效期到 %(day)s") % {"day": record.day(one.not_after)} if one.not_after else "",
                )
                if word
            ],
        }
        for one in found
    ]
    soon = [
        {
            "title": _("%(name)s的证书 %(day)s到期") % {"name": one.name, "day": record.day(one.not_after)},
            "url": f"{root()}/{one.id}",
        }
        for one in found
        if one.told_at is not None and one.state is CertificateState.ISSUED
    ]
    context = {
        "cards": cards,
        "soon": soon,
        "root": root(),
        "may_ask": bool(actor.party_id or actor.posts),
        "account_url": account_page(),
    }
    return pages.show(request, "mine", context)


@own
@require_http_methods(["GET", "HEAD"])
def one(request: HttpRequest, actor: Actor, certificate_id: uuid.UUID) -> HttpResponse:
    """One of my certificates (我的一张证书), with its whole history."""
    found = _own(actor, certificate_id)
    acts = queries.history(actor, certificate_id)
    page: dict[str, object] = {}
    if found.delivery is Delivery.KEPT and found.state is CertificateState.ISSUED:
        page["pin_url"] = f"{root()}/{found.id}/pin"
    return pages.one(request, found, acts, root=root(), back=(root(), _("我的证书")), page=page)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest, actor: Actor, certificate_id: uuid.UUID) -> HttpResponse:
    """Change the PIN (修改口令) of a kept key, by who knows it."""
    found, refusal = _own(actor, certificate_id), None
    typed = {name: str(request.POST.get(name, ""))[:200] for name in ("pin", "new", "again")}
    if request.method == "POST":
        try:
            actions.change_pin(actor=actor, certificate_id=found.id, at=now(), **typed)
            say(request, "ok", _("证书口令已修改"))
            return HttpResponseRedirect(f"{root()}/{found.id}")
        except (Invalid, Conflict, Forbidden) as refused:
            refusal = refused
    errors = refusal.fields if refusal else {}
    labels = {"pin": _("现在的证书口令"), "new": _("新的证书口令"), "again": _("再输一次")}
    fields: list[Shown] = [
        {
            "name": name,
            "label": label,
            "type": "password",
            "width": "m",
            "required": True,
            "value": "",
            "errors": errors.get(name, []),
            "autocomplete": "off" if name == "pin" else "new-password",
        }
        for name, label in labels.items()
    ]
    context = {
        "found": found,
        "title": record.title(found),
        "label": _("修改证书口令"),
        "effects": [_("口令忘了不能找回，只能换发一张新证书。")],
        "fields": fields,
        "url": f"{root()}/{found.id}/pin",
        "cancel_url": f"{root()}/{found.id}",
        "back": {"url": root(), "text": _("我的证书")},
    }
    return pages.form(request, "act", context, refusal)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, certificate_id: uuid.UUID, verb: str) -> HttpResponse:
    """One act on it (办理)."""
    found = _own(actor, certificate_id)
    return pages.act(request, actor, found, verb, root=root(), back=(root(), _("我的证书")))


@own
@require_http_methods(["GET", "HEAD"])
def file(request: HttpRequest, actor: Actor, certificate_id: uuid.UUID) -> HttpResponse:
    """The certificate itself, PEM (证书文件): public, unlike its key."""
    return pages.file(actor, _own(actor, certificate_id))


@own
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for a certificate (申请证书) of one's own."""
    typed = {name: str(request.POST.get(name, ""))[:20_000] for name in _FIELDS}
    refusal = None
    if request.method == "POST":
        ensure_level(actor, "certificates.request")  # the page steps up in place; the act holds to it as well
        try:
            organ_id = _organ_of(actor, typed["organ"])
            made = actions.ask(
                actor=actor,
                name=_name_of(actor),
                organ_id=organ_id,
                algorithm=pages.algorithm_of(typed["algorithm"]),
                delivery=pages.delivery_of(typed["delivery"]),
                request=typed["request"],
                at=now(),
                key=pages.key_of(request),
            )
            say(request, "ok", _("已经申请，等待审核"), _("审核通过以后，回到这里领取。"))
            return HttpResponseRedirect(f"{root()}/{made}")
        except (Invalid, Conflict, Forbidden) as refused:
            refusal = refused
    errors = refusal.fields if refusal else {}
    context = {
        "fields": _fields(actor, typed, errors),
        "account_url": account_page(),
        "low": actor.level < PROFILES[ProfileKind.PERSON].level,
        "root": root(),
    }
    return pages.form(request, "ask", context, refusal)


_FIELDS = ("organ", "delivery", "algorithm", "request")


def _name_of(actor: Actor) -> str:
    return parties.party(actor.party_id).name if actor.party_id else actor.name


def _organ_of(actor: Actor, typed: str) -> uuid.UUID | None:
    """The organ for which an official asks; None for a person. Nothing typed is the only one there is."""
    if actor.party_id is not None:
        return None
    organs = actor.organs()
    if len(organs) == 1 and not typed:
        return next(iter(organs))
    chosen = next((organ for organ in organs if str(organ) == typed), None)
    if chosen is None:
        raise Invalid("certificates.organ", pages.MENDED, fields={"organ": [msg("请选一项。")]})
    return chosen


def _fields(actor: Actor, typed: dict[str, str], errors: dict[str, list[str]]) -> list[Shown]:
    organs = parties.organs_by_id(actor.organs()) if actor.party_id is None else {}
    shapes: dict[str, Shown] = {}
    if len(organs) > 1:
        shapes["organ"] = {
            "label": _("哪个机关的证书"),
            "type": "select",
            "required": True,
            "options": [{"value": str(organ.id), "label": organ.name} for organ in organs.values()],
        }
    shapes["delivery"] = pages.delivery_field(PROFILES[ProfileKind.PERSON].deliveries)
    shapes["algorithm"] = pages.algorithm_field()
    shapes["request"] = pages.request_field()
    given = {"algorithm": Algorithm.P256.value, "delivery": Delivery.KEPT.value}
    return [
        {"name": name, "value": typed.get(name) or given.get(name, ""), "errors": errors.get(name, [])}
        | shape
        for name, shape in shapes.items()
    ]
