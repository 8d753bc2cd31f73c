"""Presence at a counter (到场): by which document a clerk knows who stands before her. Pure.

Source: 居民身份证法 第十四条 (who must show the identity card), 第十一条第三款 (the interim card); 港澳台居民居住证申领发放办法 第十二条 (the
residence permit proves its holder). That the household register does for a child who has no card yet, and that an
electronic card (网络身份认证) counts as the card, is ours. [O]
"""

from enum import StrEnum

from tongban.standards.text import msg


class Document(StrEnum):
    """Document (证件) that a clerk saw."""

    ID_CARD = "id_card"
    INTERIM_CARD = "interim_card"
    PERMIT = "permit"
    REGISTER = "register"
    ELECTRONIC = "electronic"


DOCUMENT_LABELS = {
    Document.ID_CARD: msg("居民身份证"),
    Document.INTERIM_CARD: msg("临时居民身份证"),
    Document.PERMIT: msg("港澳台居民居住证"),
    Document.REGISTER: msg("户口簿（还没有身份证的孩子）"),
    Document.ELECTRONIC: msg("电子身份证"),
}
