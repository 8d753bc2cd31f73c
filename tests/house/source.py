"""Reading of the source tree (读源码): files, imports and resolved names, for the checks in this folder.

Nothing is imported or run: a tree with a breach in it can be read as safely as the real one.
"""

import ast
import configparser
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# A room is a module of the house: a folder in one of these storeys with at least one of these files.
ROOM_STOREYS = ("base", "people", "offers", "records", "work", "oversight")
ROOM_FILES = ("jobs", "actions", "queries", "access", "models", "rules")


@dataclass(frozen=True)
class Import:
    """One import (引入): ``target`` is the dotted name of the module, or of what is taken out of it."""

    target: str
    line: int
    typing_only: bool


@dataclass(frozen=True)
class Source:
    """One Python file (源文件): ``path`` relative to ``src``, ``name`` its dotted module name."""

    path: str
    name: str
    text: str
    tree: ast.Module

    @property
    def is_test(self) -> bool:
        return "/tests/" in self.path or self.path.endswith("/conftest.py")

    @property
    def is_migration(self) -> bool:
        return "/migrations/" in self.path

    @property
    def stem(self) -> str:
        return self.path.rpartition("/")[2].removesuffix(".py")


@dataclass(frozen=True)
class House:
    """The source tree (源码树) under one ``src`` folder."""

    src: Path
    sources: tuple[Source, ...] = field(repr=False)
    rooms: frozenset[str]

    def shipped(self) -> Iterator[Source]:
        """What runs in production: neither tests nor migrations."""
        return (s for s in self.sources if not s.is_test and not s.is_migration)

    def room_of(self, name: str) -> str | None:
        """The room that a dotted name lies in, or None outside of the rooms."""
        room = ".".join(name.split(".")[:3])
        return room if room in self.rooms else None

    def imports_of(self, source: Source) -> list[Import]:
        """Every import of a file, ``from a import b`` resolved to ``a.b``."""
        found: list[Import] = []
        hints = _typing_only_nodes(source.tree)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import):
                found += [Import(alias.name, node.lineno, node in hints) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = _absolute(source, node)
                found += [Import(f"{base}.{alias.name}", node.lineno, node in hints) for alias in node.names]
        return found


def read_house(src: Path) -> House:
    """Parse every Python file under ``src``."""
    sources = []
    for file in sorted(src.rglob("*.py")):
        path = file.relative_to(src).as_posix()
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        text = file.read_text(encoding="utf-8")
        sources.append(Source(path, name, text, ast.parse(text, path)))
    rooms = {
        file.parent.relative_to(src).as_posix().replace("/", ".")
        for storey in ROOM_STOREYS
        for stem in ROOM_FILES
        for file in [*src.glob(f"tongban/{storey}/*/{stem}.py"), *src.glob(f"tongban/{storey}/*/{stem}/")]
    }
    return House(src, tuple(sources), frozenset(rooms))


def resolved_names(source: Source) -> Iterator[tuple[str, int]]:
    """(dotted name, line) of each name and attribute chain, with import aliases written out in full."""
    aliases = _aliases(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            name = _resolve(node, aliases)
            if name:
                yield name, node.lineno


def bare_calls(source: Source) -> Iterator[tuple[str, int]]:
    """(dotted name, line) of each call without arguments."""
    aliases = _aliases(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and not node.args and not node.keywords:
            yield _resolve(node.func, aliases), node.lineno


def docstrings(tree: ast.Module) -> set[ast.expr]:
    """The nodes of all docstrings: text about the code, not text that the code uses."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, holders)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }


@dataclass(frozen=True)
class Order:
    """The order of the house as .importlinter states it: per container, name -> height (0 is the lowest)."""

    heights: dict[str, dict[str, int]]
    room_containers: tuple[str, ...]

    def placed(self, container: str) -> set[str]:
        return set(self.heights[container])


def read_order(config: Path) -> Order:
    """The layers contracts of ``config``, so that no other table of the storeys is needed."""
    parser = configparser.ConfigParser()
    parser.read(config, encoding="utf-8")
    heights: dict[str, dict[str, int]] = {}
    rooms: tuple[str, ...] = ()
    for section in parser.sections():
        contract = parser[section]
        if contract.get("type") != "layers":
            continue
        lines = contract["layers"].split("\n")
        layers = [re.findall(r"\w+", line) for line in reversed(lines) if line.strip()]
        height = {name: level for level, layer in enumerate(layers) for name in layer}
        containers = tuple(contract["containers"].split())
        if len(containers) == 1:
            heights[containers[0]] = height
        else:
            rooms = containers
    return Order(heights, rooms)


def _aliases(source: Source) -> dict[str, str]:
    aliases: dict[str, str] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                aliases[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                aliases[alias.asname or alias.name] = f"{_absolute(source, node)}.{alias.name}"
    return aliases


def _resolve(node: ast.expr, aliases: dict[str, str]) -> str:
    head, _, rest = _chain(node).partition(".")
    known = aliases.get(head, head)
    return f"{known}.{rest}" if rest else known


def _chain(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def _absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = source.name.split(".")
    drop = node.level - (1 if source.stem == "__init__" else 0)
    base = package[: len(package) - drop] if drop else package
    return ".".join([*base, *([node.module] if node.module else [])])


def _typing_only_nodes(tree: ast.Module) -> set[ast.AST]:
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and _chain(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            found |= {child for statement in node.body for child in ast.walk(statement)}
    return found
