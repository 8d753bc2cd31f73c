"""Signing in by a password (密码登录), and the brake on guessing at secrets (限速)."""

import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password

from tongban.base.crypto import blind_index
from tongban.base.db import execute
from tongban.base.errors import Forbidden
from tongban.people.identity.models import Account, Guess
from tongban.people.identity.rules import LONGEST_LOGIN, wait_until
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import msg

_PURPOSE = "identity.guess"
# Argon2 takes 100 MB for each check: a rush of sign-ins queues up here instead of taking the machine's memory.
_AT_ONCE = threading.BoundedSemaphore(2)


@cache
def _dummy() -> Account:
    """Nobody's account: checking a password against it makes an unknown login cost the time of a wrong password."""
    return Account(password=make_password(secrets.token_hex(8)))


def sign_in(*, login: str, password: str, address: str, at: datetime) -> Account:
    """The account of this login and password (登录).

    Raises Forbidden with the same words for an unknown login, a wrong password and a closed account. After five failures
    from one address the next tries wait; others, from elsewhere, do not, so nobody can lock the owner out.
    """
    try:
        typed = plaintext.clean(login, limit=LONGEST_LOGIN)
    except BadCode:
        typed = ""  # no account has such a login, nor an empty one
    who = blind_index(_PURPOSE, f"{typed.lower()}\n{address}")
    guess = Guess.objects.filter(pk=who).first()
    if guess and wait_until(guess.failures, guess.last_at) > at:
        raise Forbidden("identity.wait", msg("试错的次数太多，请稍等几分钟再登录。"))
    account = Account.objects.filter(login=typed).first()
    with _AT_ONCE:
        right = (account or _dummy()).check_password(password)
    if account is None or not right or not account.is_active:
        _count_failure(who, at)
        raise Forbidden("identity.wrong", msg("登录名或密码不对，请再试一次。"))
    if guess:
        guess.delete()
    return account


def guessed(*, purpose: str, subject: str, address: str, right: Callable[[], bool], at: datetime) -> bool:
    """Let somebody guess at a secret (限速猜测) under the same brake as :func:`sign_in`: whether ``right()``.

    ``purpose``: which secret; ``subject``: whose. After five failures from one address at one subject the next tries wait
    (Forbidden) and are not looked at.
    """
    who = blind_index(purpose, f"{subject}\n{address}")
    guess = Guess.objects.filter(pk=who).first()
    if guess and wait_until(guess.failures, guess.last_at) > at:
        raise Forbidden("identity.wait_code", msg("试错的次数太多，请稍等几分钟再试。"))
    if not right():
        _count_failure(who, at)
        return False
    if guess:
        guess.delete()
    return True


_FORGET_AFTER = timedelta(days=1)
_COUNT = """
    INSERT INTO login_guess AS g (who, failures, last_at) VALUES (%s, 1, %s)
    ON CONFLICT (who) DO UPDATE
        SET failures = CASE WHEN g.last_at < %s THEN 1 ELSE g.failures + 1 END, last_at = excluded.last_at
"""


def _count_failure(who: bytes, at: datetime) -> None:
    # One statement: between two, a right password elsewhere in the same office could take the row away.
    execute(_COUNT, [who, at, at - _FORGET_AFTER])
