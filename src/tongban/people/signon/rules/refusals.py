"""Refusals of the protocol (协议拒绝): what a system is told, by the codes of OAuth and OpenID Connect."""


class ProtocolRefusal(Exception):  # noqa: N818 -- the domain's word; a refusal is an answer, not an error
    """A request of a connected system was refused (协议拒绝).

    ``code``: as RFC 6749 (4.1.2.1, 5.2), RFC 8628 (3.5), OpenID Connect Core (3.1.2.6) or their extensions name it.
    ``description``: for the developer; RFC 6749 allows ASCII only, so it is English.
    """

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status


def invalid_client(description: str) -> ProtocolRefusal:
    """The system did not prove who it is (系统未认证): 401."""
    return ProtocolRefusal("invalid_client", description, 401)


def invalid_grant(description: str) -> ProtocolRefusal:
    """Code or token that opens nothing (授权无效)."""
    return ProtocolRefusal("invalid_grant", description)


def invalid_request(description: str) -> ProtocolRefusal:
    """A request that says too little, too much, or nothing that can be read (请求有误)."""
    return ProtocolRefusal("invalid_request", description)
