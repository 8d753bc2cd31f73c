"""Choosing how the result is delivered (送达方式), drawn once for the applicant and for the counter that serves her."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from tongban.doors.web.templatetags.tongban import translated
from tongban.offers.catalogue.rules.form import Errors
from tongban.people.parties.queries import OrganView
from tongban.standards.text import msg
from tongban.work.cases.queries import CaseView, DeliveryView
from tongban.work.cases.rules.delivery import LONGEST_ADDRESS, LONGEST_NAME, WAY_LABELS, Way, ways_of
from tongban.work.cases.rules.moves import State

NAMES = ("way", "recipient", "phone", "address", "counter")
_HELPS = {
    Way.ONLINE: msg("批准以后在“我的”里下载，和纸质的一样有效。"),
    Way.POST: msg("寄到您写的地址。"),
    Way.COUNTER: msg("带上身份证到选定的窗口领。"),
}


def asked(case: CaseView) -> bool:
    """Whether there is anything to choose (要不要选): more than one way, and nothing fixed yet."""
    return case.state is State.DRAFT and len(ways_of(case.edition.guide)) > 1


def typed(post: QueryDict) -> dict[str, str]:
    """What was sent (填写内容), as text."""
    return {name: str(post.get(name, "")) for name in NAMES}


def standing(found: DeliveryView | None) -> dict[str, str]:
    """What was chosen before (已选内容), as the form sends it."""
    if found is None:
        return {"way": Way.ONLINE.value}
    return {
        "way": found.way.value,
        "recipient": found.recipient,
        "phone": found.phone,
        "address": found.address,
        "counter": str(found.counter_id or ""),
    }


def as_action(sent: Mapping[str, str]) -> dict[str, Any]:
    """What was sent, as the action takes it (提交参数)."""
    try:
        counter = uuid.UUID(sent["counter"]) if sent["counter"] else None
    except ValueError:
        counter = None
    return {**{name: sent[name] for name in NAMES}, "counter": counter}


def fields(
    case: CaseView, counters: Sequence[OrganView], given: Mapping[str, str], errors: Errors
) -> list[dict[str, Any]]:
    """The fields of the page (送达字段) for the part ``form_fields``: what belongs to one way is asked where it is chosen."""
    ways = ways_of(case.edition.guide)
    shapes: list[tuple[str, Way | None, dict[str, Any]]] = [
        ("way", None, {"label": _("怎样领取结果"), "type": "radio", "options": _ways(ways)}),
    ]
    if Way.POST in ways:
        shapes += [
            (
                "recipient",
                Way.POST,
                {"label": _("收件人"), "maxlength": LONGEST_NAME, "autocomplete": "name"},
            ),
            (
                "phone",
                Way.POST,
                {"label": _("收件人手机"), "type": "tel", "inputmode": "tel", "autocomplete": "tel"},
            ),
            (
                "address",
                Way.POST,
                {
                    "label": _("收件地址"),
                    "help": _("从省写到门牌号。"),
                    "maxlength": LONGEST_ADDRESS,
                    "autocomplete": "street-address",
                },
            ),
        ]
    if Way.COUNTER in ways:
        options = [{"value": str(organ.id), "label": organ.name} for organ in counters]
        shapes.append(
            ("counter", Way.COUNTER, {"label": _("到哪个窗口领"), "type": "select", "options": options})
        )
    return [
        {
            "name": name,
            "type": "text",
            "required": True,
            "value": given.get(name, ""),
            "errors": list(errors.get(name, ())),
            "when": _when(way),
            **shape,
        }
        for name, way, shape in shapes
    ]


def _ways(ways: Sequence[Way]) -> list[dict[str, str]]:
    return [{"value": way.value, "label": WAY_LABELS[way], "help": _HELPS[way]} for way in ways]


def _when(way: Way | None) -> dict[str, str] | None:
    if way is None:
        return None
    words = _("选“%(way)s”的，才填。") % {"way": _(WAY_LABELS[way])}
    return {"words": words, "data": json.dumps([{"name": "way", "values": [way.value]}])}


def summary_of_errors(drawn: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The error summary (错误汇总), in the order of the page."""
    return [
        {
            "name": field["name"],
            "text": _("%(field)s：") % {"field": field["label"]}
            + _("；").join(translated(text) for text in field["errors"]),
        }
        for field in drawn
        if field["errors"]
    ]


def rows(found: DeliveryView | None, change_url: str = "") -> list[dict[str, Any]]:
    """A chosen delivery as rows of a summary (送达信息)."""
    way = Way.ONLINE if found is None else found.way
    told = [(msg("怎样领取结果"), _(WAY_LABELS[way]))]
    if found is not None and found.way is Way.POST:
        told += [(msg("收件人"), f"{found.recipient} {found.phone}"), (msg("收件地址"), found.address)]
    if found is not None and found.way is Way.COUNTER:
        told.append((msg("到哪个窗口领"), found.counter))
    return [{"label": label, "value": value, "url": change_url} for label, value in told]
