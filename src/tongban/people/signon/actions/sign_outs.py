"""Sign-out reaches the systems (退出传达): whatever a session opened ends with it, and each system is told (Back-Channel Logout)."""

import uuid
from datetime import datetime

from django.db import transaction

from tongban.base.actor import system as platform
from tongban.base.ids import new_id
from tongban.base.record import Deed, record_all
from tongban.people.signon.actions.keys import sign
from tongban.people.signon.actions.tokens import sid, subject
from tongban.people.signon.models import Authorisation, SignOut
from tongban.people.signon.providers import Unreachable, post_form
from tongban.people.signon.queries import SystemView
from tongban.people.signon.rules.registration import from_json
from tongban.people.signon.rules.tokens import logout_claims

TELLER = platform("signon.sign_out")


@transaction.atomic
def end_authorisations(*, session_id: uuid.UUID, at: datetime) -> int:
    """A session has ended (会话结束): what it opened ends, but for what was to outlive it; every system is to be told.

    Doing it twice changes nothing. Returns how many systems are to be told.
    """
    opened = list(
        Authorisation.objects.select_related("system")
        .filter(session_id=session_id, redeemed_at__isnull=False)
        .order_by("system_id", "id")
    )
    standing = [one.id for one in opened if one.ended_at is None and not one.offline]
    Authorisation.objects.filter(pk__in=standing).update(ended_at=at, ended_because="signed_out")
    systems = {
        one.system_id: one.system for one in opened if (one.system.registration or {}).get("back_channel")
    }
    told = set(
        SignOut.objects.filter(session_id=session_id, authorisation=None).values_list("system_id", flat=True)
    )
    due = [
        SignOut(id=new_id(), system_id=system_id, session_id=session_id, due_at=at)
        for system_id in systems
        if system_id not in told
    ]
    _announce(due, at)
    return len(due)


@transaction.atomic
def end_for_mandate(*, mandate_id: uuid.UUID, at: datetime) -> int:
    """A mandate has ended (授权结束): so does every sign-on under it, those that outlive a session too, and its system is told.

    Doing it twice changes nothing. Returns how many systems are to be told. What the tokens open is refused even before this runs:
    the door asks whether the mandate counts.
    """
    found = Authorisation.objects.select_related("system").filter(
        mandate_id=mandate_id, redeemed_at__isnull=False
    )
    standing = list(found.filter(ended_because__in=["", "mandate_ended"]).order_by("system_id", "id"))
    Authorisation.objects.filter(mandate_id=mandate_id, ended_at=None).update(
        ended_at=at, ended_because="mandate_ended"
    )
    told = set(
        SignOut.objects.filter(authorisation__in=[one.id for one in standing]).values_list(
            "authorisation_id", flat=True
        )
    )
    due = [
        SignOut(id=new_id(), system_id=one.system_id, session_id=one.session_id, authorisation=one, due_at=at)
        for one in standing
        if one.id not in told and one.session_id and (one.system.registration or {}).get("back_channel")
    ]
    _announce(due, at)
    return len(due)


def _announce(due: list[SignOut], at: datetime) -> None:
    SignOut.objects.bulk_create(due)
    deeds = [
        Deed(f"system:{one.system_id}", "signon.sign_out", {"notice": str(one.id)}, heard=True) for one in due
    ]
    record_all(deeds, actor=TELLER, at=at)


class Untold(Exception):  # noqa: N818 -- names what is the matter; the worker tries again
    """A system could not be told (未能通知)."""


def tell(*, notice_id: uuid.UUID, issuers: dict[str, str], at: datetime) -> None:
    """Tell a system that a session has ended (通知退出): a signed logout token, posted. Raises :class:`Untold` to be tried again.

    ``issuers``: our address by audience. The token is made anew at each try: it lives two minutes. 200 and 204 mean done; any
    other answer is tried again, for a system that refuses now may have been restarting.
    """
    notice = SignOut.objects.select_related("system", "session").get(pk=notice_id)
    row = notice.system
    if notice.told_at is not None or row.registration is None or row.state != "approved":
        return
    view = SystemView(row.id, row.client_id, row.organ_id, from_json(row.registration))
    if not view.kept.back_channel:
        return
    claims = logout_claims(
        issuer=issuers[row.audience],
        client_id=row.client_id,
        subject=subject(view, notice.session.account_id),
        sid=sid(view, notice.session_id),
        jti=str(new_id()),
        at=at,
    )
    token = sign(claims, algorithm=view.kept.signing, kind="logout+jwt", at=at)
    try:
        status = post_form(view.kept.back_channel, {"logout_token": token})
        problem = "" if status in (200, 204) else f"HTTP {status}"
    except Unreachable as error:
        problem = str(error)
    told = {"problem": problem} if problem else {"problem": "", "told_at": at}
    SignOut.objects.filter(pk=notice_id).update(**told)
    if problem:
        raise Untold(problem)
