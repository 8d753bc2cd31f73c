"""Posts (任职): appoint officials; propose and decide who begins or ends to hold a role."""

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_with
from tongban.base.record import Repeated, record
from tongban.people.identity.models import Account, Appointment, Holding
from tongban.people.identity.queries import day_of
from tongban.people.identity.rules import Role
from tongban.people.identity.rules.appointments import (
    APPOINTMENT_STATE_LABELS,
    DECIDES,
    PROPOSES,
    AppointmentKind,
    AppointmentState,
    AppointmentVerb,
    DecidedBy,
    day_problem,
    find_appointment_move,
    items_problem,
)
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_LONGEST_REASON = 200
_FILL = msg("请改正标出的内容。")


@transaction.atomic
def appoint(
    *,
    actor: Actor,
    account_id: uuid.UUID,
    organ_id: uuid.UUID,
    role: Role,
    since: date,
    at: datetime,
    items: Collection[str] = (),
) -> None:
    """Appoint an official to a role in an organ (任职), for some ``items`` or for all. Doing it twice changes nothing."""
    _, fresh = Holding.objects.get_or_create(
        account_id=account_id,
        organ_id=organ_id,
        role=role,
        until=None,
        defaults={"since": since, "items": sorted(items)},
    )
    if fresh:
        data: dict[str, object] = {"organ": str(organ_id), "role": role.value, "since": since.isoformat()}
        if items:
            data["items"] = sorted(items)
        record(stream=f"account:{account_id}", act="identity.appoint", actor=actor, at=at, data=data)


@transaction.atomic
def dismiss(
    *, actor: Actor, account_id: uuid.UUID, organ_id: uuid.UUID, role: Role, until: date, at: datetime
) -> None:
    """End a holding (免职): ``until`` is the first day on which the role is no longer held. A Conflict where it is not held."""
    held = Holding.objects.select_for_update().filter(
        Q(until=None) | Q(until__gt=until), account_id=account_id, organ_id=organ_id, role=role
    )
    if not held.update(until=until):
        raise Conflict("identity.not_held", msg("这位工作人员现在没有这个岗位。"))
    data = {"organ": str(organ_id), "role": role.value, "until": until.isoformat()}
    record(stream=f"account:{account_id}", act="identity.dismiss", actor=actor, at=at, data=data)


def propose_appointment(
    *,
    actor: Actor,
    kind: AppointmentKind,
    login: str,
    organ_id: uuid.UUID,
    role: Role,
    items: Collection[str],
    since: date,
    reason: str,
    at: datetime,
    key: str | None = None,
) -> uuid.UUID:
    """Propose that somebody begins or ends to hold a role (提出任免); returns its id. The same key gives the same again.

    ``since``: the first day on which it is held, or no longer held.
    """
    if organ_id not in actor.organs_as(*PROPOSES) or actor.id is None:
        raise Forbidden("identity.personnel", msg("只有本机关的人事管理岗位可以提出任免。"))
    account, told = _read(actor, kind, login, organ_id, role, items, since, reason, day_of(at))
    made = Appointment(
        id=new_id(),
        kind=kind,
        account=account,
        organ_id=organ_id,
        role=role,
        items=sorted(set(items)),
        since=since,
        reason=told,
        proposed_by_id=actor.id,
        proposed_at=at,
    )
    data = _told(made) | {"reason": told}
    try:
        with transaction.atomic():
            record(
                stream=f"account:{account.id}",
                act="identity.propose_appointment",
                actor=actor,
                at=at,
                data=data,
                key=key,
            )
            made.save(force_insert=True)
    except Repeated:
        done = done_with(actor, key or "")
        if done is None or done[1].act != "identity.propose_appointment":
            raise Conflict("identity.key", msg("这个请求编号已经用在另一次操作上。")) from None
        return uuid.UUID(str(done[1].data["id"]))
    except IntegrityError as error:
        if "appointment_once" in str(error):
            raise Conflict(
                "identity.appointment_once", msg("这个人的这个岗位已经有一份任免在等批准。")
            ) from error
        raise
    return made.id


def _told(made: Appointment) -> dict[str, object]:
    return {
        "id": str(made.id),
        "kind": str(made.kind),
        "organ": str(made.organ_id),
        "role": str(made.role),
        "items": list(made.items),
        "since": made.since.isoformat(),
    }


