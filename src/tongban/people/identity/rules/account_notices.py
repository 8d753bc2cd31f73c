"""Notices about an account (账号消息): what its owner is told of, at the next page and in a list. Pure."""

from enum import StrEnum

from tongban.standards.text import msg


class AccountNews(StrEnum):
    """What happened to an account (账号动态)."""

    NEW_DEVICE = "new_device"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- the name of an event
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    LEVEL_RAISED = "level_raised"
    RECOVERED = "recovered"
    MERGED = "merged"
    LINKED = "linked"
    UNLINKED = "unlinked"
    CERTIFICATE_ENDS = "certificate_ends"
    MANDATE_ENDS = "mandate_ends"


NEWS_LABELS = {
    AccountNews.NEW_DEVICE: msg("新设备登录了您的账号"),
    AccountNews.PASSWORD_CHANGED: msg("密码改过了"),
    AccountNews.FACTOR_ADDED: msg("加了一种登录方式"),
    AccountNews.FACTOR_REMOVED: msg("去掉了一种登录方式"),
    AccountNews.LEVEL_RAISED: msg("实名等级提高了"),
    AccountNews.RECOVERED: msg("账号在窗口找回了"),
    AccountNews.MERGED: msg("两个账号合成了一个"),
    AccountNews.LINKED: msg("关联了一个外部账号"),
    AccountNews.UNLINKED: msg("解除了一个外部账号"),
    AccountNews.CERTIFICATE_ENDS: msg("您的证书快到期了"),
    AccountNews.MANDATE_ENDS: msg("有一项授权快到期了"),
}
NEWS_ADVICE = {
    AccountNews.CERTIFICATE_ENDS: msg("到期前可以在“我的证书”里续期；到期以后要重新申请。"),
    AccountNews.MANDATE_ENDS: msg("还要接着代办的，请授权人重新授权。"),
    AccountNews.NEW_DEVICE: msg("不是您本人的话，请马上改密码，并让所有设备退出。"),
    AccountNews.PASSWORD_CHANGED: msg("不是您本人改的话，请带身份证到就近的政务服务窗口找回账号。"),
    AccountNews.FACTOR_ADDED: msg("不是您本人加的话，请去掉它，并改密码。"),
    AccountNews.LINKED: msg("不是您本人关联的话，请解除它，并改密码。"),
}
