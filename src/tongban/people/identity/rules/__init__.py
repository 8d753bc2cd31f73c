"""Rules of identity (身份规则): roles, levels of assurance, for how long one may be deputised. Pure."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from tongban.standards.text import msg


class Role(StrEnum):
    """Role (岗位角色) held in an organ.

    ``HEAD``, head of an organ (机关负责人): approves an extension (行政许可法第四十二条第一款) and a second supplement notice.
    ``GOVERNOR``, head of a people's government (政府负责人): approves an extension of joint handling (第四十二条第二款).
    ``SUPERVISOR``, supervisor (督查): reads every case in the places under the organ's place, and decides nothing.
    ``REGISTRAR``, registrar of certificates (证书登记): registers, and approves what another registered, in those places.
    ``PERSONNEL``, personnel officer (人事管理), or her organ's personnel system: brings joiners in, lets leavers go, proposes who holds which
    role in the organ; a second person decides.
    """

    CLERK = "clerk"
    REVIEWER = "reviewer"
    DECIDER = "decider"
    EDITOR = "editor"
    HEAD = "head"
    GOVERNOR = "governor"
    SUPERVISOR = "supervisor"
    REGISTRAR = "registrar"
    PERSONNEL = "personnel"


ROLE_LABELS = {
    Role.CLERK: msg("窗口受理"),
    Role.REVIEWER: msg("审查"),
    Role.DECIDER: msg("决定"),
    Role.EDITOR: msg("事项编辑"),
    Role.HEAD: msg("机关负责人"),
    Role.GOVERNOR: msg("政府负责人"),
    Role.SUPERVISOR: msg("督查"),
    Role.REGISTRAR: msg("证书登记"),
    Role.PERSONNEL: msg("人事管理"),
}


# What each role sees (可见范围), as the rooms' access.py hold it.
ROLE_REACH = {
    Role.CLERK: msg("本机关的办件，和本窗口代收的草稿"),
    Role.REVIEWER: msg("本机关的办件，含本部门参加的联办件"),
    Role.DECIDER: msg("本机关的办件"),
    Role.EDITOR: msg("本机关没有发布的事项、信息和权责清单；省级机关的编辑还有全省标准"),
    Role.HEAD: msg("本机关的办件，和呈批的延期、再次告知"),
    Role.GOVERNOR: msg("本政府辖区里的办件"),
    Role.SUPERVISOR: msg("本机关所在地辖区里的全部办件，只看不办"),
    Role.REGISTRAR: msg("本机关所在地辖区里的数字证书，不含办件"),
    Role.PERSONNEL: msg("本机关人员的账号和岗位，不含办件"),
}


class Level(IntEnum):
    """Level of assurance (实名等级): how well it is known who acts. Three in a province ([R], domain facts on people)."""

    UNPROVEN = 1  # browse and ask
    BASIC = 2  # most items
    ADVANCED = 3  # everything


LEVEL_LABELS = {
    Level.UNPROVEN: msg("未实名"),
    Level.BASIC: msg("基本实名"),
    Level.ADVANCED: msg("高级实名"),
}


class Method(StrEnum):
    """Method of authentication (认证方式): how somebody shows that an account is hers. Names follow RFC 8176 where it has one."""

    PASSWORD = "pwd"  # noqa: S105 -- the name of a method
    ONE_TIME = "otp"
    PASSKEY = "swk"
    CERTIFICATE = "cert"
    COUNTER = "counter"
    LINKED = "linked"


# A password alone shows that somebody knows it. What is held as well as known, or was seen by a clerk, shows more.
_STRENGTH = {
    Method.PASSWORD: Level.BASIC,
    Method.LINKED: Level.BASIC,
    Method.ONE_TIME: Level.ADVANCED,
    Method.PASSKEY: Level.ADVANCED,
    Method.CERTIFICATE: Level.ADVANCED,
    Method.COUNTER: Level.ADVANCED,
}


def strength(method: Method) -> Level:
    """How far a method shows that it is the owner (认证强度)."""
    return _STRENGTH[method]


def session_level(account: Level, methods: Collection[Method]) -> Level:
    """Level of a session (会话等级): that of the account, as far as the way in shows that it is the owner.

    A one-time code never stands alone: it comes after a password, and lifts the session.
    """
    shown = max((_STRENGTH[method] for method in methods), default=Level.UNPROVEN)
    return min(account, shown)


SEEN_EVERY = timedelta(minutes=10)  # [O] how exactly a session's last use is kept: no write with every page
LONGEST_ABSENCE = timedelta(days=366)  # [O] whoever is away longer hands the post over
LONGEST_LOGIN = 60  # characters


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
