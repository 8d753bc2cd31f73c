"""My work and all cases of my offices (待办与办件)."""

import uuid
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.doors.workbench.door import day_of, now, staff
from tongban.doors.workbench.shown import Shown, table_row, work_row
from tongban.people.identity import queries as identities
from tongban.people.identity.rules import ROLE_LABELS, Role
from tongban.people.identity.rules.appointments import DECIDES, PROPOSES
from tongban.people.parties import queries as parties
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseRow, Whose
from tongban.work.cases.rules.labels import STAFF_LABELS
from tongban.work.cases.rules.moves import State

PAGE = 50
LONGEST_LIST = 100
_LONGEST_SEARCH = 60


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which list is looked at (所看清单): my work, or all cases in a state or with a text."""

    everything: bool = False
    only: str = ""  # of my work: urgent, mine (claimed by me), free (claimed by nobody)
    state: State | None = None
    text: str = ""
    before: uuid.UUID | None = None
    unreadable: bool = False

    def query(self, *, before: uuid.UUID | None = None) -> str:
        """The same choice as the end of an address (地址参数), to be kept while walking through the list."""
        parts = {
            "list": "all" if self.everything else "",
            "only": self.only,
            "state": self.state.value if self.state else "",
            "q": self.text,
            "before": str(before or ""),
        }
        given = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(given)}" if given else ""


def chosen(request: HttpRequest, *, everything: bool | None = None) -> Chosen:
    """What the address asks for (读取选择); what makes no sense is left out, a search that cannot be is said."""
    given = request.GET
    state = next(
        (state for state in State if state.value == given.get("state") and state is not State.DRAFT), None
    )
    try:
        text, unreadable = plaintext.clean(given.get("q", ""), limit=_LONGEST_SEARCH), False
    except BadCode:
        text, unreadable = "", True
    try:
        before = uuid.UUID(given["before"]) if "before" in given else None
    except ValueError:
        before = None
    all_cases = given.get("list") == "all" if everything is None else everything
    only = given.get("only", "") if given.get("only") in _ONLY and not all_cases else ""
    return Chosen(all_cases, only, state, text, before, unreadable)


_ONLY = frozenset({"urgent", "mine", "free"})


def _found(actor: Actor, choice: Chosen) -> list[CaseRow]:
    if choice.unreadable:
        return []
    return queries.of_office(
        actor, state=choice.state, text=choice.text, before=choice.before, limit=PAGE + 1
    )


def side(actor: Actor, choice: Chosen, today: date, current: uuid.UUID | None = None) -> Shown:
    """The list beside a case (左侧清单)."""
    cut = False
    filters: list[Shown] = []
    if choice.everything:
        rows = _found(actor, choice)[:PAGE]
        back = {"url": f"/cases{choice.query(before=choice.before)}", "text": _("全部办件")}
    else:
        rows, filters, cut = _my_work(actor, choice, today)
        back = {"url": f"/{choice.query()}", "text": _("待我办")}
    query = choice.query(before=choice.before)
    return {
        "filters": filters,
        "rows": [work_row(row, today, query, current, actor.id) for row in rows],
        "back": back,
        "cut": cut,
        "everything": choice.everything,
        "urgent": choice.only == "urgent",
        "only": choice.only,
    }


def _my_work(actor: Actor, choice: Chosen, today: date) -> tuple[list[CaseRow], list[Shown], bool]:
    """What waits for me, the ways to narrow it, and whether there is more than the list holds."""
    work = queries.work_list(actor, limit=LONGEST_LIST)
    cut = len(work) == LONGEST_LIST
    pressing = [row for row in work if row.warn_on is not None and row.warn_on <= today]
    found = {
        "": work,
        "urgent": pressing,
        "mine": [row for row in work if row.handler_id == actor.id],
        "free": [row for row in work if row.handler_id is None],
    }
    if cut and choice.only in ("mine", "free"):
        # The list of everybody's work ends before all of mine may have come.
        found[choice.only] = queries.work_list(actor, limit=LONGEST_LIST, whose=Whose(choice.only))
    words = {"": _("待我办"), "urgent": _("快到期"), "mine": _("我领办"), "free": _("没人领")}
    filters: list[Shown] = [
        {
            "text": words[only],
            "url": f"/?only={only}" if only else "/",
            "count": None if cut and only in ("mine", "free") else len(rows),
            "current": choice.only == only,
        }
        for only, rows in found.items()
    ]
    filters.append({"text": _("全部办件"), "url": "/cases", "count": None, "current": False})
    return found[choice.only], filters, len(found[choice.only]) == LONGEST_LIST


@staff
@require_safe
def work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """My work (待我办): what waits for me in all my posts, the most pressing first."""
    today = day_of(now())
    choice = chosen(request, everything=False)
    context = {
        "side": side(actor, choice, today),
        "posts": _posts(actor),
        "today": today,
        "edits": bool(actor.organs_as(Role.EDITOR)),
        "personnel": bool(actor.organs_as(*PROPOSES, *DECIDES)),
        "accepts": bool(actor.organs_as(Role.CLERK)),
        "registers": bool(actor.organs_as(Role.REGISTRAR)),
        "oversees": bool(actor.organs_as(Role.SUPERVISOR)),
        "checks": bool(actor.organs_as(Role.REVIEWER, Role.DECIDER)),
    }
    return render(request, "workbench/work.html", context)


def _posts(actor: Actor) -> list[Shown]:
    """The posts in words (岗位清单), one's own before those of colleagues for whom one deputises."""
    held = sorted(
        actor.posts,
        key=lambda post: (str(post.for_id or ""), str(post.organ_id), list(Role).index(Role(post.role))),
    )
    organs = parties.organs_by_id(actor.organs())
    away = {post.for_id for post in held if post.for_id is not None}
    names = identities.names(away) if away else {}
    return [
        {
            "organ": organs[post.organ_id].name,
            "role": ROLE_LABELS[Role(post.role)],
            "stands_for": names[post.for_id] if post.for_id else "",
        }
        for post in held
    ]


@staff
@require_safe
def cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All cases of my offices (全部办件), by state and by a search."""
    today = day_of(now())
    choice = chosen(request, everything=True)
    found = _found(actor, choice)
    rows, more = found[:PAGE], len(found) > PAGE
    bare = Chosen(everything=True, text=choice.text)
    filters = [{"text": _("全部"), "url": _listed(bare), "count": None, "current": choice.state is None}]
    filters += [
        {
            "text": _(STAFF_LABELS[state]),
            "url": _listed(Chosen(everything=True, text=choice.text, state=state)),
            "count": None,
            "current": choice.state is state,
        }
        for state in State
        if state is not State.DRAFT
    ]
    columns = [_("事项"), _("申请人"), _("状态"), _("剩余时间"), _("收到"), _("编号尾号")]
    context = {
        "choice": choice,
        "filters": filters,
        "columns": [{"label": label, "number": False} for label in columns],
        "rows": [table_row(row, today, choice.query(before=choice.before)) for row in rows],
        "older": f"/cases{choice.query(before=rows[-1].id)}" if more else "",
        "newest": _listed(Chosen(everything=True, text=choice.text, state=choice.state))
        if choice.before
        else "",
    }
    return render(request, "workbench/cases.html", context)


def _listed(choice: Chosen) -> str:
    return f"/cases{choice.query()}"


@staff
@require_safe
def keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The keys (快捷键)."""
    return render(request, "workbench/keys.html")
