"""Deputies (代理): whom I named to act for me while I am away, for whom I act, and naming somebody."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.doors.workbench.shown import Shown
from tongban.people.identity import actions, queries
from tongban.people.identity.queries import Colleague, DeputyView
from tongban.people.identity.rules import ROLE_LABELS, Role
from tongban.people.parties import queries as parties
from tongban.standards.text import msg

_PAGE = "/deputies"
_DAY = timedelta(days=1)
_FIELDS = ("post", "deputy", "since", "last")
_MINE = (msg("岗位"), msg("代理人"), msg("第一天"), msg("最后一天"), msg("状态"), msg("办理"))
_FOR_OTHERS = (msg("岗位"), msg("替谁"), msg("第一天"), msg("最后一天"), msg("状态"))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def deputies(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Deputies (委托代理): the two lists, and the form in which a colleague is named."""
    at = now()
    if request.method != "POST":
        return _page(request, actor, at, {"since": day_of(at).isoformat()}, None)
    typed = {name: str(request.POST.get(name, "")) for name in _FIELDS}
    try:
        organ_id, role, deputy_id, since, until = _read(typed)
        actions.deputise(
            actor=actor,
            organ_id=organ_id,
            role=role,
            deputy_id=deputy_id,
            since=since,
            until=until,
            at=at,
            key=key_of(request),
        )
    except (Invalid, Conflict, Forbidden) as refusal:
        return _page(request, actor, at, typed, refusal)
    told = _("这几天里，同事可以办您这个岗位的事。") if since <= day_of(at) else _("到第一天自动开始。")
    request.session["notice"] = {"kind": "ok", "title": _("已委托"), "text": told}
    return HttpResponseRedirect(_PAGE)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, actor: Actor, deputising_id: uuid.UUID) -> HttpResponse:
    """End a deputising (结束代理), once it is confirmed."""
    at = now()
    mine = next((one for one in queries.deputies_of(actor) if one.id == deputising_id), None)
    if mine is None:
        raise NotFound("identity.deputy", msg("没有这次代理。"))
    if request.method == "POST":
        actions.end_deputy(actor=actor, deputising_id=deputising_id, at=at)
        request.session["notice"] = {"kind": "ok", "title": _("已结束代理"), "text": ""}
        return HttpResponseRedirect(_PAGE)
    if _state(mine, day_of(at))[0] == "idle":
        raise Conflict("identity.deputy_ended", msg("这次代理已经结束了。"))
    context = {
        "title": _("结束%(name)s的代理？") % {"name": mine.deputy_name},
        "effects": [
            _("%(name)s马上不能再办“%(role)s”岗位的事，除非这也是本人的岗位。")
            % {"name": mine.deputy_name, "role": _(ROLE_LABELS[mine.role])},
            _("代理期间已经办的事照样有效。"),
        ],
    }
    return render(request, "workbench/deputy_end.html", context)


def _page(
    request: HttpRequest, actor: Actor, at: datetime, typed: Mapping[str, str], refusal: Refusal | None
) -> HttpResponse:
    today = day_of(at)
    mine, others = queries.deputies_of(actor), queries.deputising(actor, at=at)
    organs = parties.organs_by_id(actor.organs() | {one.organ_id for one in (*mine, *others)})
    names = {organ_id: organ.short_name for organ_id, organ in organs.items()}
    people = queries.colleagues(actor, at=at)
    # The room counts to a day that is no longer in it; the form asks for the last one that is.
    told = refusal.fields if refusal else {}
    errors = {"last" if name == "until" else name: texts for name, texts in told.items()}
    fields = _fields(actor, names, people, typed, errors)
    context = {
        "mine": {"columns": _columns(_MINE), "rows": [_row_of_mine(one, names, today) for one in mine]},
        "others": {
            "columns": _columns(_FOR_OTHERS),
            "rows": [_row_of_other(one, names, today) for one in others],
        },
        "fields": fields,
        "alone": not people,
        "errors": [
            {
                "name": field["name"],
                "text": _("%(field)s：") % {"field": field["label"]}
                + _("；").join(translated(text) for text in errors[str(field["name"])]),
            }
            for field in fields
            if field["errors"]
        ],
        "refusal": refusal if refusal and not errors else None,
        "key": str(new_id()),
    }
    return render(request, "workbench/deputies.html", context, status=refusal.status if refusal else 200)


