"""Notices (消息): which acts an applicant is told of, and what she does herself. Pure; the words are ``labels.HAPPENED_LABELS``."""

from tongban.work.cases.rules.moves import MOVES, By, Verb

# What she, or a counter for her, did: she gets it as a receipt, and it is read already where she did it herself.
OWN = frozenset(move.verb for move in MOVES if move.by is By.APPLICANT)
# Steps inside the office: the time line shows them, but nobody is called for them.
_INSIDE = frozenset({Verb.EXAMINE, Verb.RETURN, Verb.OPINE, Verb.UNPAUSE, Verb.CONCLUDE, Verb.MAKE})
TOLD = frozenset(Verb) - _INSIDE


def is_told(verb: Verb) -> bool:
    """Whether the applicant gets a notice of this act (是否通知)."""
    return verb in TOLD


def is_read_at_once(verb: Verb, kind: str) -> bool:
    """Whether a notice needs no looking at (自动已读): a receipt of what the applicant has just done herself."""
    return verb in OWN and kind == "person"
