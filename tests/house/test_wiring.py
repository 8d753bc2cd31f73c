"""The table of follow-ups (接线表) is whole: what it names exists, what exists is named, and timers come when they should."""

import inspect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from croniter import croniter

import tongban
from tongban import wiring

PACKAGE = Path(tongban.__path__[0])

NAMED = {job for jobs in wiring.FOLLOWUPS.values() for job in jobs} | set(wiring.TIMERS)


def modules(name: str) -> Iterator[ModuleType]:
    for path in sorted(PACKAGE.rglob(f"{name}.py")) + sorted(PACKAGE.rglob(f"{name}/__init__.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield import_module(".".join(("tongban", *parts)).removesuffix(".__init__"))


@pytest.mark.parametrize("path", sorted(NAMED | set(wiring.WITNESSES)))
def test_what_the_table_names_exists(path):
    module, _, name = path.rpartition(".")
    assert callable(getattr(import_module(module), name))


def test_no_witness_is_left_out():
    found = {
        f"{module.__name__}.{name}"
        for module in modules("queries")
        for name, value in vars(module).items()
        if name.endswith("against_ledger") and inspect.isfunction(value)
    }
    assert found == set(wiring.WITNESSES)


def gaps(cron: str) -> set[timedelta]:
    """Times between one run and the next, over somewhat more than an hour."""
    times = croniter(cron, datetime(2026, 11, 23, 8, 59, 58, tzinfo=UTC))
    before, found = times.get_next(datetime), set()
    end = before + timedelta(minutes=70)
    while before < end:
        after = times.get_next(datetime)
        found.add(after - before)
        before = after
    return found


EVERY = {
    "tongban.base.ledger.jobs.seal": timedelta(seconds=10),
    "tongban.people.identity.jobs.forget": timedelta(hours=1),
    "tongban.people.certificates.jobs.keep_time": timedelta(minutes=5),
    "tongban.people.mandates.jobs.remind": timedelta(hours=1),
    "tongban.people.mandates.jobs.lapse": timedelta(hours=1),
    "tongban.people.signon.jobs.sweep": timedelta(days=1),
    "tongban.work.cases.jobs.keep_time": timedelta(minutes=1),
}


def test_each_timer_comes_as_often_as_it_is_said_to():
    assert {job: gaps(cron) for job, cron in wiring.TIMERS.items()} == {
        job: {every} for job, every in EVERY.items()
    }
