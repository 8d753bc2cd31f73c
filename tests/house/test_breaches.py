"""Each contract refuses its breach, by name: a copy of the tree is broken on purpose, and the same checks are run.

All breaches go into one copy, each in a place of its own, so that two runs see them all; every check must then name
its own. What the contracts allow lies beside them and must not be named.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.house import contracts
from tests.house.conftest import ROOT, lint_imports
from tests.house.source import House, Order, read_house


class Breach(NamedTuple):
    """One breach: ``text`` is put at the end of ``path``; the check must answer with ``answer``."""

    path: str
    text: str
    answer: str


HINT = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "

IMPORTS = {
    "a storey knows one above": Breach(
        "tongban/base/db.py",
        "from tongban.people.places import rules",
        "tongban.base.db -> tongban.people.places.rules",
    ),
    "a storey knows one above, as a type hint": Breach(
        "tongban/people/places/queries.py",
        HINT + "from tongban.work.cases.models import Case",
        "tongban.people.places.queries -> tongban.work.cases.models",
    ),
    "standards know the base": Breach(
        "tongban/standards/text.py",
        "from tongban.base import ids",
        "tongban.standards.text -> tongban.base.ids",
    ),
    "a room knows one above it in its storey": Breach(
        "tongban/people/parties/queries.py",
        "from tongban.people.identity import queries",
        "tongban.people.parties.queries -> tongban.people.identity.queries",
    ),
    "two doors know each other": Breach(
        "tongban/doors/portal/__init__.py",
        "from tongban.doors import workbench",
        "tongban.doors.portal -> tongban.doors.workbench",
    ),
    "a storey that nobody placed": Breach(
        "tongban/extras/__init__.py", '"""Extras."""', "- tongban.extras\n"
    ),
    "a room that nobody placed": Breach(
        "tongban/people/friends/__init__.py", '"""Friends."""', "- tongban.people.friends\n"
    ),
    "a file that nobody placed in a room": Breach(
        "tongban/work/cases/forms.py", '"""Forms."""', "- tongban.work.cases.forms\n"
    ),
    "rules know their models": Breach(
        "tongban/people/places/rules.py",
        "from tongban.people.places import models",
        "tongban.people.places.rules -> tongban.people.places.models",
    ),
    "queries know their actions": Breach(
        "tongban/people/identity/queries.py",
        "from tongban.people.identity import actions",
        "tongban.people.identity.queries -> tongban.people.identity.actions",
    ),
    "models know their queries": Breach(
        "tongban/people/identity/models.py",
        "from tongban.people.identity import queries",
        "tongban.people.identity.models -> tongban.people.identity.queries",
    ),
    "a circle inside a storey": Breach(
        "tongban/standards/one.py",
        "from tongban.standards import two",
        "No cycles are allowed in tongban.standards",
    ),
    "the other half of that circle": Breach(
        "tongban/standards/two.py", "from tongban.standards import one", ".two"
    ),
    "the base reads the configuration package": Breach(
        "tongban/base/errors.py", "from config import settings", "tongban.base.errors -> config.settings"
    ),
}

PLACED = {
    "a package beside the house": Breach("annex/x.py", "", "annex/"),
    "a storey without Python": Breach("tongban/attic/notes.txt", "notes", "tongban/attic/"),
    "a room without Python": Breach("tongban/work/drafts/notes.txt", "notes", "tongban/work/drafts/"),
    "a folder that is no package": Breach(
        "tongban/people/places/deep/x.py", "", "tongban/people/places/deep/"
    ),
    "a base room outside the room contract": Breach(
        "tongban/base/cellar/models.py", "", "tongban/base/cellar/  a room that the contract"
    ),
}

FACES = {
    "the models of another room": Breach(
        "tongban/records/materials/jobs.py",
        "from tongban.people.parties.models import Party",
        "tongban.people.parties.models.Party is inside",
    ),
    "the models, taken from their room": Breach(
        "tongban/work/cases/jobs.py",
        "from tongban.records.licences import models",
        "tongban.records.licences.models is inside",
    ),
    "the models, in a function": Breach(
        "tongban/oversight/feedback/jobs.py",
        "def f():\n    import tongban.work.cases.models as m\n    return m",
        "tongban.work.cases.models is inside",
    ),
    "a relative import": Breach(
        "tongban/people/identity/jobs.py",
        "from ..parties import models",
        "tongban.people.parties.models is inside",
    ),
    "a provider of another room": Breach(
        "tongban/work/cases/commands.py",
        "from tongban.base.files.providers import local",
        "tongban.base.files.providers.local is inside",
    ),
    "the room as a whole": Breach(
        "tongban/oversight/feedback/commands.py",
        "from tongban.work import cases",
        "tongban.work.cases is inside",
    ),
    "the models, by a door": Breach(
        "tongban/doors/portal/peek.py",
        "from tongban.work.cases.models import Case",
        "tongban.work.cases.models.Case is inside",
    ),
    "the models, by the demonstration": Breach(
        "tongban/demo/peek.py",
        "from tongban.work.cases.models import Case",
        "tongban.work.cases.models.Case is inside",
    ),
    "commands, by a room": Breach(
        "tongban/work/cases/imports.py",
        "from tongban.base.ledger import commands",
        "tongban.base.ledger.commands is inside",
    ),
}

PURE_RULES = "tongban/offers/catalogue/rules.py"
PURE = {
    "a framework in rules": Breach(PURE_RULES, "from django.db import models", "django.db.models in pure"),
    "a driver in rules": Breach(PURE_RULES, "import psycopg", "psycopg in pure"),
    "a clock in rules": Breach(PURE_RULES, "import time", "time in pure"),
    "today in rules": Breach(
        PURE_RULES, "from datetime import date as d\nDAY = d.today()", "datetime.date.today in pure"
    ),
    "chance in rules": Breach(PURE_RULES, "from random import choice", "random.choice in pure"),
    "secrets in rules": Breach(PURE_RULES, "import secrets", "secrets in pure"),
    "a random id in rules": Breach(PURE_RULES, "import uuid\nID = uuid.uuid4()", "uuid.uuid4 in pure"),
    "a file in rules": Breach(PURE_RULES, "TEXT = open('x').read()", "open in pure"),
    "paths in rules": Breach(PURE_RULES, "from pathlib import Path", "pathlib.Path in pure"),
    "the network in rules": Breach(PURE_RULES, "import socket", "socket in pure"),
    "requests in rules": Breach(PURE_RULES, "import urllib.request", "urllib.request in pure"),
    "models of its own in rules": Breach(
        PURE_RULES, "from tongban.offers.catalogue import models", "tongban.offers.catalogue.models in pure"
    ),
    "the database in rules": Breach(PURE_RULES, "from tongban.base import db", "tongban.base.db in pure"),
    "the environment in standards": Breach("tongban/standards/three.py", "import os", "os in pure"),
    "a framework in standards": Breach(
        "tongban/standards/four.py", "from django.utils import timezone", "django.utils.timezone in pure"
    ),
}

CLOCK = {
    "now in an action": Breach(
        "tongban/work/cases/actions.py",
        "import datetime as dt\nAT = dt.datetime.now(dt.UTC)",
        "datetime.datetime.now below the doors",
    ),
    "now in a default": Breach(
        "tongban/work/cases/models.py",
        "from django.utils import timezone\nDEFAULT = timezone.now",
        "django.utils.timezone.now below the doors",
    ),
    "the time in a query": Breach(
        "tongban/work/cases/queries.py", "from time import time\nT = time()", "time.time below the doors"
    ),
    "today, as Django says it": Breach(
        "tongban/work/cases/queries.py",
        "from django.utils import timezone\nTODAY = timezone.localdate()",
        "django.utils.timezone.localdate below the doors",
    ),
    "a column that reads the clock": Breach(
        "tongban/records/licences/models.py",
        "from django.db import models as m\nF = m.DateTimeField(auto_now_add=True)",
        "auto_now_add reads the clock",
    ),
    "a clock in SQL": Breach(
        "tongban/records/licences/queries.py", 'SQL = "SELECT 1 WHERE due < now()"', "now() in SQL"
    ),
    "a clock in SQL by its standard name": Breach(
        "tongban/records/materials/queries.py", 'SQL = "SELECT CURRENT_DATE"', "CURRENT_DATE in SQL"
    ),
}

NOWHERE = {
    "a signal": Breach(
        "tongban/people/parties/actions.py",
        "from django.db.models.signals import post_save",
        "django.db.models.signals.post_save: no signals",
    ),
    "a receiver": Breach(
        "tongban/doors/web/hooks.py",
        "from django.dispatch import receiver",
        "django.dispatch.receiver: no signals",
    ),
    "a signal, by attribute": Breach(
        "tongban/people/parties/jobs.py",
        "from django.db import models\nS = models.signals.pre_save",
        "django.db.models.signals.pre_save: no signals",
    ),
    "a generic relation": Breach(
        "tongban/oversight/feedback/models.py",
        "from django.contrib.contenttypes.fields import GenericForeignKey",
        "GenericForeignKey: no generic relations",
    ),
    "the admin": Breach(
        "tongban/doors/workbench/desk.py",
        "from django.contrib import admin",
        "django.contrib.admin: no admin",
    ),
    "a model form": Breach(
        "tongban/doors/portal/entry.py",
        "from django import forms\nclass F(forms.ModelForm): ...",
        "django.forms.ModelForm: no model forms",
    ),
    "a generic editing view": Breach(
        "tongban/doors/portal/edit.py",
        "from django.views.generic import UpdateView",
        "django.views.generic.UpdateView: no generic editing",
    ),
    "a serializer over models": Breach(
        "tongban/doors/api/shapes.py", "from ninja import ModelSchema", "ninja.ModelSchema: no serializer"
    ),
    "models by their name": Breach(
        "tongban/doors/web/lookup.py",
        "from django.apps import apps\nM = apps.get_model('cases', 'Case')",
        "django.apps.apps.get_model: no way around",
    ),
}

HTTP = {
    "a response in an action": Breach(
        "tongban/records/licences/actions.py",
        "from django.http import HttpResponse",
        "django.http.HttpResponse outside",
    ),
    "a shortcut in a query": Breach(
        "tongban/people/places/access.py", "from django import shortcuts", "django.shortcuts outside"
    ),
    "a form in a room": Breach("tongban/work/cases/access.py", "import django.forms", "django.forms outside"),
    "a template in the base": Breach(
        "tongban/base/crypto.py",
        "from django.template.loader import render_to_string",
        "django.template.loader",
    ),
    "an address in a job": Breach(
        "tongban/records/licences/jobs.py", "from django.urls import reverse", "django.urls.reverse outside"
    ),
    "the machine API in a room": Breach(
        "tongban/oversight/feedback/access.py", "import ninja", "ninja outside"
    ),
}

INIT = {
    "code in a room's init": Breach(
        "tongban/people/parties/__init__.py", "x = 1", "more or less than a docstring"
    ),
    "names in a storey's init": Breach(
        "tongban/work/__init__.py", "import json", "more or less than a docstring"
    ),
    "a room without its Chinese term": Breach(
        "tongban/base/cellar/__init__.py", '"""A cellar."""', "Chinese term"
    ),
}

# A room that only the breaches have; its own init is one of them.
CELLAR = {"a room": Breach("tongban/base/cellar/rules.py", '"""Rules."""', "")}

ALLOWED = {
    "models as a type hint": Breach(
        "tongban/oversight/feedback/queries.py", HINT + "from tongban.work.cases.models import Case", ""
    ),
    "a face": Breach(
        "tongban/oversight/feedback/actions.py", "from tongban.work.cases import queries as q", ""
    ),
    "commands, by the top": Breach("tongban/demo/start.py", "from tongban.base.ledger import commands", ""),
    "rules of another room in rules": Breach(
        "tongban/oversight/feedback/rules.py",
        "import re\nfrom datetime import date\nfrom tongban.work.cases.rules import State\nD = date(2026, 1, 1)",
        "",
    ),
    "a clock in a door": Breach(
        "tongban/doors/portal/hour.py", "from django.utils import timezone\nAT = timezone.now()", ""
    ),
    "HTTP in a door": Breach(
        "tongban/doors/portal/answer.py", "from django.http import HttpResponse\nfrom django import forms", ""
    ),
    "a time in local terms": Breach(
        "tongban/people/identity/actions.py",
        "from django.utils import timezone\ndef g(at):\n    return timezone.localdate(at)",
        "",
    ),
    "a docstring about the clock": Breach(
        "tongban/people/identity/actions.py", 'def f():\n    """Compare with now()."""', ""
    ),
}

CHECKS: dict[str, tuple[Callable[[House], Iterator[str]], dict[str, Breach]]] = {
    "faces": (contracts.check_faces, FACES),
    "pure": (contracts.check_pure, PURE),
    "clock": (contracts.check_clock, CLOCK),
    "nowhere": (contracts.check_nowhere, NOWHERE),
    "http": (contracts.check_http, HTTP),
    "init": (contracts.check_init, INIT),
}


def _broken(folder: Path, *groups: dict[str, Breach]) -> tuple[Path, dict[Breach, range]]:
    """A copy of ``src`` with the breaches in it, and the lines that each of them takes up in its file."""
    src = folder / "src"
    shutil.copytree(
        ROOT / "src", src, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "tests", "static")
    )
    places: dict[Breach, range] = {}
    for breach in [breach for group in groups for breach in group.values()]:
        file = src / breach.path
        file.parent.mkdir(parents=True, exist_ok=True)
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(f"{before}\n{breach.text}\n", encoding="utf-8")
        first = before.count("\n") + 2
        places[breach] = range(first, first + breach.text.count("\n") + 1)
    return src, places


@pytest.fixture(scope="module")
def linted(tmp_path_factory: pytest.TempPathFactory) -> str:
    src, _ = _broken(tmp_path_factory.mktemp("imports"), IMPORTS)
    result = lint_imports(src)
    assert result.returncode == 1, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[str]], dict[Breach, range]]:
    groups = [breaches for _, breaches in CHECKS.values()]
    src, places = _broken(tmp_path_factory.mktemp("source"), *groups, CELLAR, ALLOWED)
    house = read_house(src)
    return {name: list(check(house)) for name, (check, _) in CHECKS.items()}, places


@pytest.mark.parametrize("name", IMPORTS)
def test_import_linter_refuses(name: str, linted: str):
    assert IMPORTS[name].answer in linted


@pytest.mark.parametrize("name", PLACED)
def test_a_folder_without_a_place_is_refused(name: str, tmp_path: Path, order: Order):
    breach = PLACED[name]
    for container in order.heights:
        (tmp_path / container.replace(".", "/")).mkdir(parents=True, exist_ok=True)
    (tmp_path / breach.path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / breach.path).write_text(breach.text)
    assert any(line.startswith(breach.answer) for line in contracts.check_placed(read_house(tmp_path), order))


@pytest.mark.parametrize(
    ("contract", "name"),
    [(contract, name) for contract, (_, breaches) in CHECKS.items() for name in breaches],
)
def test_the_contract_refuses(
    contract: str, name: str, answers: tuple[dict[str, list[str]], dict[Breach, range]]
):
    breach = CHECKS[contract][1][name]
    given, places = answers
    here = [line for line in given[contract] if line.startswith(f"{breach.path}:") and breach.answer in line]
    at = [int(line.split("  ")[0].rpartition(":")[2]) for line in here]
    lines = [1] if contract == "init" else places[breach]
    assert any(line in lines for line in at), f"not refused: {breach}\n" + "\n".join(given[contract])


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_is_not_refused(name: str, answers: tuple[dict[str, list[str]], dict[Breach, range]]):
    given, places = answers
    breach = ALLOWED[name]
    spots = tuple(f"{breach.path}:{line}  " for line in places[breach])
    assert [line for lines in given.values() for line in lines if line.startswith(spots)] == []
