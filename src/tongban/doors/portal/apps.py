"""Registration of the portal (应用登记): Django finds its templates through this."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Django's entry for the portal (应用配置)."""

    name = "tongban.doors.portal"
    label = "portal"
