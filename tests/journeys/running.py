"""The real thing, running (真实运行): ``tongban run`` in a process of its own, on a folder and ports of its own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.home import ROOT
from tongban.base.postgres import Cluster, database_url

PATIENCE = 180.0  # seconds until everything must be up, seeding included


@dataclass
class Running:
    """A running installation (运行中的系统)."""

    home: Path
    ports: dict[str, int]
    process: subprocess.Popen[bytes]

    def url(self, door: str) -> str:
        """Address of a door (入口地址)."""
        return f"http://127.0.0.1:{self.ports[door]}"

    def database(self) -> str:
        """Address of its database (数据库地址)."""
        return os.environ.get("TONGBAN_RUN_DATABASE_URL") or database_url(Cluster(self.home / "postgres"))

    def postmaster(self) -> int:
        """Process id of the database's first process (数据库主进程)."""
        found = Cluster(self.home / "postgres").postmaster()
        assert found is not None
        return found

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``tongban …`` on this installation (命令)."""
        return subprocess.run(
            [sys.executable, "-m", "tongban.cli", *arguments],
            env=_environment(self.home, self.ports),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def family(self) -> list[int]:
        """Ids of the supervisor and everything below it (进程树)."""
        return [self.process.pid, *descendants(self.process.pid)]

    def kill_everything(self) -> None:
        """``kill -9`` of all processes at once (全部杀死), and wait until the kernel has buried them."""
        victims = self.family()
        for victim in victims:
            _kill(victim)
        self.process.wait(30)
        deadline = time.monotonic() + 30
        while any(Path(f"/proc/{victim}").exists() for victim in victims) and time.monotonic() < deadline:
            time.sleep(0.05)


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def descendants(parent: int) -> list[int]:
    """All processes below ``parent`` (子孙进程)."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text()
            except OSError:
                continue
            children.setdefault(int(status.rsplit(")", 1)[1].split()[1]), []).append(int(entry.name))
    found, waiting = [], [parent]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.append(child)
            waiting.append(child)
    return found


def command_of(process: int) -> str:
    """Command line of a process (命令行), empty where it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _environment(home: Path, ports: dict[str, int]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TONGBAN_DOOR")}
    address = os.environ.get("TONGBAN_RUN_DATABASE_URL")
    return {
        **kept,
        **({"DATABASE_URL": address} if address else {}),
        "PYTHONPATH": str(ROOT / "src"),
        "TONGBAN_HOME": str(home),
        **{f"TONGBAN_PORT_{door.upper()}": str(port) for door, port in ports.items()},
    }


def free_ports() -> dict[str, int]:
    """Ports that nobody uses now (空闲端口): of the doors, of the stand-ins, of the example systems."""
    names = ("portal", "workbench", "api", "sources", "provider", "example1", "example2")
    sockets = [socket.socket() for _ in names]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return dict(zip(names, ports, strict=True))


def launch(home: Path, ports: dict[str, int]) -> Running:
    """``tongban run`` on this folder (启动), returned when every door answers."""
    home.mkdir(parents=True, exist_ok=True)
    log = (home / "run.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "tongban.cli", "run"],
        env=_environment(home, ports),
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    running = Running(home, ports, process)
    deadline = time.monotonic() + PATIENCE
    while not all(answers(port) for port in ports.values()):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"tongban run did not come up:\n{(home / 'run.log').read_text()[-3000:]}")
        time.sleep(0.1)
    return running


def answers(port: int) -> bool:
    """Whether a door says that it is well (健康)."""
    try:
        return request(port, "GET", "/healthz")[0] == 200
    except OSError:
        return False


def request(
    port: int,
    method: str,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
    timeout: float = 30,
) -> tuple[int, bytes]:
    """One request on a connection of its own (单次请求): (status, body). OSError where nothing came back."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    sent = dict(headers or {})
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    try:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


@contextmanager
def running(home: Path) -> Iterator[Running]:
    """An installation for the time of a test (测试期间运行); stopped with Ctrl-C at the end, which must work."""
    started = launch(home, free_ports())
    try:
        yield started
    finally:
        if started.process.poll() is None:
            # Where Ctrl-C is ignored, as under nohup, it stays ignored in whatever is started from there.
            ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
            started.process.send_signal(signal.SIGTERM if ignored else signal.SIGINT)
            started.process.wait(60)
