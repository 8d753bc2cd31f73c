"""The desk of power lists (权责清单工作台): own lists, their adjustments, what each would do, what can be added."""

import uuid
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Refusal
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.door import day_of, now, staff, typed_in
from tongban.doors.workbench.shown import Shown
from tongban.offers.powers import queries
from tongban.offers.powers.queries import AdjustmentView, Planned
from tongban.offers.powers.rules.adjustments import (
    ADJUSTMENT_STATE_LABELS,
    ADJUSTMENT_VERB_LABELS,
    CHANGE_KIND_LABELS,
    OPEN,
    AdjustmentState,
    AdjustmentVerb,
    ChangeKind,
)
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_TAGS = {
    AdjustmentState.DRAFT: "idle",
    AdjustmentState.IN_REVIEW: "wait",
    AdjustmentState.PUBLISHED: "ok",
    AdjustmentState.DISCARDED: "bad",
}
_KIND_TAGS = {ChangeKind.ADD: "ok", ChangeKind.CHANGE: "warn", ChangeKind.REMOVE: "bad"}
_LONGEST_QUESTION = 60
_REWRITE_LABEL = msg("改理由、依据或日期")
_BEGAN = msg("开始提出调整")


def ensure_editor(actor: Actor) -> None:
    """Raise Forbidden where ``actor`` edits nothing (核对编辑身份)."""
    if not actor.organs_as("editor"):
        raise Forbidden("powers.editor", msg("只有编辑岗位可以提出和审核权责清单的调整。"))


def tag_of(state: AdjustmentState) -> Shown:
    """The state as a tag (状态标签)."""
    return {"state": _TAGS[state], "word": ADJUSTMENT_STATE_LABELS[state]}


def _items(count: int) -> str:
    return ngettext("%(count)s 项", "%(count)s 项", count) % {"count": count}


@staff
@require_safe
def desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The desk (清单工作台): the lists of one's organs, and their adjustments."""
    ensure_editor(actor)
    lists = queries.own_lists(actor, day_of(now()))
    columns = (_("调整"), _("机关"), _("状态"), _("从哪天起"), _("内容"))
    context = {
        "lists": [
            {
                "name": one.name,
                "url": f"{settings.PUBLIC_URL}/powers/{one.credit_code}" if one.entries else "",
                "told": _items(one.entries),
            }
            for one in lists
        ],
        "columns": [{"label": label, "number": False} for label in columns],
        "rows": [{"cells": _cells(one)} for one in queries.desk(actor)],
    }
    return render(request, "workbench/powers.html", context)


def _cells(one: AdjustmentView) -> list[object]:
    name = _("第 %(number)s 次调整") % {"number": one.number}
    counts = _counted(one) if one.state is AdjustmentState.PUBLISHED else _items(one.written)
    return [
        {"text": name, "url": f"/powers/{one.id}"},
        one.organ_name,
        tag_of(one.state),
        one.starts_on,
        counts,
    ]


def _counted(one: AdjustmentView) -> str:
    told = ((_("调入"), one.added), (_("修改"), one.changed), (_("调出"), one.removed))
    return "，".join(f"{word} {_items(number)}" for word, number in told if number)


@staff
@require_safe
def show(request: HttpRequest, actor: Actor, adjustment_id: uuid.UUID) -> HttpResponse:
    """An adjustment (清单调整页): what it would do, and what may be done now."""
    return page(request, actor, adjustment_id)


