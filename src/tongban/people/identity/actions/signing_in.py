"""Signing in by a password (密码登录), and the brake on guessing at secrets (限速)."""

import math
import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache

from django.contrib.auth.hashers import make_password

from tongban.base.crypto import blind_index, token_digest
from tongban.base.db import execute
from tongban.base.errors import Forbidden
from tongban.people.identity.models import Account, Device, Guess
from tongban.people.identity.rules import LONGEST_LOGIN
from tongban.people.identity.rules.brakes import FORGET_AFTER, Count, stranger_waits, wait_until
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import msg

_PURPOSE = "identity.guess"
# Argon2 takes 100 MB for each check: a rush of sign-ins queues up here instead of taking the machine's memory. Known devices
# have a lane of their own, and no stranger keeps a thread of the server waiting for long.
_AT_ONCE = threading.BoundedSemaphore(2)
_KNOWN_AT_ONCE = threading.BoundedSemaphore(2)
_QUEUE = 3.0  # [O] seconds that a stranger's try waits for its turn


@cache
def _dummy() -> Account:
    """Nobody's account: checking a password against it makes an unknown login cost the time of a wrong password."""
    return Account(password=make_password(secrets.token_hex(8)))


def sign_in(*, login: str, password: str, address: str, at: datetime, browser: str = "") -> Account:
    """The account of this login and password (登录).

    ``browser``: the token by which a browser is known again. Raises Forbidden with the same words for an unknown login, a
    wrong password and a closed account. How failures slow the next try, and why nobody can lock the owner out, is told in
    ``rules/brakes.py``; a try that waits costs no password check.
    """
    try:
        typed = plaintext.clean(login, limit=LONGEST_LOGIN)
    except BadCode:
        typed = ""  # no account has such a login, nor an empty one
    account = Account.objects.filter(login=typed).first()
    known = account is not None and is_known(account.id, browser)
    keys = _keys(typed.lower(), address, browser if known else "")
    _ensure_no_wait(keys, at)
    with _turn(known):
        right = (account or _dummy()).check_password(password)
    if account is None or not right or not account.is_active:
        count(keys, at)
        raise Forbidden("identity.wrong", msg("登录名或密码不对，请再试一次。"))
    Guess.objects.filter(pk=keys[0]).delete()
    return account


def is_known(account_id: uuid.UUID, browser: str) -> bool:
    """Whether this browser signed in to the account before (已知设备)."""
    return (
        bool(browser) and Device.objects.filter(account_id=account_id, digest=token_digest(browser)).exists()
    )


def _keys(login: str, address: str, device: str) -> list[bytes]:
    """Under which a failure is counted: of a known device one; of a stranger the pair first, then address and login alone."""
    if device:
        return [blind_index(_PURPOSE, f"device\n{login}\n{device}")]
    return [
        blind_index(_PURPOSE, f"{login}\n{address}"),
        blind_index(_PURPOSE, f"address\n{address}"),
        blind_index(_PURPOSE, f"login\n{login}"),
    ]


def _ensure_no_wait(keys: list[bytes], at: datetime) -> None:
    """Raise Forbidden where this try has to wait."""
    found = {bytes(one.who): Count(one.failures, one.last_at) for one in Guess.objects.filter(pk__in=keys)}
    counts = [found.get(key) for key in keys]
    if len(counts) == 1:
        count = counts[0].at(at) if counts[0] else None
        until = wait_until(count.failures, count.last) if count else at
        if until > at:
            raise _wait(until, at)
        return
    pair, of_address, of_login = counts
    waits = stranger_waits(pair, of_address, of_login, at)
    if waits is None:
        return
    if pair is None or pair.at(at) is None:
        execute(_BEGIN_MINUTE, [keys[0], at])  # its own minute begins, whatever others do meanwhile
    raise _wait(waits, at)


def _wait(until: datetime, at: datetime) -> Forbidden:
    seconds = max(1, math.ceil((until - at).total_seconds()))
    return Forbidden(
        "identity.wait", msg("试错的次数太多，请等 %(seconds)s 秒再登录。"), {"seconds": seconds}
    )


@contextmanager
def _turn(known: bool) -> Iterator[None]:
    lane = _KNOWN_AT_ONCE if known else _AT_ONCE
    if not lane.acquire(timeout=None if known else _QUEUE):
        raise Forbidden("identity.busy", msg("现在登录的人太多，请过几秒再试。"))
    try:
        yield
    finally:
        lane.release()


def guessed(*, purpose: str, subject: str, address: str, right: Callable[[], bool], at: datetime) -> bool:
    """Let somebody guess at a secret (限速猜测): whether ``right()``.

    ``purpose``: which secret; ``subject``: whose. After five failures from one address at one subject the next tries wait
    (Forbidden) and are not looked at.
    """
    who = blind_index(purpose, f"{subject}\n{address}")
    guess = Guess.objects.filter(pk=who).first()
    if guess and wait_until(guess.failures, guess.last_at) > at:
        raise Forbidden("identity.wait_code", msg("试错的次数太多，请稍等几分钟再试。"))
    if not right():
        count([who], at)
        return False
    if guess:
        guess.delete()
    return True


# One statement for all counters: between two, a right password elsewhere in the same office could take a row away. In the order
# of the keys, so that two tries never wait for each other.
_COUNT = """
    INSERT INTO login_guess AS g (who, failures, last_at)
    SELECT who, 1, %(at)s FROM unnest(%(keys)s::bytea[]) AS who ORDER BY who
    ON CONFLICT (who) DO UPDATE
        SET failures = CASE WHEN g.last_at < %(old)s THEN 1 ELSE g.failures + 1 END, last_at = excluded.last_at
"""
_BEGIN_MINUTE = """
    INSERT INTO login_guess AS g (who, failures, last_at) VALUES (%s, 0, %s)
    ON CONFLICT (who) DO UPDATE SET failures = 0, last_at = excluded.last_at
"""


def count(keys: list[bytes], at: datetime) -> None:
    """One more under each of these keys (计数), in one statement."""
    execute(_COUNT, {"keys": keys, "at": at, "old": at - FORGET_AFTER})


def forget_guesses(*, at: datetime) -> int:
    """Delete counts that count no more (清理失败计数); returns how many."""
    return Guess.objects.filter(last_at__lt=at - FORGET_AFTER).delete()[0]
