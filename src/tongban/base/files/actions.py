"""Writes of files (文件存入)."""

import hashlib
import os
import tempfile
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from tongban.base.errors import Invalid
from tongban.standards.text import Message, msg

from .models import StoredFile
from .providers import current_store
from .providers.interface import CHUNK_BYTES
from .rules import EXTENSIONS, MEDIA_TYPES, Stored, extension, found_type, kind_names

MEBIBYTE = 1024 * 1024


class Readable(Protocol):
    """Anything read in pieces (可读流): an uploaded file, an open file, bytes in memory."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes (读取), none at the end."""
        ...


def store(
    stream: Readable,
    *,
    limit: int,
    at: datetime,
    allowed: Collection[str] = MEDIA_TYPES,
    name: str = "",
    field: str = "file",
) -> Stored:
    """Store a file (存入文件) and return what was found: digest, size in bytes, media type.

    ``limit``: largest size in bytes. ``allowed``: media types taken. ``name``: the file's name as handed in, only
    to hold its extension against the content. ``field``: where a refusal is shown in the caller's form.
    Raises Invalid for what is empty, too large, of another kind, or not what its name says. The same content
    stored again gives the same answer. The bytes are safe before the row is written, so a transaction that is
    rolled back leaves bytes that nothing speaks of, which does no harm.
    """
    incoming = Path(settings.HOME) / "files" / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    descriptor, path = tempfile.mkstemp(dir=incoming)
    try:
        with os.fdopen(descriptor, "w+b") as kept:
            digest, size = _take(stream, kept, limit, field)
            kept.flush()
            media_type = _checked_type(kept, allowed, name, field)
        current_store().adopt(Path(path), digest)
    finally:
        os.unlink(path)
    row = StoredFile(digest=digest, size=size, media_type=media_type, stored_at=at)
    StoredFile.objects.bulk_create([row], ignore_conflicts=True)
    return Stored(digest=digest, size=size, media_type=media_type)


def _take(stream: Readable, kept: BinaryIO, limit: int, field: str) -> tuple[str, int]:
    """Copy ``stream`` while counting and hashing it; reads at most a chunk beyond the limit."""
    counted, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK_BYTES):
        size += len(chunk)
        if size > limit:
            raise _refused(
                "files.too_large",
                msg("文件超过 %(limit)s MB，请压缩后重新上传。"),
                field,
                limit=_megabytes(limit),
            )
        counted.update(chunk)
        kept.write(chunk)
    if size == 0:
        raise _refused("files.empty", msg("文件是空的，请重新选择。"), field)
    return counted.hexdigest(), size


def _checked_type(kept: BinaryIO, allowed: Collection[str], name: str, field: str) -> str:
    """The media type found inside, where it is allowed and agrees with the name."""
    media_type = found_type(kept)
    if media_type is None or media_type not in allowed:
        raise _refused(
            "files.kind",
            msg("不支持这种文件，请上传 %(kinds)s 格式的文件。"),
            field,
            kinds=kind_names(allowed),
        )
    if name and extension(name) not in EXTENSIONS[media_type]:
        raise _refused(
            "files.not_what_it_says",
            msg("文件内容是 %(found)s 格式，与扩展名不符，请检查后重新上传。"),
            field,
            found=kind_names([media_type]),
        )
    return media_type


def _megabytes(size: int) -> str:
    return f"{size / MEBIBYTE:g}" if size % MEBIBYTE == 0 else f"{size / MEBIBYTE:.2f}"


def _refused(rule: str, message: str, field: str, **params: str) -> Invalid:
    return Invalid(rule, message, params, {field: [Message(message, params)]})
