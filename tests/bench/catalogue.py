"""The catalogue at the size of the province (全省目录): pages and reports beside bare SQL for the same rows.

In a database of its own, filled by ``tongban seed --size province``. One after another in one process: what is asked is how
long one editor waits, and what of that is the database's.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from tests import world as worlds
from tests.bench.database import ROOT, database, home
from tests.bench.report import Figure, keep, table

DATABASE = "tongban_bench_province"
ROUNDS = 15
SLOW_ROUNDS = 5  # of what takes a second
WAITING = 100
WIDE = 26  # places that carry out the basic item whose change is measured

_LIST = """
    SELECT i.code, e.body, b.body FROM (
        SELECT * FROM item WHERE organ_id = ANY(%s) ORDER BY code LIMIT 50
    ) i LEFT JOIN edition e ON e.item_id = i.id LEFT JOIN basic_edition b ON b.basic_id = i.basic_id ORDER BY i.code
"""
_EDITION = """
    SELECT e.body, b.body FROM edition e JOIN item i ON i.id = e.item_id
    LEFT JOIN basic_edition b ON b.basic_id = i.basic_id WHERE e.id = %s
"""
_QUEUE = """
    SELECT e.id, e.name, e.starts_on, e.reason, e.body, s.body FROM edition e
    LEFT JOIN edition s ON s.item_id = e.item_id AND s.state = 'published'
    WHERE e.state = 'checked' ORDER BY e.checked_at, e.id
"""
_ONE_ELEMENT = """
    SELECT i.basic_id, e.body->'limits'->>'promised_days', count(*) FROM edition e JOIN item i ON i.id = e.item_id
    WHERE e.starts_on <= %s AND (e.ends_on IS NULL OR e.ends_on > %s) GROUP BY 1, 2
