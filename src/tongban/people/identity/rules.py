"""Rules of identity (身份规则): roles, and how guesses are slowed. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from tongban.standards.text import msg


class Role(StrEnum):
    """Role (岗位角色) held in an organ."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    DECIDER = "decider"
    EDITOR = "editor"


ROLE_LABELS = {
    Role.CLERK: msg("窗口受理"),
    Role.REVIEWER: msg("审查"),
    Role.DECIDER: msg("决定"),
    Role.EDITOR: msg("事项编辑"),
}

LONGEST_LOGIN = 60  # characters
FREE_GUESSES = 5  # [O] our own numbers: no rule was found
LONGEST_WAIT = timedelta(minutes=15)


def wait_until(failures: int, last: datetime) -> datetime:
    """Until when the next sign-in is not looked at (登录限速): doubles from 2 s after five failures, at most 15 min."""
    if failures < FREE_GUESSES:
        return last
    return last + min(timedelta(seconds=2 ** min(failures - FREE_GUESSES + 1, 20)), LONGEST_WAIT)
