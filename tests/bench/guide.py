"""Guide page (办事指南页): a page of the portal beside a static file of the same size from the same server."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.test import Client
from tests.bench import load, serving
from tests.bench.report import Figure, compared, counted
from tests.bench.stage import Stage, statements_of_django

from tongban.prepare import collect_static

ROUNDS = 2
GOAL = 0.5
_STATIC = "bench.html"


def _reading(port: int, paths: Sequence[str], number: int) -> Iterator[None]:
    requests = [serving.request("GET", path) for path in paths]
    return serving.asked(port, cycle(requests[number:] + requests[:number]))


def measure(stage: Stage) -> list[Figure]:
    """Pages and files by turns (测量)."""
    pages = [f"/items/{code}" for code in stage.editions.values()]
    collect_static()
    client = Client()
    page = client.get(pages[0])
    if page.status_code != 200:
        raise RuntimeError(f"{pages[0]} answers {page.status_code}")
    statements = statements_of_django(lambda: client.get(pages[0]))
    connections.close_all()
    (Path(settings.STATIC_ROOT) / _STATIC).write_bytes(
        page.content
    )  # before the server starts: it lists files once
    by_page, by_file = [], []
    with serving.door("portal") as (port, pid):
        for _ in range(ROUNDS):
            file = partial(_reading, port, [f"/{settings.STATIC_URL.strip('/')}/{_STATIC}"])
            by_file.append(load.run(file, stage.url, pid))
            by_page.append(load.run(partial(_reading, port, pages), stage.url, pid))
    name = f"static file, {len(page.content) / 1024:.0f} KB"
    return [
        *compared("guide page", by_page, by_file, name, GOAL),
        counted("guide page", statements, 0, name, None),
    ]
