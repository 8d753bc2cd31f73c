"""PEM (文本封装): DER as text between two lines (RFC 7468)."""

import base64
import binascii
import re

from .der import Malformed

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END \1-----")


def is_pem(content: bytes) -> bool:
    """Whether it is text rather than DER (是否文本)."""
    return b"-----BEGIN " in content


def armour(label: str, encoded: bytes) -> bytes:
    """One block (封装), lines of 64 characters."""
    whole = base64.b64encode(encoded).decode()
    lines = [whole[at : at + 64] for at in range(0, len(whole), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode()


def blocks(content: bytes, *labels: str) -> list[bytes]:
    """Every block of these labels (拆封), in their order; raises :class:`~.der.Malformed`."""
    wanted = {label.encode() for label in labels}
    try:
        return [
            base64.b64decode(b"".join(body.split()), validate=True)
            for label, body in _BLOCK.findall(content)
            if label in wanted
        ]
    except binascii.Error as problem:
        raise Malformed("not base64") from problem


def first(content: bytes, *labels: str) -> bytes:
    """The first block of these labels (首个封装); raises :class:`~.der.Malformed`."""
    found = blocks(content, *labels)
    if not found:
        raise Malformed(f"no {' or '.join(labels)} in it")
    return found[0]
