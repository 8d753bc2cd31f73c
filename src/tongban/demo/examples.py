"""Example systems (示例接入系统) of a rehearsal: two, so that signing on and off across systems can be seen.

This file knows no framework: the supervisor starts them by it, and the seed registers them by it.
"""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from config import ports


@dataclass(frozen=True, slots=True)
class Example:
    """An example system (示例接入系统): its part's name, its client id, its own name, what it registers, what it asks."""

    part: str
    client_id: str
    name: str
    purposes: tuple[tuple[str, str], ...]
    asks: str = "openid profile"

    @property
    def port(self) -> int:
        """Where it is served (端口)."""
        return ports.port(self.part)

    @property
    def address(self) -> str:
        """Its address (网址)."""
        return ports.address(self.part)


EXAMPLES = (
    Example("example1", "example-estate", "不动产登记（演示）", (("profile", "在页面上称呼您"),)),
    Example(
        "example2",
        "example-fund",
        "住房公积金（演示）",
        (
            ("profile", "在页面上称呼您"),
            ("phone", "办完时通知您"),
            ("company", "替单位办理缴存"),
        ),
        "openid profile company",
    ),
)


def in_use() -> tuple[Example, ...]:
    """The examples that are served (启用的示例): only on somebody's own machine."""
    own = urlsplit(os.environ.get("TONGBAN_PUBLIC_URL") or "http://127.0.0.1").hostname
    return EXAMPLES if own in ("127.0.0.1", "localhost", "::1") else ()
