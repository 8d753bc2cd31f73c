"""A new edition is published while 500 drafts and cases are worked on: no field, file or date is lost.

Threads save, attach, submit, accept and examine; among them the edition is published, drafts are upgraded and running cases
are moved. The test keeps a model of its own, of what each act acknowledged; at the end the database is held against it.
``TONGBAN_EDITED_CASES`` sets another number of cases.
"""

import copy
import os
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests import world as worlds
from tests.world import AT, GUIDE, World

from tongban.base.errors import Conflict, Refusal
from tongban.base.ledger import queries as ledger
from tongban.base.outbox.worker import relay_all
from tongban.offers.catalogue.queries import guide_of
from tongban.offers.catalogue.rules.guide import Guide
from tongban.wiring import FOLLOWUPS
from tongban.work.cases import actions, queries
from tongban.work.cases.actions import migrating
from tongban.work.cases.models import Attachment, Case, Migration
from tongban.work.cases.rules.carrying import answers, fit
from tongban.work.cases.rules.clock import dates, history
from tongban.work.cases.rules.moves import State

CASES = int(os.environ.get("TONGBAN_EDITED_CASES", "500"))
THREADS = 8
LATER = AT + timedelta(days=1)  # from this day on the new edition is in force
STAFF = {"key": "staff", "label": "从业人员", "type": "rows", "required": False}
NAME, POST = {"key": "name", "label": "姓名"}, {"key": "post", "label": "岗位", "required": False}
OLD_FIELDS = [
    {"key": "seats", "label": "座位数", "required": False, "max_length": 10},
    {**STAFF, "columns": [NAME, POST]},
]


def old_form() -> dict[str, Any]:
    form = copy.deepcopy(GUIDE["form"])
    form["sections"].append({"key": "more", "title": "其他", "fields": OLD_FIELDS})  # type: ignore[index] # the guide of the tests
    return form  # type: ignore[return-value] # as above


def new_elements() -> dict[str, Any]:
    """Dropped: words. Renamed: shop_name to brand, asked of those who rent. Added: wifi. Another type: seats, area. A
    table loses a column; the lease is no longer wanted, a photograph may be handed in; the promise is shorter."""
    form = copy.deepcopy(GUIDE["form"])
    shop, contact = form["sections"]  # type: ignore[index] # the guide of the tests
    shop["fields"] = [one for one in shop["fields"] if one["key"] != "shop_name"]
    shop["fields"].append({"key": "brand", "label": "字号", "when": {"own_place": "rented"}})
    contact["fields"] = [one for one in contact["fields"] if one["key"] not in ("words", "area")]
    contact["fields"] += [
        {"key": "area", "label": "面积（取整）", "type": "integer", "required": False},
        {"key": "wifi", "label": "有没有无线网", "type": "yes_no", "required": False},
    ]
    more = [
        {"key": "seats", "label": "座位数", "type": "integer", "required": False},
        {**STAFF, "columns": [NAME]},
    ]
    form["sections"].append({"key": "more", "title": "其他", "fields": more})  # type: ignore[index] # as above
    materials = [one for one in GUIDE["materials"] if one["key"] != "lease"]  # type: ignore[attr-defined, index] # as above
    materials.append({"key": "photo", "name": "照片", "requirement": "optional"})
    result = {**GUIDE["result"], "fields": ["address"]}  # type: ignore[dict-item] # as above
    limits = {"statutory_days": 20, "promised_days": 4}
    return {"form": form, "materials": materials, "result": result, "limits": limits}


@dataclass
class Told:
    """What was acknowledged of one case: each answer, each file, the dates, and on which edition it was sent."""

    id: uuid.UUID
    answers: dict[str, object] = field(default_factory=dict)
    files: set[tuple[str, uuid.UUID]] = field(default_factory=set)
    sent_on: uuid.UUID | None = None
    due: list[tuple[date, date]] = field(default_factory=list)


