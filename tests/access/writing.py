"""Writes docs/access; collected by ``python -m tests.access`` alone (重写文档)."""

import pytest
from tests import world as worlds
from tests.access import findings, matrix, table


@pytest.mark.django_db
@pytest.mark.parametrize("name", matrix.DOORS)
def test_write(name: str) -> None:
    rows = matrix.compute(worlds.build(), name)
    matrix.FOLDER.mkdir(exist_ok=True)
    (matrix.FOLDER / f"{name}.md").write_text(table.written(name, rows), encoding="utf-8")
    for finding in findings.of(rows):
        print(finding)
    print(name, len(rows), "rows")
