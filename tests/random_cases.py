"""Random acts by random people at random times on cases of every kind (随机办件), with what must hold checked after each.

As a script, on a database of its own: ``python -m tests.random_cases --acts 100000 --seed 7 --workers 2``. The same driver runs in the
suite with fewer acts (``test_random_cases.py``). A failure names seed and step, and both bring it back.
"""

import argparse
import os
import sys
import time
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.case_invariants import Snapshot

    from tongban.base.actor import Actor

SOME_DAYS = (0, 0, 0, 1, 1, 2, 3, 6, 9)  # between two acts on one case
AFTER = 5  # acts on a case that is over, before it is left alone
LIVE = 40  # cases under way at the same time
# Ways out are made more seldom than the way on, so that cases get somewhere.
SELDOM = {
    "withdraw": 0.06,
    "terminate": 0.05,
    "decline": 0.1,
    "refuse": 0.4,
    "return": 0.4,
    "revoke": 0.3,
    "deem_accepted": 0.3,
    "lapse": 0.4,
    "request_supplement": 1.2,
    "suspend": 0.5,
    "correct": 0.4,
    "transfer": 0.5,
    "review": 0.5,
    "grant_at_once": 2,
    "close": 2,
}


@dataclass
class Life:
    """A case on its way (办件一生). ``pressed``: acts done with a key, to be pressed again."""

    kind: str
    applicant: "Actor"
    at: datetime
    id: uuid.UUID | None = None
    seen: int = 0
    now: "Snapshot | None" = None
    pressed: list[tuple[str, "Actor", dict[str, Any]]] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    over_for: int = 0

    @property
    def stream(self) -> str:
        """Its ledger stream."""
        return f"case:{self.id}"


@dataclass(frozen=True)
class Act:
    """Something that can be done to a case (行为). ``by``: the role that does it; ``told``: what it is given.

    ``moves``: a move of the table; else ``entries``: how many entries it may leave.
    """

    name: str
    call: Callable[..., Any]
    by: str
    told: Callable[["Driver", Life], dict[str, Any]] = lambda driver, life: {}
    moves: bool = True
    keyed: bool = True
    versioned: bool = True
    entries: tuple[int, ...] = (1,)
    timed: bool = True


class Broken(AssertionError):  # noqa: N818 -- what was found, not an error of the driver
    """An invariant does not hold, or an act failed in a way that is no refusal (不变量被破坏)."""


@dataclass
class Tally:
    """What came of the acts (统计), of one driver or of several together."""

    tried: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    checked: int = 0
    found: list[str] = field(default_factory=list)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.tried + other.tried,
            self.done + other.done,
            self.refused + other.refused,
            self.kinds + other.kinds,
            self.ended + other.ended,
            self.entries + other.entries,
            self.checked + other.checked,
            self.found + other.found,
        )

    def report(self) -> str:
        """The summary (汇总) as a table of text."""
        tried, done = sum(self.tried.values()), sum(self.done.values())
        lines = [
            f"acts tried {tried}, done {done}, refused or told by field {sum(self.refused.values())}",
            f"invariants looked at: {self.checked}; ledger entries written: {self.entries}",
            f"cases begun: {sum(self.kinds.values())} ({_told(self.kinds)})",
            f"cases ended: {sum(self.ended.values())} ({_told(self.ended)})",
            "",
            f"{'act':<24}{'tried':>8}{'done':>8}",
            *(f"{name:<24}{self.tried[name]:>8}{self.done[name]:>8}" for name in sorted(self.tried)),
            "",
            f"{'refused by rule':<32}{'times':>8}",
            *(f"{rule:<32}{times:>8}" for rule, times in self.refused.most_common()),
            "",
            *(
                self.found
                or ["nothing found: every invariant held; chains, cases and documents are as recorded"]
            ),
        ]
        return "\n".join(lines)


