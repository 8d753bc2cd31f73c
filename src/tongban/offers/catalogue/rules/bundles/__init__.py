"""Bundles (一件事): several items that people need together, asked as one form with one set of materials. Pure.

``definition``: what a bundle is. ``merging``: the items' forms and materials in one.
"""

from tongban.offers.catalogue.rules.bundles.definition import (
    BasicRef,
    BundleItem,
    Definition,
    Handing,
    SharedFact,
    SharedMaterial,
)
from tongban.offers.catalogue.rules.bundles.merging import Fact, Merged, Paper, Problem, merge

__all__ = [
    "BasicRef",
    "BundleItem",
    "Definition",
    "Fact",
    "Handing",
    "Merged",
    "Paper",
    "Problem",
    "SharedFact",
    "SharedMaterial",
    "merge",
]
