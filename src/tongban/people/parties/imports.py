"""Import of departments (机构导入): ``name,short_name,credit_code,place,kind,duties,demonstration``; idempotent."""

from pathlib import Path

from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv, run_import, upsert
from tongban.people.parties.models import Organ
from tongban.people.places import queries as places
from tongban.standards import credit_code, plaintext

COLUMNS = ["name", "short_name", "credit_code", "place", "kind", "duties", "demonstration"]


def run(path: Path, report: Report) -> int:
    """Import the organs of a csv file; returns the exit code."""
    seen: set[str] = set()
    names = {
        (place, name): code
        for place, name, code in Organ.objects.values_list("place_id", "name", "credit_code")
    }

    def read(row: Row) -> Organ:
        code = str(credit_code.parse(row["credit_code"]))
        name, place = plaintext.clean(row["name"], limit=100), row["place"].strip()
        if not name:
            raise BadRow("the name is empty")
        if places.find(place) is None:
            raise BadRow(f"place {place!r} is not known")
        if row["demonstration"] not in ("yes", "no"):
            raise BadRow("demonstration must be yes or no")
        if code in seen:
            raise BadRow(f"credit code {code} stands twice in this file")
        if names.setdefault((place, name), code) != code:
            raise BadRow(f"{name} is known in {place} under another credit code, {names[(place, name)]}")
        seen.add(code)
        return Organ(
            name=name,
            short_name=plaintext.clean(row["short_name"] or name, limit=40),
            credit_code=code,
            place_id=place,
            kind=plaintext.clean(row["kind"], limit=40),
            duties=plaintext.clean(row["duties"], limit=200),
            demonstration=row["demonstration"] == "yes",
        )

    def write(batch: list[Organ], outcome: Outcome) -> None:
        upsert(batch, "credit_code", outcome)

    return run_import(path, report, read_csv(path, COLUMNS), read, write)
