"""Outside accounts (外部账号): coming in by one, linking it to one's account, taking it off.

An outside account is known by issuer and subject alone: never by a name or an address that somebody else's register tells.
"""

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from tongban.base.actor import Actor
from tongban.base.crypto import decrypt, encrypt, token_digest
from tongban.base.db import fetch_one
from tongban.base.errors import Conflict, Forbidden, NotFound
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity import providers
from tongban.people.identity.actions.proving import SourceAway
from tongban.people.identity.actions.telling import tell
from tongban.people.identity.models import Account, LinkedAccount, OutsideAttempt
from tongban.people.identity.providers import outside
from tongban.people.identity.queries.factors import ways_of
from tongban.people.identity.queries.linked import SEALED_PURPOSE, subject_digest
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.identity.rules.acts import ensure_level
from tongban.people.identity.rules.outside import (
    ATTEMPT_LIVES,
    MOST_LINKED,
    Attempt,
    OutsideProvider,
    Purpose,
    Shown,
    Untrue,
    ensure_answerer,
    request_address,
    subject_of,
)
from tongban.standards.text import msg

_ATTEMPT_PURPOSE = "outside.attempt"
_TAKEN = msg("这个外部账号已经关联了另一个账号。请用它登录那个账号，或者换一个外部账号。")


class Denied(Forbidden):
    """She said no at her provider, or her provider did (没有同意)."""


@dataclass(frozen=True, slots=True)
class Returned:
    """Somebody back from her provider (返回): which outside account is hers, what she came for, and where she goes on."""

    shown: Shown
    purpose: Purpose
    onward: str


def _provider(key: str) -> OutsideProvider:
    found = providers.outside_providers().get(key)
    if found is None:
        raise NotFound("identity.outside_provider", msg("不能用这种外部账号登录。"))
    return found


def _away(provider: OutsideProvider) -> SourceAway:
    return SourceAway(
        "identity.outside_away",
        msg("%(name)s现在没有回应。请过几分钟再试，也可以用别的方式登录；您的账号和填过的内容都还在。"),
        {"name": provider.name},
    )


def begin_outside(
    *, key: str, purpose: Purpose, browser: str, redirect: str, onward: str, at: datetime
) -> str:
    """Begin to come in by an outside account (开始外部账号登录); returns the provider's address to go to.

    ``browser``: a secret of this browser's, without which the answer counts for nothing; ``redirect``: where the provider
    sends her back, ``onward``: where she goes then. Raises SourceAway where the provider does not answer.
    """
    provider = _provider(key)
    try:
        where = outside.discover(provider, at)
    except (providers.Unavailable, Untrue) as reason:
        raise _away(provider) from reason
    attempt = Attempt(purpose, secrets.token_urlsafe(32), secrets.token_urlsafe(48), onward)
    state = secrets.token_urlsafe(32)
    kept = {"purpose": purpose.value, "nonce": attempt.nonce, "verifier": attempt.verifier, "onward": onward}
    OutsideAttempt.objects.create(
        state=token_digest(state),
        browser=token_digest(browser),
        provider=key,
        sealed=encrypt(_ATTEMPT_PURPOSE, json.dumps(kept)),
        begun_at=at,
    )
    return request_address(provider, where, attempt, state, redirect)


# Taken by deleting it: of two answers to one attempt, at the same moment or later, one finds nothing.
_TAKE = """
    DELETE FROM outside_attempt WHERE state = %s AND browser = %s AND provider = %s AND begun_at > %s RETURNING sealed
"""


def finish_outside(
    *, key: str, told: Mapping[str, str], browser: str, redirect: str, at: datetime
) -> Returned:
    """Somebody comes back from her provider with its answer (完成外部账号登录); ``told``: the answer's parameters.

    Raises Forbidden where the answer is not to an attempt of this browser, or not what it must be, SourceAway where the
    provider does not answer. The attempt is used up in any case.
    """
    provider = _provider(key)
    taken = [token_digest(told.get("state", "")), token_digest(browser), key, at - ATTEMPT_LIVES]
    row = fetch_one(_TAKE, taken) if browser else None
    if row is None:
        raise Forbidden(
            "identity.outside_stale",
            msg("这次登录已经用过、过期了，或者不是从这个浏览器开始的。请从登录页重新开始。"),
        )
    kept = json.loads(decrypt(_ATTEMPT_PURPOSE, bytes(row[0])))
    attempt = Attempt(Purpose(kept["purpose"]), kept["nonce"], kept["verifier"], kept["onward"])
    try:
        shown = _shown(provider, attempt, told, redirect, at)
    except providers.Unavailable as reason:
        raise _away(provider) from reason
    except Untrue as reason:
        raise Forbidden(
            f"identity.outside_{reason.about}",
            msg("%(name)s给的答复核对不上，没有登录。请从登录页重新开始。"),
            {"name": provider.name},
        ) from reason
    return Returned(shown, attempt.purpose, attempt.onward)


