"""The supervisor (守护): what dies comes back, what is told to stop stops in order, and nothing outlives it."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.home import ROOT
from tongban import serve
from tongban.progress import table, width

# Like the real server: the process that is supervised keeps the port in a process of its own.
DOOR = """
import http.server, os, sys, time
from tongban.base.processes import die_with_parent

class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
        self.wfile.write(str(leader).encode())

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Door)
leader = os.getpid()
if os.fork() == 0:
    die_with_parent(leader) if "bound" in sys.argv else None
    server.serve_forever()
time.sleep(600)
"""
WORKER = "import time; time.sleep(600)"
SUPERVISE = """
import sys
from pathlib import Path
from tongban.base.postgres import Cluster
from tongban.serve import Part, Supervisor, sole

home, port, door, worker = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
python = sys.executable
parts = [Part("door", [python, "-c", door, str(port), sys.argv[5]], port=port), Part("worker", [python, "-c", worker])]
with sole(home) as other:
    if other is not None:
        sys.exit(f"another: {other}")
    cluster = Cluster(home / "postgres", durable=False) if sys.argv[5] == "bound" else None
    supervisor = Supervisor(parts, cluster, home / "log")
    supervisor.heed_signals()
    if cluster:
        cluster.start()
    opened = False
    try:
        opened = supervisor.open()
        if opened:
            print("open", flush=True)
            supervisor.watch()
    finally:
        supervisor.close()
    sys.exit(0 if opened else 1)
"""


class Running:
    """A supervisor in a process of its own, and what it says."""

    def __init__(self, home: Path, door: str = DOOR, grandchild: str = "free") -> None:
        self.port = free_port()
        self.output = home / "said"
        with self.output.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISE, str(home), str(self.port), door, WORKER, grandchild],
                env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
                stdout=said,
                stderr=said,
            )

    def said(self) -> str:
        return self.output.read_text()

    def health(self) -> int | None:
        """Process id of the supervised server, if it answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return int(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], object], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tb-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    made = Running(home)
    yield made
    # Told to stop, not killed: the process that keeps the port is not bound to anybody's life here.
    made.process.terminate()
    made.process.wait(30)


@pytest.mark.slow
def test_a_killed_server_is_restarted_though_its_own_process_still_held_the_port(running: Running) -> None:
    assert eventually(lambda: "open" in running.said()), running.said()
    first = running.health()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: running.health() not in (None, first)), running.said()
    assert "door 意外退出（信号 9）" in running.said()


@pytest.mark.slow
def test_told_to_stop_it_stops_doors_before_the_worker_and_leaves_nothing(running: Running) -> None:
    assert eventually(lambda: "open" in running.said()), running.said()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 0
    said = running.said()
    assert said.index("door 已停止") < said.index("worker 已停止")
    assert running.health() is None


@pytest.mark.slow
def test_nothing_outlives_a_killed_supervisor_and_the_next_one_recovers(home: Path) -> None:
    first = Running(home, grandchild="bound")
    assert eventually(lambda: "open" in first.said()), first.said()
    database = int((home / "postgres" / "data" / "postmaster.pid").read_text().split("\n")[0])
    first.process.kill()
    first.process.wait()
    assert eventually(lambda: first.health() is None and not Path(f"/proc/{database}").exists())
    second = Running(home, grandchild="bound")
    try:
        assert eventually(lambda: "open" in second.said()), second.said()
    finally:
        second.process.terminate()
        assert second.process.wait(30) == 0


@pytest.mark.slow
def test_a_killed_database_is_brought_back(home: Path) -> None:
    made = Running(home, grandchild="bound")
    try:
        assert eventually(lambda: "open" in made.said()), made.said()
        os.kill(
            int((home / "postgres" / "data" / "postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL
        )
        assert eventually(lambda: "数据库已恢复" in made.said()), made.said()
    finally:
        made.process.terminate()
        assert made.process.wait(30) == 0


@pytest.mark.slow
def test_a_second_supervisor_of_the_same_home_finds_the_first(home: Path, running: Running) -> None:
    assert eventually(lambda: "open" in running.said()), running.said()
    with serve.sole(home) as other:
        assert other == running.process.pid


@pytest.mark.slow
def test_a_server_that_cannot_start_is_given_up_with_the_end_of_its_log(home: Path) -> None:
    made = Running(home, door="import sys; sys.exit('no such setting')")
    assert made.process.wait(30) == 1
    assert "no such setting" in made.said()


def test_a_taken_port_is_named_together_with_the_way_out(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "HOME", home)
    monkeypatch.setattr(serve, "PORT_PATIENCE", 0.0)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        monkeypatch.setenv("TONGBAN_PORT_WORKBENCH", str(port))
        monkeypatch.setenv("TONGBAN_PORT_PORTAL", str(free_port()))
        assert serve.run() == 1
    said = capsys.readouterr().out
    assert f"端口 {port} " in said
    assert "TONGBAN_PORT_WORKBENCH=" in said


def test_pauses_between_restarts_double_up_to_half_a_minute() -> None:
    part = serve.Part("door", [])
    pauses = []
    for part.failures in (1, 2, 3, 4, 20):
        pauses.append(part.pause())
    assert pauses == [0.5, 1.0, 2.0, 4.0, 30.0]


def test_columns_line_up_where_chinese_characters_are_twice_as_wide() -> None:
    lines = table([("入口", "地址"), ("公众门户", "a"), ("api", "b")]).splitlines()
    assert [width(line[: line.index(mark)]) for line, mark in zip(lines[2:], "ab", strict=True)] == [10, 10]
