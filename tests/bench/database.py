"""Databases of the bench (测量用数据库): empty ones of its own, with a state folder of their own, gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
CLUSTER = Path(os.environ.get("TONGBAN_HOME") or ROOT / "var").resolve() / "bench-postgres"


@contextmanager
def _kept(name: str) -> Iterator[None]:
    """Afterwards the environment says again what it said before."""
    before = os.environ.get(name)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before


@contextmanager
def home() -> Iterator[Path]:
    """A state folder of the bench's own: keys, files and static files of this run only."""
    folder = Path(tempfile.mkdtemp(prefix="tongban-bench-"))
    with _kept("TONGBAN_HOME"):
        os.environ["TONGBAN_HOME"] = str(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(name: str) -> Iterator[str]:
    """An empty database, dropped afterwards; its address is put into DATABASE_URL."""
    from tongban.base.postgres import ensure_database

    with _kept("DATABASE_URL"):
        cluster = ensure_database(CLUSTER)
        try:
            server = os.environ["DATABASE_URL"]
            own = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
            with psycopg.connect(server, autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                admin.execute(f"CREATE DATABASE {name}")
            os.environ["DATABASE_URL"] = own
            try:
                yield own
            finally:
                with psycopg.connect(server, autocommit=True) as admin:
                    admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        finally:
            if cluster is not None:
                cluster.close()
