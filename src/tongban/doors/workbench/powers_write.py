"""Forms about an adjustment (清单调整表单): begin one, write an entry, take one out or back, send, approve, send back, discard."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench import powers
from tongban.doors.workbench.door import day_of, key_of, now, staff, version_of
from tongban.doors.workbench.shown import Shown
from tongban.offers.powers import actions, queries
from tongban.offers.powers.queries import AdjustmentView
from tongban.offers.powers.rules.adjustments import (
    ADJUSTMENT_STATE_LABELS,
    ADJUSTMENT_VERB_LABELS,
    LONGEST_REASON,
    AdjustmentVerb,
)
from tongban.offers.powers.rules.content import LONGEST_NOTE, LONGEST_OFFICE, TERMS, typed
from tongban.offers.powers.rules.usual import ACCOUNTABILITY, duties_of
from tongban.people.parties import queries as parties
from tongban.standards.item_codes import ItemType, Level
from tongban.standards.text import msg

_HEADING = ("reason", "basis", "starts_on")
_CONTENT = ("office", "level", "basis", "duties", "accountability", "phone", "note")
_START = msg("提出清单调整")
_PUT = msg("写这一项")
_REMOVE = msg("调出这一项")
_DROP = msg("不调整这一项")
_REWRITE = msg("改理由、依据或日期")


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent (提交的表单)."""

    actor: Actor
    adjustment_id: uuid.UUID
    typed: Mapping[str, str]
    at: datetime
    key: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Form:
    """A form to draw (表单). ``asks``: its fields; ``told``: what follows from pressing."""

    label: str
    url: str
    cancel_url: str
    asks: Sequence[str]
    word: str
    kicker: str = ""
    told: str = ""
    grave: bool = False
    version: int = 0
    options: Mapping[str, list[Shown]] = field(default_factory=dict)


def _draw(
    request: HttpRequest, form: Form, given: Mapping[str, str], refusal: Refusal | None = None
) -> HttpResponse:
    errors = refusal.fields if refusal else {}
    known = {name: texts for name, texts in errors.items() if name in form.asks}
    beyond = [text for name, texts in errors.items() if name not in form.asks for text in texts]
    context = {
        "form": form,
        "fields": [_field(name, given, known, form) for name in form.asks],
        "errors": [
            *(
                {"name": "", "text": translated(text)}
                for text in (beyond or ([] if known or not refusal else [refusal.message]))
            ),
            *(
                {"name": name, "text": f"{_labels(form)[name]}：" + "；".join(map(translated, texts))}
                for name, texts in known.items()
            ),
        ],
        "key": str(new_id()),
        # A form that comes back bears the version of the page that was sent: what changed since must still be seen.
        "version": version_of(request) if request.method == "POST" else form.version,
    }
    return render(request, "workbench/powers_form.html", context, status=refusal.status if refusal else 200)


def _labels(form: Form) -> dict[str, str]:
    heading = {"reason": _("理由"), "basis": _("依据"), "starts_on": _("从哪天起"), "organ": _("机关")}
    return heading if "office" not in form.asks else {name: _(term) for name, term in TERMS.items()}


