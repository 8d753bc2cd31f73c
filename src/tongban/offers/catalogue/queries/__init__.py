"""Reads of the catalogue (事项查询): guides, what search finds of them, editions in force, basic editions, drift."""

from tongban.offers.catalogue.queries.basic import (
    BasicEditionView,
    basic_in_force,
    impact,
    latest_guides,
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
from tongban.offers.catalogue.queries.finding import counts, document_of
from tongban.offers.catalogue.queries.guides import (
    EditionView,
    code_of_alias,
    codes_of,
    edition,
    editions_named,
    guide_of,
    in_force,
    in_force_id,
)

__all__ = [
    "COMPARED",
    "DEPTHS",
    "BasicEditionView",
    "DepthCount",
    "DepthLine",
    "Drift",
    "EditionView",
    "OwnEdition",
    "OwnItem",
    "Past",
    "basic_in_force",
    "basic_names",
    "code_of_alias",
    "codes_of",
    "counts",
    "depth_counts",
    "depth_lines",
    "depth_of_all",
    "document_of",
    "drift",
    "edition",
    "editions_named",
    "ensure_may_compare",
    "guide_of",
    "history",
    "impact",
    "in_force",
    "in_force_id",
    "latest_guides",
    "of_editor",
    "own_edition",
    "since",
    "standards_since",
]
