"""Imports of the catalogue (事项导入): basic items and sightings from csv, guides and drafts from JSON; each file goes in whole or not at all."""

from tongban.offers.catalogue.imports.basic_items import run_items
from tongban.offers.catalogue.imports.drafts import run_drafts
from tongban.offers.catalogue.imports.guides import run_guides
from tongban.offers.catalogue.imports.sightings import run_sightings

__all__ = ["run_drafts", "run_guides", "run_items", "run_sightings"]
