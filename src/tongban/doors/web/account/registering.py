"""Registering, and proving who one is (注册与实名核验): one proof a page, each kept at once."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import NotFound, Refusal
from tongban.doors.web import entering
from tongban.doors.web.account.addresses import account_page
from tongban.doors.web.account.own import field, now, own, say, show, typed_of
from tongban.doors.web.templatetags.tongban import masked, translated
from tongban.doors.web.views import next_of
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import LEVEL_LABELS, Level, Method
from tongban.people.identity.rules.proofs import (
    LONGEST_VALUE,
    ONLINE,
    PROOF_LABELS,
    VALUE_HELP,
    VALUE_LABELS,
    ProofKind,
    missing,
)
from tongban.standards import resident_id
from tongban.standards.text import msg

_PERSON: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("name", msg("姓名"), "text", {"autocomplete": "name", "maxlength": 60}),
    ("id_number", msg("身份证号码"), "text", {"maxlength": 20, "autocomplete": "off"}),
    ("phone", msg("手机号码"), "tel", {"autocomplete": "tel", "maxlength": 20}),
)


def onward_to(address: str, onward: str) -> str:
    """``address``, with where to go afterwards where that is somewhere (带返回地址)."""
    return address if onward in ("", "/") else f"{address}?next={quote(onward, safe='/')}"


def person_fields(typed: dict[str, str], refusal: Refusal | None) -> list[dict[str, Any]]:
    """Who one says one is (身份字段)."""
    return [
        field(name, translated(label), typed, refusal, kind, **more) for name, label, kind, more in _PERSON
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register (注册): who one says one is, a login and a password; then the proofs."""
    onward = next_of(request)
    typed = typed_of(request, "name", "id_number", "phone", "login")
    refusal: Refusal | None = None
    if request.method == "POST":
        at = now()
        try:
            actions.register_person(
                login=typed["login"],
                password=request.POST.get("password", "")[:200],
                name=typed["name"],
                id_number=typed["id_number"],
                phone=typed["phone"],
                at=at,
                address=entering.address_of(request),
            )
        except Refusal as problem:
            refusal = problem
        else:
            return opened(request, typed["login"], Method.PASSWORD, onward, at)
    fields = [
        *person_fields(typed, refusal),
        field(
            "login",
            _("登录名"),
            typed,
            refusal,
            help=_("以后登录用，最多 60 个字。"),
            autocomplete="username",
            maxlength=60,
        ),
        field(
            "password",
            _("密码"),
            {},
            refusal,
            "password",
            help=_("至少 8 个字符。"),
            autocomplete="new-password",
            maxlength=200,
        ),
    ]
    return show(request, "register", {"fields": fields, "onward": onward}, refusal)


def opened(request: HttpRequest, login: str, method: Method, onward: str, at: datetime) -> HttpResponse:
    """Whoever has just registered is in (注册后进门), and the first thing is proven."""
    account = queries.account_by_login(login.strip())
    if account is None:
        raise NotFound("identity.account", msg("没有这个账号。"))
    entering.enter(request, account, methods=[method], at=at)
    return _prove(request, entering.acting(account), ProofKind.ID_CARD, "", onward)


