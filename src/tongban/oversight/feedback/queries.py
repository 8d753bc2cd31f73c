"""Reads of feedback (评价查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tongban.oversight.feedback.models import Rating


@dataclass(frozen=True, slots=True)
class RatingView:
    """A rating (评价视图)."""

    grade: int
    comment: str
    at: datetime


def of_case(case_id: uuid.UUID) -> RatingView | None:
    """The rating of a case (办件的评价), or None. The caller has loaded the case through its access filter."""
    found = Rating.objects.filter(case_id=case_id).first()
    return None if found is None else RatingView(found.grade, found.comment, found.at)
