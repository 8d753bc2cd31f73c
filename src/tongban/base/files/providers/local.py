"""Local store (本地存储): one file per digest under ``<HOME>/files/aa/bb/``."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .interface import CHUNK_BYTES


class LocalStore:
    """Store in a folder of this machine (本地存储)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def adopt(self, path: Path, digest: str) -> None:
        """Keep the bytes (存入): synchronised, then linked into place, so that no half file ever has a name."""
        target = self._path(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            _synchronise(path)
            # A link needs no copy and leaves the caller's file for the caller to remove; both lie in one folder tree.
            with suppress(FileExistsError):  # somebody else stored the same bytes meanwhile
                os.link(path, target)
        for parent in (target.parent, target.parent.parent, self.folder):
            _synchronise(parent)

    def read(self, digest: str) -> Iterator[bytes]:
        """The bytes in chunks (读取)."""
        file = self._path(digest).open("rb")  # here and not in the generator: what is missing shows at once

        def chunks() -> Iterator[bytes]:
            with file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk

        return chunks()

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest[2:4] / digest


def _synchronise(path: Path) -> None:
    """Have the system write the file or folder to its disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
