"""How the matrix is written down (矩阵的写法): one Markdown table a door, one column a role."""

from collections.abc import Iterator

from tests.access.matrix import NONE, OUT, Rows

TITLES = {"portal": "Portal 公众门户", "workbench": "Workbench 工作台", "api": "API 接口"}
_HEAD = """# Access matrix: {title}

Made by `python -m tests.access`, held by `tests/access/test_matrix.py`. Do not edit.

Each address, asked by everybody about a thing that is there. *own*: the thing is the asker's own (a person's case; something of the official's
organ). *other*: it is somebody else's, or another organ's. A figure is the answer's status: 200 a page, 302 done or led on, 401 no token, 403 not for
this role, 404 absent or not for this asker (the two are not told apart), 405 no such method, 409 and 422 let in and told what stands in the way, 428 no
version given; `login`: led to sign in. An address and method that let nobody in are not listed. Every address was also asked about a thing that does not
exist: nobody is let in by that, and whoever meets 404 at another's thing meets 404 at nothing as well.
"""


def written(name: str, rows: Rows) -> str:
    """The document of a door."""
    columns = list(next(iter(rows.values())))
    return "\n".join([_HEAD.format(title=TITLES[name]), *_lines(columns, rows)]) + "\n"


def _lines(columns: list[str], rows: Rows) -> Iterator[str]:
    yield "| address | " + " | ".join(columns) + " |"
    yield "| --- |" + " --- |" * len(columns)
    for (label, about), row in rows.items():
        if about != NONE and not set(row.values()) <= OUT:
            yield f"| `{label}` | " + " | ".join(row[column] for column in columns) + " |"
