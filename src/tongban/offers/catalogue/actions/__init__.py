"""Acts on the catalogue (事项行为): register items; write, check, approve, publish and retire editions, of items and of basic items."""

from tongban.offers.catalogue.actions.basic import (
    approve_basic,
    check_basic,
    discard_basic,
    draft_basic,
    go_along,
    propose,
    publish_basic,
    retire_basic,
    send_back_basic,
    write_basic,
)
from tongban.offers.catalogue.actions.bulk import (
    LARGEST_BATCH,
    FirstEdition,
    FirstStandard,
    publish_items,
    publish_standards,
)
from tongban.offers.catalogue.actions.bundles import publish_bundle, read_bundle
from tongban.offers.catalogue.actions.editions import (
    approve,
    check,
    discard,
    draft_edition,
    publish,
    retire,
    send_back,
    write,
)
from tongban.offers.catalogue.actions.files import LARGEST_FILE, give_file
from tongban.offers.catalogue.actions.flags import flag_law_change, keep_as_is, redraft
from tongban.offers.catalogue.actions.items import add_alias, register_item
from tongban.offers.catalogue.actions.reading import LONGEST_REASON, read_guide, read_terms
from tongban.offers.catalogue.actions.sightings import Seen, read_seen, record_sighting

__all__ = [
    "LARGEST_BATCH",
    "LARGEST_FILE",
    "LONGEST_REASON",
    "FirstEdition",
    "FirstStandard",
    "Seen",
    "add_alias",
    "approve",
    "approve_basic",
    "check",
    "check_basic",
    "discard",
    "discard_basic",
    "draft_basic",
    "draft_edition",
    "flag_law_change",
    "give_file",
    "go_along",
    "keep_as_is",
    "propose",
    "publish",
    "publish_basic",
    "publish_bundle",
    "publish_items",
    "publish_standards",
    "read_bundle",
    "read_guide",
    "read_seen",
    "read_terms",
    "record_sighting",
    "redraft",
    "register_item",
    "retire",
    "retire_basic",
    "send_back",
    "send_back_basic",
    "write",
    "write_basic",
]
