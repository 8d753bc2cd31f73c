"""One certificate as pages show it (证书页): its state, its facts, its whole history, and what can be done with it."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from tongban.base.ledger.queries import Act
from tongban.doors.web.certificates.acting import GRAVE, PRESSED
from tongban.doors.web.templatetags.tongban import date_zh, time_zh
from tongban.people.certificates.queries import CertificateView
from tongban.people.certificates.rules.moves import (
    CERTIFICATE_STATE_LABELS,
    CERTIFICATE_VERB_LABELS,
    REVOCATION_REASON_LABELS,
    CertificateState,
    CertificateVerb,
    RevocationReason,
)
from tongban.people.certificates.rules.profiles import ALGORITHM_LABELS, DELIVERY_LABELS, PROFILE_LABELS
from tongban.standards.text import msg

Shown = dict[str, object]
_TAGS = {
    CertificateState.REQUESTED: "wait",
    CertificateState.APPROVED: "now",
    CertificateState.ISSUED: "ok",
    CertificateState.SUSPENDED: "warn",
    CertificateState.REVOKED: "bad",
}
_HAPPENED = {
    "certificates.register": msg("窗口登记"),
    "certificates.ask": msg("线上申请"),
    "certificates.follow": msg("由前一张证书续期或者换发"),
    "certificates.tell_expiry": msg("提醒快到期"),
    "certificates.change_pin": msg("修改证书口令"),
}
_BY = {"person": msg("持有人"), "system": msg("平台")}


def tag(state: CertificateState) -> Shown:
    """A state as a tag (状态标签)."""
    return {"state": _TAGS.get(state, "idle"), "word": _(CERTIFICATE_STATE_LABELS[state])}


def day(at: datetime | None) -> str:
    """A day in words (日期), '' for none."""
    return date_zh(at) if at is not None else ""


def title(found: CertificateView) -> str:
    """What it is called (证书称呼)."""
    return f"{_(PROFILE_LABELS[found.profile])} · {found.name}"


def facts(found: CertificateView) -> list[Shown]:
    """What it says (证书内容), as rows of a summary."""
    rows: list[tuple[str, object]] = [
        (_("持有人"), found.name),
        (_("单位"), found.organ_name),
        (_("代码或者域名"), found.code),
        (_("交付方式"), _(DELIVERY_LABELS[found.delivery])),
        (_("算法"), ALGORITHM_LABELS[found.algorithm]),
        (_("登记的窗口"), found.office_name),
        (_("签发机构"), found.issuer),
        (_("序列号"), found.serial),
        (_("指纹（SHA-256）"), found.fingerprint),
        (_("有效期"), _validity(found)),
        (_("吊销时间"), time_zh(found.ended_at) if found.ended_because else ""),
        (_("吊销原因"), _(REVOCATION_REASON_LABELS[found.ended_because]) if found.ended_because else ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _validity(found: CertificateView) -> str:
    if found.not_before is None or found.not_after is None:
        return ""
    return _("%(first)s 到 %(last)s") % {"first": date_zh(found.not_before), "last": date_zh(found.not_after)}


def events(acts: list[Act]) -> list[Shown]:
    """Its history (证书经过), from the ledger, the latest first."""
    return [
        {
            "at": act.at,
            "title": _title(act),
            "who": act.actor.get("name") if act.actor.get("kind") == "staff" else _by(act.actor),
            "text": _text(act.data),
            "state": "done",
        }
        for act in reversed(acts)
    ]


def _title(act: Act) -> str:
    known = _HAPPENED.get(act.act)
    if known is not None:
        return _(known)
    return _(CERTIFICATE_VERB_LABELS[CertificateVerb(act.act.removeprefix("certificates."))])


def _by(actor: Mapping[str, str]) -> str:
    return _(_BY.get(actor.get("kind", ""), _BY["system"]))


def _text(data: Mapping[str, object]) -> str:
    reason = str(data.get("reason", ""))
    said = [_(REVOCATION_REASON_LABELS[RevocationReason(reason)])] if reason else []
    said += [str(data["because"])] if data.get("because") else []
    return _("；").join(said)


def acts(found: CertificateView, root: str) -> list[Shown]:
    """The buttons (可办动作): what the reader may do with it now."""
    return [
        {
            "url": f"{root}/{found.id}/{verb}",
            "label": label(found, verb),
            "grave": verb in GRAVE,
        }
        for verb in PRESSED
        if verb in found.verbs
    ]


def label(found: CertificateView, verb: CertificateVerb) -> str:
    """What a verb is called on its button (按钮文字): a holder fetches, an office issues."""
    if verb is CertificateVerb.ISSUE and found.own:
        return _("领取证书")
    if verb is CertificateVerb.SUSPEND and found.own:
        return _("密钥丢了，马上冻结")
    return _(CERTIFICATE_VERB_LABELS[verb])


def hindrances(found: CertificateView) -> list[str]:
    """Why something cannot be done now (暂不能办的原因)."""
    return list(dict.fromkeys(_(reason) for reason in found.hindrances.values()))


def row(found: CertificateView, root: str) -> Shown:
    """A certificate in a table (列表行)."""
    return {
        "cells": [
            {"text": found.name, "url": f"{root}/{found.id}"},
            _(PROFILE_LABELS[found.profile]),
            found.organ_name or found.code or "",
            tag(found.state),
            found.registered_at.date(),
            found.not_after.date() if found.not_after else "",
        ]
    }


COLUMNS = (msg("持有人"), msg("种类"), msg("单位"), msg("状态"), msg("登记"), msg("到期"))