"""
_BODIES = (
    "SELECT i.code, e.body FROM edition e JOIN item i ON i.id = e.item_id WHERE i.basic_id = %s ORDER BY 1"
)
_WIDEST = (
    "SELECT basic_id FROM item WHERE level IN ('3', '4') GROUP BY 1 HAVING count(*) >= %s ORDER BY 1 LIMIT 1"
)


def _timed(act: Callable[[], object], rounds: int) -> float:
    """Median milliseconds of ``act`` (中位耗时), after one that nobody counts."""
    act()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - begun))
    return median(taken)


class Measuring:
    """Ours and the bare SQL for the same rows by turns (对照)."""

    def __init__(self, wire: psycopg.Connection) -> None:
        self.wire, self.figures = wire, []

    def take(
        self,
        what: str,
        ours: Callable[[], object],
        sql: str,
        params: Sequence[Any],
        beside: str,
        rounds: int = ROUNDS,
    ) -> None:
        """Measure one figure (测一项)."""
        print(f"  {what} …", file=sys.stderr, flush=True)
        reference = _timed(lambda: self.wire.execute(sql, params).fetchall(), rounds)
        mine = _timed(ours, rounds)
        figure = Figure("catalogue", what, round(mine, 3), round(reference, 3), beside, None, "ms")
        self.figures.append(figure)


def _page(client: Any, path: str) -> Callable[[], object]:
    def get() -> object:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}")
        return answer.content

    return get


def _filled() -> float:
    """The reference data and the province (装入); seconds that the province took."""
    from django.conf import settings
    from django.core.management import call_command

    from tongban.demo import seed
    from tongban.demo.province import fill

    call_command("migrate", interactive=False, verbosity=0)
    for take_in, name in seed.REFERENCE:
        if take_in(Path(settings.DATA) / name, lambda _: None) != 0:
            raise RuntimeError(f"data/{name} could not be imported")
    begun = time.monotonic()
    fill.run(print)
    return time.monotonic() - begun


def _measured(url: str, seconds: float) -> list[Figure]:
    from django.test import Client, override_settings
    from django.utils import timezone

    from tongban.base.actor import system
    from tongban.demo import people
    from tongban.offers.catalogue import actions, queries
    from tongban.people.identity.queries import account_by_login

    now = timezone.now()
    today = timezone.localtime(now).date()
    gao = people.actor("gao", now)
    client = Client()
    worlds.enter(client, account_by_login("gao").id)
    with psycopg.connect(url, autocommit=True) as wire:
        wire.execute("VACUUM ANALYZE edition, item, basic_edition, basic_item, ledger_head, ledger_entry")
        (editions,) = wire.execute("SELECT count(*) FROM edition").fetchone() or (0,)
        taken = Measuring(wire)
        taken.figures.append(
            Figure("catalogue", "seed of the province", round(seconds, 1), None, "", None, "s")
        )
        taken.figures.append(Figure("catalogue", "editions in force", editions, None, "", None, "editions"))
        own, _ = queries.of_editor(gao, today, size=1)
        organs = list(gao.organs_as("editor"))
        taken.take(
            "editor's list, 50 items", _page(client, "/catalogue"), _LIST, [organs], "the same rows by SQL"
        )
        edition = own[0].edition_id
        page = _page(client, f"/catalogue/editions/{edition}")
        taken.take("edition beside its standard", page, _EDITION, [edition], "the same rows by SQL")
        days = [today, today]
        beside = "one element of twelve by SQL"
        taken.take(
            "drift, all elements", lambda: queries.drift(today), _ONE_ELEMENT, days, beside, SLOW_ROUNDS
        )
        taken.take("drift page", _page(client, "/catalogue/drift"), _ONE_ELEMENT, days, beside, SLOW_ROUNDS)
        _impact(taken, wire, actions, queries, system("bench"), today, now)
        with override_settings(ROOT_URLCONF="config.urls_portal", DOOR="portal"):
            code = own[0].code
            guide = _page(Client(), f"/items/{code}")
            taken.take("guide page", guide, _EDITION, [edition], "the same rows by SQL")
        _queue(taken, client, actions, queries, people.actor("luo", now), now)
        return taken.figures


def _impact(
    taken: Measuring, wire: psycopg.Connection, actions: Any, queries: Any, actor: Any, today: date, now: Any
) -> None:
    """A limit of a basic item that many places carry out is lowered: whom would it break?"""
    row = wire.execute(_WIDEST, [WIDE]).fetchone()
    if row is None:
        raise RuntimeError(f"no basic item is carried out in {WIDE} places")
    terms = queries.basic_in_force(row[0], today).terms.body()
    lowered = terms | {
        "limits": terms["limits"] | {"promised_days": max(1, terms["limits"]["promised_days"] - 2)}
    }
    draft = actions.draft_basic(actor=actor, basic_code=row[0], body=lowered, at=now)
    what = f"impact over {len(taken.wire.execute(_BODIES, [row[0]]).fetchall())} implementations"
    taken.take(what, lambda: queries.impact(draft, today), _BODIES, [row[0]], "their bodies by SQL")


def _queue(taken: Measuring, client: Any, actions: Any, queries: Any, writer: Any, now: Any) -> None:
    """The queue of what waits for approval: editions that a colleague has sent there."""
    today = now.date()
    found, _ = queries.of_editor(writer, today, size=WAITING)
    for one in found:
        body = queries.guide_of(one.edition_id).body()
        made = actions.draft_edition(actor=writer, item_id=one.item_id, body=body, at=now)
        starts_on = today + timedelta(days=7)
        actions.check(actor=writer, edition_id=made, starts_on=starts_on, reason="测量", at=now)
    rows = len(taken.wire.execute(_QUEUE).fetchall())
    if rows != len(found):
        raise RuntimeError(f"{rows} editions wait instead of {len(found)}")
    what = f"approval queue, {rows} waiting"
    taken.take(what, _page(client, "/catalogue/waiting"), _QUEUE, [], "the same rows by SQL")


def main() -> int:
    """Fill and measure (装入并测量)."""
    os.environ["TONGBAN_DOOR"] = "workbench"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    with home(), database(DATABASE) as url:
        import django

        django.setup()
        seconds = _filled()
        figures = _measured(url, seconds)
        print(table(figures))
        keep(figures, ROOT / "build" / "bench.jsonl")
    return 0


if __name__ == "__main__":
    sys.exit(main())
