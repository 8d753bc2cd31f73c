"""Sources of facts and senders of messages (外部来源与短信), by what the settings name."""

from django.conf import settings

from .http import HttpMessages, HttpSource
from .interface import Messages, Source, Unavailable

__all__ = ["Messages", "Source", "Unavailable", "messages", "source"]


def source() -> Source:
    """The source that the settings name (权威来源)."""
    return HttpSource(settings.SOURCES_URL, settings.SOURCES_KEY)


def messages() -> Messages:
    """The sender of short messages that the settings name (短信通道)."""
    return HttpMessages(settings.MESSAGES_URL, settings.SOURCES_KEY)
