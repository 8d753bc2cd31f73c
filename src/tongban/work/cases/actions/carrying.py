"""Changing the edition of a draft (草稿换版): the applicant's own act, seen field by field before, and never forced."""

import uuid
from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.errors import Conflict
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.offers.catalogue import queries as catalogue
from tongban.standards.canonical import digest
from tongban.standards.text import msg
from tongban.work.cases.actions.applicant import opened
from tongban.work.cases.actions.moving import Locked, Ref, day_of, kept_dates, lock, stream_of, update
from tongban.work.cases.queries import commitment_stays, known
from tongban.work.cases.rules.carrying import carry
from tongban.work.cases.rules.clock import dates
from tongban.work.cases.rules.moves import WHOLE, State

_ACT = "cases.upgrade"


def upgrade(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    at: datetime,
    edition_id: uuid.UUID | None = None,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Change a draft to the edition in force (换到新版): what fits stays in the form, what does not is kept beside it.

    ``edition_id``: the edition whose comparison was seen. Where the draft stands on the one in force already, nothing happens.
    """
    try:
        with transaction.atomic():
            if key is not None and done_before(actor, key) == (stream_of(case_id), _ACT):
                return lock(actor, case_id).ref()
            case, _ = opened(actor, case_id, at)
            new = target_of(case, edition_id, at)
            if new.id == case.edition_id:
                return case.ref()
            if version is not None and version != case.version:
                raise Conflict(
                    "cases.version", msg("您打开页面以后，这份申请又有了改动。请看过最新的对照再换。")
                )
            return carried_over(actor, case, new, at, key)
    except Repeated:
        if done_before(actor, key or "") != (stream_of(case_id), _ACT):
            raise Conflict("cases.key", msg("这个请求编号已经用在另一次操作上。")) from None
        with transaction.atomic():
            return lock(actor, case_id).ref()


def target_of(case: Locked, seen: uuid.UUID | None, at: datetime) -> catalogue.EditionView:
    """The edition in force to which a draft can be changed (可换的新版); raises Conflict."""
    if case.state not in WHOLE:
        raise Conflict("cases.upgrade", msg("申请已经提交，按提交时的版本办理，不用换版。"))
    standing = catalogue.in_force_id(catalogue.edition(case.edition_id).item_code, day_of(at))
    if standing is None:
        raise Conflict("cases.item_ended", msg("这个事项现在不办了，没有新版可以换。您填的内容还在。"))
    if seen is not None and seen != standing:
        raise Conflict("cases.version", msg("指南刚刚又换了一版。请看过最新的对照再换。"))
    new = catalogue.edition(standing)
    if case.state is State.RETURNED and new.guide.limits.pre_review_days is None:
        raise Conflict("cases.upgrade", msg("新版不再预审。请按原来的版本改好，再提交或者坚持提交。"))
    return new


def carried_over(
    actor: Actor, case: Locked, new: catalogue.EditionView, at: datetime, key: str | None
) -> Ref:
    """Write a draft onto another edition (写入换版)."""
    carried = carry(case.guide, new.guide, form=case.form, kept=case.kept, attached=case.attached)
    # What the platform knows of the new questions is filled in, as it is where a draft begins.
    filled = {
        field: found.value
        for field, found in known(new.guide.form, party_id=case.party_id, on=day_of(at)).items()
        if field not in carried.form and field not in carried.kept
    }
    form = carried.form | filled
    committed = case.committed if commitment_stays(case.committed, new.guide) else None
    found = dates(case.clock, new.guide.limits, case.calendar)
    columns: dict[str, object] = {
        "edition_id": new.id,
        "version": case.version + 1,
        "form": Jsonb(form),
        "kept": Jsonb(carried.kept),
        "committed": None if committed is None else Jsonb({**committed, "edition": str(new.id)}),
        "act_by": found.act_by,
        "warn_on": found.warn_on,
        "promised_on": found.promised_on,
        "due_on": found.due_on,
        "provisional": found.provisional,
    }
    update(case.id, columns)
    data = {
        "number": case.number,
        "from_edition": str(case.edition_id),
        "edition_id": str(new.id),
        "form": digest(form),
        "kept": digest(carried.kept),
        **kept_dates(found),
    }
    record(stream=stream_of(case.id), act=_ACT, actor=actor, at=at, key=key, data=data)
    return Ref(case.id, case.number, case.state, case.version + 1)
