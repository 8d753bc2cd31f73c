"""Reads of responsibility (责任认定查询)."""

from .judging import roots
from .report import Found, report_of

__all__ = ["Found", "report_of", "roots"]
