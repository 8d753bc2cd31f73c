"""Receipts with proof (带证明的回执): of the applicant's own acts on her case, checked by anybody without us."""

import uuid
from dataclasses import dataclass

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.base.ledger import queries as ledger
from tongban.standards.text import msg
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Case

SEAL_SECONDS = 10  # how often the worker seals


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt (存证回执). ``acts``: how many of her acts it proves; ``waiting``: how many no seal covers yet."""

    content: dict[str, object]
    acts: int
    waiting: int


def _own(actor: Actor, case_id: uuid.UUID) -> bool:
    if actor.party_id is None:
        return False
    return Case.objects.filter(visible_to(actor), pk=case_id, party_id=actor.party_id).exists()


def own_receipt(actor: Actor, case_id: uuid.UUID) -> Receipt:
    """The proofs of what the applicant did, or a counter for her (申请人的回执). Officials get no receipts of others' acts."""
    if not _own(actor, case_id):
        raise NotFound("cases.visible", msg("没有找到这件办件，或者您不能查看它。"))

    def own(act: ledger.Act) -> bool:
        return act.actor.get("id") == str(actor.id) or "at_counter" in act.data

    stream = f"case:{case_id}"
    content = ledger.receipt_of([stream], keep=own)
    entries = content["entries"]
    proven = len(entries) if isinstance(entries, list) else 0
    return Receipt(content, proven, sum(map(own, ledger.acts_of(stream))) - proven)
