"""How the registration of a system is drawn (接入登记表单): in groups, each field in plain words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.shown import Shown
from tongban.people.identity.rules import LEVEL_LABELS, Level
from tongban.people.signon.rules.claims import SCOPE_LABELS, SHARED
from tongban.people.signon.rules.registration import (
    AUDIENCE_LABELS,
    FLOW_LABELS,
    LONGEST_PURPOSE,
    METHOD_LABELS,
    SIGNING,
    Flow,
    Registration,
    right_field,
)
from tongban.people.signon.rules.rights import RIGHT_LABELS, Right
from tongban.standards.text import msg

_LINES = msg("一行一个，写全，逐字核对；除了本机程序，都要以 https:// 开头。")
_WHO: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("name", msg("系统名称"), {"required": True, "help": msg("登录时给人们看的名字。"), "maxlength": 60}),
    ("audience", msg("面向对象"), {"required": True, "type": "select", "labels": AUDIENCE_LABELS}),
    (
        "level",
        msg("至少要什么实名等级"),
        {"required": True, "type": "select", "labels": {str(int(one)): LEVEL_LABELS[one] for one in Level}},
    ),
)
_WHERE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("redirects", msg("登录后回到哪里"), {"type": "textarea", "help": _LINES, "rows": 3}),
    ("after_sign_out", msg("退出后回到哪里"), {"type": "textarea", "help": _LINES, "rows": 2}),
    ("back_channel", msg("退出通知地址"), {"help": msg("有人退出时，平台向这里发通知。")}),
    (
        "sector",
        msg("编号范围"),
        {
            "help": msg("同一范围的系统看到同一个人的编号相同；不填就用第一个返回地址的域名。"),
            "maxlength": 100,
        },
    ),
)
_HOW: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("method", msg("系统怎样证明自己"), {"required": True, "type": "select", "labels": METHOD_LABELS}),
    ("keys_address", msg("公钥地址"), {"help": msg("平台从这里读系统的公钥（JWKS）。")}),
    (
        "keys",
        msg("公钥"),
        {"type": "textarea", "help": msg("没有公钥地址时，把公钥（JWKS）贴在这里。"), "rows": 4},
    ),
    ("certificate_subject", msg("证书主题"), {"help": msg("例如 CN=apply,O=某某局,C=CN；只用于出示证书。")}),
    (
        "signing",
        msg("平台用什么算法签名"),
        {"required": True, "type": "select", "labels": {one: one for one in SIGNING}},
    ),
)
_FLOWS = tuple((f"flow_{flow.name.lower()}", FLOW_LABELS[flow], {"type": "checkbox"}) for flow in Flow)
_SHARES = tuple(
    (f"purpose_{scope.value}", SCOPE_LABELS[scope], {"maxlength": LONGEST_PURPOSE}) for scope in SHARED
)
_RIGHTS = tuple((right_field(right), RIGHT_LABELS[right], {"maxlength": LONGEST_PURPOSE}) for right in Right)
_GROUPS = (
    (msg("是什么系统"), "", _WHO),
    (msg("怎样登录"), "", _FLOWS),
    (msg("在哪里"), "", _WHERE),
    (
        msg("要看到什么，为什么"),
        msg("只登记办事真正要用的。写了用途的才能要；人们登录时会看到您写的用途。"),
        _SHARES,
    ),
    (
        msg("以系统自己的名义用什么接口，为什么"),
        msg("只写真正要用的；写了用途、经审批的才能用。涉及个人信息的，每次查看都会连同用途记入账本。"),
        _RIGHTS,
    ),
    (msg("怎样证明自己"), "", _HOW),
)
FIELDS = tuple(name for _title, _text, group in _GROUPS for name, _label, _shape in group)
_LABELS = {name: label for _title, _text, group in _GROUPS for name, label, _shape in group} | {
    "organ": msg("机关")
}


def groups_of(
    values: Mapping[str, str], errors: Mapping[str, list[str]], organs: list[Shown]
) -> list[dict[str, object]]:
    """The form in groups (分组表单); ``organs``: to choose from, where there is more than one."""
    found: list[dict[str, object]] = []
    for title, text, group in _GROUPS:
        fields = [_field(name, label, shape, values, errors) for name, label, shape in group]
        found.append({"title": _(title), "text": _(text) if text else "", "fields": fields})
    if len(organs) > 1:
        organ = _field("organ", _LABELS["organ"], {"required": True, "type": "select"}, values, errors)
        first = found[0]["fields"]
        if isinstance(first, list):
            first.insert(0, organ | {"options": organs})
    return found


def _field(
    name: str,
    label: str,
    shape: Mapping[str, Any],
    values: Mapping[str, str],
    errors: Mapping[str, list[str]],
) -> Shown:
    field: Shown = {
        "name": name,
        "label": label,
        "value": values.get(name, ""),
        "errors": errors.get(name, []),
    }
    field |= {key: value for key, value in shape.items() if key != "labels"}
    if "labels" in shape:
        field["options"] = [{"value": str(value), "label": text} for value, text in shape["labels"].items()]
    return field


def errors_of(errors: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """What is wrong, for the top of the page (错误汇总)."""
    return [
        {
            "name": name,
            "text": _("%(field)s：") % {"field": _(_LABELS[name])}
            + _("；").join(translated(text) for text in texts),
        }
        for name, texts in errors.items()
    ]


def rows_of(kept: Registration, before: Registration | None) -> list[dict[str, object]]:
    """A registration as a summary (登记摘要); beside ``before``, what differs is marked."""
    now, then = _lines(kept), _lines(before) if before else {}
    return [
        {
            "label": _(_LABELS[name]),
            "value": text,
            "note": _("改了，原来是：%(before)s") % {"before": then.get(name) or _("没有")}
            if before and then.get(name) != text
            else "",
        }
        for name, text in now.items()
        if text or (before and then.get(name))
    ]


def _lines(kept: Registration) -> dict[str, str]:
    found = {
        "name": kept.name,
        "audience": _(AUDIENCE_LABELS[kept.audience]),
        "level": _(LEVEL_LABELS[Level(kept.level)]),
        "redirects": "\n".join(kept.redirects),
        "after_sign_out": "\n".join(kept.after_sign_out),
        "back_channel": kept.back_channel,
        "sector": kept.sector,
        "method": _(METHOD_LABELS[kept.method]),
        "keys_address": kept.keys_address,
        "keys": kept.keys,
        "certificate_subject": kept.certificate_subject,
        "signing": kept.signing,
    }
    found |= {f"flow_{flow.name.lower()}": _("可以") if flow in kept.flows else "" for flow in Flow}
    found |= {f"purpose_{scope.value}": kept.purposes.get(scope, "") for scope in SHARED}
    found |= {right_field(right): kept.rights.get(right, "") for right in Right}
    return {name: found[name] for name in FIELDS}