def _field(name: str, given: Mapping[str, str], errors: Mapping[str, list[str]], form: Form) -> Shown:
    content = "office" in form.asks
    shapes: dict[str, Shown] = {
        "organ": {"type": "select", "options": form.options.get("organ", [])},
        "starts_on": {
            "type": "date",
            "width": "m",
            "help": _("只能是今天或者以后；已经过去的日子，清单不再改。"),
        },
        "reason": {
            "type": "textarea",
            "rows": 3,
            "maxlength": LONGEST_REASON,
            "help": _("会和清单一起公布。"),
        },
        "basis": {
            "type": "textarea",
            "rows": 4,
            "help": _("一行一条，先写书名号里的名称：《行政许可法》第十二条"),
        }
        if content
        else {
            "type": "textarea",
            "rows": 2,
            "maxlength": LONGEST_REASON,
            "help": _("依据的法律法规修改或者文件，会公布。"),
        },
        "office": {"type": "text", "maxlength": LONGEST_OFFICE},
        "level": {
            "type": "select",
            "width": "m",
            "options": [{"value": each.value, "label": each.label} for each in Level],
        },
        "duties": {
            "type": "textarea",
            "rows": 10,
            "help": _("一行一个环节：受理责任：……。先填的是同类权力的范本，请改成本机关实际的。"),
        },
        "accountability": {"type": "textarea", "rows": 7, "help": _("一行一种情形。")},
        "phone": {"type": "tel", "width": "m"},
        "note": {"type": "textarea", "rows": 2, "maxlength": LONGEST_NOTE},
    }
    shared: Shown = {"name": name, "label": _labels(form)[name], "help": "", "required": name != "note"}
    return shared | {"value": given.get(name, ""), "errors": errors.get(name, [])} | shapes[name]


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items()}


def _done(request: HttpRequest, label: str, adjustment_id: uuid.UUID) -> HttpResponse:
    told = _("已办：%(act)s") % {"act": _(label)}
    request.session["notice"] = {"kind": "ok", "title": told, "text": ""}
    return HttpResponseRedirect(f"/powers/{adjustment_id}")


def _filled(
    request: HttpRequest,
    actor: Actor,
    one: AdjustmentView,
    form: Form,
    given: Mapping[str, str],
    perform: Callable[[Sent], actions.AdjustmentRef],
) -> HttpResponse:
    """Draw a form, or do what it asks: a refusal brings it back as it was typed, a conflict leads to what stands now."""
    if request.method != "POST":
        return _draw(request, form, given)
    sent = Sent(actor, one.id, _typed(request), now(), key_of(request), version_of(request))
    try:
        perform(sent)
    except Invalid as refusal:
        return _draw(request, form, sent.typed, refusal)
    except Conflict as refusal:
        return powers.page(request, actor, one.id, refusal)
    return _done(request, form.label, one.id)


def _writable(request: HttpRequest, actor: Actor, adjustment_id: uuid.UUID) -> AdjustmentView:
    """The draft that is written; a page that asks for another one says what stands."""
    one = queries.one(actor, adjustment_id)
    if request.method != "POST":
        _ensure_possible(one, AdjustmentVerb.WRITE)
    return one


