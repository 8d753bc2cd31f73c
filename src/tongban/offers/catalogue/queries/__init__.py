"""Reads of the catalogue (事项查询): search, guides, editions in force, basic editions, drift."""

from tongban.offers.catalogue.queries.basic import (
    BasicEditionView,
    basic_in_force,
    impact,
    latest_guides,
    since,
    standards_since,
    with_standard,
)
from tongban.offers.catalogue.queries.drift import COMPARED, Drift, drift
from tongban.offers.catalogue.queries.editing import (
    OwnEdition,
    OwnItem,
    Past,
    ensure_may_compare,
    history,
    of_editor,
    own_edition,
)
from tongban.offers.catalogue.queries.flags import FlagView, flag, flagged_laws, flags, flags_on
from tongban.offers.catalogue.queries.guides import (
    EditionView,
    code_of_alias,
    codes_of,
    edition,
    editions_named,
    guide_of,
    in_force,
    in_force_id,
    with_edition,
)
from tongban.offers.catalogue.queries.search import BasicView, Hit, counts, search, search_basic, tokens
from tongban.offers.catalogue.queries.sightings import SightingView, sightings

__all__ = [
    "COMPARED",
    "BasicEditionView",
    "BasicView",
    "Drift",
    "EditionView",
    "FlagView",
    "Hit",
    "OwnEdition",
    "OwnItem",
    "Past",
    "SightingView",
    "basic_in_force",
    "code_of_alias",
    "codes_of",
    "counts",
    "drift",
    "edition",
    "editions_named",
    "ensure_may_compare",
    "flag",
    "flagged_laws",
    "flags",
    "flags_on",
    "guide_of",
    "history",
    "impact",
    "in_force",
    "in_force_id",
    "latest_guides",
    "of_editor",
    "own_edition",
    "search",
    "search_basic",
    "sightings",
    "since",
    "standards_since",
    "tokens",
    "with_edition",
    "with_standard",
]
