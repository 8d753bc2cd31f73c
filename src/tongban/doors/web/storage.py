"""Static files under names that change with their content (静态文件命名), so that a browser keeps them for good."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # the package ships no types
    """Hashed and compressed static files (静态文件); what was not collected yet, as in tests, keeps its plain name."""

    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """The name with the digest of the content in it, or ``name`` where there is no such file."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            return name
