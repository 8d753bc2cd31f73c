"""Registration of the workbench (工作台)."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """Templates of the staff workbench (工作台)."""

    name = "tongban.doors.workbench"
    label = "workbench"
