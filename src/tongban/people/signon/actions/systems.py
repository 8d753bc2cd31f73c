"""Life of a connected system (接入系统的一生): registered by its organ, approved by a second person at a provincial one."""

import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction
from joserfc import jwk
from joserfc.errors import JoseError

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_with
from tongban.base.record import Repeated, record
from tongban.people.identity.rules import Role
from tongban.people.signon.access import may, visible_to
from tongban.people.signon.models import Authorisation, System
from tongban.people.signon.rules.registration import Registration, as_json, check
from tongban.people.signon.rules.systems import VERB_LABELS, SystemState, SystemVerb, find
from tongban.standards import plaintext
from tongban.standards.canonical import digest
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_LONGEST_REASON = 400  # [O] our own number


def request_system(
    *,
    actor: Actor,
    organ_id: uuid.UUID,
    values: Mapping[str, str],
    at: datetime,
    key: str | None = None,
    client_id: str | None = None,
    rehearsal: bool = False,
) -> uuid.UUID:
    """Ask that a system be connected (登记接入系统); returns its id. ``client_id``: a fixed one, for rehearsals.

    ``values``: the form's texts (``rules.registration.check``). The same key by the same actor gives the same again.
    """
    if organ_id not in actor.organs_as(Role.EDITOR.value):
        raise Forbidden("signon.editor", msg("只有本机关的事项编辑可以登记接入系统。"))
    kept = _checked(values, rehearsal)
    made = System(
        id=new_id(),
        client_id=client_id or f"tb-{secrets.token_hex(8)}",
        organ_id=organ_id,
        name=kept.name,
        audience=kept.audience.value,
        proposal=as_json(kept),
        proposer_id=actor.id,
        requested_at=at,
    )
    data = {"client": made.client_id, "organ": str(organ_id), "digest": digest(made.proposal)}
    try:
        with transaction.atomic():
            record(stream=f"system:{made.id}", act="signon.request", actor=actor, at=at, data=data, key=key)
            made.save(force_insert=True)
    except Repeated:
        done = done_with(actor, key or "")
        if done is None or done[1].act != "signon.request":
            raise Conflict("signon.key", msg("这个请求编号已经用在另一次操作上。")) from None
        return System.objects.get(client_id=done[1].data["client"]).id
    return made.id


def amend(
    *,
    actor: Actor,
    system_id: uuid.UUID,
    version: int,
    values: Mapping[str, str],
    at: datetime,
    rehearsal: bool = False,
) -> None:
    """Change what is registered (修改登记): it waits for approval; until then what was approved stays in force."""
    kept = _checked(values, rehearsal)

    def write(system: System) -> dict[str, object]:
        if system.registration is not None and kept.audience.value != system.audience:
            text = msg("面向对象不能改，请另登记一个系统。")
            raise Invalid("signon.audience", msg("请改正标出的内容。"), fields={"audience": [text]})
        system.audience = kept.audience.value
        system.proposal, system.proposer_id, system.sent_back = as_json(kept), actor.id, ""
        if system.registration is None:
            system.name = kept.name
        return {"digest": digest(system.proposal)}

    _move(actor, system_id, SystemVerb.AMEND, version, at, write)


def approve(*, actor: Actor, system_id: uuid.UUID, version: int, at: datetime) -> None:
    """Approve what waits (批准): from now on it is in force."""

    def write(system: System) -> dict[str, object]:
        system.registration, system.writer_id = system.proposal, system.proposer_id
        system.name = (system.registration or {})["name"]
        system.proposal, system.sent_back = None, ""
        system.approver_id, system.approved_at = actor.id, at
        return {"digest": digest(system.registration)}

    _move(actor, system_id, SystemVerb.APPROVE, version, at, write)


def send_back(*, actor: Actor, system_id: uuid.UUID, version: int, reason: str, at: datetime) -> None:
    """Send what waits back to be mended (退回修改), with a reason."""
    said = _reason(reason)

    def write(system: System) -> dict[str, object]:
        system.sent_back = said
        return {"reason": said}

    _move(actor, system_id, SystemVerb.SEND_BACK, version, at, write)


def discard(*, actor: Actor, system_id: uuid.UUID, version: int, at: datetime) -> None:
    """Give up a registration that was never approved (作废登记)."""

    def write(system: System) -> dict[str, object]:
        system.proposal = None
        return {}

    _move(actor, system_id, SystemVerb.DISCARD, version, at, write)


def suspend(*, actor: Actor, system_id: uuid.UUID, version: int, reason: str, at: datetime) -> None:
    """Suspend a system (暂停): nobody signs on to it, and its tokens open nothing meanwhile."""
    said = _reason(reason)
    _move(actor, system_id, SystemVerb.SUSPEND, version, at, lambda _system: {"reason": said})


def resume(*, actor: Actor, system_id: uuid.UUID, version: int, at: datetime) -> None:
    """Let a suspended system in again (恢复)."""
    _move(actor, system_id, SystemVerb.RESUME, version, at, lambda _system: {})


def retire(*, actor: Actor, system_id: uuid.UUID, version: int, reason: str, at: datetime) -> None:
    """End a system for good (停用), with everything that it was given."""
    said = _reason(reason)

    def write(system: System) -> dict[str, object]:
        standing = Authorisation.objects.filter(system=system, ended_at=None)
        ended = standing.update(ended_at=at, ended_because="system_retired")
        system.proposal = None
        return {"reason": said, "authorisations": ended}

    _move(actor, system_id, SystemVerb.RETIRE, version, at, write)


@transaction.atomic
def _move(
    actor: Actor,
    system_id: uuid.UUID,
    verb: SystemVerb,
    version: int,
    at: datetime,
    write: Callable[[System], dict[str, object]],
) -> None:
    system = System.objects.select_for_update().filter(visible_to(actor), pk=system_id).first()
    if system is None:
        raise NotFound("signon.system", msg("没有这个接入系统。"))
    move = find(SystemState(system.state), verb)
    if move is None or (move.asked and (system.proposal is None or system.sent_back)):
        raise Conflict("signon.move", msg("这个系统现在不能“%(verb)s”。"), {"verb": VERB_LABELS[verb]})
    if system.version != version:
        raise Conflict("signon.version", msg("别人刚改过这个系统，请看过最新内容再办。"))
    if not may(actor, move, organ_id=system.organ_id, proposer_id=system.proposer_id):
        raise Forbidden(
            "signon.second", msg("这一步要由另一个人来做：省级机关的事项编辑，而且不是登记的人。")
        )
    data = write(system)
    system.state, system.version = move.target.value, system.version + 1
    system.save()
    record(stream=f"system:{system.id}", act=f"signon.{verb.value}", actor=actor, at=at, data=data)


def _checked(values: Mapping[str, str], rehearsal: bool) -> Registration:
    kept, errors = check(values, rehearsal=rehearsal)
    if kept is not None and kept.keys:
        try:
            jwk.KeySet.import_key_set(json.loads(kept.keys))
        except (JoseError, ValueError, TypeError, KeyError):
            kept, errors = None, {"keys": [msg("有一个公钥读不出来，请核对。")]}
    if kept is None:
        raise Invalid("signon.registration", msg("请改正标出的内容。"), fields=errors)
    return kept


def _reason(typed: str) -> str:
    try:
        reason = plaintext.clean(typed, limit=_LONGEST_REASON, multiline=True)
        problem: str = "" if reason else msg("请填写这一项。")
    except BadCode as error:
        reason, problem = "", Message(error.message, error.params)
    if problem:
        raise Invalid("signon.reason", msg("请改正标出的内容。"), fields={"reason": [problem]})
    return reason
