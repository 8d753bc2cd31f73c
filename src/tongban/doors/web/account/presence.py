"""That the owner herself is there (本人在场), before a way of signing in is added or the password changes.

A session left open, or one that was opened with a guessed password, must not give itself a key of its own: who has a second way
already shows it; who has none types the password again, and a person a code that comes to her telephone.
"""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Forbidden, Invalid, Refusal
from tongban.doors.web import entering
from tongban.doors.web.account.own import field, now
from tongban.doors.web.templatetags.tongban import masked
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import Level, strength
from tongban.people.identity.rules.acts import LevelTooLow
from tongban.standards.text import msg


def strongly_here(actor: Actor) -> bool:
    """Whether this session was shown by something stronger than a password (强认证会话)."""
    return any(strength(method) is Level.ADVANCED for method in queries.session_methods(actor))


def ensure_strong(actor: Actor) -> None:
    """Raise LevelTooLow unless the session was shown by more than a password (须强认证): a way in is taken away by its owner only."""
    if not strongly_here(actor):
        raise LevelTooLow("identity.strong", Level.ADVANCED, strong=True)


def presence_fields(
    actor: Actor, sent: bool, typed: dict[str, str], refusal: Refusal | None
) -> list[dict[str, Any]]:
    """What is asked of the owner (本人在场字段); nothing where the session shows it."""
    if strongly_here(actor):
        return []
    ways = queries.ways_of(queries.own_account(actor).id)
    fields = []
    if ways.has_password:
        fields.append(
            field(
                "again",
                _("再输一次密码"),
                {},
                refusal,
                "password",
                autocomplete="current-password",
                maxlength=200,
            )
        )
    if actor.kind is ActorKind.PERSON:
        phone = masked(queries.claimed(queries.own_account(actor).id).phone)
        told = _("已发到 %(phone)s，10 分钟内有效。") if sent else _("先按“发验证码”，会发到 %(phone)s。")
        fields.append(
            field(
                "sms",
                _("短信验证码"),
                typed,
                refusal,
                help=told % {"phone": phone},
                width="s",
                maxlength=6,
                inputmode="numeric",
                autocomplete="one-time-code",
            )
        )
    return fields


def send_code(actor: Actor) -> None:
    """Send the code to the owner's telephone (发验证码给本人)."""
    phone = queries.claimed(queries.own_account(actor).id).phone
    actions.send_code(actor=actor, phone=phone, at=now())


def is_here(request: HttpRequest, actor: Actor) -> bool:
    """Whether the owner is there (本人在场); False where she pressed for a code, which is on its way. Raises Invalid at the fields."""
    if "send" in request.POST:
        send_code(actor)
        return False
    ensure_present(request, actor)
    return True


def ensure_present(request: HttpRequest, actor: Actor) -> None:
    """Raise Invalid at the fields unless the owner herself is there (核对本人在场)."""
    if strongly_here(actor):
        return
    at = now()
    if queries.ways_of(queries.own_account(actor).id).has_password:
        fits = actions.password_fits(
            actor=actor,
            password=request.POST.get("again", "")[:200],
            address=entering.address_of(request),
            at=at,
        )
        if not fits:
            problem = msg("密码不对，请再试一次。")
            raise Invalid("identity.again", problem, fields={"again": [problem]})
    elif actor.kind is not ActorKind.PERSON:
        raise Forbidden("identity.again", msg("请重新登录后再办。"))
    if actor.kind is ActorKind.PERSON:
        phone = queries.claimed(queries.own_account(actor).id).phone
        try:
            actions.confirm_code(actor=actor, phone=phone, code=request.POST.get("sms", "")[:20], at=at)
        except Invalid as refusal:
            raise Invalid(refusal.rule, refusal.message, fields={"sms": refusal.fields["code"]}) from refusal
