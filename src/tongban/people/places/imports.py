"""Import of places (区划导入): ``code,name,level,parent,kind`` as in data/hainan_divisions.csv; idempotent."""

from pathlib import Path

from pypinyin import lazy_pinyin

from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv, run_import, upsert
from tongban.people.places.models import Place
from tongban.people.places.rules import LEVELS, may_be_parent
from tongban.standards import plaintext
from tongban.standards.divisions import parse

_LONGEST_SORT_KEY = 120  # characters; a prefix sorts as well


def run(path: Path, report: Report) -> int:
    """Import the places of a csv file, parents before children; returns the exit code."""
    levels: dict[str, str] = dict(Place.objects.values_list("code", "level"))
    seen: set[str] = set()

    def read(row: Row) -> Place:
        code = str(parse(row["code"]))
        name, level = plaintext.clean(row["name"], limit=60), row["level"].strip()
        parent = row["parent"].strip()
        if code in seen:
            raise BadRow(f"code {code} stands twice in this file")
        if not name:
            raise BadRow("the name is empty")
        if level not in LEVELS:
            raise BadRow(f"level {level!r} is none of {', '.join(LEVELS)}")
        if parent:
            if parent not in levels:
                raise BadRow(f"parent {parent!r} is not known (it must stand before its children)")
            if not may_be_parent(levels[parent], level):
                raise BadRow(f"a {levels[parent]} cannot contain a {level}")
        elif level != LEVELS[0]:
            raise BadRow(f"a {level} needs a parent")
        kind = plaintext.clean(row["kind"], limit=20)
        levels[code] = level
        seen.add(code)
        return Place(
            code=code,
            name=name,
            level=level,
            kind=kind,
            parent_id=parent or None,
            sort_key=" ".join(lazy_pinyin(name))[:_LONGEST_SORT_KEY],
        )

    def write(batch: list[Place], outcome: Outcome) -> None:
        upsert(batch, "code", outcome)

    return run_import(path, report, read_csv(path, ["code", "name", "level", "parent", "kind"]), read, write)
