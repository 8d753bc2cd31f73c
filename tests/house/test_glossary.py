"""The glossary speaks of the code as it is: every name is there, said in Chinese where it stands, one word for one idea."""

import ast
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.house.conftest import ROOT

from tongban.work.cases.rules.moves import State, Verb

HEADING = ["term", "中文", "name in code", "module", "source"]


@dataclass(frozen=True)
class Word:
    term: str
    chinese: str
    name: str
    module: str
    source: str


def words() -> list[Word]:
    lines = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    rows = [row for row in rows if row != HEADING and not all(re.fullmatch("-+", cell) for cell in row)]
    assert all(len(row) == len(HEADING) and all(row) for row in rows)
    return [Word(row[0], row[1], row[2].strip("`"), row[3], row[4]) for row in rows]


def text_of(module: str) -> str:
    path = ROOT / "src" / "tongban" / Path(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file.read_text(encoding="utf-8")


def names_in(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    """What a module or a class defines itself: classes, functions and assigned names."""
    found: dict[str, ast.stmt] = {}
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.AnnAssign):
            found[ast.unparse(node.target)] = node
        elif isinstance(node, ast.Assign):
            found |= {ast.unparse(target): node for target in node.targets}
    return found


def defines(module: str, name: str) -> bool:
    body = ast.parse(text_of(module)).body
    for part in name.split("."):
        node = names_in(body).get(part)
        if node is None:
            return False
        body = node.body if isinstance(node, ast.ClassDef) else []
    return True


def test_every_name_is_defined_in_the_module_named():
    assert [word.name for word in words() if not defines(word.module, word.name)] == []


def test_every_module_says_the_chinese_term_of_its_names():
    assert [word.chinese for word in words() if word.chinese not in text_of(word.module)] == []


def test_one_word_stands_for_one_idea():
    found = words()
    for column in ("term", "chinese"):
        twice = [
            text for text, count in Counter(getattr(word, column) for word in found).items() if count > 1
        ]
        assert twice == []
    assert len({(word.module, word.name) for word in found}) == len(found)


def test_every_state_and_every_verb_of_a_case_has_its_word():
    named = {word.name for word in words()}
    wanted = {f"State.{state.name}" for state in State} | {f"Verb.{verb.name}" for verb in Verb}
    assert wanted <= named


def test_a_name_that_is_not_there_is_noticed():
    assert defines("work.cases.rules.moves", "Verb.GRANT")
    assert not defines("work.cases.rules.moves", "Verb.BLESS")
    assert not defines("work.cases.rules.moves", "msg")  # only imported there