def _columns(labels: tuple[str, ...]) -> list[Shown]:
    return [{"label": label, "number": False} for label in labels]


def _state(one: DeputyView, today: date) -> tuple[str, str]:
    if one.ended_at is not None:
        return "idle", _("提前结束")
    if one.until <= today:
        return "idle", _("已到期")
    return ("ok", _("代理中")) if one.since <= today else ("wait", _("还没开始"))


def _days(one: DeputyView, names: Mapping[uuid.UUID, str], who: str, today: date) -> list[object]:
    state, word = _state(one, today)
    return [
        _post_in_words(one.role, names[one.organ_id]),
        who,
        date_zh(one.since),
        date_zh(one.until - _DAY),
        {"state": state, "word": word},
    ]


def _row_of_mine(one: DeputyView, names: Mapping[uuid.UUID, str], today: date) -> Shown:
    over = _state(one, today)[0] == "idle"
    link: object = "" if over else {"text": _("结束"), "url": f"{_PAGE}/{one.id}/end"}
    return {"cells": [*_days(one, names, one.deputy_name, today), link]}


def _row_of_other(one: DeputyView, names: Mapping[uuid.UUID, str], today: date) -> Shown:
    return {"cells": _days(one, names, one.account_name, today)}


def _post_in_words(role: Role, organ: str) -> str:
    return f"{_(ROLE_LABELS[role])} · {organ}"


def _fields(
    actor: Actor,
    names: Mapping[uuid.UUID, str],
    people: Mapping[uuid.UUID, list[Colleague]],
    typed: Mapping[str, str],
    errors: Mapping[str, list[str]],
) -> list[Shown]:
    """The form (委托表单): which of my own posts, to whom, from when to when."""
    own = sorted(
        (post for post in actor.posts if post.for_id is None),
        key=lambda post: (str(post.organ_id), list(Role).index(Role(post.role))),
    )
    posts = [
        {
            "value": f"{post.role} {post.organ_id}",
            "label": _post_in_words(Role(post.role), names[post.organ_id]),
        }
        for post in own
    ]
    groups: list[Shown] = [
        {
            "label": names[organ_id],
            "options": [
                {
                    "value": str(one.id),
                    "label": f"{one.name}（{_('、').join(_(ROLE_LABELS[role]) for role in one.roles)}）",
                }
                for one in found
            ],
        }
        for organ_id, found in people.items()
    ]
    shapes: dict[str, Shown] = {
        "post": {"label": _("委托哪个岗位"), "type": "select", "options": posts},
        "deputy": {
            "label": _("委托给谁"),
            "type": "select",
            "groups": groups,
            "help": _("只能委托同一机关的同事。"),
        },
        "since": {"label": _("第一天"), "type": "date", "width": "m", "help": _("最早今天。")},
        "last": {
            "label": _("最后一天"),
            "type": "date",
            "width": "m",
            "help": _("这一天也算在内，一次最多一年。"),
        },
    }
    given = dict(typed)
    if len(posts) == 1:
        given.setdefault("post", posts[0]["value"])
    return [
        {"name": name, "required": True, "value": given.get(name, ""), "errors": errors.get(name, [])} | shape
        for name, shape in shapes.items()
    ]


def _read(typed: Mapping[str, str]) -> tuple[uuid.UUID, Role, uuid.UUID, date, date]:
    """Organ, role, deputy, first day and the day after the last (读取表单); raises Invalid at the fields."""
    fields: dict[str, list[str]] = {}
    role, _space, organ = typed["post"].partition(" ")
    found: dict[str, uuid.UUID] = {}
    for name, text in (("post", organ), ("deputy", typed["deputy"])):
        try:
            found[name] = uuid.UUID(text)
        except ValueError:
            fields[name] = [msg("请选一项。")]
    if role not in set(Role):
        fields["post"] = [msg("请选一项。")]
    days: dict[str, date] = {}
    for name in ("since", "last"):
        try:
            days[name] = date.fromisoformat(typed[name].strip())
        except ValueError:
            fields[name] = [msg("请填日期，例如 2026-12-08。")]
    if fields:
        raise Invalid("identity.deputy_form", msg("还有内容没有填好，已经在下面标出。"), fields=fields)
    until = date.max if days["last"] == date.max else days["last"] + _DAY
    return found["post"], Role(role), found["deputy"], days["since"], until
