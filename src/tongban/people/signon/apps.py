"""Registration of this module with Django (应用登记)."""

from django.apps import AppConfig


class SignonConfig(AppConfig):
    """Django's entry for this module (应用配置)."""

    name = "tongban.people.signon"
    label = "signon"
