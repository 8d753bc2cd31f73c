"""Stores of bytes (文件存储): one interface, a local folder or an S3 bucket behind it, chosen by TONGBAN_FILES."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from .interface import Store
from .local import LocalStore
from .s3 import S3Store

__all__ = ["LocalStore", "S3Store", "Store", "current_store"]


@lru_cache(maxsize=4)
def _make(choice: str, home: Path) -> Store:
    if choice == "local":
        return LocalStore(home / "files")
    if choice.startswith("s3://"):
        return S3Store(choice)
    raise ValueError(f"TONGBAN_FILES is {choice!r}; it takes 'local' or 's3://bucket'")


def current_store() -> Store:
    """The store in use (当前存储), as the settings say."""
    return _make(settings.FILES, Path(settings.HOME))
