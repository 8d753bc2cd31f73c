"""Bulk changes by an operation (批量改动): choose items, choose what to do; the preview is the page of the bulk change."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.door import key_of, now, staff
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue.access import may_edit_basic
from tongban.offers.catalogue.actions import changes
from tongban.offers.catalogue.queries import ensure_may_compare, transfer
from tongban.offers.catalogue.rules.judging import told as reason_of
from tongban.offers.catalogue.rules.operations import LABELS, REPLACEABLE, SETTABLE, read_operation
from tongban.standards.text import msg

_SELECTION = ("text", "basic", "place")
_LISTED = 8  # of the items chosen, as a first look
_COLUMNS = [{"value": name, "label": name} for name in SETTABLE]
_SHEETS = [{"value": name, "label": name} for name in REPLACEABLE]

# What each operation asks: name of the field -> how it is shown.
ASKS: Mapping[str, Mapping[str, Shown]] = {
    "set": {
        "column": {"label": msg("要素"), "type": "select", "options": _COLUMNS},
        "cell": {
            "label": msg("设为"),
            "type": "textarea",
            "rows": 2,
            "help": msg("照表格说明里的写法；不填就是去掉这个值。"),
            "required": False,
        },
    },
    "replace": {
        "old": {"label": msg("原来的文字"), "type": "text"},
        "new": {"label": msg("换成"), "type": "text", "required": False},
        "sheet": {
            "label": msg("只在这个要素里"),
            "type": "select",
            "options": _SHEETS,
            "required": False,
            "help": msg("不选就在整份指南里替换；编码、标识和选项值不动。"),
        },
    },
    "add_window": {
        "name": {"label": msg("窗口名称"), "type": "text"},
        "address": {"label": msg("窗口地址"), "type": "text"},
        "hours": {"label": msg("办理时间"), "type": "text"},
        "phone": {"label": msg("窗口电话"), "type": "text", "required": False},
    },
    "hours": {
        "hours": {"label": msg("新的办理时间"), "type": "text"},
        "old": {
            "label": msg("只改办理时间是这样的"),
            "type": "text",
            "required": False,
            "help": msg("不填就改全部办理地点。"),
        },
    },
    "phone": {
        "old": {"label": msg("原来的电话"), "type": "text"},
        "new": {"label": msg("新的电话"), "type": "text"},
    },
    "shorten": {
        "days": {"label": msg("最多几个工作日"), "type": "number", "width": "s", "inputmode": "numeric"}
    },
    "drop_material": {"key": {"label": msg("材料标识"), "type": "text", "width": "m"}},
}


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose items and an operation (批量改动); sent, it is looked through and shown before anything is done."""
    ensure_may_compare(actor)
    given = request.POST if request.method == "POST" else request.GET
    typed = {name: str(value)[:5000] for name, value in given.items()}
    kind = typed.get("kind", "") if typed.get("kind", "") in ASKS else ""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            made = changes.choose(
                actor=actor,
                operation=read_operation(_operation(kind, typed)),
                selection=_selection(typed),
                at=now(),
                key=key_of(request),
            )
            return HttpResponseRedirect(f"/catalogue/changes/{made}")
        except ValidationError as invalid:
            for error in invalid.errors():
                name = str(error["loc"][-1]) if error["loc"] else "kind"
                errors.setdefault(name if name in ASKS.get(kind, {}) else "kind", []).append(reason_of(error))
        except Invalid as refusal:
            errors = dict(refusal.fields)
    return _page(request, actor, kind, typed, errors)


def _operation(kind: str, typed: Mapping[str, str]) -> dict[str, object]:
    told: dict[str, object] = {
        name: typed[name].strip() for name in ASKS.get(kind, {}) if typed.get(name, "").strip()
    }
    if kind == "add_window":
        return {"kind": kind, "window": told}
    return {"kind": kind, **told}


def _selection(typed: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: typed[name].strip()[:100] for name in _SELECTION if typed.get(name)}
    found |= {name: True for name in ("everybody", "skip") if typed.get(name) == "on"}
    return found


def _page(
    request: HttpRequest, actor: Actor, kind: str, typed: Mapping[str, str], errors: dict[str, list[str]]
) -> HttpResponse:
    province, _why = may_edit_basic(actor)
    selection = _selection(typed)
    try:
        chosen = transfer.chosen(actor, selection)
    except Forbidden:
        chosen = transfer.chosen(actor, {**selection, "everybody": False})
    total = chosen.count()
    asked = ASKS.get(kind, {})
    context = {
        "kind": kind,
        "kind_label": LABELS.get(kind, ""),
        "kinds": _kinds(kind, typed),
        "selection": [_choice(name, typed) for name in _SELECTION]
        + ([_everybody(typed)] if province else []),
        "carried": [(name, typed.get(name, "")) for name in (*_SELECTION, "everybody") if typed.get(name)],
        "total": total,
        "first": [f"{one.basic.name} · {one.organ.name}" for one in chosen[:_LISTED]],
        "fields": [
            {"name": name, "required": True, **shape}
            | {"value": typed.get(name, ""), "errors": errors.get(name, [])}
            for name, shape in asked.items()
        ],
        "skip": {
            "name": "skip",
            "label": msg("会违反规定的事项跳过，其他照办"),
            "type": "checkbox",
            "help": msg("不选的话，有一个事项违反规定，就全部不办，并且告诉您是哪一个。"),
            "value": typed.get("skip", ""),
        },
        "errors": [
            {"name": name if name in asked else "", "text": translated(text)}
            for name, texts in errors.items()
            for text in texts
        ],
        "key": str(new_id()),
    }
    return render(request, "workbench/bulk.html", context, status=422 if errors else 200)


def _kinds(kind: str, typed: Mapping[str, str]) -> Shown:
    return {
        "name": "kind",
        "label": msg("做什么"),
        "type": "radio",
        "required": True,
        "value": kind,
        "options": [{"value": value, "label": label} for value, label in LABELS.items()],
    }


def _choice(name: str, typed: Mapping[str, str]) -> Shown:
    labels = {
        "text": (msg("事项名称里有"), ""),
        "basic": (msg("基本编码"), msg("12 或 14 位；本机关的可以只写前几位。")),
        "place": (msg("区划代码"), msg("12 位，例如 460106000000。")),
    }
    label, told = labels[name]
    return {
        "name": name,
        "label": label,
        "help": told,
        "type": "text",
        "width": "m",
        "value": typed.get(name, ""),
        "required": False,
    }


def _everybody(typed: Mapping[str, str]) -> Shown:
    return {
        "name": "everybody",
        "label": msg("全省各机关的实施清单"),
        "type": "checkbox",
        "help": msg("要写完整的基本编码。别的机关的事项只代拟草稿，由他们自己送审。"),
        "value": typed.get("everybody", ""),
    }