class Driver:
    """The random world (随机世界): ``run`` acts; ``tally`` says what came of them."""

    def __init__(self, seed: int, *kinds: str, live: int = LIVE) -> None:
        from tests.random_acts import acts, hands
        from tests.random_bundles import BUNDLED

        self.rng = Random(seed)  # noqa: S311 -- acts that can be brought back, no secrets
        self.seed = seed
        self.step = 0
        self.hands = hands()
        self.acts = acts()
        self.kinds = kinds or (*self.hands.items, BUNDLED)
        self.live = live
        self.numbers: set[str] = set()
        self.lives: list[Life] = []
        self.tally = Tally()

    def run(self, acts: int, progress: Callable[[int], None] = lambda done: None) -> None:
        """Do ``acts`` acts (执行), and check after each."""
        for self.step in range(1, acts + 1):
            life = self._life()
            try:
                self._act(life)
            except Exception as error:
                state = life.now.row["state"] if life.now else "new"
                raise Broken(
                    f"seed {self.seed}, step {self.step}: {life.kind} {life.id} in {state} after {life.acts[-8:]}: "
                    f"{type(error).__name__}: {error}"
                ) from error
            progress(self.step)

    # Which case, and what is done to it.

    def _life(self) -> Life:
        from tests.random_bundles import BUNDLED, Together

        self.lives = [life for life in self.lives if life.over_for < AFTER]
        if len(self.lives) < self.live and (len(self.lives) < 3 or self.rng.random() < 0.3):
            kind = self.rng.choice(self.kinds)
            life = (Together if kind == BUNDLED else Life)(
                kind,
                self.rng.choice(self.hands.applicants),
                self.hands.begin + timedelta(days=self.rng.randrange(1030), hours=self.rng.randrange(9)),
            )
            self.lives.append(life)
            return life
        return self.rng.choice(self.lives)

    def _act(self, life: Life) -> None:
        from tests import random_bundles

        if isinstance(life, random_bundles.Together):
            life.over_for += bool(life.over_for)
            life.at += self._while()
            random_bundles.act(self, life)
            return
        if life.id is None:
            self._start(life)
            return
        life.over_for += bool(life.over_for)
        life.at += self._while()
        chance = self.rng.random()
        if chance < 0.05 and life.pressed:
            self._again(life)
        elif chance < 0.8:
            self._lawful(life)
        else:
            self.disturb(life)

    def _while(self) -> timedelta:
        return timedelta(days=self.rng.choice(SOME_DAYS), minutes=self.rng.randrange(300))

    def _start(self, life: Life) -> None:
        from tests import case_invariants as hold

        self.tally.tried["start"] += 1
        life.id = self.hands.started(life).id
        self.tally.done["start"] += 1
        self.tally.kinds[life.kind] += 1
        life.now = hold.snapshot(life.id, 0)
        self.took(life, life.now)
        self.tally.checked += hold.holds(life.now)

    def _lawful(self, life: Life) -> None:
        """Something that the table offers now, by one who holds the role."""
        names = self.hands.offered(life, self.rng)
        weights = [SELDOM.get(name, 1.0) for name in names]
        if not names:
            self.disturb(life)
            return
        act = self.acts[self.rng.choices(names, weights)[0]]
        self._do(life, act, self.hands.one(act.by, life, self.rng), wrong=False)

    def disturb(self, life: Life) -> None:
        """Anything by anybody: the wrong act, the wrong person, a stale page, as it comes."""
        act = self.acts[self.rng.choice(list(self.acts))]
        everybody = self.hands.everybody(life)
        right = self.rng.random() < 0.5
        actor = self.hands.one(act.by, life, self.rng) if right else self.rng.choice(everybody)
        self._do(life, act, actor, wrong=True)

    def _again(self, life: Life) -> None:
        """A second press: the same key by the same person, later and from an older page."""
        from tests import case_invariants as hold

        name, actor, given = self.rng.choice(life.pressed)
        self.tally.tried["second press"] += 1
        self.acts[name].call(**given | {"actor": actor, "at": life.at})
        assert life.now is not None
        assert life.id is not None
        self.tally.done["second press"] += 1
        self.tally.checked += hold.refused(life.now, hold.snapshot(life.id, life.seen))

    def _do(self, life: Life, act: Act, actor: "Actor", *, wrong: bool) -> None:
        from tests import case_invariants as hold

        from tongban.base.errors import Refusal

        assert life.now is not None
        assert life.id is not None
        given: dict[str, Any] = {"case_id": life.id, **act.told(self, life)}
        if act.timed:
            given["at"] = life.at
        if act.keyed and self.rng.random() < 0.5:
            given["key"] = f"{self.seed}-{self.step}"
        stale = wrong and self.rng.random() < 0.2
        if act.moves and act.versioned and (stale or self.rng.random() < 0.5):
            given["version"] = life.now.row["version"] - (1 if stale else 0)
        self.tally.tried[act.name] += 1
        before = life.now
        try:
            answer = act.call(actor=actor, **given)
        except Refusal as refusal:
            str(refusal)  # its words can be shown: every place in them has its value
            self.tally.refused[refusal.rule] += 1
            self.tally.checked += hold.refused(before, hold.snapshot(life.id, life.seen))
            return
        if act.name == "save" and answer:
            self.tally.refused["save: told by field"] += 1
        after = hold.snapshot(life.id, life.seen)
        if act.moves:
            assert not (stale and "version" in given), "a stale version was taken"
            self.tally.checked += hold.moved(before, after, self.hands.roles_of(actor, life))
            life.acts.append(after.entries[0]["act"].removeprefix("cases."))
        elif act.name == "revoke_for_breach":
            # The decision may have been revoked before, for another reason; then only the check moves.
            revoked = [] if before.row["state"] == "revoked" else ["cases.revoke"]
            assert [entry["act"] for entry in after.entries] == [*revoked, "cases.check_revoke"]
        else:
            assert len(after.entries) in act.entries, (act.name, len(after.entries))
            self.tally.checked += hold.aside(before, after, len(after.entries))
        self.tally.checked += hold.holds(after)
        self.tally.done[act.name] += 1
        self.took(life, after)
        if "key" in given and after.entries:
            life.pressed.append((act.name, actor, given))

    def took(self, life: Life, after: "Snapshot") -> None:
        """Take in what became of a case (记下结果)."""
        from tests import case_invariants as hold

        from tongban.work.cases.rules.moves import OVER

        self.tally.entries += len(after.entries)
        life.seen += len(after.entries)
        life.now = after
        if after.state in OVER and not life.over_for:
            self.tally.ended[after.state.value] += 1
            hold.joins([f"cases.{act}" for act in life.acts])
            self.tally.checked += 1
            life.over_for = 1

    # What came of it.

    def verify(self) -> list[str]:
        """Every chain of the ledger, and every case and document held against it (账本核验): what was found."""
        from tongban.base.ledger import queries as ledger
        from tongban.work.cases import queries

        found = [
            str(finding)
            for finding in [*ledger.verify(), *queries.against_ledger(), *queries.bundles_against_ledger()]
        ]
        written = sum(len(ledger.acts_of(life.stream)) for life in self.lives if life.id)
        assert written == sum(life.seen for life in self.lives)
        return found


