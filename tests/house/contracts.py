"""The contracts that imports alone cannot say (房屋契约), each a pure function from the source tree to its breaches.

A breach is one line: ``path:line  what is wrong, and what to do instead``. Exceptions live in one table per
contract, each with its reason; there is no way to silence a contract at the place of the breach.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

from tests.house.source import House, Order, Source, bare_calls, docstrings, resolved_names

FACES = ("actions", "queries", "access", "rules", "jobs")

# Besides the faces, the top of the house starts what a room offers to operators.
TOP = (
    "tongban.cli",
    "tongban.prepare",
    "tongban.serve",
    "tongban.verify",
    "tongban.processes",
    "tongban.demo",
    "tongban.wiring",
    "config",
)
FACES_FOR_TOP = ("commands", "imports", "worker")

# What pure code may import from outside: the parts of Python's library without clock, chance or I/O.
PURE_LIBRARY = frozenset(
    [
        "__future__",
        "abc",
        "array",
        "base64",
        "binascii",
        "bisect",
        "collections",
        "contextlib",
        "copy",
        "csv",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
        "graphlib",
        "hashlib",
        "heapq",
        "hmac",
        "html",
        "itertools",
        "json",
        "math",
        "numbers",
        "operator",
        "re",
        "string",
        "struct",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
        "urllib.parse",
        "uuid",
        "zoneinfo",
    ]
)
# Two parts more, each with its reason: the file that may use it, and the part.
PURE_ALLOWED: Mapping[tuple[str, str], str] = {
    (
        "tongban/*/*/rules/*",
        "pydantic",
    ): "shapes of structured values are checked without clock, chance or I/O",
    ("tongban/base/search/rules/words.py", "rjieba"): "a fixed dictionary that cuts Chinese text into words",
    ("tongban/base/search/rules/words.py", "pypinyin"): "a fixed table from characters to their pinyin",
    (
        "tongban/oversight/responsibility/rules/judging.py",
        "tongban.base.pki",
    ): "judges bytes by roots that it is given; knows no clock, state or I/O",
    (
        "tongban/people/certificates/rules/verdicts.py",
        "tongban.base.pki",
    ): "words for the parts and faults that the library names",
    ("tongban/base/files/rules.py", "zipfile"): "looks into the bytes it is given and opens nothing by name",
}
# What pure code may know of the house: standards, the rules of other rooms, and these pure values.
PURE_HOUSE = ("tongban.standards", "tongban.base.errors", "tongban.base.actor")
IMPURE_NAMES = frozenset({"open", "input", "print", "exec", "eval", "__import__", "uuid.uuid1", "uuid.uuid4"})

CLOCK_NAMES = frozenset(
    [
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.gmtime",
        "time.ctime",
        "time.strftime",
        "django.utils.timezone.now",
        "django.db.models.functions.Now",
        "django.db.models.functions.datetime.Now",
    ]
)
# These read the clock only where they are not given a time to convert.
CLOCK_WHEN_BARE = frozenset({"django.utils.timezone.localtime", "django.utils.timezone.localdate"})
CLOCK_ALLOWED: Mapping[str, str] = {
    "tongban/doors/*": "a request arrives at a time; the door reads it once and passes it down",
    "tongban/*/*/jobs.py": "a job runs at a time; it reads it once and passes it down",
    "tongban/*/*/commands.py": "an operator's command is given at a time",
    "tongban/*/*/imports.py": "an operator's import is done at a time",
    "tongban/*/*/imports/*.py": "the same, where imports are a folder",
    "tongban/demo/*": "demonstration cases are laid around the day on which they are made",
    "tongban/base/ids.py": "a version 7 id begins with the millisecond in which it is made (RFC 9562)",
}
_SQL_CLOCK = re.compile(
    r"\b(?:now|clock_timestamp|statement_timestamp)\(\)|\bcurrent_(?:timestamp|date)\b", re.I
)

# Nowhere in the house, with what is done instead.
NOWHERE: Mapping[str, str] = {
    "django.dispatch": "no signals: emit an event in base.outbox",
    "django.db.models.signals": "no signals: emit an event in base.outbox",
    "django.core.signals": "no signals: emit an event in base.outbox",
    "django.contrib.auth.signals": "no signals: emit an event in base.outbox",
    "django.db.backends.signals": "no signals: emit an event in base.outbox",
    "django.contrib.contenttypes": "no generic relations: keep kind and id as plain values",
    "django.contrib.admin": "no admin: it is a second writer past every rule",
    "django.forms.ModelForm": "no model forms: a form parses, an action writes",
    "django.forms.modelform_factory": "no model forms: a form parses, an action writes",
    "django.forms.modelformset_factory": "no model forms: a form parses, an action writes",
    "django.forms.models": "no model forms: a form parses, an action writes",
    "django.views.generic.edit": "no generic editing: a view makes one call to an action",
    "django.views.generic.CreateView": "no generic editing: a view makes one call to an action",
    "django.views.generic.UpdateView": "no generic editing: a view makes one call to an action",
    "django.views.generic.DeleteView": "no generic editing: a view makes one call to an action",
    "django.views.generic.FormView": "no generic editing: a view makes one call to an action",
    "ninja.ModelSchema": "no serializer over models: state the schema's fields",
    "ninja.orm": "no serializer over models: state the schema's fields",
    "django.apps.apps.get_model": "no way around the faces: call the other room's queries",
    "django.contrib.auth.get_user_model": "no way around the faces: call identity's queries",
}
# Only in doors: what belongs to HTTP.
HTTP: tuple[str, ...] = (
    "django.http",
    "django.shortcuts",
    "django.forms",
    "django.template",
    "django.urls",
    "django.views",
    "django.middleware",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.core.handlers",
    "ninja",
)

WORN_NAMES = ("util", "utils", "helper", "helpers", "common", "misc")
LINES = 500
REASON = 8  # characters: less than this explains nothing
SIZED = (".py", ".html", ".js", ".css", ".typ", ".sql", ".sh", ".toml", ".yaml", ".yml")

_DIRECTIVE = re.compile(r"#\s*(noqa|type:\s*ignore|nosec|pragma:\s*no\s+\w+|pylint:\s*\w+)(.*)$", re.I)
_CODES = re.compile(r"^\s*(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*|\[[\w\-, ]+\]|\s+B\d+(?:\s*,\s*B\d+)*)")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[.。!?][\"')]?(?:\s|$)")


def check_placed(house: House, order: Order) -> Iterator[str]:
    """Every folder has a place in .importlinter, and is a package, so that no check passes it by."""
    top = {path.name for path in _folders(house.src)}
    for name in sorted(top - {"tongban", "config"}):
        yield f"{name}/  a folder beside tongban and config: nobody placed it"
    for container, placed in sorted(order.heights.items()):
        folder = house.src / container.replace(".", "/")
        for path in _folders(folder):
            if path.name not in placed and path.name != "tests":
                yield f"{path.relative_to(house.src)}/  a folder that .importlinter does not place in {container}"
    for path in sorted((house.src / "tongban").rglob("*.py")):
        parts = path.relative_to(house.src).parts
        if not (path.parent / "__init__.py").exists() and "tests" not in parts:
            yield f"{path.parent.relative_to(house.src)}/  a folder of Python without __init__.py is seen by no check"
    for room in sorted(house.rooms):
        if not any(fnmatch(room, container) for container in order.room_containers):
            yield f"{room.replace('.', '/')}/  a room that the contract 'Inside a module' does not name"


def check_faces(house: House) -> Iterator[str]:
    """One room meets another only through its faces; models only as type hints."""
    for source in house.sources:
        if source.is_migration:
            continue
        here = house.room_of(source.name)
        for found in house.imports_of(source):
            there = house.room_of(found.target)
            if there is None or there == here:
                continue
            face = (*found.target.split("."), "")[3]
            allowed = face in FACES
            allowed |= face in FACES_FOR_TOP and _within(source.name, TOP)
            allowed |= face == "models" and found.typing_only
            # Tests of one room may build on what the tests of a lower room build.
            allowed |= face == "tests" and source.is_test
            if not allowed:
                yield (
                    f"{source.path}:{found.line}  {found.target} is inside {there};"
                    f" meet it through {', '.join(FACES)}"
                )


def check_pure(house: House) -> Iterator[str]:
    """Standards and rules import no framework, clock, randomness or I/O."""
    for source in house.shipped():
        is_rules = house.room_of(source.name) and (*source.name.split("."), "")[3] == "rules"
        if not (is_rules or _within(source.name, ("tongban.standards",))):
            continue
        for found in house.imports_of(source):
            excepted = any(
                fnmatch(source.path, path) and _within(found.target, (part,)) for path, part in PURE_ALLOWED
            )
            if not excepted and not _is_pure_target(found.target):
                yield f"{source.path}:{found.line}  {found.target} in pure code: pass in what it would give"
        for name, line in resolved_names(source):
            if name in IMPURE_NAMES or name in CLOCK_NAMES:
                yield f"{source.path}:{line}  {name} in pure code: pass in what it would give"


def check_clock(house: House) -> Iterator[str]:
    """Below the doors time is an argument: no clock of Python, Django or the database."""
    for source in house.shipped():
        if any(fnmatch(source.path, pattern) for pattern in CLOCK_ALLOWED):
            continue
        for name, line in clock_readings(source):
            yield f"{source.path}:{line}  {name} below the doors: take `at` as an argument"
        prose = docstrings(source.tree)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
                yield f"{source.path}:{node.value.lineno}  {node.arg} reads the clock: write `at` in the action"
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
                sql = _SQL_CLOCK.search(node.value)
                if sql:
                    yield f"{source.path}:{node.lineno}  {sql[0]} in SQL reads the clock: pass `at` as a parameter"


def clock_readings(source: Source) -> Iterator[tuple[str, int]]:
    """(clock, line) of each use of one of Python's or Django's clocks, called or handed on."""
    yield from ((name, line) for name, line in resolved_names(source) if name in CLOCK_NAMES)
    yield from ((name, line) for name, line in bare_calls(source) if name in CLOCK_WHEN_BARE)


def check_nowhere(house: House) -> Iterator[str]:
    """No signals, generic relations, admin, model forms, or ways around the faces."""
    for source in house.shipped():
        for name, line in _uses(house, source):
            for banned, instead in NOWHERE.items():
                if _within(name, (banned,)):
                    yield f"{source.path}:{line}  {name}: {instead}"


def check_http(house: House) -> Iterator[str]:
    """HTTP, forms and templates are known to the doors (and to the configuration) only."""
    for source in house.shipped():
        if _within(source.name, ("tongban.doors", "config")):
            continue
        for name, line in _uses(house, source):
            if _within(name, HTTP):
                yield f"{source.path}:{line}  {name} outside doors: return values, and let a door render them"


def check_init(house: House) -> Iterator[str]:
    """A room's, storey's and door's __init__ holds only its docstring; a room's names it in Chinese as well."""
    for source in house.shipped():
        if source.stem != "__init__" or not source.name.startswith("tongban"):
            continue
        depth = source.name.count(".")
        is_room = source.name in house.rooms
        if depth > 1 and not is_room and not _within(source.name, ("tongban.doors",)):
            continue  # a file that grew into a folder of the same name keeps its names in __init__
        text = ast.get_docstring(source.tree) or ""
        if len(source.tree.body) > 1 or not text:
            yield f"{source.path}:1  holds more or less than a docstring"
        if is_room and not (_CHINESE.search(text) and _SENTENCE.search(text)):
            yield f"{source.path}:1  say in a sentence what this room is, with its Chinese term"


def check_reasons(files: Iterable[Path], root: Path) -> Iterator[str]:
    """Every lint exception names what it excepts and says why, on its own line."""
    for file in files:
        with io.StringIO(file.read_text(encoding="utf-8")) as lines:
            comments = [t for t in tokenize.generate_tokens(lines.readline) if t.type == tokenize.COMMENT]
        for comment in comments:
            place = f"{file.relative_to(root)}:{comment.start[0]}"
            reason = ""
            # Backwards: two exceptions side by side may share the reason that stands behind them.
            for kind, rest in reversed(list(_directives(comment.string))):
                codes = _CODES.match(rest)
                reason = (
                    re.sub(r"^[\s\-–—:#(]+", "", rest[codes.end() :] if codes else rest).rstrip() or reason
                )
                if not codes and kind.startswith(("noqa", "type")):
                    yield f"{place}  {kind} names no rule"
                elif len(reason) < REASON:
                    yield f"{place}  {kind} without its reason"


def check_sizes(files: Iterable[Path], root: Path) -> Iterator[str]:
    """No file is longer than 500 lines; past that it becomes a folder of the same name."""
    for file in files:
        if file.suffix not in SIZED or "migrations" in file.parts:
            continue
        count = len(file.read_text(encoding="utf-8").splitlines())
        if count > LINES:
            yield f"{file.relative_to(root)}  {count} lines, {LINES} at most: split it by what it is about"


def check_names(files: Iterable[Path], root: Path) -> Iterator[str]:
    """No file or folder is called utils, helpers, common or misc: such a name takes in everything."""
    for file in files:
        parts = [part.partition(".")[0].lower() for part in file.relative_to(root).parts]
        for part in parts:
            if part.strip("_") in WORN_NAMES:
                yield f"{file.relative_to(root)}  '{part}' says nothing: name it after what it is about"


def _uses(house: House, source: Source) -> Iterator[tuple[str, int]]:
    seen: set[tuple[str, int]] = set()
    imports = [(found.target, found.line) for found in house.imports_of(source)]
    for use in [*imports, *resolved_names(source)]:
        if use not in seen:
            seen.add(use)
            yield use


def _is_pure_target(target: str) -> bool:
    if target.startswith("tongban"):
        return _within(target, PURE_HOUSE) or (*target.split("."), "")[3:4] == ("rules",)
    return _within(target, PURE_LIBRARY)


def _directives(comment: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"(?=#\s*(?:noqa|type:\s*ignore|nosec|pragma:|pylint:))", comment, flags=re.I):
        found = _DIRECTIVE.match(part)
        if found:
            yield found[1].lower(), found[2]


def _within(name: str, packages: Iterable[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_dir()
        and not path.name.endswith(".egg-info")
        and any(file.is_file() and "__pycache__" not in file.parts for file in path.rglob("*"))
    )
