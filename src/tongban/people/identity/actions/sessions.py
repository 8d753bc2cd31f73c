"""Sessions (会话): begin, lift, end; everywhere at once."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.crypto import encrypt, token_digest
from tongban.base.errors import Forbidden, NotFound
from tongban.base.ids import new_id
from tongban.base.record import Deed, record, record_all
from tongban.people.identity.actions.telling import tell
from tongban.people.identity.models import Device, Session
from tongban.people.identity.queries.sessions import ADDRESS_PURPOSE
from tongban.people.identity.rules import SEEN_EVERY, Method
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.standards.text import msg

_LONGEST_DEVICE = 100


@transaction.atomic
def begin_session(
    *,
    account_id: uuid.UUID,
    door: str,
    device: str,
    address: str,
    methods: Sequence[Method],
    actor: Actor,
    at: datetime,
    browser: str = "",
) -> uuid.UUID:
    """Begin a session (开始会话) of somebody who has just shown by ``methods`` that the account is hers; returns its id.

    ``browser``: the token by which a browser is known again. One that this account never saw before is told to its owner,
    unless it is the first of all.
    """
    session = Session(
        id=new_id(),
        account_id=account_id,
        door=door,
        device=device[:_LONGEST_DEVICE],
        address=encrypt(ADDRESS_PURPOSE, address),
        methods=[method.value for method in methods],
        started_at=at,
        proven_at=at,
        seen_at=at,
    )
    session.save(force_insert=True)
    data: dict[str, object] = {"session": str(session.id), "door": door, "methods": session.methods}
    if browser:
        data["new_device"] = _note_device(account_id, browser, session.device, address, at)
    record(stream=f"account:{account_id}", act="identity.sign_in", actor=actor, at=at, data=data)
    return session.id


def _note_device(account_id: uuid.UUID, browser: str, label: str, address: str, at: datetime) -> bool:
    """Whether the browser is new to the account; from now on it is known."""
    digest = token_digest(browser)
    if Device.objects.filter(account_id=account_id, digest=digest).update(label=label, last_at=at):
        return False
    first = not Device.objects.filter(account_id=account_id).exists()
    _, fresh = Device.objects.get_or_create(
        account_id=account_id, digest=digest, defaults={"label": label, "first_at": at, "last_at": at}
    )
    if fresh and not first:
        tell(account_id, AccountNews.NEW_DEVICE, f"{label}（{address}）", at)
    return fresh


def touch_session(*, session_id: uuid.UUID, at: datetime) -> None:
    """The session was used (最近使用). No act: kept roughly, for its owner's list; see ``rules.SEEN_EVERY``."""
    Session.objects.filter(pk=session_id, ended_at=None, seen_at__lt=at - SEEN_EVERY).update(seen_at=at)


@transaction.atomic
def lift_session(*, actor: Actor, method: Method, at: datetime) -> None:
    """A further proof within the actor's session (提升会话): from now on it counts as shown by ``method`` as well.

    The caller has just checked the proof. Raises Forbidden where there is no session to lift.
    """
    session = _own_open(actor, actor.session_id)
    if session is None:
        raise Forbidden("identity.no_session", msg("登录已经过期，请重新登录。"))
    if method.value not in session.methods:
        session.methods.append(method.value)
    session.proven_at = at
    session.save(update_fields=["methods", "proven_at"])
    data = {"session": str(session.id), "method": method.value}
    record(stream=f"account:{actor.id}", act="identity.step_up", actor=actor, at=at, data=data)


@transaction.atomic
def end_session(*, actor: Actor, session_id: uuid.UUID, because: str, at: datetime) -> None:
    """End one of the actor's own sessions (结束会话); ``because``: a word for why. Raises NotFound where it has ended."""
    session = _own_open(actor, session_id)
    if session is None:
        raise NotFound("identity.session", msg("没有这个登录，或者它已经退出了。"))
    _end([session], actor=actor, because=because, at=at)


@transaction.atomic
def end_sessions(
    *, actor: Actor, account_id: uuid.UUID, because: str, at: datetime, except_id: uuid.UUID | None = None
) -> int:
    """End all sessions of an account (全部退出), but for ``except_id``; returns how many. The caller knows that the actor may."""
    found = Session.objects.select_for_update().filter(account_id=account_id, ended_at=None).order_by("pk")
    ended = [session for session in found if session.id != except_id]
    return _end(ended, actor=actor, because=because, at=at)


def _own_open(actor: Actor, session_id: uuid.UUID | None) -> Session | None:
    if session_id is None or actor.id is None:
        return None
    own = Session.objects.select_for_update().filter(pk=session_id, account_id=actor.id, ended_at=None)
    return own.first()


def _end(sessions: Sequence[Session], *, actor: Actor, because: str, at: datetime) -> int:
    """Whoever else this session opened is told by the event ``identity.session_ended``."""
    ids = [session.id for session in sessions]
    Session.objects.filter(pk__in=ids).update(ended_at=at, ended_because=because)
    deeds = [
        Deed(
            f"account:{session.account_id}",
            "identity.session_ended",
            {"session": str(session.id), "because": because},
            heard=True,
        )
        for session in sessions
    ]
    record_all(deeds, actor=actor, at=at)
    return len(ids)
