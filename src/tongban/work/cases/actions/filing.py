"""Documents as numbered, signed PDFs (文书制发): made right after the act, once, into the case's file."""

import io
import uuid
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.documents import render, sign_pdf
from tongban.base.errors import Forbidden
from tongban.base.files import actions as files
from tongban.base.numbering.actions import take
from tongban.base.record import record
from tongban.people.certificates import actions as certificates
from tongban.people.parties import queries as parties
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.actions.moving import day_of, stream_of
from tongban.work.cases.models import Document, Result
from tongban.work.cases.rules.moves import Verb
from tongban.work.cases.rules.numbers import is_open, number_of, series_of
from tongban.work.cases.rules.papers import paper

_TEMPLATE = Path(__file__).parent.parent / "templates_pdf" / "document.typ"
_LARGEST_DOCUMENT = 20 * 1024 * 1024  # [O] our own number


def file_pdf(*, actor: Actor, document_id: uuid.UUID, at: datetime) -> str | None:
    """Number a document, sign it as a PDF and put it into its case's file (文书制发); its number, or None where it has one already.

    Two runs of the job wait for each other at the document's row, and the second finds it done. The number is part of
    the transaction: a paper that could not be made gives it back.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("cases.file_document", msg("这一步由平台自动完成。"))
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=document_id)
        if document.number is not None:
            return None
        verb = Verb(document.verb)
        case = queries.one(actor, document.case_id)
        view = next(one for one in case.documents if one.id == document.id)
        organ, day = parties.organ(case.organ_id), day_of(document.at)
        data = paper(queries.letter_of(case, view), verb, case.edition.guide, organ=organ.name)
        number = number_of(
            organ.short_name, verb, day.year, take(series_of(organ.short_name, verb, day.year))
        )
        pdf = render(
            _TEMPLATE,
            data
            | {
                "number": number,
                "case_number": case.number or "",
                "to": case.party.name,
                "date": day.isoformat(),
                "verify_url": f"{settings.PUBLIC_URL}/track?number={case.number}",
            },
            at=at,
        )
        seal = certificates.sealer(case.organ_id, at=at)
        signed = sign_pdf(pdf, reason=data["title"], location=organ.name, at=at, seal=seal)
        kept = files.store(
            io.BytesIO(signed),
            name="document.pdf",
            limit=_LARGEST_DOCUMENT,
            allowed=("application/pdf",),
            at=at,
        )
        document.number, document.file_id = number, kept.digest
        document.save(update_fields=["number", "file"])
        # The words of the document have their digest in the entry of the act itself.
        told = {"filed": str(document.id), "number": number, "file": kept.digest, "size": kept.size}
        if is_open(verb, case.edition.item_type):
            Result.objects.create(
                document=document,
                case_id=case.id,
                organ_id=case.organ_id,
                item_id=case.edition.item_id,
                decided_on=day,
            )
        record(stream=stream_of(case.id), act="cases.file_document", actor=actor, at=at, data=told)
    return number
