"""Registration of this module with Django (应用登记)."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Django's entry for this module (应用配置)."""

    name = "tongban.records.exchange"
    label = "exchange"