def _shown(
    provider: OutsideProvider, attempt: Attempt, told: Mapping[str, str], redirect: str, at: datetime
) -> Shown:
    where = outside.discover(provider, at)
    ensure_answerer(provider, where, told.get("iss", ""))  # before the code is shown to anybody
    code = told.get("code", "")
    if told.get("error") or not code:
        raise Denied(
            "identity.outside_denied",
            msg("您没有在%(name)s确认，所以没有登录。可以再试，也可以用别的方式登录。"),
            {"name": provider.name},
        )
    token = outside.redeem(provider, where, code=code, verifier=attempt.verifier, redirect=redirect, at=at)
    claims = outside.verified(provider, where, token, at)
    subject, label = subject_of(provider, claims, nonce=attempt.nonce, at=at)
    return Shown(provider.key, provider.issuer, subject, label)


def forget_attempts(*, at: datetime) -> int:
    """Delete attempts that are over (清理登录尝试); returns how many."""
    return OutsideAttempt.objects.filter(begun_at__lt=at - ATTEMPT_LIVES).delete()[0]


def use_linked(*, shown: Shown, at: datetime) -> Account | None:
    """The account to which an outside account is linked (用外部账号登录), or None: nobody is guessed at by a name."""
    found = LinkedAccount.objects.select_related("account").filter(subject=subject_digest(shown)).first()
    if found is None or not found.account.is_active or found.account.staff_name:
        return None
    LinkedAccount.objects.filter(pk=found.pk).update(used_at=at)
    return found.account


@transaction.atomic
def link_account(*, actor: Actor, shown: Shown, at: datetime) -> uuid.UUID:
    """Link an outside account to one's own (关联外部账号); from now on it opens it. The caller knows that the owner is there.

    Raises Conflict where it is linked to another account already; linked twice to the same is linked once.
    """
    ensure_level(actor, "identity.link")
    account = _owned(actor)
    known = LinkedAccount.objects.filter(account=account, subject=subject_digest(shown)).first()
    if known is not None:
        return known.id
    if LinkedAccount.objects.filter(account=account).count() >= MOST_LINKED:
        raise Conflict("identity.links_full", msg("关联的外部账号太多了，请先解除一个。"))
    made = keep_link(account.id, shown, at)
    told = {"provider": shown.provider, "linked": str(made)}
    tell(account.id, AccountNews.LINKED, _said(shown), at)
    record(stream=f"account:{account.id}", act="identity.link", actor=actor, at=at, data=told)
    return made


def keep_link(account_id: uuid.UUID, shown: Shown, at: datetime) -> uuid.UUID:
    """Write the link (登记关联). Part of the caller's act. Raises Conflict where the outside account is linked already."""
    sealed = json.dumps({"subject": shown.subject, "label": shown.label}, ensure_ascii=False)
    made = LinkedAccount(
        id=new_id(),
        account_id=account_id,
        provider=shown.provider,
        subject=subject_digest(shown),
        sealed=encrypt(SEALED_PURPOSE, sealed),
        linked_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("identity.linked_once", _TAKEN) from error
    return made.id


def _said(shown: Shown) -> str:
    provider = providers.outside_providers().get(shown.provider)
    name = provider.name if provider else shown.provider
    return f"{name}（{shown.label}）" if shown.label else name


def _owned(actor: Actor) -> Account:
    found = (
        Account.objects.select_for_update().filter(pk=actor.id, is_active=True, staff_name="").first()
        if actor.id
        else None
    )
    if found is None:
        raise Forbidden("identity.linked_people", msg("外部账号只能关联办事人的账号。"))
    return found


@transaction.atomic
def unlink_account(*, actor: Actor, linked_id: uuid.UUID, at: datetime) -> None:
    """Take an outside account off one's own (解除外部账号). Never the last way in. The caller knows that the owner is there."""
    account = _owned(actor)
    link = LinkedAccount.objects.filter(pk=linked_id, account=account).first()
    if link is None:
        raise NotFound("identity.linked", msg("没有关联这个外部账号。"))
    if ways_of(account.id).stand_alone == 1:
        raise Conflict("identity.last_way", msg("这是最后一种登录方式，去掉就进不来了。请先加一种别的。"))
    label = json.loads(decrypt(SEALED_PURPOSE, bytes(link.sealed)))["label"]
    shown = Shown(link.provider, "", "", label)
    link.delete()
    tell(account.id, AccountNews.UNLINKED, _said(shown), at)
    data = {"provider": link.provider, "linked": str(linked_id)}
    record(stream=f"account:{account.id}", act="identity.unlink", actor=actor, at=at, data=data)


def move_links(source: uuid.UUID, target: uuid.UUID) -> int:
    """What opened the one account opens the other from now on (转移关联). Part of the caller's act; returns how many."""
    return LinkedAccount.objects.filter(account_id=source).update(account_id=target)