def page(
    request: HttpRequest, actor: Actor, adjustment_id: uuid.UUID, refusal: Refusal | None = None
) -> HttpResponse:
    """The same, after a refusal as well: it names what stands in the way."""
    one = queries.one(actor, adjustment_id)
    writable = any(move.verb is AdjustmentVerb.WRITE for move in one.moves)
    planned = queries.planned(actor, adjustment_id) if one.state is not AdjustmentState.PUBLISHED else []
    verbs = [move.verb for move in one.moves if move.verb is not AdjustmentVerb.WRITE]
    acts: list[Shown] = [
        {
            "label": ADJUSTMENT_VERB_LABELS[verb],
            "url": f"/powers/{one.id}/{verb}",
            "grave": verb is AdjustmentVerb.DISCARD,
        }
        for verb in verbs
        if verb is not AdjustmentVerb.SEND or planned
    ]
    if writable:
        acts.insert(
            len(acts) - 1, {"label": _REWRITE_LABEL, "url": f"/powers/{one.id}/rewrite", "grave": False}
        )
    context = {
        "one": one,
        "tag": tag_of(one.state),
        "writable": writable,
        "acts": acts,
        "hindrances": [(ADJUSTMENT_VERB_LABELS[verb], why) for verb, why in one.hindrances.items()],
        "groups": _groups(planned, one, writable=writable),
        "counts": _counted(one),
        "public_url": f"{settings.PUBLIC_URL}/powers/{one.organ_code}"
        if one.state is AdjustmentState.PUBLISHED
        else "",
        "events": _events(actor, adjustment_id),
        "refusal": refusal,
        "kept": typed_in(request) if refusal else (),
        "broken": _broken(refusal, planned) if refusal else (),
    }
    return render(request, "workbench/powers_one.html", context, status=refusal.status if refusal else 200)


def _groups(planned: Sequence[Planned], one: AdjustmentView, *, writable: bool) -> list[Shown]:
    groups: list[Shown] = []
    for kind in ChangeKind:
        rows = [
            {
                "planned": each,
                "type": each.item_type.label,
                "problem": each.problem.message if each.problem and one.state in OPEN else "",
                "edit_url": f"/powers/{one.id}/entries/{each.basic}"
                + ("/remove" if kind is ChangeKind.REMOVE else "")
                if writable
                else "",
                "drop_url": f"/powers/{one.id}/entries/{each.basic}/drop" if writable else "",
            }
            for each in planned
            if each.kind is kind
        ]
        if rows:
            groups.append(
                {"kind": kind, "label": CHANGE_KIND_LABELS[kind], "state": _KIND_TAGS[kind], "rows": rows}
            )
    return groups


def _events(actor: Actor, adjustment_id: uuid.UUID) -> list[Shown]:
    return [
        {
            "at": each.at,
            "title": ADJUSTMENT_VERB_LABELS[each.verb] if each.verb else _BEGAN,
            "who": each.who,
            "text": each.reason,
            "state": "done",
        }
        for each in queries.life_of(actor, adjustment_id)
    ]


def _broken(refusal: Refusal, planned: Sequence[Planned]) -> list[str]:
    names: Mapping[str, str] = {each.basic: each.name for each in planned}
    return [
        f"{names.get(code, code)}：" + "；".join(map(translated, texts))
        for code, texts in refusal.fields.items()
        if code
    ]


@staff
@require_safe
def find(request: HttpRequest, actor: Actor, adjustment_id: uuid.UUID) -> HttpResponse:
    """Find an entry to change or take out, or a basic item to add (找要调整的事项)."""
    one = queries.one(actor, adjustment_id)
    problem: Message | None = None
    try:
        asked = plaintext.clean(request.GET.get("q", ""), limit=_LONGEST_QUESTION)
    except BadCode as error:
        asked, problem = "", Message(error.message, error.params)
    found = [] if problem else queries.candidates(one.organ_id, asked, one.starts_on)
    columns = (_("事项"), _("权力类型"), _("清单里有没有"), _("可以办"))
    context = {
        "one": one,
        "asked": asked,
        "problem": problem,
        "columns": columns,
        "rows": [
            {
                "candidate": each,
                "type": each.item_type.label,
                "url": f"/powers/{one.id}/entries/{each.code}",
            }
            for each in found
        ],
    }
    return render(request, "workbench/powers_find.html", context, status=422 if problem else 200)
