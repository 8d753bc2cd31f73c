"""Places for the tests of rooms above (测试区划)."""

from pathlib import Path

from django.conf import settings

from tongban.people.places import imports


def take_in_places(file: Path | None = None) -> None:
    """Import the places of ``file``, or all of Hainan."""
    told: list[str] = []
    assert imports.run(file or Path(settings.DATA) / "hainan_divisions.csv", told.append) == 0, told
