"""What a connected system may do in its own name (接口权限): scopes of the platform's own API, each registered with its purpose.

Source: RFC 6749 3.3, 4.4; 个人信息保护法 第六条 (the minimum), 第二十五条. The words are ours. A right is never a scope of persons: a token of
somebody's sign-on has none of these, a system's own token has nothing else.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from tongban.people.signon.rules.refusals import ProtocolRefusal
from tongban.standards.text import msg


class Right(StrEnum):
    """Right of a connected system (接口权限), by the scope that it asks for. What each means is said by the rooms' access."""

    CASES_READ = "cases.read"
    CASES_CONTENT = "cases.content"
    LICENCES_VERIFY = "licences.verify"
    MESSAGES_SEND = "messages.send"
    MESSAGES_RECEIVE = "messages.receive"


RIGHT_LABELS = {
    Right.CASES_READ: msg("看本机关办件的进度（不含个人信息）"),
    Right.CASES_CONTENT: msg("看本机关办件的全部内容（每次都记账）"),
    Right.LICENCES_VERIFY: msg("凭编号和持证人核验证照"),
    Right.MESSAGES_SEND: msg("发出交换报文"),
    Right.MESSAGES_RECEIVE: msg("收取发给本机关的交换报文"),
}


def read_rights(text: str, registered: Collection[Right]) -> frozenset[Right]:
    """The rights asked for (读取接口权限): each registered and approved; none asked for is none. Raises ``invalid_scope``."""
    words = frozenset(text.split())
    if not words <= {right.value for right in registered}:
        raise ProtocolRefusal(
            "invalid_scope", "a scope that is not registered for this client in its own name"
        )
    return frozenset(Right(word) for word in words)


def ordered(rights: Mapping[Right, str]) -> dict[str, str]:
    """Rights with their purposes as they are stored (存储形式)."""
    return {right.value: rights[right] for right in Right if right in rights}
