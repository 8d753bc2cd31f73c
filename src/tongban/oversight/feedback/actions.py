"""Acts of feedback (评价行为)."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.record import record
from tongban.oversight.feedback.access import may_rate
from tongban.oversight.feedback.models import Rating
from tongban.oversight.feedback.rules import GRADES, LONGEST_COMMENT, SCHEME
from tongban.people.mandates.queries import ensure, hold
from tongban.people.mandates.rules import Act
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg
from tongban.work.cases import queries as cases


def rate(*, actor: Actor, case_id: uuid.UUID, grade: int, comment: str, channel: str, at: datetime) -> None:
    """Rate an ended case (评价), once."""
    case = cases.one(actor, case_id)
    allowed, reason = may_rate(actor, party_id=case.party_id, state=case.state)
    if not allowed:
        raise Forbidden("feedback.rate", reason)
    ensure(actor, {Act.APPLY}, item=case.edition.item_code, place=case.place)
    if grade not in GRADES:
        raise Invalid(
            "feedback.grade", msg("请选择一个满意程度。"), fields={"grade": [msg("请选择一个满意程度。")]}
        )
    try:
        words = plaintext.clean(comment, limit=LONGEST_COMMENT, multiline=True)
    except BadCode as error:
        texts: list[str] = [Message(error.message, error.params)]
        raise Invalid(
            "feedback.comment", msg("评价的文字有问题，已经在下面标出。"), fields={"comment": texts}
        ) from error
    try:
        with transaction.atomic():
            hold(actor, at=at)
            Rating.objects.create(
                case_id=case_id, scheme=SCHEME, grade=grade, comment=words, channel=channel, at=at
            )
            data = {"case": str(case_id), "grade": grade, "scheme": SCHEME}
            record(stream=f"rating:{case_id}", act="feedback.rate", actor=actor, at=at, data=data, event=data)
    except IntegrityError as error:
        raise Conflict("feedback.once", msg("这件办件您已经评价过了，谢谢。")) from error