def _read(
    actor: Actor,
    kind: AppointmentKind,
    login: str,
    organ_id: uuid.UUID,
    role: Role,
    items: Collection[str],
    since: date,
    reason: str,
    today: date,
) -> tuple[Account, str]:
    """The official and the reason as it is kept; raises Invalid with everything that stands against it."""
    fields: dict[str, list[str]] = {}
    account = Account.objects.filter(login=login.strip(), party=None, is_active=True).first()
    if account is None:
        fields["login"] = [msg("没有这个工作人员账号。请核对登录名。")]
    elif account.id in actor.stands_for():
        fields["login"] = [msg("不能给自己任免，请另一位人事管理来提。")]
    elif (kind is AppointmentKind.APPOINT) is _held(account.id, organ_id, role, since):
        fields["role"] = [
            msg("这位工作人员已经有这个岗位。")
            if kind is AppointmentKind.APPOINT
            else msg("这位工作人员现在没有这个岗位。")
        ]
    for name, problem in (("items", items_problem(items)), ("since", day_problem(since, today))):
        if problem:
            fields[name] = [problem]
    told = ""
    try:
        told = plaintext.clean(reason, limit=_LONGEST_REASON)
        if not told:
            fields["reason"] = [msg("请写明理由，例如任免文件的文号。")]
    except BadCode as error:
        fields["reason"] = [Message(error.message, error.params)]
    if fields or account is None:
        raise Invalid("identity.appointment", _FILL, fields=fields)
    return account, told


def _held(account_id: uuid.UUID, organ_id: uuid.UUID, role: Role, on: date) -> bool:
    held = Holding.objects.filter(
        Q(until=None) | Q(until__gt=on), account_id=account_id, organ_id=organ_id, role=role
    )
    return held.exists()


@transaction.atomic
def decide_appointment(
    *, actor: Actor, appointment_id: uuid.UUID, verb: AppointmentVerb, remark: str, at: datetime
) -> None:
    """Approve, turn down or take back an appointment (决定任免). What is approved is done in the same transaction.

    One that waited until after its first day counts from the day of its approval.
    """
    found = Appointment.objects.select_for_update().filter(pk=appointment_id).first()
    if found is None or found.organ_id not in actor.organs_as(*PROPOSES, *DECIDES):
        raise NotFound("identity.appointment", msg("没有这份任免。"))
    move = find_appointment_move(AppointmentState(found.state), verb)
    if move is None:
        label = APPOINTMENT_STATE_LABELS[AppointmentState(found.state)]
        raise Conflict("identity.appointment_over", msg("这份任免已经是“%(state)s”。"), {"state": label})
    _ensure_decides(actor, found, move.by)
    if verb is AppointmentVerb.APPROVE and not found.account.is_active:
        raise Conflict("identity.appointment_left", msg("这位工作人员已经离开，不能再任免。"))
    found.state, found.decided_by_id, found.decided_at = move.target, actor.id, at
    found.remark = _remark(remark)
    found.save(update_fields=["state", "decided_by", "decided_at", "remark"])
    data = {"id": str(found.id), "verb": str(verb)}
    record(
        stream=f"account:{found.account_id}", act="identity.decide_appointment", actor=actor, at=at, data=data
    )
    if verb is AppointmentVerb.APPROVE:
        _carry_out(actor, found, at)


def _remark(text: str) -> str:
    try:
        return plaintext.clean(text, limit=_LONGEST_REASON)
    except BadCode as error:
        told: list[str] = [Message(error.message, error.params)]
        raise Invalid("identity.appointment_remark", _FILL, fields={"remark": told}) from error


def _ensure_decides(actor: Actor, found: Appointment, by: DecidedBy) -> None:
    if by is DecidedBy.PROPOSER:
        if actor.id != found.proposed_by_id:
            raise Forbidden("identity.appointment_own", msg("只有提出的人可以收回。"))
    elif found.organ_id not in actor.organs_as(*DECIDES) or actor.stands_for() & {
        found.proposed_by_id,
        found.account_id,
    }:
        raise Forbidden(
            "identity.appointment_two", msg("任免要由另一个人批准：不能是提出的人，也不能是被任免的本人。")
        )


def _carry_out(actor: Actor, found: Appointment, at: datetime) -> None:
    day = max(found.since, day_of(at))
    role, organ_id = Role(found.role), found.organ_id
    if found.kind == AppointmentKind.DISMISS:
        dismiss(actor=actor, account_id=found.account_id, organ_id=organ_id, role=role, until=day, at=at)
        return
    appoint(
        actor=actor,
        account_id=found.account_id,
        organ_id=organ_id,
        role=role,
        since=day,
        at=at,
        items=found.items,
    )