def _told(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {times}" for name, times in counted.most_common())


@contextmanager
def _database() -> Iterator[None]:
    """A database of its own, gone afterwards; it need not outlive a power cut."""
    from tests.bench.database import database, home

    os.environ["TONGBAN_DOOR"] = "portal"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    name = f"tongban_random_{os.getpid()}"
    with home(), database(name):
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection, connections

        call_command("migrate", interactive=False, verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connections.close_all()
        try:
            yield
        finally:
            connections.close_all()


def _run(acts: int, seed: int) -> Tally:
    """One driver in a database of its own (一个进程): its acts, then the verification of all that they wrote."""
    with _database():
        began = time.monotonic()
        driver = Driver(seed)

        def progress(done: int) -> None:
            if done % 5_000 == 0:
                seconds = time.monotonic() - began
                print(f"seed {seed}: {done} acts, {seconds:.0f} s", file=sys.stderr, flush=True)

        try:
            driver.run(acts, progress)
        except Broken:
            driver.tally.found.append(traceback.format_exc())
        else:
            driver.tally.found += driver.verify()
        return driver.tally


def main() -> int:
    """Run, print progress and the summary (主程序); 1 where anything does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=100_000)
    parser.add_argument(
        "--seed", type=int, default=7, help="of the first worker; the others take those after it"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes, each with a database of its own")
    chosen = parser.parse_args()
    from tests.bench.database import CLUSTER

    from tongban.base.postgres import ensure_database

    began = time.monotonic()
    cluster = ensure_database(CLUSTER)  # one server for all of them
    try:
        shares = [len(range(n, chosen.acts, chosen.workers)) for n in range(chosen.workers)]
        seeds = [chosen.seed + n for n in range(chosen.workers)]
        with ProcessPoolExecutor(chosen.workers, mp_context=get_context("spawn")) as pool:
            tally = sum(pool.map(_run, shares, seeds), Tally())
    finally:
        if cluster is not None:
            cluster.close()
    print(f"seeds {seeds}, {time.monotonic() - began:.0f} s\n{tally.report()}")
    return 1 if tally.found else 0


if __name__ == "__main__":
    sys.exit(main())
