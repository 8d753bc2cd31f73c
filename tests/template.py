"""The template of the test databases (测试模板库): every migration applied once, for as long as none of them changes.

Each process of a test run begins with a copy of it, made in the fraction of a second, instead of migrating for itself.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.home import ROOT

PREFIX = "tests_template_"


def _digest() -> str:
    """Of all that says what the schema is: our migrations, and the pins of the packages that bring some of their own."""
    found = hashlib.sha256()
    for path in (ROOT / "requirements" / "run.txt", *sorted((ROOT / "src").rglob("migrations/*.py"))):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\n" + path.read_bytes() + b"\n")
    return found.hexdigest()[:16]


def template(folder: Path) -> str:
    """Name of the template (备好模板库), made by whichever process comes first; the lock lies in ``folder``."""
    name, url = PREFIX + _digest(), os.environ["DATABASE_URL"]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "tests-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
            there = server.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
            ).fetchall()
            if (name,) not in there:
                for (former,) in there:
                    server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(former)))
                _make(server, url, name)
    return name


def _make(server: psycopg.Connection[tuple[object, ...]], url: str, name: str) -> None:
    """Under another name until it is whole: a run that is broken off leaves no half template behind."""
    growing = name + "_growing"
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(growing)))
    address = urlunsplit(urlsplit(url)._replace(path=f"/{growing}"))
    command = [sys.executable, "-m", "tongban.cli", "manage", "migrate", "--verbosity=0"]
    subprocess.run(command, env=os.environ | {"DATABASE_URL": address}, cwd=ROOT, check=True)
    server.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(growing), sql.Identifier(name))
    )
