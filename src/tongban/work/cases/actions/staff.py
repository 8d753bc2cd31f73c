"""What the counter does (窗口的行为): pre-review, receive, tell once what is missing, accept, decline."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Invalid
from tongban.offers.catalogue.rules.form import Errors
from tongban.offers.catalogue.rules.times import later_days
from tongban.standards.text import msg
from tongban.work.cases.actions.joint import set_out
from tongban.work.cases.actions.moving import (
    Changes,
    Locked,
    Ref,
    Step,
    Write,
    day_of,
    file_document,
    move,
    waiting_for,
)
from tongban.work.cases.actions.special import approved
from tongban.work.cases.queries import demanded_targets, held_targets
from tongban.work.cases.rules.application import Demand, check_demands, check_note
from tongban.work.cases.rules.moves import Verb


def with_note(
    actor: Actor,
    verb: Verb,
    fields: Mapping[str, str],
    at: datetime,
    changes: Changes | None = None,
    *,
    optional: Collection[str] = (),
) -> Write:
    """A write that files a document of ``fields`` (有文书的流转), each checked; only ``optional`` ones may be empty."""

    def write(case: Locked) -> Step:
        return Step(changes or {}, noted(actor, case, verb, fields, at, optional=optional))

    return write


def noted(
    actor: Actor,
    case: Locked,
    verb: Verb,
    fields: Mapping[str, str],
    at: datetime,
    *,
    optional: Collection[str] = (),
) -> dict[str, object]:
    """Put a document of checked words into the file (文字入卷); what the ledger keeps of it."""
    body: dict[str, object] = {}
    errors: Errors = {}
    for name, text in fields.items():
        body[name], problems = check_note(text, required=name not in optional)
        if problems:
            errors[name] = problems
    if errors:
        raise Invalid(f"cases.{verb}", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    return file_document(actor, case, verb, body, at)


def pass_review(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Pass a pre-review (预审通过): what is there is enough to be received."""
    return move(actor=actor, case_id=case_id, verb=Verb.PASS_REVIEW, at=at, key=key, version=version)


def return_for_changes(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    demands: Sequence[Demand],
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Return an application from pre-review (预审退回) with marks on the very fields and materials; nobody need heed them."""
    write = _marking(actor, Verb.RETURN_FOR_CHANGES, demands, at)
    return move(
        actor=actor,
        case_id=case_id,
        verb=Verb.RETURN_FOR_CHANGES,
        at=at,
        key=key,
        version=version,
        write=write,
    )


def receive(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Receive a pre-reviewed application (收件): the five days of article 32 begin."""
    return move(actor=actor, case_id=case_id, verb=Verb.RECEIVE, at=at, key=key, version=version)


def _marking(actor: Actor, verb: Verb, demands: Sequence[Demand], at: datetime) -> Write:
    def write(case: Locked) -> Step:
        return Step(data=marked(actor, case, verb, demands, at, {}))

    return write


def marked(
    actor: Actor,
    case: Locked,
    verb: Verb,
    demands: Sequence[Demand],
    at: datetime,
    more: Mapping[str, object],
) -> dict[str, object]:
    """File a notice of demands (告知入卷): nothing beyond the edition, nothing that the platform holds. Raises Invalid."""
    held = held_targets(
        case.guide, party_id=case.party_id, on=day_of(at), committed=case.committed is not None
    )
    errors = check_demands(case.guide, case.form, demands, held=held)
    if errors:
        raise Invalid("cases.demands", msg("补正告知还有问题，已经在下面标出。"), fields=errors)
    told = [{"target": demand.target, "text": check_note(demand.text)[0]} for demand in demands]
    return file_document(actor, case, verb, {"demands": told, **more}, at)


def request_supplement(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    demands: Sequence[Demand],
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Tell the applicant once everything that is missing (一次性告知, 行政许可法第32条). A second time is refused."""

    def write(case: Locked) -> Step:
        if demanded_targets(case.id):
            raise told_once()
        return Step(data=marked(actor, case, Verb.REQUEST_SUPPLEMENT, demands, at, {}))

    return move(
        actor=actor,
        case_id=case_id,
        verb=Verb.REQUEST_SUPPLEMENT,
        at=at,
        key=key,
        version=version,
        write=write,
        twice=told_once(),
    )


def told_once() -> Conflict:
    """What a second notice is answered (第二次补正的拒绝)."""
    return Conflict(
        "cases.supplement_once",
        msg("依法应当一次告知需要补正的全部内容（行政许可法第三十二条），这件已经告知过，不能再次要求补正。"),
    )


def request_again(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
    proposal: uuid.UUID | None = None,
) -> Ref:
    """Approve the one second notice there may be (批准再次告知): proposed by the counter for something that arrived after the first.

    Supervision hears of it (event ``cases.request_again``). A third is refused by the database.
    """

    def write(case: Locked) -> Step:
        body = approved(actor, case, Verb.REQUEST_AGAIN, at, proposal)
        return Step(data=file_document(actor, case, Verb.REQUEST_AGAIN, body, at))

    return move(
        actor=actor,
        case_id=case_id,
        verb=Verb.REQUEST_AGAIN,
        at=at,
        key=key,
        version=version,
        write=write,
        twice=told_once(),
    )


def accepted(case: Locked, at: datetime, since: datetime) -> Step:
    """What acceptance writes (受理内容): since when it counts, the list of what follows later, and the departments' turns."""
    on = day_of(since)
    changes: Changes = {"accepted_at": since}
    later = waiting_for(case, day_of(at))
    data: dict[str, object] = {}
    if later:
        days = later_days(case.guide.limits)
        changes["later_by"] = case.calendar.provisional_add(day_of(at), days)[0]
        data["later"] = [material.key for material in later]
    return Step(changes, data, on=on, events=set_out(case, on))


def accept(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Accept an application (受理): the limit of article 42 and the promise begin; departments get their turns.

    What may follow later is listed with its date (容缺受理).
    """

    def write(case: Locked) -> Step:
        step = accepted(case, at, at)
        body = {"later": step.data.get("later", [])}
        return Step(
            step.changes,
            step.data | file_document(actor, case, Verb.ACCEPT, body, at),
            on=step.on,
            events=step.events,
        )

    return move(actor=actor, case_id=case_id, verb=Verb.ACCEPT, at=at, key=key, version=version, write=write)


def decline(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    reason: str,
    article: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Decline to accept (不予受理) with the reason and the article."""
    write = with_note(actor, Verb.DECLINE, {"reason": reason, "article": article}, at, {"ended_at": at})
    return move(actor=actor, case_id=case_id, verb=Verb.DECLINE, at=at, key=key, version=version, write=write)


def deliver(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    recipient: str,
    tracking: str = "",
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Deliver what was made (送达) by post or over the counter, with the receipt of delivery (送达回证)."""

    def write(case: Locked) -> Step:
        fields = {"way": str(case.delivery.get("way", "")), "recipient": recipient, "tracking": tracking}
        optional = () if fields["way"] == "post" else ("tracking",)
        return Step({"ended_at": at}, noted(actor, case, Verb.DELIVER, fields, at, optional=optional))

    return move(actor=actor, case_id=case_id, verb=Verb.DELIVER, at=at, key=key, version=version, write=write)
