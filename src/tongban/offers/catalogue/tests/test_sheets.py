"""Guides as tables: what is written is read back the same, in every format, and what is wrong is told by sheet, row and column."""

import io
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from tongban.offers.catalogue.queries.files import read_file, written
from tongban.offers.catalogue.rules import sheets
from tongban.offers.catalogue.rules.drafts import read_partial
from tongban.offers.catalogue.rules.form import FieldType
from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.rules.sheets.table import LISTS
from tongban.offers.catalogue.tests.guides import bodies

bounded = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
CODES = ["11460106MB12345673" + "4000123001" + f"{n:03d}" for n in range(5)]


def leaves(model: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every path at which a guide says something, the form's own settings aside: what has no column there goes into one."""
    found: list[tuple[str, ...]] = []
    for name, field in model.model_fields.items():
        inner = [t for t in _types(field.annotation) if isinstance(t, type) and issubclass(t, BaseModel)]
        if inner and "when" not in name and path[:1] != ("form",):
            found += leaves(inner[0], (*path, name))
        elif path[:1] != ("form",):
            found.append((*path, name))
    return found


def _types(annotation: Any) -> list[Any]:
    return [annotation, *(t for part in getattr(annotation, "__args__", ()) for t in _types(part))]


def test_every_element_of_a_guide_has_a_column():
    told = {column.path for column in sheets.ITEMS.columns if not column.told}
    told |= {(*sheet.path, *column.path) for sheet in LISTS for column in sheet.columns}
    assert set(leaves(Guide)) - told == set()
    assert {path for path in told - set(leaves(Guide)) if path[0] != "form"} == set()


def test_every_type_of_a_field_has_a_word():
    (column,) = (one for one in sheets.SHEETS["表单字段"].columns if one.path == ("type",))
    assert [kind for kind in FieldType if kind not in getattr(column.cell, "labels", {})] == []


def test_no_heading_and_no_sheet_stands_twice():
    for sheet in sheets.SHEETS.values():
        assert len(set(sheet.header)) == len(sheet.header), sheet.name
    assert len(sheets.SHEETS) == len(LISTS) + 1
    assert all(len(name) <= 31 for name in sheets.SHEETS)


@bounded
@given(guides=st.lists(bodies(), min_size=1, max_size=4), kind=st.sampled_from(["xlsx", "csv", "json"]))
def test_what_is_written_is_read_back_the_same(guides: list[dict[str, Any]], kind: Any):
    told = list(zip(CODES, guides, strict=False))
    file = io.BytesIO(b"".join(written(kind, ((code, "机关", body) for code, body in told))))
    read = read_file(file)
    assert read.problems == []
    found = list(read.items())
    assert [one.problems for one in found] == [[]] * len(told)
    assert [one.code for one in found] == [code for code, _ in told]
    for one, (_, body) in zip(found, told, strict=True):
        kept = read_partial(Guide, one.body)
        for element in {*kept, *body}:
            assert kept.get(element) == body.get(element), element
    read.close()
