"""What an act would bring (办理后果): the dates that it would set, what may follow later, who else could act. Nothing is written."""

from datetime import date, datetime

from tongban.base.actor import Actor
from tongban.offers.catalogue.rules.guide import Material
from tongban.people.identity import queries as identity
from tongban.people.identity.queries import Colleague
from tongban.work.cases.queries.asking import arrived_since_first_notice, waited_for
from tongban.work.cases.queries.calendar import calendar
from tongban.work.cases.queries.files import CaseView
from tongban.work.cases.rules.clock import LATER_DAYS, Dates, dates, events_of
from tongban.work.cases.rules.joint import PartState
from tongban.work.cases.rules.moves import ASIDE, SUPPLEMENTS, By, Verb, find, verbs_from


def foreseen(case: CaseView, verb: Verb, on: date, days: int = 0) -> Dates:
    """The dates that ``verb`` would set on this day (办理后的期限); ``days``: of an extension or a special procedure.

    Those of now where the table has no such move.
    """
    move = find(case.state, verb, case.traits)
    added = () if move is None else events_of(move.clock, on, days)
    return dates(case.clock + added, case.edition.guide.limits, calendar())


def deferred(case: CaseView, on: date) -> tuple[tuple[Material, ...], date | None]:
    """What may still follow (待补交的容缺材料), and until when: as agreed at acceptance, else as accepting today would set it."""
    waiting = waited_for(
        case.edition.guide,
        case.form,
        {found.key for found in case.attachments},
        party_id=case.party_id,
        on=on,
        committed=case.committed is not None,
    )
    if not waiting or case.later_by is not None:
        return waiting, case.later_by
    days = case.edition.guide.limits.later_days or LATER_DAYS
    return waiting, calendar().provisional_add(on, days)[0]


def second_notice_may_rest_on(case: CaseView) -> dict[str, str]:
    """What arrived after the first notice (可据以再次告知的内容): target -> name; empty where there can be no second one."""
    told = {document.verb for document in case.documents} & SUPPLEMENTS
    if told != {Verb.REQUEST_SUPPLEMENT}:
        return {}
    guide, names = case.edition.guide, {}
    for target in sorted(arrived_since_first_notice(case.id)):
        kind, _, key = target.partition(":")
        field = guide.form.by_key().get(key) if kind == "field" else None
        material = next((one for one in guide.materials if kind == "material" and one.key == key), None)
        names[target] = field.label if field else material.name if material else key
    return names


def who_could_act(actor: Actor, case: CaseView, at: datetime) -> list[Colleague]:
    """Colleagues to whom ``actor`` may hand the case over (可转交的同事): in the same organ, with a role whose turn it is."""
    roles = {move.by.value for move in verbs_from(case.state, case.traits) if move.verb not in ASIDE}
    turns = {part.organ_id for part in case.parts if part.state in (PartState.OPEN, PartState.PAUSED)}
    found: dict[str, Colleague] = {}
    for organ_id, colleagues in identity.colleagues(actor, at=at).items():
        wanted = roles if organ_id == case.organ_id else set()
        if organ_id in turns and By.DEPARTMENT.value in roles:
            wanted = wanted | {By.REVIEWER.value}
        found |= {str(one.id): one for one in colleagues if wanted & {role.value for role in one.roles}}
    return list(found.values())
