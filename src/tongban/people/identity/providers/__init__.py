"""Sources of facts, senders of messages and outside providers (外部来源、短信与外部身份提供方), by what the settings name."""

from collections.abc import Mapping

from django.conf import settings

from tongban.people.identity.rules.outside import OutsideProvider, ProofOfUs

from .http import HttpMessages, HttpSource
from .interface import Messages, Source, Unavailable

__all__ = ["Messages", "Source", "Unavailable", "messages", "outside_providers", "source"]


def source() -> Source:
    """The source that the settings name (权威来源)."""
    return HttpSource(settings.SOURCES_URL, settings.SOURCES_KEY)


def messages() -> Messages:
    """The sender of short messages that the settings name (短信通道)."""
    return HttpMessages(settings.MESSAGES_URL, settings.SOURCES_KEY)


def outside_providers() -> dict[str, OutsideProvider]:
    """The outside providers that the settings name (外部身份提供方), by key, in their order."""
    return {given["key"]: _outside(given) for given in settings.OUTSIDE}


def _outside(given: Mapping[str, str]) -> OutsideProvider:
    more = {name: text for name, text in given.items() if name != "method"}
    return OutsideProvider(**more, method=ProofOfUs(given["method"]))
