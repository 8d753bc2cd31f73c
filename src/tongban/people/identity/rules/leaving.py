"""Leaving (注销): what is erased with an account and what is kept, as its owner is shown it before she decides. Pure.

Source of the principle: Personal Information Protection Law, article 47: what is not needed any more is deleted, unless a law sets a
time for which it is kept. Which of ours is which is our own reading ([O]), line by line below.
"""

from dataclasses import dataclass

from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one thing (去向). ``why``: the reason where it is kept."""

    what: str
    erased: bool
    why: str


FATES: tuple[Fate, ...] = (
    Fate(msg("登录名和密码"), True, ""),
    Fate(msg("手机号码"), True, ""),
    Fate(msg("动态码、恢复码、通行密钥"), True, ""),
    Fate(msg("关联的外部账号"), True, ""),
    Fate(msg("用过的设备、账号消息、短信验证码"), True, ""),
    Fate(msg("程序用的令牌"), True, ""),
    Fate(
        msg("办过的件和里面的材料"),
        False,
        msg("是机关的办事档案，依法保存；以后用同一身份证重新注册，还看得到。"),
    ),
    Fate(msg("证照"), False, msg("一直有效到它自己的期限，别人照样能核验。")),
    Fate(msg("姓名和身份证号码"), False, msg("和办过的件在一起，加密保存，只用来认出是同一个人。")),
    Fate(msg("身份核验和登录的记录"), False, msg("证明以前的事是谁办的；只有时间、来源和摘要，没有号码。")),
    Fate(msg("存证账本"), False, msg("不能改也不能删；里面没有您的姓名和号码。")),
)
