"""Guides as tables (表格形式): one workbook holds many items, a sheet an element, a row an entry, keyed by the item's code."""

from tongban.offers.catalogue.rules.sheets.reading import (
    JSON,
    Found,
    Line,
    Place,
    Problem,
    headers_of,
    problems_of,
    read_item,
)
from tongban.offers.catalogue.rules.sheets.table import CODE, ITEMS, SHEETS
from tongban.offers.catalogue.rules.sheets.writing import exchanged, rows_of

__all__ = [
    "CODE",
    "ITEMS",
    "JSON",
    "SHEETS",
    "Found",
    "Line",
    "Place",
    "Problem",
    "exchanged",
    "headers_of",
    "problems_of",
    "read_item",
    "rows_of",
]
