"""Sources (核验来源): one interface; on one's own machine a process that stands in for them, elsewhere what the settings name."""

from django.conf import settings

from .interface import Parenthood, Representation, Sources
from .process import ProcessSources

__all__ = ["Parenthood", "Representation", "Sources", "sources"]


def sources() -> Sources:
    """The sources in use (当前来源): the program that ``TONGBAN_SOURCES`` names answers on its standard output."""
    return ProcessSources(tuple(settings.SOURCES))
