"""Import of places (区划导入): ``code,name,level,parent,kind`` as in data/hainan_divisions.csv; idempotent."""

from pathlib import Path

from pypinyin import lazy_pinyin

from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv, run_import, upsert
from tongban.people.places.models import Place
from tongban.people.places.rules import LEVELS, may_be_parent
from tongban.standards.divisions import parse


def run(path: Path, report: Report) -> int:
    """Import the places of a csv file, parents before children; returns the exit code."""
    levels: dict[str, str] = dict(Place.objects.values_list("code", "level"))

    def read(row: Row) -> Place:
        code = str(parse(row["code"]))
        name, level, parent = row["name"].strip(), row["level"].strip(), row["parent"].strip()
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
        levels[code] = level
        return Place(
            code=code,
            name=name,
            level=level,
            kind=row["kind"].strip(),
            parent_id=parent or None,
            sort_key=" ".join(lazy_pinyin(name)),
        )

    def write(batch: list[Place], outcome: Outcome) -> None:
        upsert(batch, "code", outcome)

    return run_import(path, report, read_csv(path, ["code", "name", "level", "parent", "kind"]), read, write)
