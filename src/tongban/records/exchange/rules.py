"""Rules of exchange messages (交换报文规则): what an envelope says, and what a verdict names. Pure.

The form of the envelope is ours; it is signed as it was written, byte for byte, so that nobody has to write JSON in one canonical way
(as RFC 7515 does it). Sources: 电子签名法 13; 国务院关于在线政务服务的若干规定 (国务院令第716号) 第九条, by which electronic signatures count.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tongban.people.certificates.rules.verdicts import PIECE_LABELS
from tongban.standards import credit_code, plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

FORMAT: Final = "tongban-message-1"
LARGEST: Final = 512 * 1024  # [O] bytes of content: in base64 it fits the largest request that the API reads
LONGEST_ENVELOPE: Final = 4000  # [O] bytes
LONGEST_PURPOSE: Final = 200  # [O]
_FIELDS: Final = frozenset({"format", "from", "to", "type", "digest", "size", "purpose", "key"})
_TYPE: Final = re.compile(r"[a-z]{1,30}/[a-z0-9][a-z0-9.+-]{0,80}")  # RFC 6838, 4.2, without parameters
_KEY: Final = re.compile(r"[!-~]{1,64}")
_CLIENT: Final = re.compile(r"[!-~]{1,40}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Envelope (报文封面): what the sender signs. ``to_organ`` (credit code) or ``to_system`` (client id); ``key``: the sender's own number."""

    sender: str
    to_organ: str
    to_system: str
    media_type: str
    digest: str
    size: int
    purpose: str
    key: str

    def holds(self, content: bytes) -> bool:
        """Whether this is the content that the envelope names (内容是否相符)."""
        return len(content) == self.size and hashlib.sha256(content).hexdigest() == self.digest


def write(envelope: Envelope) -> bytes:
    """An envelope as a sender may write it (书写封面), UTF-8."""
    to = {"system": envelope.to_system} if envelope.to_system else {"organ": envelope.to_organ}
    told = {
        "format": FORMAT,
        "from": envelope.sender,
        "to": to,
        "type": envelope.media_type,
        "digest": envelope.digest,
        "size": envelope.size,
        "purpose": envelope.purpose,
        "key": envelope.key,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def read(envelope: bytes) -> tuple[Envelope | None, Errors]:
    """The envelope that somebody wrote (读取封面), or what is wrong with it, by field. Nothing beyond its fields, none twice."""
    try:
        told = json.loads(envelope, object_pairs_hook=_once) if len(envelope) <= LONGEST_ENVELOPE else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.keys() != _FIELDS or told["format"] != FORMAT:
        text = msg(
            "封面应是一个 JSON 对象，正好有 format、from、to、type、digest、size、purpose、key 这几项。"
        )
        return None, {"envelope": [text]}
    errors: Errors = {}
    to_organ, to_system = _addressed(told["to"], errors)
    found = Envelope(
        sender=_fits(_CLIENT, told["from"], "from", errors),
        to_organ=to_organ,
        to_system=to_system,
        media_type=_fits(_TYPE, told["type"], "type", errors),
        digest=_fits(_DIGEST, told["digest"], "digest", errors),
        size=_size(told["size"], errors),
        purpose=_purpose(told["purpose"], errors),
        key=_fits(_KEY, told["key"], "key", errors),
    )
    return (None if errors else found), errors


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice: two readers would read two envelopes")
    return found


def _fits(pattern: re.Pattern[str], value: object, name: str, errors: Errors) -> str:
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    errors[name] = [msg("格式不对，请按接口说明填写。")]
    return ""


def _addressed(to: object, errors: Errors) -> tuple[str, str]:
    if isinstance(to, dict) and to.keys() == {"organ"} and isinstance(to["organ"], str):
        if credit_code.holds(to["organ"]):
            return to["organ"], ""
    elif isinstance(to, dict) and to.keys() == {"system"}:
        return "", _fits(_CLIENT, to["system"], "to", errors)
    errors["to"] = [msg('收件方请写 {"organ": 统一社会信用代码} 或者 {"system": 系统标识}。')]
    return "", ""


def _size(size: object, errors: Errors) -> int:
    if isinstance(size, int) and not isinstance(size, bool) and 0 < size <= LARGEST:
        return size
    errors["size"] = [msg("内容最多 512 KB，而且不能是空的。")]
    return 0


def _purpose(text: object, errors: Errors) -> str:
    try:
        found = plaintext.clean(text, limit=LONGEST_PURPOSE) if isinstance(text, str) else ""
        if found:
            return found
        errors["purpose"] = [msg("请填写这一项。")]
    except BadCode as error:
        errors["purpose"] = [Message(error.message, error.params)]
    return ""


class Part(StrEnum):
    """Part of a message that may be wrong (报文组成部分): the content, its envelope, or a piece of the evidence."""

    CONTENT = "content"
    ENVELOPE = "envelope"
    SIGNATURE = "signature"
    CERTIFICATE = "certificate"
    CHAIN = "chain"
    STATUS = "status"
    TIME_STAMP = "time_stamp"


PART_LABELS: Final = {Part(piece.value): label for piece, label in PIECE_LABELS.items()} | {
    Part.CONTENT: msg("内容"),
    Part.ENVELOPE: msg("封面"),
}
