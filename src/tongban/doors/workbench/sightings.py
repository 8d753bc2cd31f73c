"""Noting a sighting (登记所见): what a counter, site, terminal or leaflet really showed of an item."""

from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Invalid, NotFound, Refusal
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.door import day_of, now, staff
from tongban.doors.workbench.shown import Shown as Values
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.rules.sightings import CHANNEL_LABELS, Shown, days, entries
from tongban.standards.text import msg

_FIELDS = (
    "item_code",
    "channel",
    "whereabouts",
    "seen_on",
    "name",
    "statutory_days",
    "promised_days",
    "materials",
    "fees",
    "reporter",
    "note",
)


def _labels() -> dict[str, str]:
    return {
        "item_code": _("事项编码"),
        "channel": _("在哪里看到的"),
        "whereabouts": _("具体位置"),
        "seen_on": _("看到的日期"),
        "name": _("写的事项名称"),
        "statutory_days": _("写的法定期限（工作日）"),
        "promised_days": _("写的承诺期限（工作日）"),
        "materials": _("写的申请材料"),
        "fees": _("写的收费"),
        "reporter": _("谁看到的"),
        "note": _("备注"),
    }


def _shapes() -> dict[str, Values]:
    lists = {"type": "textarea", "rows": 4, "required": False}
    number = {"type": "number", "width": "s", "inputmode": "numeric", "required": False}
    return {
        "item_code": {"maxlength": 33, "help": _("实施编码，31位或者33位。")},
        "channel": {
            "type": "radio",
            "options": [{"value": each.value, "label": label} for each, label in CHANNEL_LABELS.items()],
        },
        "whereabouts": {"maxlength": 200, "help": _("例如：龙华区政务服务中心 3 号窗口；网页写地址。")},
        "seen_on": {"type": "date", "width": "m"},
        "name": {"maxlength": 200, "required": False, "help": _("下面几样只填看到了的，没有看到的空着。")},
        "statutory_days": number,
        "promised_days": number,
        "materials": lists | {"help": _("一行一样；写着不要材料的，填“无”。")},
        "fees": lists | {"help": _("一行一样，例如“工本费 · 10元”；写着不收费的，填“无”。")},
        "reporter": {"maxlength": 60},
        "note": {"type": "textarea", "rows": 2, "maxlength": 400, "required": False},
    }


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Note what was seen (登记所见). The same report sent twice stands once."""
    queries.ensure_may_compare(actor)
    typed = {name: str(request.POST.get(name, "")) for name in _FIELDS}
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            actions.record_sighting(actor=actor, seen=_read(typed), at=now())
        except (Invalid, NotFound) as found:
            refusal = found
        else:
            request.session["notice"] = {"kind": "ok", "title": _("已登记"), "text": ""}
            return HttpResponseRedirect("/catalogue/drift/seen")
    else:
        code = request.GET.get("item", "")[:33]
        typed |= {"item_code": code, "seen_on": day_of(now()).isoformat(), "reporter": actor.name}
    labels, shapes, errors = _labels(), _shapes(), refusal.fields if refusal else {}
    context = {
        "fields": [
            {"name": name, "label": labels[name], "type": "text", "required": True, "value": typed[name]}
            | shapes[name]
            | {"errors": errors.get(name, [])}
            for name in _FIELDS
        ],
        "errors": [
            {
                "name": name,
                "text": _("%(field)s：") % {"field": labels[name]}
                + _("；").join(translated(t) for t in texts),
            }
            for name, texts in errors.items()
        ],
    }
    return render(request, "workbench/sighting_form.html", context, status=refusal.status if refusal else 200)


def _read(typed: Mapping[str, str]) -> actions.Seen:
    """What was typed, as a sighting; raises Invalid for what is no number or no date."""
    fields: dict[str, list[str]] = {}
    numbers: dict[str, int | None] = {}
    for name in ("statutory_days", "promised_days"):
        try:
            numbers[name] = days(typed[name])
        except ValueError:
            fields[name] = [msg("请填数字，例如 5。")]
    try:
        seen_on = date.fromisoformat(typed["seen_on"].strip())
    except ValueError:
        seen_on = date.min
        fields["seen_on"] = [msg("请填日期，例如 2026-12-08。")]
    if fields:
        raise Invalid("catalogue.sighting", msg("还有内容没有填好，已经在下面标出。"), fields=fields)
    told = [entries(typed[name]) for name in ("materials", "fees")]
    shown = Shown(typed["name"].strip(), numbers["statutory_days"], numbers["promised_days"], *told)
    return actions.Seen(
        typed["item_code"].strip(),
        typed["channel"],
        typed["whereabouts"],
        seen_on,
        typed["reporter"],
        shown,
        typed["note"],
    )
