"""What the worker does for cases (办件后台任务)."""

import uuid

from django.db import transaction
from django.utils import timezone

from tongban.base.actor import system
from tongban.offers.catalogue import queries as catalogue
from tongban.records.licences import actions as licences
from tongban.records.licences import queries as licence_queries
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.moves import State

_ISSUER = system("cases.issue_licence")


def issue_licence(event_id: int, case_id: str, number: str) -> None:
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
        actions.close(actor=_ISSUER, case_id=case.id, licence_id=licence_id, at=at)
