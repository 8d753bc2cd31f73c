"""Signing what one does (用证书签名): the field for the PIN, and the actor with her key unlocked for this one request."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Invalid, Refusal
from tongban.doors.web.templatetags.tongban import date_zh
from tongban.people.certificates import actions, queries
from tongban.people.certificates.queries import CertificateView
from tongban.people.certificates.rules.pins import LONGEST_PIN
from tongban.standards.text import Message, msg
from tongban.work.cases.rules.signing import Need

PIN, CERTIFICATE = "pin", "certificate"
# What a form sends for signing: never shown again, never kept, never among what was typed.
SECRET = frozenset({PIN, CERTIFICATE})


def certificates(actor: Actor, at: datetime) -> list[CertificateView]:
    """The certificates with which the actor signs here (可用来签名的证书): her own, whoever she acts for."""
    if actor.kind is ActorKind.STAFF and actor.id is not None:
        return queries.active_of(account_id=actor.id, at=at)
    if actor.kind is ActorKind.PERSON and actor.party_id is not None and actor.mandate_id is None:
        return queries.active_of(party_id=actor.party_id, at=at)
    return []


def fields(actor: Actor, need: Need, at: datetime, errors: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """The fields for signing (签名各项): none where nobody signs this, or the actor has no certificate."""
    held = certificates(actor, at) if need is not Need.NONE else []
    if not held:
        return []
    must = need is Need.MUST
    words = {"name": held[0].name, "until": date_zh(held[0].not_after)}
    one = _("%(name)s的证书，%(until)s到期。") % words if len(held) == 1 else ""
    choice = {
        "name": CERTIFICATE,
        "label": _("用哪张证书"),
        "type": "select",
        "required": must,
        "errors": errors.get(CERTIFICATE, []),
        "value": str(held[0].id),
        "options": [
            {"value": str(each.id), "label": f"{each.name} {each.organ_name} {each.serial[:8]}"}
            for each in held
        ],
    }
    secret = {
        "name": PIN,
        "label": _("证书口令（用证书签名）"),
        "help": one + (_("这一步是许可决定，要签名。") if must else _("不签名就空着。")),
        "type": "password",
        "required": must,
        "errors": errors.get(PIN, []),
        "maxlength": LONGEST_PIN,
        "autocomplete": "off",
        "width": "m",
        "value": "",
    }
    return [choice, secret] if len(held) > 1 else [secret]


def unlocked(actor: Actor, typed: Mapping[str, str], need: Need, at: datetime) -> Actor:
    """The actor with her key unlocked (开启证书), where she typed a PIN; raises Invalid at the field where it does not open.

    The key is dropped with the request: nothing keeps it.
    """
    pin = typed.get(PIN, "")
    if need is Need.NONE or not pin:
        return actor
    held = {each.id: each for each in certificates(actor, at)}
    chosen = _chosen(typed.get(CERTIFICATE, ""), held)
    if chosen is None:
        text = msg("没有找到可用的证书。请到“我的证书”看看它是不是到期或者被停用了。")
        raise Invalid("web.signing", text, fields={PIN: [text]})
    try:
        return replace(actor, signer=actions.unlock(actor=actor, certificate_id=chosen, pin=pin, at=at))
    except Invalid:
        raise
    except Refusal as refusal:
        text = Message(refusal.message, refusal.params)
        raise Invalid(refusal.rule, refusal.message, refusal.params, fields={PIN: [text]}) from refusal


def _chosen(named: str, held: Mapping[uuid.UUID, CertificateView]) -> uuid.UUID | None:
    for each in held:
        if named == str(each):
            return each
    return next(iter(held), None) if not named else None
