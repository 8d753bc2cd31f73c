"""Table of stored files (文件)."""

from django.db import models
from django.db.models import Q


class StoredFile(models.Model):
    """Stored file (已存文件): what is known of bytes that are kept under their own SHA-256."""

    digest = models.CharField("SHA-256", max_length=64, primary_key=True)
    size = models.BigIntegerField("大小（字节）")
    media_type = models.CharField("媒体类型", max_length=100)
    stored_at = models.DateTimeField("首次存入时间")

    class Meta:
        db_table = "files_stored_file"
        constraints = [
            models.CheckConstraint(
                name="files_digest_is_sha256", condition=Q(digest__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(name="files_size_is_positive", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.media_type} {self.digest[:12]}"
