"""Playing the stories (演示办件的形成): each through the actions that a person would have called, at its own time."""

import io
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.ledger.queries import done_before
from tongban.demo import files
from tongban.demo.certificates import signing
from tongban.demo.people import actor
from tongban.demo.stories import ANSWERS, OFFICES, STORIES, Act, Office, Story
from tongban.offers.catalogue import queries as catalogue
from tongban.people.parties import queries as organs
from tongban.records.materials import actions as materials
from tongban.standards.item_codes import BasicCode, ImplementationCode, Level
from tongban.work.cases import actions, jobs
from tongban.work.cases.queries import calendar
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import State, Verb, find
from tongban.work.cases.rules.signing import DECIDING

CHINA = ZoneInfo("Asia/Shanghai")
_OPENING = time(9, 0)
_BETWEEN = timedelta(minutes=20)  # between two acts of one case on one day

_MOVES: Mapping[Verb, Callable[..., actions.Ref]] = {
    Verb.SUBMIT: actions.submit,
    Verb.WITHDRAW: actions.withdraw,
    Verb.ACCEPT: actions.accept,
    Verb.DECLINE: actions.decline,
    Verb.EXAMINE: actions.examine,
    Verb.GRANT: actions.grant,
    Verb.REFUSE: actions.refuse,
}
# Opinions and decisions; the rest is done unsigned, as in an office that begins with certificates.
_SIGNED = DECIDING | {Verb.EXAMINE}


def play_all(now: datetime) -> int:
    """Make the cases that are not there yet (形成演示办件), each whole or not at all; returns how many were made."""
    made = 0
    for story in STORIES:
        made += _play(story, now)
    return made


def moment(days_ago: int, step: int, now: datetime) -> datetime:
    """The ``step``-th moment of the working day so many working days ago (工作时刻), within the announced calendar."""
    days = calendar()
    today: date = min(now.astimezone(CHINA).date(), days.last)
    return datetime.combine(days.add(today, -days_ago), _OPENING, CHINA) + step * _BETWEEN


def _play(story: Story, now: datetime) -> bool:
    office = OFFICES[story.office]
    begun = moment(story.days_ago, 0, now)
    applicant = actor(story.applicant, begun)
    key = f"demo.{story.key}"
    if done_before(applicant, key) is not None:
        return False
    with transaction.atomic():
        ref = actions.start(actor=applicant, item_code=_item_code(office), at=begun, key=key)
        _fill(story, applicant, ref.id, office, begun)
        for step, act in enumerate(story.acts, 1):
            ref = _act(act, office, applicant, ref, moment(act.days_ago, step, now))
    return True


def _item_code(office: Office) -> str:
    organ = next(organ for organ in organs.organs() if organ.name == office.organ)
    return str(
        ImplementationCode(
            organ=organ.credit_code, level=Level(office.level), basic=BasicCode.parse(office.basic)
        )
    )


def _fill(story: Story, applicant: Actor, case_id: uuid.UUID, office: Office, at: datetime) -> None:
    """Answer the form and hand in what these answers call for (填写并附材料)."""
    guide = catalogue.in_force(_item_code(office), at.astimezone(CHINA).date()).guide
    answers = {**ANSWERS[story.office], **story.answers}
    errors = actions.save(actor=applicant, case_id=case_id, values=answers, at=at)
    if errors:
        raise ValueError(f"{story.key}: {errors}")
    for material in guide.materials_for(answers):
        if material.key == "identity":
            content, name = files.png(), f"{material.name}.png"
        else:
            content, name = files.pdf(material.name, guide.name), f"{material.name}.pdf"
        kept = materials.keep(
            actor=applicant, stream=io.BytesIO(content), file_name=name, title=material.name, at=at
        )
        actions.attach(actor=applicant, case_id=case_id, key=material.key, material_id=kept, at=at)


def _act(act: Act, office: Office, applicant: Actor, ref: actions.Ref, at: datetime) -> actions.Ref:
    """One act (一步经过), by whoever makes this move in this office."""
    if act.verb is Verb.CLOSE:
        jobs.issue_licence(0, str(ref.id), str(ref.number))  # what the worker would do after the grant
        return actions.Ref(ref.id, ref.number, State.CLOSED, ref.version + 1)
    move = find(ref.state, act.verb)
    if move is None:
        raise ValueError(f"the table of moves has no {act.verb} from {ref.state}")
    login = office.staff.get(move.by)
    by = applicant if login is None else actor(login, at)
    if act.verb in _SIGNED:
        by = signing(by, at)
    if act.verb is Verb.REQUEST_SUPPLEMENT:
        demands = [Demand(target, text) for target, text in act.words.items()]
        return actions.request_supplement(actor=by, case_id=ref.id, demands=demands, at=at)
    return _MOVES[act.verb](actor=by, case_id=ref.id, at=at, **act.words)
