"""The outline of a case (办件概况), and the code that opens it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from tongban.base.crypto import derived_key
from tongban.base.ledger import queries as ledger
from tongban.records.licences.rules import masked_name
from tongban.work.cases.models import Case, Document
from tongban.work.cases.rules.moves import State, Verb
from tongban.work.cases.rules.tracking import code_of, in_outline

KEY = ("code", "cases.track")


@dataclass(frozen=True, slots=True)
class OutlineStep:
    """A step of the outline (概况步骤): what and when, without names."""

    verb: Verb
    at: datetime


@dataclass(frozen=True, slots=True)
class OutlineDocument:
    """A document in the outline (概况文书): its number and the SHA-256 of its file, to compare with what one holds."""

    verb: Verb
    number: str
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outline:
    """What number and code open (办件概况): state, steps and dates; of the applicant only the masked name."""

    number: str
    item_name: str
    organ_name: str
    applicant: str
    state: State
    act_by: date | None
    promised_on: date | None
    due_on: date | None
    provisional: bool
    steps: list[OutlineStep]
    documents: list[OutlineDocument]


def track_code(case_id: uuid.UUID) -> str:
    """The query code (查询码) of a case; the caller may read the case as its applicant."""
    return code_of(case_id, derived_key(*KEY))


def sought(number: str) -> Case | None:
    """The case of this number (查询目标), for who has still to show its code. One statement."""
    found = Case.objects.filter(number=number).select_related("edition", "organ", "party")
    return found.first() if number.isascii() else None


def outline(case: Case) -> Outline:
    """The outline of a case (办件概况) whose code was given. Two statements."""
    made = Document.objects.filter(case_id=case.id, number__isnull=False).order_by("at", "id")
    return Outline(
        number=str(case.number),
        item_name=case.edition.name,
        organ_name=case.organ.name,
        applicant=masked_name(case.party.name),
        state=State(case.state),
        act_by=case.act_by,
        promised_on=case.promised_on,
        due_on=case.due_on,
        provisional=case.provisional,
        steps=[
            OutlineStep(Verb(act.act.removeprefix("cases.")), act.at)
            for act in ledger.acts_of(f"case:{case.id}")
            if in_outline(act.act.removeprefix("cases."))
        ],
        documents=[OutlineDocument(Verb(d.verb), str(d.number), str(d.file_id), d.at) for d in made],
    )
