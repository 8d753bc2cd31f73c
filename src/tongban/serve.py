"""The supervisor (守护): starts database, doors and worker in order, keeps them up, stops them in order.

It never loads Django and starts no threads: it must be small, and its children are bound to its main thread's life.
"""

import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from config import ports as ports_of
from config import stand_ins
from config.home import HOME, ROOT
from config.ports import LOOPBACK
from tongban.base.postgres import Cluster, ServerError, ensure_database
from tongban.base.processes import kill_group, spawn, stop, wait_until
from tongban.demo.examples import Example, in_use
from tongban.progress import say, step, table

DOORS = ("portal", "workbench", "api")
TITLES = {"portal": "公众门户", "workbench": "工作台", "api": "接口"}
THREADS = "8"  # requests served at a time by one door; each holds one database connection

TICK = 0.2  # seconds between two looks at the children
PORT_PATIENCE = 5.0  # processes of a killed predecessor may take a moment to let go of a port
READY_PATIENCE = 60.0
STOP_PATIENCE = 15.0
SETTLED_AFTER = 30.0  # seconds a part must live for its failures to be forgotten
LONGEST_PAUSE = 30.0
GIVE_UP_AFTER = 3  # failures before it was ever ready
LOG_LIMIT = 10 * 1024 * 1024


