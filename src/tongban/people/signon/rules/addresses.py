"""Addresses of systems (系统地址): which may be registered. They are compared letter by letter afterwards (RFC 9700, 2.1)."""

from typing import Final
from urllib.parse import urlsplit

from tongban.standards.text import msg

LONGEST_ADDRESS: Final = 400  # characters; [O] our own number
LOOPBACK: Final = frozenset(
    {"127.0.0.1", "::1"}
)  # literals only: a name may be made to lead elsewhere (RFC 8252, 8.3)
_FORBIDDEN: Final = frozenset('*\\"<>{}|^`#')


def address_problem(address: str, *, loopback: bool = True) -> str | None:
    """What is wrong with an address that a system wants to register (地址问题), or None.

    ``loopback``: whether plain http to this very machine may be: a program on somebody's desk (RFC 8252, 7.3), or a rehearsal.
    """
    if len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable() or " " in address:
        return msg("地址只能由英文字母、数字和常用符号组成，不能有空格，最长 400 个字符。")
    if "#" in address:
        return msg("地址里不能有“#”：令牌不能交到网页片段里。")
    if _FORBIDDEN & set(address):
        return msg("地址要写全，不能用“*”等通配或者特殊符号。")
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return msg("这不是一个完整的网址。")
    if not host or parts.username is not None or parts.password is not None:
        return msg("这不是一个完整的网址。")
    if parts.scheme == "https":
        return None
    if parts.scheme == "http" and host in LOOPBACK and loopback:
        return None
    return msg("地址必须以 https:// 开头。")


def host_of(address: str) -> str:
    """The host of a registered address (主机名)."""
    return urlsplit(address).hostname or ""


def with_query(address: str, query: str) -> str:
    """``address`` with ``query`` (already encoded) added to what it has (拼接参数)."""
    return f"{address}{'&' if '?' in address else '?'}{query}"
