"""Marking of texts (文案标记): messages that rules speak, kept as plain Chinese until a door translates them."""


def msg(text: str) -> str:
    """Mark ``text`` for the message catalogues and return it unchanged.

    Rules know no framework and no reader's language; the doors translate when they render.
    """
    return text
