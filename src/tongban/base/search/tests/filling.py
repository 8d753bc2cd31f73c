"""Synonyms for the tests of rooms above (测试同义词)."""

from pathlib import Path

from django.conf import settings

from tongban.base.search import imports


def take_in_synonyms() -> None:
    """Import the synonym groups that are shipped."""
    told: list[str] = []
    assert imports.run(Path(settings.DATA) / "synonyms.csv", told.append) == 0, told
