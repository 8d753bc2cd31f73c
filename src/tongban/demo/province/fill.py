"""Filling with the province (装入全省演示目录): organs and items by their imports, editions by the catalogue's bulk acts.

Work is cut into shares by basic item; each share is a process, each batch of it one transaction. Whoever stops it, by
Ctrl-C or kill -9, finds at the next run what was committed, and only the rest is done.
"""

import contextlib
import csv
import os
import selectors
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.batches import batched
from tongban.base.processes import spawn, stop
from tongban.demo.accounts import PASSWORD
from tongban.demo.province import around, items, organs
from tongban.demo.province.counters import Counter
from tongban.demo.province.items import Basic
from tongban.demo.province.whole import Province
from tongban.demo.province.wording import Wording
from tongban.offers.catalogue import actions as catalogue
from tongban.offers.catalogue import imports as catalogue_imports
from tongban.offers.catalogue import queries
from tongban.people.parties import imports as organ_imports
from tongban.people.parties import queries as parties
from tongban.progress import Bar, Report, step

SHARES = 2  # processes: this kind of machine has two cores
STARTS_ON = date(2025, 1, 1)
REASON = "全省演示目录首发"
_STANDARDS, _EDITIONS = 100, 250  # of one transaction; [O] our own numbers
_PATIENCE = 20.0


def take_in(province: Province, report: Report) -> None:
    """Organs and basic items, by the imports that everybody uses (导入机关和目录事项). Raises RuntimeError."""
    with tempfile.TemporaryDirectory() as folder:
        _import(
            organ_imports.run,
            Path(folder) / "organs.csv",
            organs.HEADER,
            organs.rows(province.offices),
            report,
        )
        derived = items.rows(province.derived)
        _import(catalogue_imports.run_items, Path(folder) / "items.csv", items.HEADER, derived, report)


def _import(
    run: Callable[[Path, Report], int],
    path: Path,
    header: Sequence[str],
    rows: Iterable[list[str]],
    report: Report,
) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)
    if run(path, report) != 0:
        raise RuntimeError(f"{path.name} of the demonstration could not be imported; the reasons stand above")


def publish(province: Province, basics: Sequence[Basic], at: datetime) -> Iterator[int]:
    """Standards and editions of these basic items (发布标准和实施清单), batch by batch; yields how many were there or are now.

    What has an edition already is left as it is.
    """
    wording = Wording(Path(settings.DATA), province.seed)
    ids = {organ.credit_code: organ.id for organ in parties.organs()}
    for batch in batched(basics, _STANDARDS):
        yield from _standards(batch, wording, at)
        yield from _editions(batch, province, ids, at)


def _standards(batch: Sequence[Basic], wording: Wording, at: datetime) -> Iterator[int]:
    there = queries.with_standard([basic.code for basic in batch])
    fresh = [
        catalogue.FirstStandard(basic.code, wording.terms(basic), _old_codes(basic))
        for basic in batch
        if basic.code not in there
    ]
    if fresh:
        actor = Actor(kind=ActorKind.SYSTEM, name="demo.province")
        catalogue.publish_standards(actor=actor, standards=fresh, starts_on=STARTS_ON, reason=REASON, at=at)
    yield len(batch)


def _old_codes(basic: Basic) -> tuple[str, ...]:
    """An old code of 10 (旧编码) for the shipped items that have our own codes: YS 演示, main item 5, sub-item 3."""
    if basic.what or not basic.code.startswith("46") or basic.code[9:] != "000":
        return ()
    return (f"YS{basic.code[4:9]}0{basic.code[2:4]}",)


def _editions(
    batch: Sequence[Basic], province: Province, ids: Mapping[str, uuid.UUID], at: datetime
) -> Iterator[int]:
    for counters in batched((one for basic in batch for one in province.counters.of_basic(basic)), _EDITIONS):
        codes = [_code(counter) for counter in counters]
        there = queries.with_edition(codes)
        fresh = [one for one, code in zip(counters, codes, strict=True) if code not in there]
        if fresh:
            terms = {code: _standard(code) for code in {one.basic.code for one in fresh}}
            firsts = [
                catalogue.FirstEdition(
                    one.basic.code,
                    ids[one.office.code],
                    one.office.level,
                    province.counters.body(one, terms[one.basic.code]),
                    province.counters.aliases(one),
                )
                for one in fresh
            ]
            posts = frozenset(Post("editor", first.organ_id) for first in firsts)
            actor = Actor(kind=ActorKind.SYSTEM, name="demo.province", posts=posts)
            catalogue.publish_items(actor=actor, items=firsts, starts_on=STARTS_ON, reason=REASON, at=at)
        yield len(counters)


def _standard(code: str) -> Mapping[str, object]:
    """What the basic item says: ours, or where a guide is shipped, that guide's."""
    found = queries.basic_in_force(code, STARTS_ON)
    return {} if found is None else found.terms.model_dump(mode="json")


def _code(counter: Counter) -> str:
    return f"{counter.office.code}{counter.office.level}{counter.basic.code}"


def run(report: Report, province: Province | None = None) -> None:
    """Fill the database with the province (装入全省), on as many cores as there are shares."""
    made = province or Province()
    with step("演示机关和目录事项 organs and items") as told:
        take_in(made, told)
    total = made.work([*made.shipped, *made.derived])
    with Bar("标准和实施清单 standards and editions", total) as bar, contextlib.ExitStack() as stack:
        children = [_started(number, stack) for number in range(SHARES)]
        for done in _counted(children):
            bar.advance(done)
    for child in children:
        if child.wait() != 0:
            raise RuntimeError("a share of the province could not be filled; the reasons stand above")
    with step("登录账号和所见文本 accounts and sightings"):
        around.run(made, timezone.now())
    counts = queries.counts()
    report(f"全省演示目录：目录事项 {counts['basic']} 个，实施清单版本 {counts['editions']} 个")
    logins = "、".join(f"{login}（{name}）" for login, name in around.EDITORS)
    report(f"工作台的两个事项编辑：{logins}，密码 {PASSWORD}")


def _started(number: int, stack: contextlib.ExitStack) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tongban.demo.province.share", str(number), str(SHARES)]
    child = spawn(command, env=os.environ, output=subprocess.PIPE)
    stack.callback(stop, child, _PATIENCE)
    return child


def _counted(children: Sequence["subprocess.Popen[bytes]"]) -> Iterator[int]:
    """What the shares say that they have done, until all have hung up; anything but a number is passed on."""
    with selectors.DefaultSelector() as waiting:
        for child in children:
            assert child.stdout is not None  # noqa: S101 -- it was started with a pipe
            waiting.register(child.stdout, selectors.EVENT_READ)
        while waiting.get_map():
            for key, _ in waiting.select():
                line = key.fileobj.readline()  # type: ignore[union-attr] # a file, as registered above
                if not line:
                    waiting.unregister(key.fileobj)
                elif line.strip().isdigit():
                    yield int(line)
                else:
                    print(line.decode(errors="replace"), end="", file=sys.stderr)


def publish_share(number: int, of: int) -> None:
    """One process's share (一份), telling on standard output how much it has done."""
    made = Province()
    for done in publish(made, made.share(number, of), timezone.now()):
        print(done, flush=True)
