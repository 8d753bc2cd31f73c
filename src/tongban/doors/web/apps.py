"""Registration of the shared face of the doors (界面底座)."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, assets and template filters that all doors share (界面底座)."""

    name = "tongban.doors.web"
    label = "web"
