"""Imports of the catalogue (事项导入): basic items and sightings from csv, guides, drafts and bundles from JSON, tables; each file goes in whole or not at all."""

from tongban.offers.catalogue.imports.basic_items import run_items
from tongban.offers.catalogue.imports.bundles import run_bundles
from tongban.offers.catalogue.imports.drafts import run_drafts
from tongban.offers.catalogue.imports.guides import run_guides
from tongban.offers.catalogue.imports.sheets import run_sheets
from tongban.offers.catalogue.imports.sightings import run_sightings

__all__ = ["run_bundles", "run_drafts", "run_guides", "run_items", "run_sheets", "run_sightings"]
