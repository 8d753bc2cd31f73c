"""Django application of stored files (文件)."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files (文件)."""

    name = "tongban.base.files"
    label = "files"
