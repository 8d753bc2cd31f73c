"""Mandates in plain words (授权的说法): what every door says of limits, and the form in which they are given."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.errors import Refusal
from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.offers.catalogue import queries as catalogue
from tongban.people.mandates.actions import Terms
from tongban.people.mandates.queries import MandateView, Told
from tongban.people.mandates.rules import ACT_LABELS, BASIC_AT, KIND_LABELS, LONGEST_BASIC, Act, Kind, Limits
from tongban.people.places import queries as places
from tongban.standards.text import msg
from tongban.work.cases.queries import Present
from tongban.work.cases.rules.presence import DOCUMENT_LABELS

_DAY = timedelta(days=1)
TAGS = {
    "offered": "wait",
    "accepted": "ok",
    "refused": "idle",
    "withdrawn": "idle",
    "resigned": "idle",
    "lapsed": "idle",
}
Rows = list[dict[str, Any]]


def said(told: Told | None) -> str:
    """Who did something for whom (代办说明): “王某 代 海南某公司（授权编号 SQ…）”, '' where somebody acted for herself."""
    if told is None:
        return ""
    values = {"agent": told.agent_name, "giver": told.giver_name, "number": told.number}
    return _("%(agent)s 代 %(giver)s（授权编号 %(number)s）") % values


def attended(present: Present | None) -> str:
    """Who stood at the counter (到场说明): “申请人本人到场（居民身份证）”, '' where no counter acted for the applicant."""
    if present is None:
        return ""
    document = _(DOCUMENT_LABELS[present.seen])
    if present.mandate is None:
        return _("申请人本人到场（%(document)s）") % {"document": document}
    return _("到场：%(who)s，%(document)s") % {"who": said(present.mandate), "document": document}


def acts_in_words(limits: Limits) -> str:
    """The acts of a mandate in words (可办行为)."""
    if limits.acts == frozenset(Act):
        return _("全部")
    return _("、").join(_(ACT_LABELS[act]) for act in Act if act in limits.acts)


def items_in_words(limits: Limits) -> str:
    """The items of a mandate by name (事项范围)."""
    if not limits.items:
        return _("全部事项")
    basics = {code: code if len(code) <= LONGEST_BASIC else code[BASIC_AT:] for code in sorted(limits.items)}
    names = catalogue.basic_names(sorted(set(basics.values())))
    return "\n".join(names.get(basic) or code for code, basic in basics.items())


def places_in_words(limits: Limits) -> str:
    """The places of a mandate by name (地域范围)."""
    if not limits.places:
        return _("不限地方")
    names = places.names(limits.places)
    return _("、").join(names.get(code, code) for code in sorted(limits.places))


def days_in_words(limits: Limits) -> str:
    """The days of a mandate (授权期限), the last one included."""
    since = date_zh(limits.since)
    if limits.until is None:
        return _("%(since)s起") % {"since": since}
    return _("%(since)s到%(last)s") % {"since": since, "last": date_zh(limits.until - _DAY)}


def rows(mandate: MandateView) -> Rows:
    """A mandate as a summary (授权内容)."""
    limits = mandate.limits
    found: Rows = [
        {"label": msg("授权编号"), "value": mandate.number},
        {"label": msg("谁授权"), "value": mandate.giver_name},
        {"label": msg("授权给谁"), "value": f"{mandate.agent_name}（{_(KIND_LABELS[mandate.kind])}）"},
        {"label": msg("可以做什么"), "value": acts_in_words(limits)},
        {"label": msg("哪些事项"), "value": items_in_words(limits)},
        {"label": msg("在哪里"), "value": places_in_words(limits)},
        {"label": msg("从哪天到哪天"), "value": days_in_words(limits)},
    ]
    if limits.amount is not None:
        found.append({"label": msg("金额不超过"), "value": _("%(amount)s 元") % {"amount": limits.amount}})
    if mandate.pass_on and mandate.kind is Kind.AGENT:
        found.append({"label": msg("转给别人"), "value": _("可以再转给一个人，不超出这份授权")})
    if mandate.seen:
        where = f"{mandate.counter_name}：" if mandate.counter_name else ""
        found.append({"label": msg("凭什么"), "value": f"{where}{mandate.seen}"})
    return found


# --- the form ----------------------------------------------------------------------------------------------------------

FIELDS = ("agent_name", "agent_number", "kind", "items", "place", "amount", "since", "last", "pass_on")
_OFFERED_ACTS = (Act.FILL, Act.APPLY, Act.SUPPLEMENT, Act.WITHDRAW, Act.COLLECT, Act.READ)
_MOST_LINES = 50
_LONGEST = 4000


def typed_of(posted: Any) -> dict[str, Any]:
    """What was typed into the form (已填授权内容), bounded."""
    found: dict[str, Any] = {name: str(posted.get(name, ""))[:_LONGEST] for name in FIELDS}
    return found | {"acts": [str(one)[:20] for one in posted.getlist("acts")][:20]}


def terms_of(typed: Mapping[str, Any], *, today: date) -> tuple[Terms, dict[str, list[str]]]:
    """The terms that were typed (读取授权内容), and what cannot be read, by field."""
    errors: dict[str, list[str]] = {}
    days: dict[str, date] = {}
    for name in ("since", "last"):
        try:
            days[name] = date.fromisoformat(typed[name].strip())
        except ValueError:
            errors[name] = [msg("请填日期，例如 2026-12-08。")]
    amount = typed["amount"].strip()
    if amount and not (amount.isascii() and amount.isdigit() and len(amount) <= 13):
        errors["amount"] = [msg("请填 0 到一万亿之间的整数，单位元。")]
        amount = ""
    lines = [line.strip() for line in typed["items"].splitlines() if line.strip()][: _MOST_LINES + 1]
    known = catalogue.basic_codes(lines) if lines else {}
    terms = Terms(
        acts=frozenset(typed["acts"]),
        since=days.get("since", today),
        last=days.get("last", today),
        items=tuple(known.get(line, line) for line in lines),
        places=(typed["place"],) if typed["place"] else (),
        amount=int(amount) if amount else None,
        kind=typed["kind"] or Kind.AGENT,
        pass_on=bool(typed["pass_on"]),
    )
    return terms, errors


def place_groups() -> list[dict[str, Any]]:
    """The cities and counties to choose from (可选地域)."""
    groups: dict[str, list[dict[str, str]]] = {}
    for level in ("prefecture", "county"):
        for code, name, above in places.of_level(level):
            groups.setdefault(above, []).append({"value": code, "label": name})
    return [{"label": above, "options": options} for above, options in groups.items()]


def limit_fields(
    typed: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]],
    *,
    kinds: Sequence[Kind],
    may_pass_on: bool,
    required: bool = True,
) -> Rows:
    """The fields of the limits (授权范围表单). ``kinds``: which are offered; with one only nothing is asked."""
    shapes: dict[str, dict[str, Any]] = {
        "kind": {
            "label": _("是哪一种"),
            "type": "radio",
            "options": [
                {"value": kind.value, "label": _(KIND_LABELS[kind]), "help": _HELP[kind]} for kind in kinds
            ],
        },
        "acts": {
            "label": _("可以做什么"),
            "type": "checkbox",
            "required": required,
            "options": [{"value": act.value, "label": _(ACT_LABELS[act])} for act in _OFFERED_ACTS],
        },
        "items": {
            "label": _("只限哪些事项"),
            "type": "textarea",
            "required": False,
            "rows": 3,
            "help": _("一行一个，写事项的名称或者编码。不写就是全部事项。"),
        },
        "place": {
            "label": _("只限哪个地方"),
            "type": "select",
            "required": False,
            "groups": place_groups(),
            "help": _("不选就是不限地方。"),
        },
        "amount": {
            "label": _("金额不超过"),
            "type": "number",
            "required": False,
            "unit": _("元"),
            "width": "m",
            "help": _("只管申请里写了金额的事项。"),
        },
        "since": {"label": _("从哪天起"), "type": "date", "width": "m", "required": required},
        "last": {
            "label": _("最后一天"),
            "type": "date",
            "width": "m",
            "required": required,
            "help": _("这一天也算在内，最长三年。随时可以收回。"),
        },
        "pass_on": {
            "label": _("代理人可以再转给一个人"),
            "type": "checkbox",
            "required": False,
            "help": _("不勾就不能转。转出去的不会超过这份授权。"),
        },
    }
    if len(kinds) == 1:
        del shapes["kind"]
    if not may_pass_on:
        del shapes["pass_on"]
    return [
        {
            "name": name,
            "required": True,
            "value": typed.get(name, ""),
            "errors": [translated(text) for text in errors.get(name, [])],
        }
        | shape
        for name, shape in shapes.items()
    ]


_HELP = {
    Kind.AGENT: msg("替授权人办，办的都算授权人的。"),
    Kind.HELPER: msg("只帮着填和看，要授权人自己提交，适合帮老人。"),
    Kind.PARENT: msg("凭户口簿或者出生证，到孩子满18周岁。"),
    Kind.GUARDIAN: msg("凭指定监护的文书，可以办全部的事。"),
    Kind.REPRESENTATIVE: "",
}


def summary_of_errors(fields: Rows, refusal: Refusal | None) -> Rows:
    """What is wrong, on top of the page (错误小结)."""
    found: Rows = [
        {"name": field["name"], "text": f"{field['label']}：{text}"}
        for field in fields
        for text in field["errors"]
    ]
    if refusal is not None and not found:
        found.append({"name": "", "text": translated(refusal)})
    return found
