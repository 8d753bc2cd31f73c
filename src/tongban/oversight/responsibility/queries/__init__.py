"""Reads of responsibility (责任认定查询)."""

from .judging import roots
from .report import Found, report_of
from .witness import against_ledger

__all__ = ["Found", "against_ledger", "report_of", "roots"]
