"""The matrix itself (矩阵): each question put by everybody, about what is there and about what is not, and the table that comes of it."""

import json
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction
from django.http.response import HttpResponseBase
from tests.access.addresses import Address, of_pages, of_programs
from tests.access.naming import Question, questions
from tests.access.people import Way, askers, door, programs
from tests.access.things import Things
from tests.world import VILLAGE, World

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "access"
DOORS = ("portal", "workbench", "api")

THERE, NONE = "there", "none"
_SAMPLED = (
    "person own",
    "clerk own",
    "editor own",
)  # of those whose own thing it would be, who ask about nothing as well


def is_shut_out(column: str) -> bool:
    """Whether the things of the matrix are nobody's concern in this column (与己无关)."""
    return column == "nobody" or column.endswith(" other")


Rows = dict[tuple[str, str], dict[str, str]]
OUT = frozenset({"login", "401", "403", "404", "405"})  # answers that let nobody in


def addresses(name: str) -> list[Address]:
    """Every address of a door."""
    with door(name):
        return of_programs() if name == "api" else of_pages(name)


def told(answer: HttpResponseBase) -> str:
    """An answer in one word: the status, and where a redirect leads to the sign-in page, that."""
    location = answer.headers.get("Location", "")
    if answer.status_code in (301, 302, 303) and location.startswith(("/login", "/stepup")):
        return location[1:].partition("?")[0]
    return str(answer.status_code)


def ask(question: Question, way: Way, values: Mapping[str, object], *, absent: bool = False) -> str:
    """Put one question; whatever it did is undone."""
    path = question.path(values, absent=absent)
    given = {"version": values.get("version", 1), "key": "00000000-0000-4000-8000-000000000007"}
    words = dict.fromkeys(("reason", "note", "opinion", "finding", "remark", "because"), "情况属实。")
    words["place"] = VILLAGE
    with transaction.atomic():
        client = way.client()
        if question.address.body is not None or path.startswith("/v1/"):
            body = json.dumps(_versioned(question.address.body, values))
            answer = client.generic(question.address.method, path, body, "application/json")
        else:
            answer = (
                client.generic(question.address.method, path)
                if question.address.method == "GET"
                else client.post(path, given | words)
            )
        transaction.set_rollback(True)
    return told(answer)


def _versioned(body: object, values: Mapping[str, object]) -> object:
    if isinstance(body, dict) and "version" in body and "version" in values:
        return body | {"version": values["version"]}
    return body


def compute(world: World, name: str) -> Rows:
    """All rows of a door, by address and by whether the thing is there."""
    things = Things(world)
    put = [question for address in addresses(name) for question in questions(name, address)]
    # A bundle publishes another guide for the world's item: it comes last.
    keys = sorted(
        {question.thing for question in put if question.thing}, key=lambda key: (key == "bundle", key)
    )
    values = {key: things.of(key) for key in keys}
    asking = askers(world) + (programs(world) if name == "api" else [])
    with door(name):
        ways = {asker.name: Way(asker, name) for asker in asking}
        rows: Rows = {}
        for question in put:
            row = {column: ask(question, way, values.get(question.thing, {})) for column, way in ways.items()}
            rows[question.label(), THERE if question.thing else ""] = row
            if question.thing:
                rows[question.label(), NONE] = {
                    column: ask(question, way, values[question.thing], absent=True)
                    for column, way in ways.items()
                    if is_shut_out(column) or column in _SAMPLED
                }
    return rows
