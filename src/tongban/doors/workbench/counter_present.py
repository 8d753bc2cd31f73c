"""Who stands at the counter (到场人): the fields that ask it, the mandates between the two, a paper recorded there and then.

Asked where an application is begun, and again where another day or another person comes. First who it is; then, for another
than the applicant, under which mandate; then, where it is on paper, what the paper says. Nothing that was typed is lost.
"""

import io
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, Refusal
from tongban.base.ids import new_id
from tongban.doors.web import mandates as words
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.counter_fill import of_counter
from tongban.doors.workbench.door import day_of, now, staff
from tongban.doors.workbench.shown import Shown
from tongban.people.mandates import queries as mandates
from tongban.people.mandates.queries import MandateView
from tongban.people.mandates.rules import DRAFTING, KIND_LABELS, Act, Kind, problem
from tongban.people.parties import queries as parties
from tongban.people.parties.rules import PartyKind
from tongban.standards.text import Message, msg
from tongban.work.cases import actions
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.presence import DOCUMENT_LABELS, Document

SELF, OTHER, PAPER = "self", "other", "paper"
NAMES = (
    "present",
    "present_seen",
    "present_name",
    "present_number",
    "present_phone",
    "mandate",
    "paper_seen",
)
_LONGEST = 200
_KINDS = (Kind.AGENT, Kind.PARENT, Kind.GUARDIAN)
_PAPER_FIELDS = {"seen": "paper_seen", "places": "place", "file": "scan", "giver_number": "kind"}
_STAGES = frozenset({"mandate"})
_BEGIN = frozenset({"kind", "acts", "items", "since", "last"})


def typed_of(request: HttpRequest) -> dict[str, Any]:
    """What was typed about who stands there (已填到场人), bounded; whether the paper's fields were shown."""
    typed: dict[str, Any] = {name: str(request.POST.get(name, ""))[:_LONGEST] for name in NAMES}
    return typed | words.typed_of(request.POST) | {"paper_shown": "paper_shown" in request.POST}


def standing_of(request: HttpRequest, typed: Mapping[str, Any], today: date) -> actions.Standing:
    """Who stands there as the action takes it (读取到场人). Raises Invalid for what cannot be read of a paper."""
    if typed["present"] not in (SELF, OTHER):
        text = msg("请选一项。")
        raise Invalid("counter.present", text, fields={"present": [text]})
    if typed["present"] == SELF:
        return actions.Standing(seen=typed["present_seen"])
    person = actions.Presented(typed["present_name"], typed["present_number"], typed["present_phone"])
    if typed["mandate"] != PAPER:
        return actions.Standing(typed["present_seen"], person, mandate=typed["mandate"])
    return actions.Standing(typed["present_seen"], person, paper=_paper(request, typed, today))


def _paper(request: HttpRequest, typed: Mapping[str, Any], today: date) -> actions.Paper:
    terms, errors = words.terms_of(typed, today=today)
    if typed["kind"] in (Kind.PARENT, Kind.GUARDIAN):
        errors = {}
    scan = request.FILES.get("scan")
    if scan is None:
        errors["scan"] = [msg("请附上扫描件。")]
    if errors:
        raise Invalid("mandates.form", msg("请改正标出的内容。"), fields=errors)
    name = (scan.name if scan else None) or ""
    return actions.Paper(terms, typed["paper_seen"], cast("BinaryIO", scan or io.BytesIO()), name)


def asks_on(refusal: Refusal | None, typed: Mapping[str, Any]) -> bool:
    """Whether a refusal is only the next question (接着问): under which mandate, or what the paper says; not a mistake yet."""
    if refusal is None or typed.get("present") != OTHER:
        return False
    if refusal.fields.keys() == _STAGES:
        return not typed["mandate"]
    return typed["mandate"] == PAPER and not typed["paper_shown"]


