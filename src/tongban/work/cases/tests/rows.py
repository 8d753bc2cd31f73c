"""Rows of cases (办件行) as tests of the rooms above look at them: what an act left in the table, without the reads of the room."""

from tongban.work.cases.models import Case, Migration, Original

__all__ = ["Case", "Migration", "Original"]
