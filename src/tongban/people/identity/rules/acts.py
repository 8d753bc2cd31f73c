"""Which level an act needs (行为所需等级): one table for acts of the account itself; items say theirs in their guide. Pure."""

from collections.abc import Mapping

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden
from tongban.people.identity.rules import Level
from tongban.standards.text import msg

ACT_LEVELS: Mapping[str, Level] = {
    "mandates.appoint": Level.ADVANCED,  # an agent of a legal person: she binds it; [O], no rule was found
    "mandates.offer": Level.BASIC,  # somebody to act for oneself
    "mandates.accept": Level.BASIC,
    "mandates.register_company": Level.BASIC,
    "mandates.take_over": Level.BASIC,
    "mandates.register_child": Level.BASIC,
    "certificates.request": Level.ADVANCED,
    "identity.leave": Level.ADVANCED,
    "identity.merge": Level.BASIC,  # of the account that goes on: whoever merges is not proven in the one that ends
    "identity.link": Level.BASIC,
}


class LevelTooLow(Forbidden):
    """The act needs a higher level than the session has (等级不够, 403). A door asks for what is missing and comes back."""

    def __init__(self, rule: str, needed: Level, message: str = "", *, strong: bool = False) -> None:
        """``strong``: whatever the level of the account, the session must be shown by more than a password."""
        super().__init__(rule, message or _SAID[needed])
        self.needed, self.strong = needed, strong


_SAID: Mapping[Level, str] = {
    Level.UNPROVEN: msg("请先登录。"),
    Level.BASIC: msg("这件事要基本实名：请先核验身份。"),
    Level.ADVANCED: msg("这件事要高级实名：请再证明一次是您本人。"),
}


def ensure_level(actor: Actor, act: str) -> None:
    """Raise :class:`LevelTooLow` where the actor's session is below what the act needs (核对等级)."""
    needed = ACT_LEVELS[act]
    if actor.level < needed:
        raise LevelTooLow("identity.level", needed)
