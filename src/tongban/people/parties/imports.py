"""Import of departments (机构导入): ``name,short_name,credit_code,place,kind,duties,demonstration``; idempotent."""

from pathlib import Path

from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv, run_import, upsert
from tongban.people.parties.models import Organ
from tongban.people.places import queries as places
from tongban.standards import credit_code

COLUMNS = ["name", "short_name", "credit_code", "place", "kind", "duties", "demonstration"]


def run(path: Path, report: Report) -> int:
    """Import the organs of a csv file; returns the exit code."""
    seen: dict[str, str] = {}

    def read(row: Row) -> Organ:
        code = str(credit_code.parse(row["credit_code"]))
        name = row["name"].strip()
        if not name:
            raise BadRow("the name is empty")
        if places.find(row["place"].strip()) is None:
            raise BadRow(f"place {row['place']!r} is not known")
        if row["demonstration"] not in ("yes", "no"):
            raise BadRow("demonstration must be yes or no")
        if seen.setdefault(code, name) != name:
            raise BadRow(f"credit code {code} stands twice, for {seen[code]} and {name}")
        return Organ(
            name=name,
            short_name=row["short_name"].strip() or name,
            credit_code=code,
            place_id=row["place"].strip(),
            kind=row["kind"].strip(),
            duties=row["duties"].strip(),
            demonstration=row["demonstration"] == "yes",
        )

    def write(batch: list[Organ], outcome: Outcome) -> None:
        upsert(batch, "credit_code", outcome)

    return run_import(path, report, read_csv(path, COLUMNS), read, write)
