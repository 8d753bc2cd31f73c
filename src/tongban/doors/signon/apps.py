"""Registration of the door (应用登记): Django finds its templates through this."""

from django.apps import AppConfig


class SignonDoorConfig(AppConfig):
    """Django's entry for the door of single sign-on (应用配置)."""

    name = "tongban.doors.signon"
    label = "signon_door"
