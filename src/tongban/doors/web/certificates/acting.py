"""Acts on a certificate as both doors show them (证书办理页): what is asked, what will happen, and the one call that does it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.people.certificates import actions
from tongban.people.certificates.queries import CertificateView
from tongban.people.certificates.rules.moves import (
    CERTIFICATE_VERB_LABELS,
    HOLDERS_REASONS,
    OFFICE_REASONS,
    REVOCATION_REASON_LABELS,
    CertificateVerb,
    RevocationReason,
)
from tongban.people.certificates.rules.profiles import Delivery
from tongban.standards.text import msg

Shown = dict[str, object]
V = CertificateVerb

# What a person may press; the rest follows by itself.
PRESSED = (
    V.APPROVE,
    V.REFUSE,
    V.ISSUE,
    V.TAKE,
    V.SUSPEND,
    V.RESUME,
    V.RENEW,
    V.REPLACE,
    V.REVOKE,
    V.WITHDRAW,
)
GRAVE = frozenset({V.REVOKE, V.REFUSE, V.WITHDRAW})
_EFFECTS = {
    V.APPROVE: (msg("持有人 30 天内可以领取，过期作废。"),),
    V.REFUSE: (msg("持有人会看到理由，可以重新申请。"),),
    V.WITHDRAW: (msg("申请撤回以后要用证书，请重新申请。"),),
    V.SUSPEND: (
        msg("从现在起，用这张证书做的签名和登录都不被承认。"),
        msg("找到密钥以后，带身份证件到窗口解冻；确定找不到了，就吊销。"),
    ),
    V.RESUME: (msg("请先当面核对持有人的身份证件。"),),
    V.REVOKE: (msg("吊销以后不能恢复，要用证书得重新申请。"), msg("吊销以前做的签名照样有效。")),
    V.RENEW: (msg("会有一张新证书等您领取；领取以后，现在这张就停用。"),),
    V.REPLACE: (msg("重新审核以后发一张新证书；领取以后，现在这张就停用。"),),
    V.TAKE: (msg("只能下载这一次。打开文件要用领取时显示的口令。"),),
}
_REASONED = frozenset({V.REFUSE, V.SUSPEND, V.RESUME, V.REVOKE, V.REPLACE})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act (办理结果): the certificate to show next, words, a passphrase to show once, a file to hand out."""

    next_id: uuid.UUID
    said: str
    passphrase: str = ""
    file: bytes | None = None


def effects(found: CertificateView, verb: V) -> list[str]:
    """What will happen (会怎么样), as the page says it before the button."""
    if verb is V.ISSUE:
        return {
            Delivery.KEPT: [
                _("密钥由平台加密保管，没有口令谁也用不了，我们也不知道您的口令。"),
                _("口令忘了不能找回，只能换发一张新证书。"),
            ],
            Delivery.FILE: [_("下一页会显示打开文件的口令，只显示这一次，请记下来。")],
            Delivery.REQUEST: [_("按提交的证书请求签发。")],
        }[found.delivery]
    return [_(text) for text in _EFFECTS.get(verb, ())]


def fields(
    found: CertificateView, verb: V, typed: Mapping[str, str], errors: Mapping[str, list[str]]
) -> list[Shown]:
    """What is asked before the act (办理表单)."""
    shapes: dict[str, Shown] = {}
    if verb is V.REVOKE:
        given = HOLDERS_REASONS if found.own else OFFICE_REASONS
        shapes["reason"] = {
            "label": _("为什么吊销"),
            "type": "radio",
            "options": [{"value": one.value, "label": REVOCATION_REASON_LABELS[one]} for one in given],
        }
    if verb in _REASONED:
        shapes["because"] = {
            "label": _("说明"),
            "type": "textarea",
            "rows": 3,
            "maxlength": 400,
            "help": _("写进这张证书的经过，持有人看得到。"),
        }
    if verb is V.ISSUE and found.delivery is Delivery.KEPT:
        shapes["pin"] = {
            "label": _("设置证书口令"),
            "type": "password",
            "width": "m",
            "autocomplete": "new-password",
            "help": _("6 到 64 个字符。每次签名都要输入，不要和登录密码一样。"),
        }
        shapes["again"] = {
            "label": _("再输一次"),
            "type": "password",
            "width": "m",
            "autocomplete": "new-password",
        }
    return [
        {"name": name, "required": True, "value": typed.get(name, ""), "errors": errors.get(name, [])} | shape
        for name, shape in shapes.items()
    ]


def perform(
    actor: Actor,
    found: CertificateView,
    verb: V,
    typed: Mapping[str, str],
    *,
    at: datetime,
    key: str | None,
    version: int,
) -> Outcome:
    """Do it (办理): one call of the room's action."""
    because = typed.get("because", "")
    said = _("已办：%(verb)s") % {"verb": _(CERTIFICATE_VERB_LABELS[verb])}
    plain = {V.APPROVE: actions.approve, V.WITHDRAW: actions.withdraw}
    reasoned = {V.REFUSE: actions.refuse, V.SUSPEND: actions.suspend, V.RESUME: actions.resume}
    if verb in plain:
        plain[verb](actor=actor, certificate_id=found.id, at=at, version=version, key=key)
        return Outcome(found.id, said)
    if verb in reasoned:
        reasoned[verb](actor=actor, certificate_id=found.id, because=because, at=at, version=version, key=key)
        return Outcome(found.id, said)
    if verb is V.REVOKE:
        given = typed.get("reason", "")
        reason = RevocationReason(given) if given in set(RevocationReason) else RevocationReason.SUPERSEDED
        actions.revoke(
            actor=actor,
            certificate_id=found.id,
            reason=reason,
            because=because,
            at=at,
            version=version,
            key=key,
        )
        return Outcome(found.id, said)
    if verb is V.RENEW:
        return Outcome(
            actions.renew(actor=actor, certificate_id=found.id, at=at, version=version, key=key),
            _("续期已经通过，请领取新证书"),
        )
    if verb is V.REPLACE:
        successor = actions.replace(
            actor=actor, certificate_id=found.id, because=because, at=at, version=version, key=key
        )
        return Outcome(successor, _("换发已经申请，等待审核"))
    if verb is V.TAKE:
        content = actions.take(actor=actor, certificate_id=found.id, at=at, key=key)
        return Outcome(found.id, said, file=content)
    issued = actions.issue(
        actor=actor,
        certificate_id=found.id,
        pin=typed.get("pin", ""),
        again=typed.get("again", ""),
        at=at,
        version=version,
        key=key,
    )
    return Outcome(found.id, _("证书已签发"), passphrase=issued.passphrase)
