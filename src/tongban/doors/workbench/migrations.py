"""Running cases and a newer edition (在办件换版): look at all of them, see who stays and why, confirm, stop, go on."""

import uuid
from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import time_zh, translated
from tongban.doors.workbench.catalogue_desks import tag_of
from tongban.doors.workbench.catalogue_diff import differences
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.doors.workbench.paging import page_of, pager
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.editions import Validity
from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import MigrationView
from tongban.work.cases.rules.labels import STAFF_LABELS
from tongban.work.cases.rules.migrating import MIGRATION_LABELS, MigrationState

PAGE = 50
_TAGS = {
    MigrationState.LOOKING: "now",
    MigrationState.READY: "wait",
    MigrationState.MOVING: "now",
    MigrationState.DONE: "ok",
    MigrationState.CANCELLED: "idle",
}
_ACTS: Mapping[str, Callable[..., None]] = {
    "confirm": actions.confirm_migration,
    "cancel": actions.cancel_migration,
    "resume": actions.resume_migration,
}


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def of_item(request: HttpRequest, actor: Actor, item_id: uuid.UUID) -> HttpResponse:
    """The editions of an item with what runs on them (各版在办件); sent, all running cases of one are looked at."""
    item, past = catalogue.history(actor, item_id, day_of(now()))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            chosen = request.POST.get("edition", "")
            edition = next((one.id for one in past if str(one.id) == chosen), None)
            if edition is None or edition not in {one.id for one in catalogue.public_editions(item.code)}:
                raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
            made = actions.plan_migration(actor=actor, edition_id=edition, at=now(), key=key_of(request))
            return HttpResponseRedirect(f"/migrations/{made}")
        except Conflict as conflict:
            refusal = conflict
    public = {one.id for one in catalogue.public_editions(item.code)} if _is_public(past) else set()
    running = queries.running_on(item.code) if public else {}
    labels = (_("换版"), _("状态"), _("在办件"), _("谁"), _("开始时间"))
    context = {
        "item": item,
        "item_id": item_id,
        "editions": [
            {
                "past": one,
                "tag": tag_of(one.validity),
                "running": running.get(one.id, 0),
                "may_move": one.validity is Validity.ENDED and running.get(one.id, 0) > 0,
            }
            for one in past
            if one.id in public
        ],
        "columns": [{"label": label, "number": label == labels[2]} for label in labels],
        "rows": [_row(one) for one in queries.migrations_of(actor, item.code)] if public else [],
        "refusal": refusal,
        "key": str(new_id()),
    }
    return render(request, "workbench/migrations.html", context, status=refusal.status if refusal else 200)


def _is_public(past: list[catalogue.Past]) -> bool:
    return any(one.validity in (Validity.IN_FORCE, Validity.ENDED, Validity.AHEAD) for one in past)


def _row(one: MigrationView) -> Shown:
    return {
        "cells": [
            {"text": _between(one), "url": f"/migrations/{one.id}"},
            _tag(one),
            str(one.total),
            one.by,
            time_zh(one.asked_at),
        ]
    }


def _between(one: MigrationView) -> str:
    return _("第 %(old)s 版 → 第 %(new)s 版") % {"old": one.old.number, "new": one.new.number}


def _tag(one: MigrationView) -> Shown:
    return {"state": _TAGS[one.state], "word": MIGRATION_LABELS[one.state]}


@staff
@require_safe
def show(request: HttpRequest, actor: Actor, migration_id: uuid.UUID) -> HttpResponse:
    """How far a migration is, which cases stay and why, and what differs between the editions (换版情况)."""
    return _page(request, actor, migration_id, None)


def _page(
    request: HttpRequest, actor: Actor, migration_id: uuid.UUID, refusal: Refusal | None
) -> HttpResponse:
    shown = queries.migration(actor, migration_id)
    number = page_of(request)
    staying = queries.staying(migration_id, page=number, size=PAGE)
    context = {
        "shown": shown,
        "between": _between(shown),
        "tag": _tag(shown),
        "url": f"/migrations/{migration_id}",
        "looking": shown.state is MigrationState.LOOKING,
        "ready": shown.state is MigrationState.READY,
        "ended": shown.state in (MigrationState.DONE, MigrationState.CANCELLED),
        "counts": _counts(shown),
        "columns": [{"label": label} for label in (_("办件"), _("现在"), _("为什么留在原版"))],
        "rows": [
            {
                "cells": [
                    one.number[-12:],
                    translated(STAFF_LABELS[one.state]),
                    "；".join(translated(text) for text in one.why),
                ]
            }
            for one in staying
        ],
        "pager": pager(number, shown.left, "") if shown.left > PAGE else None,
        "differences": differences(Guide, shown.old.guide.body(), shown.new.guide.body()),
        "refusal": refusal,
    }
    answer = render(request, "workbench/migration.html", context, status=refusal.status if refusal else 200)
    if shown.working:
        answer["Refresh"] = "3"  # the page looks again by itself, without a script
    return answer


def _counts(shown: MigrationView) -> list[Shown]:
    only_seen = shown.state in (MigrationState.LOOKING, MigrationState.READY)
    moved = _("可以换版") if only_seen else _("已经换版")
    told = [(_("在办件"), shown.total), (moved, shown.moved), (_("留在原版"), shown.left)]
    return [{"label": label, "value": str(value)} for label, value in told]


@staff
@require_POST
def act(request: HttpRequest, actor: Actor, migration_id: uuid.UUID, verb: str) -> HttpResponse:
    """Confirm, stop or call for it again (确认、停下、接着办)."""
    if verb not in _ACTS:
        raise NotFound("cases.migration", msg("没有这次换版。"))
    try:
        _ACTS[verb](actor=actor, migration_id=migration_id, at=now())
    except Conflict as refusal:
        return _page(request, actor, migration_id, refusal)
    return HttpResponseRedirect(f"/migrations/{migration_id}")
