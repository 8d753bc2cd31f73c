"""Rules of identity (身份规则): roles, for how long one may be deputised, and how guesses are slowed. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from tongban.standards.text import msg


class Role(StrEnum):
    """Role (岗位角色) held in an organ.

    ``HEAD``, head of an organ (机关负责人): approves an extension (行政许可法第四十二条第一款) and a second supplement notice.
    ``GOVERNOR``, head of a people's government (政府负责人): approves an extension of joint handling (第四十二条第二款).
    ``SUPERVISOR``, supervisor (督查): reads every case in the places under the organ's place, and decides nothing.
    """

    CLERK = "clerk"
    REVIEWER = "reviewer"
    DECIDER = "decider"
    EDITOR = "editor"
    HEAD = "head"
    GOVERNOR = "governor"
    SUPERVISOR = "supervisor"


ROLE_LABELS = {
    Role.CLERK: msg("窗口受理"),
    Role.REVIEWER: msg("审查"),
    Role.DECIDER: msg("决定"),
    Role.EDITOR: msg("事项编辑"),
    Role.HEAD: msg("机关负责人"),
    Role.GOVERNOR: msg("政府负责人"),
    Role.SUPERVISOR: msg("督查"),
}

LONGEST_ABSENCE = timedelta(days=366)  # [O] whoever is away longer hands the post over
LONGEST_LOGIN = 60  # characters
FREE_GUESSES = 5  # [O] our own numbers: no rule was found
LONGEST_WAIT = timedelta(minutes=15)


def wait_until(failures: int, last: datetime) -> datetime:
    """Until when the next sign-in is not looked at (登录限速): doubles from 2 s after five failures, at most 15 min."""
    if failures < FREE_GUESSES:
        return last
    return last + min(timedelta(seconds=2 ** min(failures - FREE_GUESSES + 1, 20)), LONGEST_WAIT)


def absence_problem(since: date, until: date, today: date) -> tuple[str, str] | None:
    """What is wrong with an absence (代理期间) from ``since`` to ``until`` (exclusive): (field, text), or None.

    It may begin today at the earliest: nobody gets a power over what has already happened.
    """
    if since < today:
        return "since", msg("代理最早从今天开始，不能往前补。")
    if until <= since:
        return "until", msg("最后一天不能早于第一天。")
    if until - since > LONGEST_ABSENCE:
        return "until", msg("一次最多代理一年，再长请换人任职。")
    return None
