"""What another edition would mean for a case (换版查询): whether there is a newer one, and what of the case carries over."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.canonical import digest
from tongban.work.cases.queries.asking import held_targets
from tongban.work.cases.queries.files import CaseView
from tongban.work.cases.rules.application import MATERIAL
from tongban.work.cases.rules.carrying import Carried, carry
from tongban.work.cases.rules.moves import WHOLE


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer of a newer edition for a draft (换版提示). ``commit_again``: the commitment reads otherwise now."""

    edition: catalogue.EditionView
    carried: Carried
    commit_again: bool


def newer_edition(case: CaseView, on: date) -> Offer | None:
    """The edition in force where a draft stands on another (新版指南), with what carries over; None where it is up to date.

    Also None where the item is no longer offered at all: then there is nothing to change to.
    """
    if case.state not in WHOLE:
        return None
    standing = catalogue.in_force_id(case.edition.item_code, on)
    if standing is None or standing == case.edition.id:
        return None
    edition = catalogue.edition(standing)
    stays = commitment_stays(case.committed, edition.guide)
    carried = carry(
        case.edition.guide,
        edition.guide,
        form=case.form,
        kept=case.kept,
        attached={given.key for given in case.attachments},
        waived=waived(edition.guide, party_id=case.party_id, committed=stays, on=on),
    )
    return Offer(edition, carried, case.committed is not None and not stays)


def commitment_stays(committed: Mapping[str, object] | None, new: Guide) -> bool:
    """Whether a commitment that was given is to the very text of another edition (承诺仍然有效)."""
    if committed is None or new.commitment is None:
        return False
    return committed.get("digest") == digest(new.commitment.body())


def waived(guide: Guide, *, party_id: uuid.UUID, committed: bool, on: date) -> frozenset[str]:
    """What an edition asks and this party need not give (免交内容): known, verified, or replaced by the commitment."""
    replaced = guide.commitment.replaces if committed and guide.commitment else ()
    return held_targets(guide, party_id=party_id, on=on) | {f"{MATERIAL}:{key}" for key in replaced}