@dataclass
class Part:
    """One process under supervision (受管进程). ``port``: where it answers ``/healthz``, absent for the worker."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    port: int | None = None
    child: subprocess.Popen[bytes] | None = None
    failures: int = 0
    begun: float = 0.0
    due: float = 0.0

    def healthy(self) -> bool:
        """Whether it runs and, where it has a port, answers its health question with 200 (健康)."""
        if self.child is None or self.child.poll() is not None:
            return False
        if self.port is None:
            return True
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def pause(self) -> float:
        """Seconds until the next start (退避): 0.5, 1, 2, … up to :data:`LONGEST_PAUSE`."""
        return float(min(LONGEST_PAUSE, 0.5 * 2 ** max(0, self.failures - 1)))


class Supervisor:
    """Keeps ``parts`` and the ``cluster`` up until told to stop (守护进程)."""

    def __init__(self, parts: list[Part], cluster: Cluster | None, logs: Path) -> None:
        self.parts = parts
        self.cluster = cluster
        self.logs = logs
        self.stopping = False
        self._database_failures = 0
        self._database_due = 0.0

    def heed_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal ask us to stop (信号); asking twice changes nothing."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
                signal.signal(number, lambda *_: setattr(self, "stopping", True))

    def open(self) -> bool:
        """Start all parts and wait until each is healthy (开门). False: told to stop, or one cannot start."""
        for part in self.parts:
            self._start(part)
        deadline = time.monotonic() + READY_PATIENCE
        while not self.stopping:
            if all(part.healthy() for part in self.parts):
                return True
            self.look()
            lost = next((part for part in self.parts if part.failures >= GIVE_UP_AFTER), None)
            if lost is None and time.monotonic() > deadline:
                lost = next(part for part in self.parts if not part.healthy())
            if lost is not None:
                say(f"\n{lost.name} 没有启动成功，日志 {self._log(lost)} 末尾：\n{self._tail(lost)}")
                return False
            time.sleep(TICK)
        return False

    def watch(self) -> None:
        """Stay until told to stop (值守), restarting what died."""
        while not self.stopping:
            self.look()
            time.sleep(TICK)

    def look(self) -> None:
        """One look at everything (巡视): note what died, start what is due."""
        now = time.monotonic()
        if self.cluster is not None and now >= self._database_due and not self.cluster.alive():
            self._restart_database(self.cluster)
        for part in self.parts:
            if part.child is not None and part.child.poll() is not None:
                self._note_death(part, now)
            if part.child is None and now >= part.due:
                self._start(part)

    def close(self) -> None:
        """Stop doors, then worker, then database (关门): whoever writes goes before what is written to."""
        serving = [part for part in self.parts if part.child is not None]
        for part in serving:
            if part.port is not None and part.child is not None:
                part.child.terminate()  # all doors let go at once, then each is waited for
        for part in sorted(serving, key=lambda part: part.port is None):
            if part.child is not None:
                willing = stop(part.child, STOP_PATIENCE)
                say(
                    f"  {part.name} 已停止"
                    if willing
                    else f"  {part.name} 未在 {STOP_PATIENCE:.0f} 秒内停止，已强制结束"
                )
        if self.cluster is not None:
            self.cluster.stop()
            say("  数据库已停止")

    def _start(self, part: Part) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        path = self._log(part)
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            part.child = spawn(part.command, env={**os.environ, **part.env}, output=log)
        part.begun = time.monotonic()

    def _note_death(self, part: Part, now: float) -> None:
        child = part.child
        if child is None:
            return
        kill_group(child)  # a dead web server may leave its worker process on the port
        part.failures = 1 if now - part.begun > SETTLED_AFTER else part.failures + 1
        part.child, part.due = None, now + part.pause()
        code = child.returncode
        how = f"信号 {-code}" if code < 0 else f"代码 {code}"
        say(f"  {part.name} 意外退出（{how}），{part.pause():g} 秒后重启；日志 {self._log(part)}")

    def _restart_database(self, cluster: Cluster) -> None:
        say("  数据库意外退出，正在恢复")
        try:
            cluster.start()
        except ServerError as fault:
            self._database_failures += 1
            pause = min(LONGEST_PAUSE, 2.0**self._database_failures)
            self._database_due = time.monotonic() + pause
            say(f"  数据库恢复失败，{pause:g} 秒后再试：{fault}")
        else:
            self._database_failures = 0
            say("  数据库已恢复")

    def _log(self, part: Part) -> Path:
        return self.logs / f"{part.name}.log"

    def _tail(self, part: Part) -> str:
        return "\n".join(self._log(part).read_text(errors="replace").splitlines()[-30:])


def run() -> int:
    """``tongban run`` (运行): everything up, a table of where to go, then watch until Ctrl-C. Returns the exit code."""
    ports = {door: ports_of.port(door) for door in DOORS}
    HOME.mkdir(parents=True, exist_ok=True)
    with sole(HOME) as other:
        if other is not None:
            say(f"已在运行（进程 {other}）；停止请用 make stop 或 tongban stop\n\n{_guide(ports)}")
            return 0
        examples = {example.part: example.port for example in in_use()}
        for door, port in {**ports, **stand_ins.in_use(), **examples}.items():
            if not wait_until(lambda port=port: _free(port), PORT_PATIENCE, 0.2):  # type: ignore[misc] # bound per turn
                say(
                    f"端口 {port} 已被别的程序占用：请换一个，例如 TONGBAN_PORT_{door.upper()}={port + 100} make run；要整个换一组，用 TONGBAN_PORT_BASE=9000"
                )
                return 1
        return _run_alone(ports)


def _run_alone(ports: dict[str, int]) -> int:
    say("通办 Tongban")
    begun = time.monotonic()
    supervisor = Supervisor(_parts(ports), None, HOME / "log")
    supervisor.heed_signals()
    try:
        with step("数据库 database"):
            supervisor.cluster = ensure_database(HOME / "postgres")
        if not _prepare(supervisor, ports):
            return 0 if supervisor.stopping else 1
        with step("入口与后台 doors and worker"):
            opened = supervisor.open()
        if not opened:
            return 0 if supervisor.stopping else 1
        say(f"\n全部就绪，用时 {time.monotonic() - begun:.1f} 秒；按 Ctrl-C 停止\n\n{_guide(ports)}\n")
        supervisor.watch()
        return 0
    except ServerError as fault:
        say(f"\n{fault}")
        return 1
    finally:
        say("\n正在停止…")
        supervisor.close()


def _prepare(supervisor: Supervisor, ports: dict[str, int]) -> bool:
    """Run ``tongban prepare`` in a process of its own, so that this one stays small."""
    child = spawn([sys.executable, "-m", "tongban.cli", "prepare"], env=_environment() | _addresses(ports))
    while child.poll() is None and not supervisor.stopping:
        time.sleep(TICK / 4)
    stop(child, STOP_PATIENCE)
    return child.returncode == 0 and not supervisor.stopping


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TONGBAN_HOME": str(HOME)}


def _outside() -> dict[str, str]:
    """What the doors are told of the stand-ins that we run (模拟外部系统的设置)."""
    served = stand_ins.in_use()
    told = {"TONGBAN_SOURCES_URL": ports_of.address("sources")} if "sources" in served else {}
    if "provider" in served:
        said = f"TONGBAN_OUTSIDE_{stand_ins.PROVIDER_KEY.upper()}_"
        told |= {
            "TONGBAN_OUTSIDE": stand_ins.PROVIDER_KEY,
            said + "NAME": stand_ins.PROVIDER_NAME,
            said + "ISSUER": ports_of.address("provider"),
            said + "CLIENT": stand_ins.PROVIDER_CLIENT,
            said + "SECRET_FILE": str(HOME / stand_ins.PROVIDER_SECRET),
        }
    return told


def _addresses(ports: dict[str, int]) -> dict[str, str]:
    """Where each door is reached (入口地址): what is printed in codes and stands in certificates for good."""
    found = {}
    for name, door in (("PUBLIC", "portal"), ("WORKBENCH", "workbench"), ("API", "api")):
        variable = f"TONGBAN_{name}_URL"
        found[variable] = os.environ.get(variable) or f"http://{LOOPBACK}:{ports[door]}"
    return found


def _parts(ports: dict[str, int]) -> list[Part]:
    shared = {"PYTHONPATH": str(ROOT / "src"), "TONGBAN_HOME": str(HOME), "TONGBAN_SUPERVISED": "1"}
    shared |= _addresses(ports)
    served = stand_ins.in_use()
    shared |= _outside()
    server = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--http",
        "1",
        "--no-ws",
        "--host",
        LOOPBACK,
    ]
    server += ["--workers", "1", "--blocking-threads", os.environ.get("TONGBAN_THREADS") or THREADS]
    server += ["--workers-kill-timeout", "10"]
    doors = [
        Part(
            door,
            [*server, "--port", str(port), "config.wsgi:application"],
            {**shared, "TONGBAN_DOOR": door},
            port,
        )
        for door, port in ports.items()
    ]
    command = [sys.executable, "-m", "tongban.cli"]
    outside = [
        Part(name, [*command, "simulate", name, "--port", str(port)], shared, port)
        for name, port in served.items()
    ]
    examples = [_example(example, shared["TONGBAN_PUBLIC_URL"]) for example in in_use()]
    return [*outside, *doors, *examples, Part("worker", [*command, "worker"], shared)]


def _example(example: Example, issuer: str) -> Part:
    """An example system (示例接入系统): a program of somebody else's, as far as the platform knows."""
    env = {
        "EXAMPLE_NAME": example.name,
        "EXAMPLE_PORT": str(example.port),
        "EXAMPLE_CLIENT": example.client_id,
        "EXAMPLE_ISSUER": issuer,
        "EXAMPLE_SCOPES": example.asks,
        "EXAMPLE_HOME": str(HOME / "examples"),
    }
    command = [sys.executable, str(ROOT / "examples" / "relying_party" / "system.py")]
    return Part(example.part, command, env, example.port)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _guide(ports: dict[str, int]) -> str:
    """The table at the end: address, who to log in as, what to try."""
    from tongban.demo.accounts import ACCOUNTS

    rows = [("入口", "地址", "登录名", "密码", "身份", "可以试试")]
    for account in ACCOUNTS:
        port = ports.get(account.door, ports["portal"])
        title = TITLES.get(account.door, account.door)
        rows.append(
            (
                title,
                f"http://{LOOPBACK}:{port}/",
                account.login,
                f"{account.password}（证书口令 {account.pin}）" if account.pin else account.password,
                account.role,
                account.try_this,
            )
        )
    shown = {
        "sources": ("模拟短信", "看发给手机的短信；有哪些编出来的人可以注册"),
        "provider": ("模拟身份", "在门户的登录页选“用模拟身份平台登录”，看外部账号怎么关联、怎么登录"),
    }
    rows.extend(
        (shown[name][0], f"http://{LOOPBACK}:{port}/", "", "", "", shown[name][1])
        for name, port in stand_ins.in_use().items()
    )
    rows.extend(
        (
            "接入系统",
            f"{one.address}/",
            "",
            "",
            one.name,
            "用 lin 登录，再打开另一个；在门户退出，看两个系统都退出",
        )
        for one in in_use()
    )
    return table(rows)


@contextlib.contextmanager
def sole(home: Path) -> Iterator[int | None]:
    """Be the only supervisor of ``home`` (唯一): yields None, or the process id of the one that is there."""
    with (home / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            yield int(lock.read().strip() or 0)
            return
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield None


def stop_running() -> int:
    """``tongban stop`` (停止): ask the running supervisor to stop, and wait until it has."""
    HOME.mkdir(parents=True, exist_ok=True)
    with sole(HOME) as other:
        pass
    if other is None:
        if (HOME / "postgres" / "lock").exists() and (cluster := Cluster(HOME / "postgres")).alive():
            cluster.stop()  # left by a supervisor that was killed before it could bind the server to its life
        say("没有在运行")
        return 0
    os.kill(other, signal.SIGTERM)

    def gone() -> bool:
        with sole(HOME) as still:
            return still is None

    if not wait_until(gone, 4 * STOP_PATIENCE, TICK):
        say(f"进程 {other} 还没有停止，请查看 {HOME / 'log'}")
        return 1
    say("已停止")
    return 0
