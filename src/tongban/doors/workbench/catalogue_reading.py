"""Reading the editor's form (读取编辑页): from names and texts, as a browser sends them, back to what a guide says.

A name is a path: ``materials.0.copies``. What cannot be read as what it should be is kept as it was typed: the rules
refuse it with a reason, and nothing that was typed is lost.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import QueryDict

from tongban.doors.workbench.catalogue_shapes import LEAVES, Kind, Shape

OWN = "own"  # elements that the organ states itself; the others are as the standard has them
DO = "do"  # a press on a button: "add:materials", "up:steps.2" …
_MOST_ROWS = 200  # [O] entries read from one list
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_FILE_SALT = "guide.attachment"

Body = dict[str, Any]


def read_elements(post: QueryDict, shapes: tuple[Shape, ...]) -> Body:
    """What the page says of these elements (读取要素): those that it states itself."""
    own = set(post.getlist(OWN))
    return {shape.name: value_of(post, shape, shape.name) for shape in shapes if shape.name in own}


def value_of(post: QueryDict, shape: Shape, name: str) -> Any:
    """The value of one part (读取一项) under this name."""
    if shape.kind in LEAVES:
        return _leaf(post, shape, name)
    if shape.kind is Kind.CHECKS:
        return post.getlist(name)
    if shape.kind is Kind.LINES and name in post:
        return [line.strip() for line in post.get(name, "").splitlines() if line.strip()]
    if shape.kind in (Kind.TEXTS, Kind.LINES):
        texts = [post.get(f"{name}.{row}", "").strip() for row in rows_of(post, name)]
        return [text for text in texts if text]
    if shape.kind is Kind.ROWS:
        read = [_object(post, shape, f"{name}.{row}") for row in rows_of(post, name)]
        return _with_keys([one for one in read if not is_blank(shape, one)], shape)
    if shape.kind is Kind.FILE:
        return signed_file(post.get(name, ""))
    if shape.kind is Kind.WHEN:
        return _when(post, name)
    told = _object(post, shape, name)
    return None if shape.is_dispensable and is_blank(shape, told) else told


def rows_of(post: QueryDict, name: str) -> list[int]:
    """Numbers of the entries that were sent of a list (已发送的条目), in order."""
    start = f"{name}."
    found = {
        int(number)
        for sent in post
        if sent.startswith(start)
        and (number := sent[len(start) :].partition(".")[0]).isascii()
        and number.isdigit()
        and len(number) < 5
    }
    return sorted(found)[:_MOST_ROWS]


def _object(post: QueryDict, shape: Shape, name: str) -> Body:
    """The parts of an element. One that must be there and is empty is left out: the rules ask for it, or the standard has it.

    One that may be empty and is empty says so, where leaving it out would mean what the standard says.
    """
    told: Body = {}
    for part in shape.parts():
        value = value_of(post, part, f"{name}.{part.name}")
        if value in (None, "", {}) and (part.required or part.default not in (None, "", [], {})):
            continue
        if (
            value in (None, "", [], {}) and "." in name
        ):  # within an entry of a list nothing is taken from the standard
            continue
        told[part.name] = value
    return told


def _leaf(post: QueryDict, shape: Shape, name: str) -> Any:
    typed = post.get(name, "").replace("\r\n", "\n").strip()
    if shape.kind is Kind.YES:
        return typed == "on"
    if typed == "":
        return None if shape.kind is not Kind.LINE and shape.kind is not Kind.TEXT else ""
    if shape.kind is Kind.WHOLE and _WHOLE.fullmatch(typed):
        return int(typed)
    if shape.kind is Kind.CHOICE and shape.choices == ("yes", "no"):
        return {"yes": True, "no": False}.get(typed)
    if shape.kind is Kind.JSON:
        return _json(typed)
    return typed


def _json(typed: str) -> Any:
    try:
        return json.loads(typed)
    except (ValueError, RecursionError):
        return typed


def _when(post: QueryDict, name: str) -> Body:
    """A condition: of each question the answers that were ticked, or a range of numbers as it is written in a guide."""
    told: Body = {}
    for sent in post:
        if not sent.startswith(f"{name}."):
            continue
        values = [value for value in post.getlist(sent) if value.strip()]
        if len(values) == 1 and values[0].startswith("{"):
            told[sent[len(name) + 1 :]] = _json(values[0])
        elif values:
            told[sent[len(name) + 1 :]] = values if len(values) > 1 else values[0]
    return told


def is_blank(shape: Shape, value: Mapping[str, Any]) -> bool:
    """Whether an entry says nothing (空条目): no text in it, whatever its lists to choose from stand at."""
    for part in shape.parts():
        said = value.get(part.name)
        if part.kind in (Kind.CHOICE, Kind.YES, Kind.CHECKS) or said in (None, "", [], {}):
            continue
        if said == part.default and part.kind is Kind.WHOLE:
            continue
        return False
    return True


def _with_keys(rows: list[Body], shape: Shape) -> list[Body]:
    """Entries that are known by a key get one where nobody thought of it."""
    if not any(part.name == "key" for part in shape.parts()):
        return rows
    known = {row.get("key") for row in rows}
    stem = {"Material": "material", "Section": "page", "Department": "department"}.get(
        shape.inner.__name__ if shape.inner else "", "field"
    )
    told = []
    for row in rows:
        number = next(n for n in range(1, len(rows) + 2) if f"{stem}_{n}" not in known)
        key = row.get("key") or f"{stem}_{number}"
        known.add(key)
        told.append({"key": key} | row)
    return told


def file_token(attachment: Mapping[str, Any]) -> str:
    """A file as the page carries it (附件凭据), signed: only what was really handed in here can be named in a guide."""
    return signing.dumps(dict(attachment), salt=_FILE_SALT)


def signed_file(token: str) -> Body | None:
    """The file that a token names (读取附件凭据), or None."""
    try:
        told = signing.loads(token, salt=_FILE_SALT) if token else None
    except signing.BadSignature:
        return None
    return told if isinstance(told, dict) else None


# --- presses -----------------------------------------------------------------------------------------------------------


def pressed(
    body: Body, press: str, shapes: tuple[Shape, ...], standard: Mapping[str, Any]
) -> tuple[Body, str]:
    """(``body`` after a press on a button of the page, name of what it was about) (按钮): entries added, taken out, moved."""
    verb, _colon, name = press.partition(":")
    path = name.split(".")
    if path[0] not in {shape.name for shape in shapes}:
        return body, ""
    if verb == "own":
        return body | {path[0]: standard.get(path[0], _nothing(shapes, path[0]))}, name
    if verb == "follow":
        return {key: value for key, value in body.items() if key != path[0]}, name
    if path[0] not in body and path[0] in standard:
        body = body | {path[0]: standard[path[0]]}
    changed = json.loads(json.dumps(body))
    if verb in ("add", "take"):
        return _added(changed, path, standard if verb == "take" else None), name
    if verb == "nofile":
        holder = _at(changed, path[:-1])
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
        return changed, name
    return _moved(changed, verb, path), name


def _nothing(shapes: tuple[Shape, ...], name: str) -> Any:
    shape = next(shape for shape in shapes if shape.name == name)
    if shape.kind in (Kind.CHECKS, Kind.LINES, Kind.TEXTS, Kind.ROWS):
        return []
    return {} if shape.kind is Kind.OBJECT else shape.default


def _at(body: Any, path: list[str]) -> Any:
    for step in path:
        if isinstance(body, dict):
            body = body.get(step)
        elif isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    return body


def _added(body: Body, path: list[str], standard: Mapping[str, Any] | None) -> Body:
    """One more entry at the end: a blank one, or the entry of the standard that the last part of the path numbers."""
    entry: Any = None
    if standard is not None:
        entry = _at(dict(standard), path)
        path = path[:-1]
        if entry is None:
            return body
    holder, last = _at(body, path[:-1]), path[-1]
    if isinstance(holder, dict) and isinstance(holder.setdefault(last, []), list):
        rows = holder[last]
        if len(rows) < _MOST_ROWS:
            rows.append(entry)  # None: a blank one, which the page draws and nobody keeps
    return body


def _moved(body: Body, verb: str, path: list[str]) -> Body:
    rows, number = _at(body, path[:-1]), path[-1]
    if not isinstance(rows, list) or not number.isdigit() or int(number) >= len(rows):
        return body
    place = int(number)
    if verb == "remove":
        del rows[place]
    elif verb in ("up", "down"):
        other = place + (1 if verb == "down" else -1)
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
    return body
