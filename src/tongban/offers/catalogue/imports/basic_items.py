"""Import of the basic items (基本目录导入) from csv: the whole file or nothing."""

from pathlib import Path

from tongban.base.db import fetch_all
from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv, run_import
from tongban.base.search import actions as search
from tongban.offers.catalogue.models import BasicItem
from tongban.offers.catalogue.rules.finding import of_basic
from tongban.standards import plaintext
from tongban.standards.item_codes import BusinessBasicCode, ItemType, parent_of, parse_basic

COLUMNS = ["code", "name", "item_type", "department", "parent", "origin", "demonstration"]

# One statement a batch: what differs is changed, what is the same is left alone and not counted.
_WRITE = """
    INSERT INTO basic_item AS b (code, name, item_type, department, parent_id, origin, demonstration)
    SELECT t.code, t.name, t.item_type, t.department, t.parent, t.origin, t.demonstration
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[])
        AS t (code, name, item_type, department, parent, origin, demonstration)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, item_type = excluded.item_type,
        department = excluded.department, parent_id = excluded.parent_id, origin = excluded.origin,
        demonstration = excluded.demonstration
    WHERE (b.name, b.item_type, b.department, b.parent_id, b.origin, b.demonstration) IS DISTINCT FROM
        (excluded.name, excluded.item_type, excluded.department, excluded.parent_id, excluded.origin,
         excluded.demonstration)
    RETURNING b.xmax = 0, b.code, b.name, b.department, b.demonstration
"""


def run_items(path: Path, report: Report) -> int:
    """Import the basic items (基本目录导入) of a csv file, parents before children; returns the exit code."""
    known: set[str] = set(BasicItem.objects.values_list("code", flat=True))
    seen: set[str] = set()

    def read(row: Row) -> BasicItem:
        item = _basic_item(row, known)
        if item.code in seen:
            raise BadRow(f"code {item.code} stands twice in this file")
        seen.add(item.code)
        known.add(item.code)
        return item

    return run_import(path, report, read_csv(path, COLUMNS), read, _write_items)


def _basic_item(row: Row, known: set[str]) -> BasicItem:
    """One row, checked (核对一行). Raises BadRow or BadCode (both ValueError) with the reason."""
    code = parse_basic(row["code"])
    item_type = row["item_type"].strip()
    if item_type not in set(ItemType) - {ItemType.POWER}:
        raise BadRow(f"type {item_type!r} is no type of items")
    if item_type != code.type:
        raise BadRow(f"type {item_type} contradicts the code, which says {code.type}")
    name = plaintext.clean(row["name"], limit=200)
    if not name:
        raise BadRow("the name is empty")
    if row["demonstration"] not in ("yes", "no"):
        raise BadRow("demonstration must be yes or no")
    parent = row["parent"].strip()
    if isinstance(code, BusinessBasicCode) and not parent:
        raise BadRow(f"{code} is a business item: its basic item must be named as parent")
    if parent:
        upper = parent_of(code)
        if upper is None or str(upper) != parent:
            raise BadRow(f"{parent!r} cannot be the parent of {code} by their digits")
        if parent not in known:
            raise BadRow(f"parent {parent!r} is not known (it must stand before its children)")
    return BasicItem(
        code=str(code),
        name=name,
        item_type=item_type,
        department=plaintext.clean(row["department"], limit=60),
        parent_id=parent or None,
        origin=plaintext.clean(row["origin"], limit=200),
        demonstration=row["demonstration"] == "yes",
    )


def _write_items(batch: list[BasicItem], outcome: Outcome) -> None:
    columns = (
        [item.code for item in batch],
        [item.name for item in batch],
        [item.item_type for item in batch],
        [item.department for item in batch],
        [item.parent_id for item in batch],
        [item.origin for item in batch],
        [item.demonstration for item in batch],
    )
    written = fetch_all(_WRITE, columns)
    search.put_all(
        [
            of_basic(code=code, name=name, department=department, demonstration=demonstration)
            for _, code, name, department, demonstration in written
        ]
    )
    added = [bool(row[0]) for row in written]
    outcome.added += sum(added)
    outcome.changed += len(added) - sum(added)
    outcome.unchanged += len(batch) - len(added)