@dataclass
class Run:
    """The threads' common ground: the world, a model of each case, and what was done how often."""

    world: World
    materials: list[uuid.UUID]
    told: dict[uuid.UUID, Told] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    faults: list[BaseException] = field(default_factory=list)
    published: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        with self.lock:
            self.done[what] += 1

    def task(self, act: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                act()
            except Refusal as refusal:
                self.count(f"refused {refusal.rule}")
            except BaseException as fault:
                self.faults.append(fault)
                raise
            finally:
                connection.close()

        return run

    @property
    def at(self) -> datetime:
        """The day turns when the edition is published; who read the clock before acts with yesterday's."""
        return LATER if self.published.is_set() else AT

    # --- what people do ---

    def begin(self, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 -- test data, nothing secret
        who, rented = self.world.applicant, chance.random() < 0.5
        made = actions.start(actor=who, item_code=self.world.item_code, at=self.at)
        told = self.told[made.id] = Told(made.id)
        first = {
            **worlds.FORM,
            "own_place": "rented" if rented else "own",
            "shop_name": f"店{chance.random()}",
        }
        self.save(
            told, first | {"area": chance.choice(["36.5", "40"]), "seats": chance.choice(["12", "十二"])}
        )
        self.save(told, {"staff": [{"name": "刘海波", "post": "店长"}], "words": "下午在店里"})
        for key in ("report", "lease") if rented else ("report",):
            self.attach(told, key, chance)

    def save(self, told: Told, values: dict[str, object], edition: uuid.UUID | None = None) -> None:
        errors = actions.save(
            actor=self.world.applicant, case_id=told.id, values=values, at=self.at, edition_id=edition
        )
        told.answers |= {
            key: value for key, value in values.items() if key not in {e.partition(".")[0] for e in errors}
        }
        self.count("saved" if not errors else "saved in part")

    def attach(self, told: Told, key: str, chance: random.Random) -> None:
        chosen = chance.choice(self.materials)
        actions.attach(actor=self.world.applicant, case_id=told.id, key=key, material_id=chosen, at=self.at)
        told.files.add((key, chosen))
        self.count("attached")

    def device(self, told: Told, keys: tuple[str, ...], seed: int) -> None:
        """One device that types on a page of the edition it was opened with; it never asks what others did meanwhile."""
        chance = random.Random(seed)  # noqa: S311 -- test data, nothing secret
        drawn = Case.objects.values_list("edition_id", flat=True).get(pk=told.id)
        texts = {
            "shop_name": "店{}",
            "words": "话{}",
            "address": "海口{}号",
            "phone": "138{:08d}",
            "staff": "人{}",
            "wifi": "yes",
            "brand": "字号{}",
        }  # fmt: skip -- one line reads as a table
        for key in keys:
            value: object = texts[key].format(chance.randrange(10**8))
            self.save(told, {key: [{"name": value}] if key == "staff" else value}, drawn)
            if key == "phone":
                self.attach(told, "report", chance)

    def send(self, told: Told) -> None:
        """Send it; where its edition has ended, change to the new one, fill in what is asked there, and send it then."""
        who = self.world.applicant
        try:
            self._sent(told, who)
        except Conflict as refusal:
            if refusal.rule != actions.EDITION_ENDED:
                raise
            self.upgrade(told)
            self.save(told, {"brand": "阿秀"})
            self._sent(told, who)

    def _sent(self, told: Told, who: Any) -> None:
        actions.submit(actor=who, case_id=told.id, at=self.at)
        told.sent_on = Case.objects.values_list("edition_id", flat=True).get(pk=told.id)
        self.count("sent")

    def upgrade(self, told: Told) -> None:
        actions.upgrade(actor=self.world.applicant, case_id=told.id, at=self.at)
        self.count("upgraded")

    def accept(self, told: Told) -> None:
        actions.accept(actor=self.world.clerk, case_id=told.id, at=self.at)
        row = Case.objects.get(pk=told.id)
        assert row.promised_on is not None
        assert row.due_on is not None
        told.due.append((row.promised_on, row.due_on))
        self.count("accepted")

    def examine(self, told: Told) -> None:
        actions.examine(actor=self.world.reviewer, case_id=told.id, opinion="符合条件。", at=self.at)
        self.count("examined")

    def publish(self) -> None:
        try:
            worlds.publish_edition(
                self.world.editor, self.world.item_id, starts_on=LATER.date(), **new_elements()
            )
        except Refusal as refusal:
            raise AssertionError("the edition is not published") from refusal
        finally:
            self.published.set()

    def migrate(self, old: uuid.UUID) -> None:
        """Look and move, batch by batch, while the others go on; each batch is called for twice, as after a crash."""
        assert self.published.wait(60)
        editor = self.world.editor
        made = actions.plan_migration(actor=editor, edition_id=old, at=self.at)
        for begin in (
            lambda: None,
            lambda: actions.confirm_migration(actor=editor, migration_id=made, at=self.at),
        ):
            begin()
            more = True
            while more:
                after = Migration.objects.get(pk=made).after
                more = actions.further(actor=editor, migration_id=made, after=after, at=self.at)
                assert (
                    not actions.further(actor=editor, migration_id=made, after=after, at=self.at)
                    or after is None
                )
        self.count("migrations")


def in_threads(tasks: list[Callable[[], None]]) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        for future in [pool.submit(task) for task in tasks]:
            future.result()


# --- what must be there at the end ---------------------------------------------------------------------------------------


def as_held(guide: Guide, typed: dict[str, object]) -> dict[str, object]:
    """What a form of this edition holds of these answers, each in the shape that the edition takes it in."""
    fields = guide.form.by_key()
    fitting = {key: fit(fields[key], value) for key, value in typed.items() if key in fields}
    return guide.form.heard({key: value for key, value in fitting.items() if value is not None})


def lost(told: Told, row: Case) -> list[str]:
    """Names of what was acknowledged and is not there; of a sent case only what its edition asked was taken in."""
    there = answers(row.form, row.kept)
    wanted = dict(told.answers)
    if told.sent_on is not None:
        wanted = as_held(guide_of(told.sent_on), wanted)
        # A move to another edition keeps what was sent, in the form or beside it.
        there = {**there, **{k: v for k, v in as_held(guide_of(told.sent_on), there).items() if k in wanted}}
    gone = [key for key, value in wanted.items() if there.get(key) != value]
    files = {(a.key, a.material_id) for a in Attachment.objects.filter(case_id=row.id)}
    if told.sent_on is not None:
        asked = {material.key for material in guide_of(told.sent_on).materials}
        return gone + [key for key, material in told.files - files if key in asked]
    return gone + [key for key, _material in told.files - files]


def wrong_dates(told: Told, row: Case) -> list[str]:
    limits, table = guide_of(row.edition_id).limits, queries.calendar()
    pure = dates(history(row.clock), limits, table)
    kept = {name: getattr(row, name) for name in ("act_by", "warn_on", "promised_on", "due_on")}
    found = [name for name, day in kept.items() if getattr(pure, name) != day]
    for promised, due in told.due:
        if row.promised_on is None or row.due_on is None or row.promised_on > promised or row.due_on > due:
            found.append("later than what was told")
    return found


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_when_an_edition_is_published_upgraded_and_migrated_amid_the_work(monkeypatch):
    monkeypatch.setattr(migrating, "BATCH", 40)
    world = worlds.build()
    old = worlds.publish_edition(world.editor, world.item_id, starts_on=AT.date(), form=old_form())
    run = Run(world, [worlds.material(world, content=worlds.PDF + bytes([65 + n])) for n in range(20)])
    chance = random.Random(4)  # noqa: S311 -- the same acts each time, no secret
    seeds = [chance.randrange(10**9) for _ in range(CASES)]
    in_threads([run.task(lambda seed=seed: run.begin(seed)) for seed in seeds])
    told = sorted(run.told.values(), key=lambda one: one.id)
    assert len(told) == CASES
    drafts, sent, accepted = told[: CASES // 2], told[CASES // 2 : CASES * 3 // 4], told[CASES * 3 // 4 :]
    in_threads([run.task(lambda one=one: run.send(one)) for one in (*sent, *accepted)])
    in_threads([run.task(lambda one=one: run.accept(one)) for one in accepted])
    assert run.faults == []
    assert set(Case.objects.values_list("edition_id", flat=True)) == {old}

    tasks: list[Callable[[], None]] = []
    for number, one in enumerate(drafts):
        tasks.append(lambda one=one, n=number: run.device(one, ("shop_name", "words", "staff"), n))
        tasks.append(lambda one=one, n=number: run.device(one, ("address", "phone"), -n))
        if number % 3 == 0:
            tasks.append(lambda one=one: run.send(one))
        elif number % 3 == 1:
            tasks.append(lambda one=one: run.upgrade(one))
            tasks.append(lambda one=one, n=number: run.device(one, ("wifi", "brand"), n))
    tasks += [lambda one=one: run.accept(one) for one in sent[::2]]
    tasks += [lambda one=one: run.examine(one) for one in accepted[::3]]
    chance.shuffle(tasks)
    tasks.insert(len(tasks) // 4, run.publish)
    tasks.insert(len(tasks) // 3, lambda: run.migrate(old))
    in_threads([run.task(task) for task in tasks])
    # Those that no thread came to upgrade are upgraded at last: nothing may be lost by that either.
    in_threads([run.task(lambda one=one: run.upgrade(one)) for one in drafts if one.sent_on is None])
    relay_all(FOLLOWUPS)

    assert run.faults == []
    print(dict(sorted(run.done.items())))
    rows = {row.id: row for row in Case.objects.filter(pk__in=run.told)}
    assert len(rows) == CASES
    assert {one.id: found for one in told if (found := lost(one, rows[one.id]))} == {}
    assert {one.id: found for one in told if (found := wrong_dates(one, rows[one.id]))} == {}
    assert [*queries.against_ledger()] == []
    assert [*ledger.verify()] == []
    migration = Migration.objects.get()
    moved = [row for row in rows.values() if row.edition_id != old and row.state != State.DRAFT]
    figures = {
        "cases": CASES,
        **dict(sorted(run.done.items())),
        "moved": migration.moved,
        "stayed": migration.left,
        "answers": sum(len(one.answers) for one in told),
        "files": sum(len(one.files) for one in told),
    }
    print(figures)
    assert migration.state == "done"
    assert migration.moved > CASES // 20, figures
    assert migration.left > CASES // 20, figures
    assert len(moved) >= migration.moved
    assert run.done["upgraded"] > CASES // 10, figures
    assert run.done["sent"] > CASES // 2, figures
