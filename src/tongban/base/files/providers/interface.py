"""Interface of a store (存储接口): bytes under their digest, put once, read often."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

CHUNK_BYTES = 256 * 1024


class Store(Protocol):
    """Store (存储): keeps bytes durably under the digest that the caller has computed from them."""

    def adopt(self, path: Path, digest: str) -> None:
        """Keep the bytes of the file at ``path`` (存入); on return they outlive a power cut. Twice is once."""
        ...

    def read(self, digest: str) -> Iterator[bytes]:
        """The bytes in chunks (读取); raises FileNotFoundError where nothing is kept under ``digest``."""
        ...
