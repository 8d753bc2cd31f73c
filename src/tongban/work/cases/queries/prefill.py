"""What the platform already knows for a form (预填): each answer with where it comes from. Only of the applicant's own.

Sources are named by the edition (``rules/form/prefill.py`` of the catalogue). What is found must pass the field's own check,
or it is not known: a prefilled answer is never worse than a typed one.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from tongban.base.db import fetch_one
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import FieldSpec, Form, check
from tongban.offers.catalogue.rules.form.prefill import Origin, Source, source
from tongban.people.parties import queries as parties
from tongban.people.parties.rules import PartyKind
from tongban.records.licences import queries as licences


@dataclass(frozen=True, slots=True)
class Known:
    """A prefilled answer (预填内容): the value, its origin, and the name and day of the licence or application it is from."""

    value: object
    origin: Origin
    name: str = ""
    at: date | datetime | None = None


def known(form: Form, *, party_id: uuid.UUID, on: date) -> dict[str, Known]:
    """What the platform knows of this form's answers (已知内容), by field. No statement where the form names no source."""
    found: dict[str, Known] = {}
    for key, field in form.by_key().items():
        if field.prefill is None:
            continue
        one = _found(source(field.prefill), party_id, on)
        value = None if one is None else _fit(field, one.value)
        if one is not None and value is not None:
            found[key] = Known(value, one.origin, one.name, one.at)
    return found


def fixed(form: Form, *, party_id: uuid.UUID, on: date) -> dict[str, object]:
    """The answers that the platform gives and nobody is asked (固定预填), by field."""
    only = {key: field for key, field in form.by_key().items() if field.fixed}
    return (
        {key: value.value for key, value in known(form, party_id=party_id, on=on).items() if key in only}
        if only
        else {}
    )


def _fit(field: FieldSpec, value: object) -> object | None:
    """The value as this field keeps it, or None where it is no answer to it."""
    return check({field.key: field}, {field.key: value}, complete=True)[0].get(field.key)


def _found(wanted: Source, party_id: uuid.UUID, on: date) -> Known | None:
    if wanted.origin is Origin.PARTY:
        party = parties.party(party_id)
        code = party.masked_number if party.kind is PartyKind.LEGAL else None
        said = {"name": party.name, "phone": party.phone, "credit_code": code}
        return None if said[wanted.field] is None else Known(said[wanted.field], Origin.PARTY)
    if wanted.origin is Origin.LICENCE:
        return _on_licence(wanted, party_id, on)
    return _sent_earlier(wanted, party_id)


_CASE_OF_LICENCE = "SELECT edition_id, form FROM case_file WHERE id = %s AND party_id = %s"


def _on_licence(wanted: Source, party_id: uuid.UUID, on: date) -> Known | None:
    """A fact that stands on the party's newest valid licence of a type: as its case keeps it, if the licence prints it."""
    licence = licences.valid_of(party_id, wanted.of, on=on)
    row = None if licence is None else fetch_one(_CASE_OF_LICENCE, [licence.case_id, party_id])
    if licence is None or row is None:
        return None
    if wanted.field not in catalogue.guide_of(row[0]).result.fields:
        return None
    return Known(json.loads(row[1]).get(wanted.field), Origin.LICENCE, licence.name, licence.valid_from)


# A case number begins with the implementation code, which holds the basic code at places 20 to 31.
_EARLIER = """
    SELECT edition_id, form, submitted_at FROM case_file
    WHERE party_id = %s AND substr(number, 20, 12) = %s AND state NOT IN ('draft', 'supplement', 'declined', 'withdrawn')
    ORDER BY submitted_at DESC, id DESC LIMIT 1
"""


def _sent_earlier(wanted: Source, party_id: uuid.UUID) -> Known | None:
    """What the party answered in its last application for a basic item that an office took in."""
    row = fetch_one(_EARLIER, [party_id, wanted.of])
    if row is None:
        return None
    value = json.loads(row[1]).get(wanted.field)
    return Known(value, Origin.EARLIER, catalogue.guide_of(row[0]).name, row[2])
