"""The province (全省): places, basic items and synonyms as they are shipped, for what is measured over all of it."""

from pathlib import Path

from django.conf import settings

from tongban.base.search import imports as synonyms
from tongban.offers.catalogue import imports as catalogue
from tongban.people.places import imports as places


def take_in() -> None:
    """Import them (装入)."""
    told: list[str] = []
    data = Path(settings.DATA)
    done = (
        places.run(data / "hainan_divisions.csv", told.append),
        catalogue.run_items(data / "basic_items.csv", told.append),
        synonyms.run(data / "synonyms.csv", told.append),
    )
    if any(done):
        raise RuntimeError(told)
