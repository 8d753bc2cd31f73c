"""Uploads (文件上传): files of a request go to disk while they arrive, and no further than the limit."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class LimitedUpload(TemporaryUploadedFile):
    """Uploaded file (上传的文件) on disk; ``too_large`` tells that it was cut off at the limit."""

    too_large = False


class LimitedUploadHandler(FileUploadHandler):
    """Upload handler with a limit (限额上传): what exceeds FILE_UPLOAD_MAX_BYTES is read and dropped.

    The request is parsed to its end, so that everything else typed into the form survives. The file then bears
    ``too_large`` and keeps one byte more than the limit, so that whoever stores it refuses it as well.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file with nothing kept yet."""
        super().new_file(*args, **kwargs)
        self._kept = 0
        self.file = LimitedUpload(
            self.file_name or "", self.content_type or "", 0, self.charset, self.content_type_extra
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep of ``raw_data`` what still fits, and hand nothing on."""
        fitting = raw_data[: settings.FILE_UPLOAD_MAX_BYTES + 1 - self._kept]
        if fitting:
            self.file.write(fitting)
            self._kept += len(fitting)

    def file_complete(self, file_size: int) -> LimitedUpload:
        """The file as the view gets it; ``size`` tells what was sent, in bytes."""
        self.file.seek(0)
        self.file.size = file_size
        self.file.too_large = file_size > settings.FILE_UPLOAD_MAX_BYTES
        return self.file

    def upload_interrupted(self) -> None:
        """Leave nothing on disk when the sender hangs up."""
        if hasattr(self, "file"):
            self.file.close()
