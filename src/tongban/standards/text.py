"""Marking of texts (文案标记): messages that rules speak, kept as plain Chinese until a door translates them."""

from collections.abc import Mapping


def msg(text: str) -> str:
    """Mark ``text`` for the message catalogues and return it unchanged.

    Rules know no framework and no reader's language; the doors translate when they render.
    """
    return text


class Message(str):
    """A marked text with what goes into its ``%(name)s`` places (带参文案), so that a door can still translate it."""

    __slots__ = ("params",)
    params: Mapping[str, object]

    def __new__(cls, text: str, params: Mapping[str, object]) -> "Message":
        """``text`` as marked with :func:`msg`, with ``params`` for its places."""
        made = super().__new__(cls, text)
        made.params = dict(params)
        return made
