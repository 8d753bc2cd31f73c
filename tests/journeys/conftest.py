"""A running installation and a real browser (旅程环境), shared by the journeys."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.journeys.running import Running, running

CHROMIUM = os.environ.get("TONGBAN_CHROMIUM", "/usr/bin/chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands here is a journey, and what asks for the browser is one in a browser (自动归类): no file can forget to say so."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.journey)
            if "browser" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """``tongban run`` with the demonstration in it, for all journeys of the session."""
    with running(tmp_path_factory.mktemp("installation") / "home") as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without any service of its maker."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--no-first-run",
                "--disable-sync",
            ],
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files that an applicant has at hand: a real PDF, and one that is not what its name says."""
    from tests.world import PDF

    folder = tmp_path_factory.mktemp("papers")
    good, false = folder / "材料.pdf", folder / "假的.pdf"
    good.write_bytes(PDF)
    false.write_text("this is no pdf")
    return {"good": good, "false": false}
