"""What the worker does for cases (办件后台任务). Each may run twice, late, or beside itself: what is done already is left alone."""

import logging
import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tongban.base.actor import system
from tongban.base.errors import Conflict, Forbidden
from tongban.offers.catalogue import queries as catalogue
from tongban.people.identity import queries as identity
from tongban.records.licences import actions as licences
from tongban.records.licences import queries as licence_queries
from tongban.work.cases import actions, queries
from tongban.work.cases.actions.moving import day_of
from tongban.work.cases.rules.moves import State

log = logging.getLogger(__name__)

_ISSUER = system("cases.issue_licence")
_CLOCK = system("cases.clock")
_RULE = system("cases.rule")
_FILER = system("cases.file_document")
_REDATER = system("cases.redate")


def issue_licence(event_id: int, case_id: str, number: str, verb: str = "") -> None:
    """Issue the licence of a granted case and close it (制证办结), both or neither. Run twice, the second finds it done."""
    at = timezone.now()
    with transaction.atomic():
        case = queries.granted(uuid.UUID(case_id))
        if case.state is not State.GRANTED or licence_queries.exists_for_case(case.id):
            return
        edition = catalogue.edition(case.edition_id)
        result, fields = edition.guide.result, edition.guide.form.by_key()
        facts = [
            {
                "label": fields[key].label,
                "value": queries.shown(fields[key], case.form[key]).replace("\n", " "),
            }
            for key in result.fields
            if case.form.get(key) not in (None, "")
        ]
        licence_id = licences.issue(
            actor=_ISSUER,
            grant=licences.Grant(
                case_id=case.id,
                case_number=number,
                name=result.name,
                licence_type=result.licence_type,
                holder_id=case.party_id,
                issuer_id=case.organ_id,
                place=edition.place,
                facts=facts,
                valid_years=result.valid_years,
                demonstration=edition.guide.demonstration,
            ),
            at=at,
        )
        actions.finish(actor=_ISSUER, case_id=case.id, licence_id=licence_id, at=at)


def notify(event_id: int, case_id: str, number: str, verb: str = "") -> None:
    """Tell the applicant (通知申请人) of what happened to her case, each act once."""
    actions.notify(case_id=uuid.UUID(case_id))


def make_document(event_id: int, case_id: str, number: str, verb: str = "") -> None:
    """Make the numbered, signed PDFs of a case's documents (制发文书): of all that have none yet, so that none is ever left out."""
    for document_id in queries.unfiled(uuid.UUID(case_id)):
        actions.file_pdf(actor=_FILER, document_id=document_id, at=timezone.now())


def decide_by_rule(event_id: int, case_id: str, number: str, verb: str = "") -> None:
    """Decide a received application by its edition's rule (按规则自动审批); what does not meet it waits for a person."""
    identifier = uuid.UUID(case_id)
    state, edition_id = queries.stands(identifier)
    if state is not State.SUBMITTED or catalogue.guide_of(edition_id).rule is None:
        return
    try:
        actions.grant_by_rule(actor=_RULE, case_id=identifier, at=timezone.now())
    except Conflict as refusal:
        log.info("case %s is not decided by rule: %s", case_id, refusal.rule)


def migrate_further(event_id: int, migration: str, after: str) -> None:
    """Do the next batch of a migration (换版下一批), in the name of who asked for it. What is done already is left alone.

    Where that person is no longer an editor, nothing is done: another one calls for it again, or stops it.
    """
    at = timezone.now()
    maker = queries.maker_of_migration(uuid.UUID(migration))
    found = None if maker is None else identity.actor_of(maker, at=at)
    if found is None:
        return
    try:
        actions.further(
            actor=found[0],
            migration_id=uuid.UUID(migration),
            after=uuid.UUID(after) if after else None,
            at=at,
        )
    except Forbidden as refusal:
        log.info("migration %s waits for an editor: %s", migration, refusal.rule)


def keep_time(timestamp: int) -> None:
    """Let what was left without a word run its lawful course (到期处理): deemed accepted, or received after a silent pre-review."""
    keep_time_at(timezone.now())


def keep_time_at(at: datetime) -> int:
    """The same for a moment that is given (到期处理); how many cases moved."""
    moved = 0
    while found := queries.lapsing(day_of(at)):
        before = moved
        for case_id, state in found:
            act = actions.deem_accepted if state == State.SUBMITTED else actions.lapse
            try:
                act(actor=_CLOCK, case_id=case_id, at=at)
                moved += 1
            except Conflict as refusal:  # somebody was faster
                log.info("case %s does not lapse: %s", case_id, refusal.rule)
        if moved == before:
            break
    return moved


def redate(event_id: int, edition_id: str) -> None:
    """Compute the dates of open cases anew after an import of the calendar (日历更新重算). Run twice, the second finds it done.

    Killed, it goes on behind its last batch when the job is given back.
    """
    actions.redate(actor=_REDATER, at=timezone.now())
