"""Documents of a case as files (文书文件): which wait for their PDF, and the PDF for those who may read the case."""

import uuid

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.base.files import queries as files
from tongban.standards.text import msg
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Case, Document
from tongban.work.cases.queries.files import Download
from tongban.work.cases.rules.numbers import NUMBERED


def unfiled(case_id: uuid.UUID) -> list[uuid.UUID]:
    """The documents of a case that go out and have no PDF yet (待制发文书), the oldest first: their numbers follow their acts."""
    found = Document.objects.filter(case_id=case_id, number__isnull=True, verb__in=NUMBERED)
    return list(found.order_by("at", "id").values_list("id", flat=True))


def document_file(actor: Actor, case_id: uuid.UUID, document_id: uuid.UUID) -> Download:
    """The signed PDF of a document of a case that ``actor`` may read (取文书)."""
    visible = Case.objects.filter(visible_to(actor), pk=case_id)
    found = (
        Document.objects.filter(case__in=visible, pk=document_id, file__isnull=False)
        .select_related("file")
        .first()
    )
    if found is None or found.file is None:
        raise NotFound("cases.document", msg("没有找到这份文书，或者它还没有制好。"))
    name = f"{found.number}.pdf"
    return Download(name, found.file.media_type, found.file.size, files.open_file(found.file.digest))
