"""Documents of a case that wait for their PDF (待制发文书)."""

import uuid

from tongban.work.cases.models import Document
from tongban.work.cases.rules.numbers import NUMBERED


def unfiled(case_id: uuid.UUID) -> list[uuid.UUID]:
    """The documents of a case that go out and have no PDF yet (待制发文书), the oldest first: their numbers follow their acts."""
    found = Document.objects.filter(case_id=case_id, number__isnull=True, verb__in=NUMBERED)
    return list(found.order_by("at", "id").values_list("id", flat=True))
