"""What own pages and the registrars' desk share (证书共用页): the record, an act with its form, the file, fields of a request."""

import uuid
from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ledger.queries import Act
from tongban.base.pki import pem
from tongban.doors.web.account.own import now, say
from tongban.doors.web.certificates import acting, record
from tongban.doors.web.templatetags.tongban import translated
from tongban.people.certificates import queries
from tongban.people.certificates.queries import CertificateView
from tongban.people.certificates.rules.moves import CertificateVerb
from tongban.people.certificates.rules.profiles import (
    ALGORITHM_LABELS,
    DELIVERY_LABELS,
    Algorithm,
    Delivery,
)
from tongban.standards.text import msg

Shown = dict[str, object]
Back = tuple[str, str]  # where to, and its name
MENDED = msg("还有内容没有填好，已经在下面标出。")
_LONGEST = 2000  # characters of a typed value


def show(
    request: HttpRequest, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """A page of certificates (证书页)."""
    return render(request, f"web/certificates/{template}.html", dict(context), status=status)


def form(
    request: HttpRequest, template: str, context: Mapping[str, object], refusal: Refusal | None
) -> HttpResponse:
    """A page with a form (带表单的页): after a refusal it comes back with everything that was typed, and says what to mend."""
    listed = [
        {"name": name, "text": translated(text)}
        for name, texts in (refusal.fields if refusal else {}).items()
        for text in texts
    ]
    more = {
        "key": str(uuid.uuid4()),
        "errors": listed,
        "refusal": refusal if refusal and not listed else None,
    }
    return show(request, template, {**more, **context}, status=refusal.status if refusal else 200)


def key_of(request: HttpRequest) -> str | None:
    """The form's own key (幂等键), or None where it is none that we gave."""
    try:
        return str(uuid.UUID(str(request.POST.get("key", ""))))
    except ValueError:
        return None


def _version_of(request: HttpRequest) -> int:
    text = str(request.POST.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def one(
    request: HttpRequest,
    found: CertificateView,
    acts: list[Act],
    *,
    root: str,
    back: Back,
    more: Sequence[Shown] = (),
    page: Mapping[str, object] | None = None,
) -> HttpResponse:
    """One certificate (一张证书): what can be done, what it says, and its whole history. ``more``: further rows; ``page``: what else it shows."""
    context = {
        "found": found,
        "title": record.title(found),
        "tag": record.tag(found.state),
        "acts": record.acts(found, root),
        "hindrances": record.hindrances(found),
        "rows": [*record.facts(found), *more],
        "events": record.events(acts),
        "file_url": f"{root}/{found.id}/file" if found.fingerprint else "",
        "back": {"url": back[0], "text": back[1]},
        "root": root,
        **(page or {}),
    }
    return show(request, "one", context)


def act(
    request: HttpRequest, actor: Actor, found: CertificateView, verb: str, *, root: str, back: Back
) -> HttpResponse:
    """One act (办理一步): what will happen, what is asked, the button; on a refusal everything typed is there again."""
    if verb not in set(acting.PRESSED):
        raise NotFound("certificates.verb", msg("没有这个页面。"))
    chosen, refusal = CertificateVerb(verb), None
    typed = {name: str(request.POST.get(name, ""))[:_LONGEST] for name in ("because", "reason")}
    secret = {name: str(request.POST.get(name, ""))[:_LONGEST] for name in ("pin", "again")}
    if request.method == "POST":
        try:
            outcome = acting.perform(
                actor,
                found,
                chosen,
                typed | secret,
                at=now(),
                key=key_of(request),
                version=_version_of(request),
            )
            return _after(request, found, outcome, root, back)
        except (Invalid, Conflict, Forbidden) as refused:
            refusal = refused
            found = queries.one(actor, found.id, at=now())
    context = {
        "found": found,
        "title": record.title(found),
        "label": record.label(found, chosen),
        "effects": acting.effects(found, chosen),
        "fields": acting.fields(found, chosen, typed, refusal.fields if refusal else {}),
        "grave": chosen in acting.GRAVE,
        "url": f"{root}/{found.id}/{verb}",
        "cancel_url": f"{root}/{found.id}",
        "back": {"url": back[0], "text": back[1]},
    }
    return form(request, "act", context, refusal)


def _after(
    request: HttpRequest, found: CertificateView, outcome: acting.Outcome, root: str, back: Back
) -> HttpResponse:
    if outcome.file is not None:
        return _saved(outcome.file, f"{found.name}.p12", "application/x-pkcs12")
    if outcome.passphrase:
        context = {
            "title": record.title(found),
            "passphrase": outcome.passphrase,
            "take_url": f"{root}/{found.id}/take",
            "record_url": f"{root}/{found.id}",
            "key": str(uuid.uuid4()),
            "back": {"url": back[0], "text": back[1]},
        }
        return show(request, "passphrase", context)
    say(request, "ok", outcome.said)
    return HttpResponseRedirect(f"{root}/{outcome.next_id}")


def file(actor: Actor, found: CertificateView) -> HttpResponse:
    """The certificate itself (证书文件), PEM."""
    content = queries.file_of(actor, found.id)
    if content is None:
        raise NotFound("certificates.file", msg("证书还没有签发。"))
    return _saved(pem.armour("CERTIFICATE", content), f"{found.name}.crt", "application/x-pem-file")


def _saved(content: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def delivery_of(typed: str) -> Delivery:
    """The way of delivery that was chosen (所选交付方式); Invalid at its field."""
    if typed not in set(Delivery):
        raise Invalid("certificates.delivery", MENDED, fields={"delivery": [msg("请选一项。")]})
    return Delivery(typed)


def algorithm_of(typed: str) -> Algorithm:
    """The algorithm that was chosen (所选算法), P-256 where none was."""
    return Algorithm(typed) if typed in set(Algorithm) else Algorithm.P256


def delivery_field(deliveries: Sequence[Delivery]) -> Shown:
    """How it is to be delivered (交付方式)."""
    helps = {
        Delivery.KEPT: _("在网页上就能签名，不用插 UKey。"),
        Delivery.FILE: _("装进自己的电脑或者手机里用。"),
        Delivery.REQUEST: _("密钥从不离开您的设备，UKey 也这样办。"),
    }
    return {
        "label": _("怎么用"),
        "type": "radio",
        "required": True,
        "options": [
            {"value": one.value, "label": _(DELIVERY_LABELS[one]), "help": helps[one]} for one in deliveries
        ],
    }


def algorithm_field() -> Shown:
    """Which algorithm (算法)."""
    return {
        "label": _("算法"),
        "type": "radio",
        "required": True,
        "help": _("不清楚就用第一种。"),
        "options": [{"value": one.value, "label": ALGORITHM_LABELS[one]} for one in Algorithm],
    }


def request_field(*, required: bool = False) -> Shown:
    """The request of one's own key (证书请求)."""
    if required:
        help_text = _("粘贴 PKCS#10 文本，从 -----BEGIN CERTIFICATE REQUEST----- 开始。")
    else:
        help_text = _(
            "选了“自己的密钥”才要填：粘贴 PKCS#10 文本，从 -----BEGIN CERTIFICATE REQUEST----- 开始。"
        )
    return {
        "required": required,
        "label": _("证书请求"),
        "type": "textarea",
        "rows": 5,
        "help": help_text,
    }
