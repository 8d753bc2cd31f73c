"""Load (负载): the same eight workers, two processes of four threads, for every side of every comparison."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg

PROCESSES = 2
THREADS = 4
WORKERS = PROCESSES * THREADS
WARM_UP = 15  # acts of each worker before the clock starts: statements are prepared, caches filled
SECONDS = float(os.environ.get("TONGBAN_BENCH_SECONDS") or 5)
PATIENCE = 60.0

_TICKS = os.sysconf("SC_CLK_TCK")

# A worker: each step is one act; it ends where nothing is left to act on.
Acts = Callable[[int], Iterator[None]]


@dataclass(frozen=True)
class Measured:
    """What one run gave (一次测量): milliseconds in ``times`` (sorted), CPU seconds of each part."""

    times: list[float]
    seconds: float
    client: float
    database: float
    server: float | None = None

    @property
    def rate(self) -> float:
        """Acts per second (每秒次数)."""
        return len(self.times) / self.seconds

    @property
    def p50(self) -> float:
        """Median time (中位耗时)."""
        return self.times[len(self.times) // 2]

    @property
    def p99(self) -> float:
        """Time that 99 of 100 stay below (99 分位耗时)."""
        return self.times[len(self.times) * 99 // 100]

    @property
    def program_cpu(self) -> float:
        """CPU milliseconds of the program that acts, per act (程序耗用): the server's where there is one."""
        return 1000 * (self.client if self.server is None else self.server) / len(self.times)

    @property
    def database_cpu(self) -> float:
        """CPU milliseconds of the database's backends per act (数据库耗用)."""
        return 1000 * self.database / len(self.times)

    @property
    def client_cpu(self) -> float:
        """CPU milliseconds of the load's own client per act (客户端耗用); 0 where the program is its own client."""
        return 0.0 if self.server is None else 1000 * self.client / len(self.times)


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used (进程耗用); 0 where it is not on this machine."""
    try:
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(facts[11]) + int(facts[12])) / _TICKS


def tree_of(pid: int) -> list[int]:
    """A process and its descendants (进程树)."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += tree_of(int(child))
    return found


@dataclass
class _Process:
    """One process of the load, and what its threads found."""

    acts: Acts
    numbers: range
    barriers: tuple[Any, Any, Any]
    times: list[float] = field(default_factory=list)
    last: float = 0.0

    def thread(self, number: int) -> None:
        start, stop, leave = self.barriers
        acts, times, end = self.acts(number), [], 0.0
        try:
            for _ in range(WARM_UP):
                next(acts)
            start.wait(PATIENCE)
            end = time.perf_counter()
            deadline = end + SECONDS
            while end < deadline:
                begun = end
                if next(acts, self) is self:
                    break
                end = time.perf_counter()
                times.append(1000 * (end - begun))
        except Exception:
            for barrier in self.barriers:
                barrier.abort()  # nobody waits for a worker that failed
            raise
        stop.wait(PATIENCE)
        leave.wait(PATIENCE)
        acts.close()  # type: ignore[attr-defined] # workers are generators
        self.times += times
        self.last = max(self.last, end)

    def run(self, answer: Any) -> None:
        threads = [threading.Thread(target=self.thread, args=[number]) for number in self.numbers]
        for thread in threads:
            thread.start()
        start, stop, leave = self.barriers
        start.wait(PATIENCE)
        begun, cpu = time.perf_counter(), time.process_time()
        stop.wait(PATIENCE)
        cpu = time.process_time() - cpu
        leave.wait(PATIENCE)
        for thread in threads:
            thread.join()
        answer.send((self.times, self.last - begun, cpu))


def run(acts: Acts, url: str, server: int | None = None) -> Measured:
    """Let all workers act for :data:`SECONDS` (跑一次). ``server``: the process that serves, where they only ask."""
    fork = multiprocessing.get_context("fork")
    parties = WORKERS + PROCESSES + 1
    barriers: tuple[Barrier, Barrier, Barrier] = tuple(fork.Barrier(parties) for _ in range(3))  # type: ignore[assignment] # same face
    pipes, children = [], []
    for number in range(PROCESSES):
        ours, theirs = fork.Pipe(duplex=False)
        one = _Process(acts, range(number, WORKERS, PROCESSES), barriers)
        child = fork.Process(target=one.run, args=[theirs], daemon=True)
        child.start()
        pipes.append(ours)
        children.append(child)
    with psycopg.connect(url, autocommit=True) as control:
        start, stop, leave = barriers
        start.wait(PATIENCE)
        before = _used(control, server)
        stop.wait(PATIENCE + SECONDS)
        after = _used(control, server)
        leave.wait(PATIENCE)
    answers = [pipe.recv() for pipe in pipes]
    for child in children:
        child.join()
    return Measured(
        times=sorted(took for times, _, _ in answers for took in times),
        seconds=max(seconds for _, seconds, _ in answers),
        client=sum(cpu for _, _, cpu in answers),
        database=after[0] - before[0],
        server=None if server is None else after[1] - before[1],
    )


_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def _used(control: psycopg.Connection, server: int | None) -> tuple[float, float]:
    """CPU seconds so far of (the database's backends, the server's processes)."""
    backends = sum(cpu_of(pid) for (pid,) in control.execute(_BACKENDS).fetchall())
    return backends, 0.0 if server is None else sum(cpu_of(pid) for pid in tree_of(server))
