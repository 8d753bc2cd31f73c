"""Demonstration materials (演示材料): small real files, so that every download opens."""

import struct
import zlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tongban.base.documents import render

_TEMPLATE = Path(__file__).parent / "material.typ"
_DATED = datetime(2025, 1, 1, tzinfo=UTC)  # the same date gives the same bytes, which are then stored once
_PICTURE = (96, 60, (214, 226, 240))  # width, height, colour


@cache
def pdf(title: str, item: str) -> bytes:
    """A page (PDF 材料) that says which material of which item it stands for."""
    return render(_TEMPLATE, {"title": title, "item": item}, at=_DATED)


@cache
def png() -> bytes:
    """A plain picture (PNG 材料), written by hand after ISO/IEC 15948."""
    width, height, colour = _PICTURE
    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, body)
        for kind, body in ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
