"""``make bench`` (性能测量): set up a database of its own, measure every figure, print and keep the ratios, clean up.

DATABASE_URL names the server (our own durable cluster where it is unset); TONGBAN_BENCH_SECONDS how long each run lasts; TONGBAN_BENCH_ONLY names the areas where not all are wanted (e.g. ``find``).
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "tongban_bench"


@contextmanager
def _home() -> Iterator[Path]:
    """A state folder of the bench's own: keys, files and static files of this run only."""
    home = Path(tempfile.mkdtemp(prefix="tongban-bench-"))
    os.environ["TONGBAN_HOME"] = str(home)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _database(cluster_folder: Path) -> Iterator[str]:
    """An empty database, dropped afterwards; its address is put into DATABASE_URL."""
    from tongban.base.postgres import ensure_database

    cluster = ensure_database(cluster_folder)
    try:
        server = os.environ["DATABASE_URL"]
        own = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {DATABASE}")
        os.environ["DATABASE_URL"] = own
        try:
            yield own
        finally:
            with psycopg.connect(server, autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    finally:
        if cluster is not None:
            cluster.close()


def main() -> int:
    """Measure everything (测量); 0, whatever the figures are: goals are shown, not enforced."""
    cluster_folder = Path(os.environ.get("TONGBAN_HOME") or ROOT / "var").resolve() / "bench-postgres"
    os.environ["TONGBAN_DOOR"] = "portal"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    with _home(), _database(cluster_folder) as url:
        import django

        django.setup()
        from tests.bench import accept, find, guide, report, submit
        from tests.bench.stage import Stage

        stage = Stage(url)
        figures: list[report.Figure] = []
        wanted = os.environ.get("TONGBAN_BENCH_ONLY", "").split()
        for area in (submit, accept, guide, find):
            if wanted and area.__name__.rpartition(".")[2] not in wanted:
                continue
            print(f"{area.__name__.rpartition('.')[2]} …", file=sys.stderr, flush=True)
            figures += area.measure(stage)
        print(report.table(figures))
        report.keep(figures, ROOT / "build" / "bench.jsonl")
    return 0


if __name__ == "__main__":
    sys.exit(main())