def _prove(request: HttpRequest, actor: Actor, kind: ProofKind, value: str, onward: str) -> HttpResponse:
    """Have one thing checked and go back to the list, which says how it went; the list keeps all that was proven before."""
    listed = onward_to(account_page("proofs"), onward)
    try:
        level = actions.prove(actor=actor, kind=kind, value=value, at=now())
    except Refusal as refusal:
        if kind is not ProofKind.ID_CARD:
            raise
        texts = [text for found in refusal.fields.values() for text in found] or [str(translated(refusal))]
        say(request, "bad", _("身份证没有核验通过"), "".join(translated(text) for text in texts))
        return HttpResponseRedirect(listed)
    said = _("“%(kind)s”核验通过") % {"kind": translated(PROOF_LABELS[kind])}
    if level > Level.UNPROVEN and actor.level < level:
        said = _("核验通过，您现在是%(level)s") % {"level": translated(LEVEL_LABELS[level])}
        if onward not in ("", "/"):
            say(request, "ok", said)
            return HttpResponseRedirect(onward)
    say(request, "ok", said)
    return HttpResponseRedirect(listed)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def proofs(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is proven of me (实名核验): what fits, what is missing, and where to prove it. A POST checks the identity card."""
    onward = next_of(request)
    if request.method == "POST":
        return _prove(request, actor, ProofKind.ID_CARD, "", onward)
    who = queries.claimed(queries.own_account(actor).id)
    done = {one.kind: one for one in queries.proofs_of(actor)}
    level = queries.own_account(actor).level
    others = [
        {
            "kind": kind.value,
            "label": translated(PROOF_LABELS[kind]),
            "proof": done.get(kind),
            "url": onward_to(account_page(f"proofs/{kind.value}"), onward),
        }
        for kind in ONLINE
    ]
    context = {
        "name": masked(who.name, "name"),
        "number": resident_id.masked(who.number),
        "settled": who.settled,
        "card": done.get(ProofKind.ID_CARD),
        "others": others,
        "level": translated(LEVEL_LABELS[level]),
        "unproven": level is Level.UNPROVEN,
        "missing": missing(list(done)),
        "onward": onward,
        "correct_url": onward_to(account_page("claim"), onward),
    }
    return show(request, "proofs", context)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def proof(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """Prove one thing (核验一项)."""
    if kind not in {one.value for one in ONLINE}:
        raise NotFound("identity.proof_kind", msg("没有这一项核验。"))
    asked = ProofKind(kind)
    onward = next_of(request)
    typed = typed_of(request, "value", "code")
    if asked is ProofKind.PHONE and request.method != "POST":
        typed["value"] = queries.claimed(queries.own_account(actor).id).phone
    refusal: Refusal | None = None
    sent = "check" in request.POST
    if request.method == "POST":
        try:
            if asked is ProofKind.PHONE and "send" in request.POST:
                actions.send_code(actor=actor, phone=typed["value"], at=now())
                sent = True
            else:
                if asked is ProofKind.PHONE and typed["code"].strip():
                    actions.confirm_code(actor=actor, phone=typed["value"], code=typed["code"], at=now())
                return _prove(request, actor, asked, typed["value"], onward)
        except Refusal as problem:
            refusal = problem
    fields = [
        field(
            "value",
            translated(VALUE_LABELS[asked]),
            typed,
            refusal,
            help=translated(VALUE_HELP[asked]),
            maxlength=LONGEST_VALUE,
            autocomplete="tel" if asked is ProofKind.PHONE else "off",
        )
    ]
    if sent:
        fields.append(
            field(
                "code",
                _("短信验证码"),
                typed,
                refusal,
                help=_("6 位数字，10 分钟内有效。"),
                width="s",
                maxlength=6,
                inputmode="numeric",
                autocomplete="one-time-code",
            )
        )
    context = {
        "label": translated(PROOF_LABELS[asked]),
        "fields": fields,
        "phone": asked is ProofKind.PHONE,
        "sent": sent,
        "onward": onward,
        "back_url": onward_to(account_page("proofs"), onward),
    }
    return show(request, "proof", context, refusal)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Correct who one says one is (更正身份信息), as long as it is not proven."""
    onward = next_of(request)
    refusal: Refusal | None = None
    if request.method == "POST":
        typed = typed_of(request, "name", "id_number", "phone")
        try:
            actions.correct_claim(
                actor=actor,
                name=typed["name"],
                id_number=typed["id_number"],
                phone=typed["phone"],
                at=now(),
            )
            return _prove(request, actor, ProofKind.ID_CARD, "", onward)
        except Refusal as problem:
            refusal = problem
    else:
        who = queries.claimed(queries.own_account(actor).id)
        if who.settled:
            return HttpResponseRedirect(account_page("proofs"))
        typed = {"name": who.name, "id_number": who.number, "phone": who.phone}
    back = onward_to(account_page("proofs"), onward)
    context = {"fields": person_fields(typed, refusal), "onward": onward, "back_url": back}
    return show(request, "claim", context, refusal)
