"""Organs for the tests of rooms above (测试机关)."""

from pathlib import Path

from django.conf import settings

from tongban.people.parties import imports


def take_in_organs(file: Path | None = None) -> None:
    """Import the organs of ``file``, or those that are shipped; their places must be there."""
    told: list[str] = []
    assert imports.run(file or Path(settings.DATA) / "hainan_organs.csv", told.append) == 0, told
