"""The words of a case's documents as they are kept (文书原文): for whoever holds them against the ledger."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from tongban.base.actor import Actor
from tongban.standards.canonical import digest
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Case, Document
from tongban.work.cases.queries.files import for_staff_only
from tongban.work.cases.rules.moves import Verb


@dataclass(frozen=True, slots=True)
class StoredText:
    """A document's words (文书原文). ``body``: absent where ``actor`` may not read them; ``digest`` is always that of what is kept."""

    id: uuid.UUID
    verb: Verb
    digest: str
    body: Mapping[str, object] | None


def texts_of(actor: Actor, case_id: uuid.UUID) -> list[StoredText]:
    """The documents of a case that ``actor`` may read (文书原文), the oldest first. One statement."""
    visible = Case.objects.filter(visible_to(actor), pk=case_id)
    found = Document.objects.filter(case__in=visible).select_related("case").order_by("at", "id")
    return [
        StoredText(
            one.id,
            Verb(one.verb),
            digest(one.body),
            None if for_staff_only(actor, one.case.party_id, Verb(one.verb)) else one.body,
        )
        for one in found
    ]
