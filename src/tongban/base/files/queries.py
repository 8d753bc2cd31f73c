"""Reads of files (文件读取)."""

from collections.abc import Iterator

from tongban.base.errors import NotFound
from tongban.standards.text import msg

from .models import StoredFile
from .providers import current_store
from .rules import Stored, is_digest


def describe(digest: str) -> Stored:
    """What is known of a stored file (文件说明); raises NotFound, also for what is no digest at all."""
    if is_digest(digest):
        row = StoredFile.objects.filter(digest=digest).values_list("digest", "size", "media_type").first()
        if row is not None:
            return Stored(*row)
    raise NotFound("files.unknown", msg("没有找到这个文件。"))


def open_file(digest: str) -> Iterator[bytes]:
    """The bytes of a stored file in chunks (打开文件); raises NotFound where the platform knows no such file.

    Whether the reader may have the file is for the module that owns it to say. A known file whose bytes are gone
    is a fault (FileNotFoundError), never an empty answer.
    """
    return current_store().read(describe(digest).digest)