def first(today: date, item: str) -> dict[str, Any]:
    """What stands in the fields at first (初始内容). ``item``: name of what is asked for, to which a paper is taken to be limited."""
    return {
        "present": SELF,
        "present_seen": Document.ID_CARD.value,
        "kind": Kind.AGENT.value,
        "acts": [Act.APPLY.value, Act.SUPPLEMENT.value],
        "items": item,
        "since": today.isoformat(),
        "last": today.isoformat(),
    }


def fields(
    typed: Mapping[str, Any],
    told: Mapping[str, Sequence[str]],
    *,
    open_: Sequence[MandateView] | None,
    kind: PartyKind | None,
    reach: tuple[str, str],
    legal: bool = False,
) -> list[Shown]:
    """The fields (到场人各项). ``open_``: mandates between the two, None while it is not known who they are; ``reach``: item, place.

    ``kind``: of an applicant who is settled; ``legal``: whether the one that was typed is a legal person.
    """
    whose = {
        "name": "present",
        "label": _("谁到窗口来"),
        "type": "radio",
        "value": typed.get("present", ""),
        "options": [
            {"value": SELF, "label": _("申请人本人")},
            {"value": OTHER, "label": _("别人替申请人来"), "help": _("法人由法定代表人或者代理人来。")},
        ],
    }
    seen = {
        "name": "present_seen",
        "label": _("到场的人出示的证件"),
        "type": "select",
        "width": "m",
        "value": typed.get("present_seen", ""),
        "options": [
            {"value": document.value, "label": _(DOCUMENT_LABELS[document])} for document in Document
        ],
    }
    settled = kind is PartyKind.LEGAL  # then there is always somebody
    alone = "" if settled else _("申请人本人来的不用填。")
    person = [
        _text("present_name", _("到场的人的姓名"), typed, help=alone, required=settled),
        _text("present_number", _("到场的人的身份证号码"), typed, required=settled),
        _text(
            "present_phone", _("到场的人的手机"), typed, help=_("第一次来办的才填，用来登记。"), type="tel"
        ),
    ]
    found = [seen, *person] if settled else [whose, seen, *person]
    if open_ is not None:
        found.append(_mandate(typed, open_, reach))
        if typed.get("mandate") == PAPER:
            found += _paper_fields(typed, legal=legal or kind is PartyKind.LEGAL)
    errors = {_PAPER_FIELDS.get(name, name): texts for name, texts in told.items()}
    return [
        {"required": True, "autocomplete": "off"}
        | field
        | {"errors": [translated(text) for text in errors.get(field["name"], [])]}
        for field in found
    ]


def _text(name: str, label: str, typed: Mapping[str, Any], **more: Any) -> Shown:
    shape = {"name": name, "label": label, "type": "text", "width": "m", "required": False, "maxlength": 100}
    return shape | {"value": typed.get(name, "")} | more


def _mandate(typed: Mapping[str, Any], open_: Sequence[MandateView], reach: tuple[str, str]) -> Shown:
    known = [
        {
            "value": one.number,
            "label": _("%(kind)s，授权编号 %(number)s")
            % {"kind": _(KIND_LABELS[one.kind]), "number": one.number},
            "help": _scope(one, reach),
        }
        for one in open_
    ]
    paper = {
        "value": PAPER,
        "label": _("拿着纸质授权，在这里登记"),
        "help": _("授权委托书、户口簿、监护文书等，要看原件。"),
    }
    return {
        "name": "mandate",
        "label": _("凭哪项授权"),
        "type": "radio",
        "help": "" if known else _("没有查到这两个人之间有效的授权。"),
        "value": typed.get("mandate") or ("" if known else PAPER),
        "options": [*known, paper],
    }


def _scope(one: MandateView, reach: tuple[str, str]) -> str:
    """How far it reaches, in words (授权范围); what of it stands against this very item, first."""
    limits = one.limits
    said = _("；").join(
        (
            words.acts_in_words(limits),
            words.items_in_words(limits).replace("\n", _("、")),
            words.places_in_words(limits),
            words.days_in_words(limits),
        )
    )
    found = problem(limits, DRAFTING, item=reach[0], place=reach[1]) if reach[0] else None
    return said if found is None else f"{translated(Message(found.text, found.params))} {said}"


