"""Rules of files (文件规则): which kinds are taken, and how a kind shows in the bytes themselves."""

import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

EXTENSIONS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    PNG: ("png",),
    JPEG: ("jpg", "jpeg"),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
}
MEDIA_TYPES = frozenset(EXTENSIONS)

# First bytes of each kind: ISO 32000-2 7.5.2; PNG (ISO/IEC 15948) 5.2 with its first chunk; JPEG (ISO/IEC 10918-1) SOI.
_HEADS = ((PDF, b"%PDF-"), (PNG, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), (JPEG, b"\xff\xd8\xff"))
_ZIP = b"PK\x03\x04"
# The part without which an Office Open XML package (ISO/IEC 29500-2) is not of its kind.
_PARTS = ((DOCX, "word/document.xml"), (XLSX, "xl/workbook.xml"))
# [O] our own numbers: far above any real document, far below what chokes who opens it.
_LONGEST_LIST = 1024 * 1024  # bytes of a package's list of parts
_LARGEST_UNPACKED = 256 * 1024 * 1024  # bytes that its parts claim to hold
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """Stored file (已存文件): ``digest`` SHA-256 in hexadecimal, ``size`` in bytes, ``media_type`` as found inside."""

    digest: str
    size: int
    media_type: str


def is_digest(text: str) -> bool:
    """Whether ``text`` can name a stored file (文件摘要): 64 lower-case hexadecimal digits."""
    return _DIGEST.fullmatch(text) is not None


def extension(name: str) -> str:
    """Extension (扩展名) of a file's name in lower case without its dot; empty where it has none."""
    _, dot, last = name.rpartition(".")
    return last.strip().lower() if dot else ""


def kind_names(media_types: Collection[str]) -> str:
    """The kinds for people to read (文件类型名称), e.g. ``PDF/PNG``, in a fixed order, whatever the language."""
    return "/".join(EXTENSIONS[kind][0].upper() for kind in EXTENSIONS if kind in media_types)


def found_type(content: BinaryIO) -> str | None:
    """Media type (媒体类型) that the bytes of a seekable ``content`` show, or None for anything not taken here.

    An Office package with macros is none of them, whatever it is called.
    """
    content.seek(0)
    head = content.read(16)
    for media_type, start in _HEADS:
        if head.startswith(start):
            return media_type
    return _office_type(content) if head.startswith(_ZIP) else None


class _Bounded:
    """A file of which nothing is read in one go beyond a limit (限量读取): a package is judged by its list of parts."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self.seek, self.tell = content.seek, content.tell

    def read(self, size: int = -1) -> bytes:
        found = self._content.read(_LONGEST_LIST + 1 if size < 0 else min(size, _LONGEST_LIST + 1))
        if len(found) > _LONGEST_LIST:
            raise zipfile.BadZipFile("its list of parts is longer than that of any document")
        return found


def _office_type(content: BinaryIO) -> str | None:
    try:
        # The library asks for no more than these three; it checks nothing of the rest.
        with zipfile.ZipFile(cast(IO[bytes], _Bounded(content))) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
        return None
    members = {part.filename for part in parts}
    # Names of parts differ not by case alone (ISO/IEC 29500-2 6.2.2).
    if "[Content_Types].xml" not in members or any(
        name.lower().endswith("vbaproject.bin") for name in members
    ):
        return None
    return next((media_type for media_type, part in _PARTS if part in members), None)
