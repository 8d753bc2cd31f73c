"""Reads of the catalogue (事项查询): search, guides, editions in force, basic editions, drift."""

from tongban.offers.catalogue.queries.basic import (
    BasicEditionView,
    basic_in_force,
    impact,
    since,
    standards_since,
)
from tongban.offers.catalogue.queries.depth import (
    DEPTHS,
    DepthCount,
    DepthLine,
    basic_names,
    depth_counts,
    depth_lines,
    depth_of_all,
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
from tongban.offers.catalogue.queries.guides import (
    EditionView,
    codes_of,
    edition,
    editions_named,
    guide_of,
    in_force,
    in_force_id,
)
from tongban.offers.catalogue.queries.search import BasicView, Hit, counts, search, search_basic, tokens

__all__ = [
    "COMPARED",
    "DEPTHS",
    "BasicEditionView",
    "BasicView",
    "DepthCount",
    "DepthLine",
    "Drift",
    "EditionView",
    "Hit",
    "OwnEdition",
    "OwnItem",
    "Past",
    "basic_in_force",
    "basic_names",
    "codes_of",
    "counts",
    "depth_counts",
    "depth_lines",
    "depth_of_all",
    "drift",
    "edition",
    "editions_named",
    "ensure_may_compare",
    "guide_of",
    "history",
    "impact",
    "in_force",
    "in_force_id",
    "of_editor",
    "own_edition",
    "search",
    "search_basic",
    "since",
    "standards_since",
    "tokens",
]
