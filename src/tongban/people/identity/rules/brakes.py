"""The brake on guessing at passwords (登录限速): whose try is looked at when. Pure; no rule was found, all numbers are ours ([O]).

Four counters of failures in a day. A *known device* is a browser that signed in to this account before: it has a counter of its
own and none of the others touch it, so nobody elsewhere can slow the owner. For strangers count: this login from this address,
this address over all logins, and this login over all addresses. The last one locks nobody out: once it is high, an address
waits one minute before its try is looked at, and each address has its own minute.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_GUESSES = 5  # of one login from one address or one device
FREE_OF_ADDRESS = 20  # of one address over all logins: an office shares an address
FREE_OF_LOGIN = 50  # of one login over all addresses, before strangers are slowed
STRANGERS_MINUTE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Count:
    """Failures counted (失败计数) and when the last was."""

    failures: int
    last: datetime

    def at(self, moment: datetime) -> "Count | None":
        """The count as it still counts at a moment: forgotten after a day."""
        return self if moment - self.last < FORGET_AFTER else None


def wait_until(failures: int, last: datetime, free: int = FREE_GUESSES) -> datetime:
    """Until when the next try is not looked at (等到何时): doubles from 2 s after ``free`` failures, at most 15 min."""
    if failures < free:
        return last
    return last + min(timedelta(seconds=2 ** min(failures - free + 1, 20)), LONGEST_WAIT)


def stranger_waits(
    pair: Count | None, address: Count | None, login: Count | None, at: datetime
) -> datetime | None:
    """Until when a stranger's try is not looked at (陌生设备等到何时), or None where it is looked at now.

    ``pair``: this login from this address; a first try of an address at a login that is being guessed at starts its minute,
    and the caller notes it.
    """
    pair, address, login = (one.at(at) if one else None for one in (pair, address, login))
    waits = []
    if pair is not None:
        waits.append(wait_until(pair.failures, pair.last))
    if address is not None:
        waits.append(wait_until(address.failures, address.last, FREE_OF_ADDRESS))
    if login is not None and login.failures >= FREE_OF_LOGIN:
        waits.append((pair.last if pair is not None else at) + STRANGERS_MINUTE)
    latest = max(waits, default=at)
    return latest if latest > at else None


FREE_REGISTRATIONS = 30  # [O] of one address in a day: a village office, a school; then one a minute
REGISTRATION_EVERY = timedelta(seconds=60)


def registration_waits(address: Count | None, at: datetime) -> datetime | None:
    """Until when nobody else registers from an address (注册限速), or None. Only accounts that were opened count.

    It never grows beyond a minute: whoever shares the address with somebody who opens many is slowed and not shut out. By an
    outside account, and at a counter, it does not count at all.
    """
    counted = address.at(at) if address else None
    if counted is None or counted.failures < FREE_REGISTRATIONS:
        return None
    until = counted.last + REGISTRATION_EVERY
    return until if until > at else None