def _paper_fields(typed: Mapping[str, Any], *, legal: bool) -> list[Shown]:
    kinds = (Kind.AGENT,) if legal else _KINDS
    limits = words.limit_fields(typed, {}, kinds=kinds, may_pass_on=False, required=False)
    return [
        {"name": "paper_shown", "type": "hidden", "value": "1"},
        *limits,
        _text(
            "paper_seen",
            _("看了哪些原件"),
            typed,
            help=_("例如“授权委托书、营业执照、双方身份证”。"),
            width="",
            required=True,
        ),
        {
            "name": "scan",
            "label": _("扫描件"),
            "type": "file",
            "allowed": _("PDF、JPG 或 PNG，不超过 20 MB"),
            "accept": ".pdf,.jpg,.jpeg,.png",
        },
    ]


def between(giver_id: uuid.UUID | None, typed: Mapping[str, Any], today: date) -> list[MandateView] | None:
    """The mandates between the applicant and who stands there (双方的授权); None while either is not known by name and number."""
    if typed.get("present") != OTHER:
        return None
    agent_id = known(typed["present_name"], typed["present_number"])
    new = bool(typed["present_phone"].strip()) and parties.by_number(typed["present_number"]) is None
    if giver_id is None or giver_id == agent_id or (agent_id is None and not new):
        return None
    return [] if agent_id is None else mandates.between(giver_id, agent_id, on=today)


def known(name: str, number: str) -> uuid.UUID | None:
    """Who bears this name and this number (核对证件), or None."""
    found = parties.by_number(number)
    return found if found is not None and parties.matches(found, name) else None


@staff
@require_http_methods(["GET", "HEAD", "POST"])
@of_counter
def present(request: HttpRequest, actor: Actor, case: CaseView) -> HttpResponse:
    """Name who stands there today (写明到场人), before a step that is the applicant's to do."""
    at = now()
    today = day_of(at)
    legal = parties.party(case.party_id).kind is PartyKind.LEGAL
    if request.method != "POST":
        return _page(request, case, first(today, case.edition.guide.name), None, today)
    typed = typed_of(request) | ({"present": OTHER} if legal else {})
    try:
        actions.name_presence(
            actor=actor, case_id=case.id, standing=standing_of(request, typed, today), at=at
        )
    except (Invalid, Conflict, Forbidden) as refusal:
        return _page(request, case, typed, refusal, today)
    return HttpResponseRedirect(f"/counter/{case.id}/check")


def _page(
    request: HttpRequest, case: CaseView, typed: Mapping[str, Any], refusal: Refusal | None, today: date
) -> HttpResponse:
    kind = parties.party(case.party_id).kind
    open_ = between(case.party_id, typed, today)
    asking = asks_on(refusal, typed)
    typed = with_paper(typed, open_, today, case.edition.guide.name)
    told = refusal.fields if refusal and not asking else {}
    shown = fields(typed, told, open_=open_, kind=kind, reach=(case.edition.item_code, case.place))
    context = {
        "case": case,
        "fields": shown,
        "errors": [] if asking else words.summary_of_errors(shown, refusal),
        "asking": asking,
        "key": str(new_id()),
    }
    status = refusal.status if refusal and not asking else 200
    return render(request, "workbench/counter_present.html", context, status=status)


def with_paper(
    typed: Mapping[str, Any], open_: Sequence[MandateView] | None, today: date, item: str
) -> Mapping[str, Any]:
    """The same, with the paper chosen where there is nothing else to choose (没有有效授权时默认登记纸质授权), and its fields as they begin."""
    if open_ is not None and not open_ and not typed.get("mandate"):
        typed = {**typed, "mandate": PAPER}
    if typed.get("mandate") != PAPER or typed.get("paper_shown"):
        return typed
    return {**typed, **{name: value for name, value in first(today, item).items() if name in _BEGIN}}
