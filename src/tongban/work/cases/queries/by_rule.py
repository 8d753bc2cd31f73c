"""Decisions by rule (按规则自动决定的办件): every one can be looked at by a person; those that an applicant asked about come first."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tongban.base.actor import Actor
from tongban.base.db import fetch_all, fetch_one
from tongban.work.cases.access import STAFF_ROLES, visible_to
from tongban.work.cases.models import Case
from tongban.work.cases.queries.lists import ROW, CaseRow, rows

_STANDING = """
    SELECT bool_or(verb = 'grant_by_rule'),
           coalesce(max(at) FILTER (WHERE verb = 'ask_review') >
                    coalesce(max(at) FILTER (WHERE verb = 'review'), '-infinity'), false)
    FROM case_document WHERE case_id = %s
"""


def review_standing(case_id: uuid.UUID) -> tuple[bool, bool]:
    """(whether a rule decided the case, whether its applicant waits for a review) (复核情况)."""
    row = fetch_one(_STANDING, [case_id])
    return (bool(row[0]), bool(row[1])) if row else (False, False)


class Reviewed(StrEnum):
    """Which decisions by rule (哪些自动决定): those asked about and unanswered, those nobody looked at, all."""

    ASKED = "asked"
    UNSEEN = "unseen"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A decision by rule in a list (自动决定行). ``asked_at``: while its applicant waits; ``reviewed_at``: of the last review."""

    case: CaseRow
    rule: str
    decided_at: datetime
    asked_at: datetime | None
    reviewed_at: datetime | None


# Of one organ the newest cases come in the order of an index; what was asked is rare and has an index of its own.
_FOUND = """
    SELECT c.id, d.body #>> '{{rule,name}}', d.at, asked.at, reviewed.at
    FROM case_file c
    JOIN case_document d ON d.case_id = c.id AND d.verb = 'grant_by_rule'
    LEFT JOIN LATERAL (SELECT max(r.at) AS at FROM case_document r WHERE r.case_id = c.id AND r.verb = 'review') reviewed
      ON true
    LEFT JOIN LATERAL (
        SELECT max(a.at) AS at FROM case_document a WHERE a.case_id = c.id AND a.verb = 'ask_review'
          AND (reviewed.at IS NULL OR a.at > reviewed.at)) asked ON true
    WHERE c.organ_id = ANY(%(organs)s::uuid[]) AND (%(before)s::uuid IS NULL OR c.id < %(before)s)
      AND {which}
    ORDER BY c.id DESC LIMIT %(limit)s
"""
_WHICH = {
    Reviewed.ASKED: """c.id IN (SELECT case_id FROM case_document WHERE verb = 'ask_review') AND asked.at IS NOT NULL""",
    Reviewed.UNSEEN: "reviewed.at IS NULL",
    Reviewed.ALL: "true",
}


def decided_by_rule(
    actor: Actor, which: Reviewed, *, before: uuid.UUID | None = None, limit: int = 50
) -> list[RuleRow]:
    """Decisions by rule of the organs in which ``actor`` holds a post (自动决定清单), the newest first.

    ``before``: the last case of the page before.
    """
    organs = sorted(actor.organs_as(*STAFF_ROLES))
    if not organs:
        return []
    params = {"organs": organs, "before": before, "limit": limit}
    found = fetch_all(_FOUND.format(which=_WHICH[which]), params)
    cases = Case.objects.filter(visible_to(actor), pk__in=[row[0] for row in found])
    shown = {row.id: row for row in rows(cases.values_list(*ROW).iterator())}
    return [RuleRow(shown[row[0]], row[1] or "", row[2], row[3], row[4]) for row in found if row[0] in shown]


_ASKED = """
    SELECT count(*) FROM case_document a JOIN case_file c ON c.id = a.case_id
    WHERE a.verb = 'ask_review' AND c.organ_id = ANY(%s::uuid[])
      AND NOT EXISTS (SELECT FROM case_document r WHERE r.case_id = a.case_id AND r.verb IN ('review', 'ask_review') AND r.at > a.at)
"""


def reviews_asked(actor: Actor) -> int:
    """How many applicants wait for a review by ``actor``'s organs (待复核数)."""
    organs = sorted(actor.organs_as("reviewer"))
    row = fetch_one(_ASKED, [organs]) if organs else None
    return 0 if row is None else int(row[0])
