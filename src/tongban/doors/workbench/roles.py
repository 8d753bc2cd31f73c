"""What a role may do and see (岗位权限表): read from the rooms' own tables of moves, so that it cannot say anything else than they do."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.act_table import ANSWERS, DEED_LABELS, PROPOSES, Deed
from tongban.doors.workbench.door import staff
from tongban.doors.workbench.shown import Shown
from tongban.doors.workbench.turns import LABELS as PART_LABELS
from tongban.offers.catalogue.rules import editions
from tongban.offers.powers.rules import adjustments
from tongban.offers.publicinfo.rules import documents
from tongban.people.certificates.rules import moves as certificates
from tongban.people.identity.rules import ROLE_LABELS, ROLE_REACH, Role, appointments
from tongban.people.identity.rules.labels import STAFF_LABELS
from tongban.standards.text import msg
from tongban.work.cases.access import FOUR_EYES
from tongban.work.cases.rules import checks, labels
from tongban.work.cases.rules.moves import MOVES, PROPOSALS, By

# Who stands behind a word of a table of moves. What the platform or the applicant does is nobody's role.
_ROLES: Mapping[str, Role] = {
    By.DEPARTMENT: Role.REVIEWER,
    editions.MadeBy.EDITOR: Role.EDITOR,
    editions.MadeBy.SECOND: Role.EDITOR,
    certificates.MadeBy.REGISTRAR: Role.REGISTRAR,
    certificates.MadeBy.SECOND: Role.REGISTRAR,
}
_SECOND = "second"


class Moved(Protocol):
    """A move of any table (流转): what, and by whom – one word or several."""

    @property
    def verb(self) -> str: ...
    @property
    def by(self) -> str | Collection[str]: ...


@dataclass(frozen=True, slots=True)
class Right:
    """One thing that may be done (一项权限): by whom, and whether by a second person only."""

    label: str
    roles: frozenset[Role]
    second: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """What may be done with one kind of thing (一类事)."""

    title: str
    rights: tuple[Right, ...]


def areas() -> tuple[Area, ...]:
    """The whole table (全表), in the order in which the house is built."""
    return (
        Area(msg("办件"), tuple(_of_cases())),
        Area(msg("承诺核查"), tuple(_of_checks())),
        Area(msg("事项和标准"), tuple(_of_table(editions.MOVES, editions.VERB_LABELS))),
        Area(msg("公开信息"), tuple(_of_table(documents.DOCUMENT_MOVES, documents.DOCUMENT_VERB_LABELS))),
        Area(
            msg("权责清单"),
            tuple(_of_table(adjustments.ADJUSTMENT_MOVES, adjustments.ADJUSTMENT_VERB_LABELS)),
        ),
        Area(msg("人员与岗位"), tuple(_of_appointments())),
        Area(
            msg("数字证书"),
            tuple(_of_table(certificates.CERTIFICATE_MOVES, certificates.CERTIFICATE_VERB_LABELS)),
        ),
        Area(
            msg("工作人员账号"),
            tuple(Right(label, frozenset({Role.PERSONNEL})) for label in STAFF_LABELS.values()),
        ),
    )


def _role(by: str) -> Role | None:
    return _ROLES.get(by) or next((role for role in Role if role == by), None)


def _of_cases() -> Iterator[Right]:
    parts = frozenset(str(verb) for verb in PART_LABELS)
    for verb in dict.fromkeys(move.verb for move in MOVES):
        roles = frozenset(filter(None, (_role(move.by) for move in MOVES if move.verb == verb)))
        if roles and verb not in parts:
            yield Right(labels.VERB_LABELS[verb], roles, verb in FOUR_EYES)
    for deed, verb in (*PROPOSES.items(), *ANSWERS.items()):
        if isinstance(deed, Deed):
            by = PROPOSALS[verb].by if deed in PROPOSES else next(m.by for m in MOVES if m.verb == verb)
            yield Right(DEED_LABELS[deed], frozenset({Role(by)}))
    yield Right(msg("在窗口替申请人填写、提交、补正、撤回"), frozenset({Role.CLERK}))
    for label in PART_LABELS.values():
        yield Right(label, frozenset({Role.REVIEWER}))


def _of_checks() -> Iterator[Right]:
    for verb in dict.fromkeys(move.verb for move in checks.CHECK_MOVES):
        roles = frozenset(Role(move.role) for move in checks.CHECK_MOVES if move.verb == verb)
        yield Right(checks.CHECK_VERB_LABELS[verb], roles)


def _of_appointments() -> Iterator[Right]:
    yield Right(msg("提出任免"), frozenset(map(Role, appointments.PROPOSES)))
    for move in appointments.APPOINTMENT_MOVES:
        second = move.by is appointments.DecidedBy.SECOND
        roles = appointments.DECIDES if second else appointments.PROPOSES
        yield Right(appointments.APPOINTMENT_VERB_LABELS[move.verb], frozenset(map(Role, roles)), second)


def _of_table(moves: Iterable[Moved], words: Mapping[Any, str]) -> Iterator[Right]:
    by_verb: dict[str, set[str]] = {}
    for move in moves:
        by_verb.setdefault(move.verb, set()).update({move.by} if isinstance(move.by, str) else move.by)
    for verb, found in by_verb.items():
        roles = frozenset(filter(None, map(_role, found)))
        if roles:
            yield Right(words[verb], roles, _SECOND in found)


_COLUMNS = (msg("做什么"), msg("谁可以"), msg("要不要第二个人"))


@staff
@require_safe
def table(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The table as a page (岗位权限表), whole or for one role; it prints as it is."""
    chosen = next((role for role in Role if role == request.GET.get("role")), None)
    context = {
        "filters": _filters(chosen),
        "reach": _reach(chosen),
        "tables": [found for area in areas() if (found := _table(area, chosen))],
        "own": sorted(
            translated(ROLE_LABELS[Role(post.role)]) for post in actor.posts if post.for_id is None
        ),
    }
    return render(request, "workbench/roles.html", context)


def _filters(chosen: Role | None) -> list[Shown]:
    found: list[Shown] = [{"text": _("全部岗位"), "url": "/roles", "current": chosen is None}]
    each = ((role, translated(ROLE_LABELS[role])) for role in Role)
    found += [{"text": text, "url": f"/roles?role={role}", "current": role is chosen} for role, text in each]
    return found


def _reach(chosen: Role | None) -> Shown:
    rows = [
        {"cells": [translated(ROLE_LABELS[role]), translated(ROLE_REACH[role])]}
        for role in Role
        if chosen in (None, role)
    ]
    return {"columns": [{"label": msg("岗位")}, {"label": msg("能看到什么")}], "rows": rows}


def _table(area: Area, chosen: Role | None) -> Shown | None:
    rights = [right for right in area.rights if chosen is None or chosen in right.roles]
    if not rights:
        return None
    rows = [
        {"cells": [translated(right.label), _names(right.roles), _("要") if right.second else _("不要")]}
        for right in rights
    ]
    return {"title": translated(area.title), "columns": [{"label": one} for one in _COLUMNS], "rows": rows}


def _names(roles: Collection[Role]) -> str:
    return "、".join(translated(ROLE_LABELS[role]) for role in Role if role in roles)
