"""Naming who stands at the counter (写明到场人): the applicant herself, or another under a mandate, recorded there or before."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Invalid
from tongban.people.identity.queries import day_of
from tongban.people.mandates import actions as recording
from tongban.people.mandates import queries as mandates
from tongban.people.mandates.rules import DRAFTING, Problem, problem, standing
from tongban.people.parties import actions as registering
from tongban.people.parties import queries as parties
from tongban.people.parties.rules import PartyKind
from tongban.standards.text import Message, msg
from tongban.work.cases.access import at_counter, item_of
from tongban.work.cases.actions.moving import lock
from tongban.work.cases.models import Case, Presence
from tongban.work.cases.rules.presence import Document


@dataclass(frozen=True, slots=True)
class Presented:
    """Who is shown by a document (证件上的人). ``phone``: where she is to be registered on the spot."""

    name: str
    id_number: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A mandate on paper (纸质授权) that is recorded there and then. ``seen``: the originals that the clerk saw, in words."""

    terms: recording.Terms
    seen: str
    scan: BinaryIO
    scan_name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands at the counter (到场人), and which document she showed (``seen``).

    ``person``: who it is where it is not the applicant; ``mandate``: number of the one under which she acts, or ``paper``: one
    that is recorded with it.
    """

    seen: str = Document.ID_CARD
    person: Presented | None = None
    mandate: str = ""
    paper: Paper | None = None


def name_presence(*, actor: Actor, case_id: uuid.UUID, standing: Standing, at: datetime) -> None:
    """Name who stands at the counter today for a case that it took in (写明到场人); whom it named before is replaced.

    Of itself it is no act: the act that follows tells it in the ledger. A paper mandate that is recorded with it is one.
    """
    with transaction.atomic():
        case = lock(actor, case_id, at)
        if case.counter_id is None or not at_counter(actor, case):
            raise Forbidden("cases.counter", msg("这件不是在您的窗口收的。"))
        put_down(actor, Case.objects.get(pk=case_id), standing, at)


def put_down(actor: Actor, case: Case, given: Standing, at: datetime) -> Presence:
    """Write who stands there (写入到场人), within the caller's transaction."""
    assert actor.id is not None  # noqa: S101 -- a clerk has an account
    if given.seen not in set(Document):
        raise Invalid("cases.presence", _MEND, fields={"present_seen": [msg("请选一项。")]})
    present_id, mandate_id = _present(actor, case, given, at), None
    if parties.party(present_id).kind is not PartyKind.PERSON:
        only = msg("到窗口来办的是人：请填到场的人的姓名和身份证号码。")
        raise Invalid("cases.presence", _MEND, fields={"present_number": [only]})
    if present_id != case.party_id:
        mandate_id = _mandate(actor, case, present_id, given, at)
    found = Presence(
        case_id=case.id,
        party_id=case.party_id,
        present_id=present_id,
        mandate_id=mandate_id,
        seen=given.seen,
        by_id=actor.id,
        at=at,
    )
    Presence.objects.filter(pk=case.id).delete()
    found.save(force_insert=True)
    return found


_MEND = msg("还有内容没有填好，已经在下面标出。")


def party_shown(actor: Actor, shown: Presented, at: datetime) -> uuid.UUID:
    """The party of a document (核对证件). A wrong name and a number that nobody has are answered alike."""
    found = parties.by_number(shown.id_number)
    if found is not None and parties.matches(found, shown.name):
        return found
    if found is None and shown.phone.strip():
        return registering.register(
            actor=actor, name=shown.name, id_number=shown.id_number, phone=shown.phone, at=at
        )
    unknown = msg("没有查到姓名和证件号码都相符的人。请对照证件核对；第一次来办的，填上手机号码登记。")
    raise Invalid("cases.applicant", unknown, fields={"id_number": [unknown]})


_FIELDS = {"name": "present_name", "id_number": "present_number", "phone": "present_phone"}


def _present(actor: Actor, case: Case, given: Standing, at: datetime) -> uuid.UUID:
    if given.person is None:
        if parties.party(case.party_id).kind is not PartyKind.PERSON:
            text = msg("法人要由到场的人凭授权来办，请写明是谁。")
            raise Invalid("cases.presence", text, fields={"present_name": [text]})
        return case.party_id
    try:
        return party_shown(actor, given.person, at)
    except Invalid as refusal:
        fields = {_FIELDS.get(name, name): texts for name, texts in refusal.fields.items()}
        raise Invalid(refusal.rule, refusal.message, refusal.params, fields=fields) from refusal


def _mandate(actor: Actor, case: Case, present_id: uuid.UUID, given: Standing, at: datetime) -> uuid.UUID:
    """The mandate under which somebody stands there (到场人的授权): it must reach this very item, place and day."""
    if given.paper is not None:
        chosen = _recorded(actor, case, present_id, given.paper, at)
    else:
        chosen = _chosen(case, present_id, given.mandate, at)
    view = mandates.of_id(chosen)
    found = standing(view.limits, view.state, day_of(at)) or problem(
        view.limits, DRAFTING, item=item_of(case), place=case.place
    )
    if found is not None:
        raise _unfit(found)
    return chosen


def _unfit(found: Problem) -> Invalid:
    text = Message(found.text, found.params)
    return Invalid(found.rule, found.text, found.params, fields={"mandate": [text]})


def _recorded(actor: Actor, case: Case, present_id: uuid.UUID, paper: Paper, at: datetime) -> uuid.UUID:
    assert case.counter_id is not None  # noqa: S101 -- only a counter's case gets here
    return recording.record_paper(
        actor=actor,
        counter=case.counter_id,
        giver_id=case.party_id,
        agent_id=present_id,
        terms=paper.terms,
        seen=paper.seen,
        scan=paper.scan,
        scan_name=paper.scan_name,
        at=at,
    )


def _chosen(case: Case, present_id: uuid.UUID, number: str, at: datetime) -> uuid.UUID:
    open_ = {one.number: one.id for one in mandates.between(case.party_id, present_id, on=day_of(at))}
    wanted = number.strip().upper()
    if wanted in open_:
        return open_[wanted]
    if open_:
        text: str = Message(
            msg("请写明凭哪项授权。这两个人之间现在有效的授权：%(numbers)s。"),
            {"numbers": "、".join(sorted(open_))},
        )
    else:
        text = msg("没有查到有效的授权。请看过纸质授权后在这里登记，或者请申请人本人来。")
    raise Invalid(
        "cases.presence_mandate",
        msg("到场的人替别人办，要有授权。"),
        fields={"mandate": [text]},
    )