def _ensure_possible(one: AdjustmentView, verb: AdjustmentVerb) -> None:
    if any(move.verb is verb for move in one.moves):
        return
    if verb in one.hindrances:
        raise Forbidden(f"powers.{verb}", one.hindrances[verb])
    raise Conflict(
        "powers.move",
        msg("这次调整现在是“%(state)s”，您打开页面以后它有了变化。请看过最新情况再办。"),
        {"state": ADJUSTMENT_STATE_LABELS[one.state]},
    )


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Begin an adjustment (提出清单调整)."""
    powers.ensure_editor(actor)
    organs = sorted(
        (parties.organ(each) for each in actor.organs_as("editor")), key=lambda o: (o.place, o.name)
    )
    options: list[Shown] = [{"value": str(each.id), "label": each.name} for each in organs]
    asks = ("organ", *_HEADING) if len(organs) > 1 else _HEADING
    form = Form(
        _START,
        "/powers/new",
        "/powers",
        asks,
        msg("开始"),
        _("权责清单"),
        _("先写为什么调、依据什么、从哪天起；接着选要调入、修改、调出的事项。"),
        options={"organ": options},
    )  # fmt: skip -- what is shown, in order
    if request.method != "POST":
        return _draw(request, form, {"starts_on": day_of(now()).isoformat()})
    given = _typed(request)
    wanted = given.get("organ", "") if len(organs) > 1 else str(organs[0].id)
    try:
        if wanted not in {str(each.id) for each in organs}:
            told = msg("请从列出的选项里选一个。")
            raise Invalid("powers.organ", told, fields={"organ": [told]})
        made = actions.start(
            actor=actor, organ_id=uuid.UUID(wanted), heading=given, at=now(), key=key_of(request)
        )
    except (Invalid, Conflict) as refusal:
        return _draw(request, form, given, refusal)
    return _done(request, _START, made.id)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, actor: Actor, adjustment_id: str, basic: str) -> HttpResponse:
    """Write what an entry is to say (写一项): prefilled from the draft, the list, or what is usual."""
    one = _writable(request, actor, _id(adjustment_id))
    item = queries.basics([basic]).get(basic)
    if item is None:
        raise NotFound("powers.basic", msg("没有这个基本目录事项。"))
    form = Form(
        _PUT,
        f"/powers/{one.id}/entries/{basic}",
        f"/powers/{one.id}",
        _CONTENT,
        msg("保存到这次调整"),
        item.name,
        version=one.version,
    )  # fmt: skip -- what is shown, in order

    def perform(sent: Sent) -> actions.AdjustmentRef:
        return actions.put(
            actor=sent.actor,
            adjustment_id=sent.adjustment_id,
            basic_code=basic,
            content=sent.typed,
            at=sent.at,
            version=sent.version,
            key=sent.key,
        )  # fmt: skip -- what was sent, in one place

    return _filled(request, actor, one, form, _content(actor, one, basic, ItemType(item.item_type)), perform)


def _content(actor: Actor, one: AdjustmentView, basic: str, kind: ItemType) -> dict[str, str]:
    written = queries.draft_content(actor, one.id, basic)
    if written is not None:
        return typed(written)
    listed = queries.entry_of(one.organ_id, basic, one.starts_on)
    if listed is not None:
        return typed(listed.content)
    duties = "\n".join(map(str, duties_of(kind)))
    return {"office": one.organ_name, "duties": duties, "accountability": "\n".join(ACCOUNTABILITY)}


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, actor: Actor, adjustment_id: str, basic: str) -> HttpResponse:
    """Take an entry out of the list (调出一项)."""
    one = _writable(request, actor, _id(adjustment_id))
    listed = queries.entry_of(one.organ_id, basic, one.starts_on)
    if listed is None and request.method != "POST":
        raise NotFound("powers.entry", msg("这个机关的权责清单里没有这一项。"))
    form = Form(
        _REMOVE,
        f"/powers/{one.id}/entries/{basic}/remove",
        f"/powers/{one.id}",
        ("reason", "basis"),
        msg("调出"),
        listed.name if listed else "",
        _("从开始的那天起，清单里不再有这一项；以前的内容和调出的理由都留着。"),
        True,
        one.version,
    )  # fmt: skip -- what is shown, in order

    def perform(sent: Sent) -> actions.AdjustmentRef:
        return actions.remove(
            actor=sent.actor,
            adjustment_id=sent.adjustment_id,
            basic_code=basic,
            because=sent.typed,
            at=sent.at,
            version=sent.version,
            key=sent.key,
        )  # fmt: skip -- what was sent, in one place

    return _filled(request, actor, one, form, {}, perform)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: HttpRequest, actor: Actor, adjustment_id: str, basic: str) -> HttpResponse:
    """Leave an entry out of the draft (撤回一项)."""
    one = _writable(request, actor, _id(adjustment_id))
    item = queries.basics([basic]).get(basic)
    form = Form(
        _DROP,
        f"/powers/{one.id}/entries/{basic}/drop",
        f"/powers/{one.id}",
        (),
        msg("不调整了"),
        item.name if item else "",
        _("清单里的这一项保持原样；这次调整里写的内容会去掉。"),
        True,
        one.version,
    )  # fmt: skip -- what is shown, in order

    def perform(sent: Sent) -> actions.AdjustmentRef:
        return actions.drop(
            actor=sent.actor,
            adjustment_id=sent.adjustment_id,
            basic_code=basic,
            at=sent.at,
            version=sent.version,
            key=sent.key,
        )  # fmt: skip -- what was sent, in one place

    return _filled(request, actor, one, form, {}, perform)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound("powers.adjustment", msg("没有找到这次清单调整。")) from None


# --- sending, approving ------------------------------------------------------------------------------------------------


def _rewrite(sent: Sent) -> actions.AdjustmentRef:
    return actions.rewrite(
        actor=sent.actor,
        adjustment_id=sent.adjustment_id,
        heading=sent.typed,
        at=sent.at,
        version=sent.version,
        key=sent.key,
    )


def _plain(action: Callable[..., actions.AdjustmentRef]) -> Callable[[Sent], actions.AdjustmentRef]:
    def perform(sent: Sent) -> actions.AdjustmentRef:
        return action(
            actor=sent.actor,
            adjustment_id=sent.adjustment_id,
            at=sent.at,
            version=sent.version,
            key=sent.key,
        )

    return perform


def _send_back(sent: Sent) -> actions.AdjustmentRef:
    return actions.send_back(
        actor=sent.actor,
        adjustment_id=sent.adjustment_id,
        reason=sent.typed.get("reason", ""),
        at=sent.at,
        version=sent.version,
        key=sent.key,
    )


@dataclass(frozen=True, slots=True)
class Act:
    """An act as its page shows it (办理页)."""

    perform: Callable[[Sent], actions.AdjustmentRef]
    label: str
    asks: tuple[str, ...] = ()
    told: str = ""
    grave: bool = False


ACTS: Mapping[str, tuple[AdjustmentVerb, Act]] = {
    "rewrite": (AdjustmentVerb.WRITE, Act(_rewrite, _REWRITE, _HEADING)),
    "send": (
        AdjustmentVerb.SEND,
        Act(
            _plain(actions.send),
            ADJUSTMENT_VERB_LABELS[AdjustmentVerb.SEND],
            (),
            msg("送审核以后不能再改；由本机关另一位没有动笔的编辑审核。"),
        ),
    ),
    "approve": (
        AdjustmentVerb.APPROVE,
        Act(
            _plain(actions.approve),
            ADJUSTMENT_VERB_LABELS[AdjustmentVerb.APPROVE],
            (),
            msg("通过以后马上公布，从开始的那天起生效；公布了的不能再改，只能再调整。"),
        ),
    ),
    "send_back": (
        AdjustmentVerb.SEND_BACK,
        Act(_send_back, ADJUSTMENT_VERB_LABELS[AdjustmentVerb.SEND_BACK], ("reason",)),
    ),
    "discard": (
        AdjustmentVerb.DISCARD,
        Act(
            _plain(actions.discard),
            ADJUSTMENT_VERB_LABELS[AdjustmentVerb.DISCARD],
            (),
            msg("作废以后不能恢复，清单保持原样。"),
            True,
        ),
    ),
}  # fmt: skip -- an act a block


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, adjustment_id: uuid.UUID, verb: str) -> HttpResponse:
    """One act on an adjustment (清单调整办理页)."""
    if verb not in ACTS:
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    needed, spec = ACTS[verb]
    one = queries.one(actor, adjustment_id)
    if request.method != "POST":
        _ensure_possible(one, needed)
    given = {"reason": one.reason, "basis": one.basis, "starts_on": one.starts_on.isoformat()}
    form = Form(
        spec.label,
        f"/powers/{one.id}/{verb}",
        f"/powers/{one.id}",
        spec.asks,
        msg("保存") if verb == "rewrite" else spec.label,
        _("第 %(number)s 次调整") % {"number": one.number} + f" · {one.organ_name}",
        _(spec.told) if spec.told else "",
        spec.grave,
        one.version,
    )
    return _filled(request, actor, one, form, given if verb == "rewrite" else {}, spec.perform)
