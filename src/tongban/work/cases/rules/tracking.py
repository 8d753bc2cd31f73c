"""Query codes (查询码) and the outline of a case (办件概况) for whoever holds number and code. Pure: the key is an argument."""

import hashlib
import hmac
import re
import uuid

from tongban.work.cases.rules.labels import HAPPENED_LABELS
from tongban.work.cases.rules.moves import Verb

# 32 signs that nobody mistakes for one another when reading aloud or off paper: no 0 and O, no 1 and I. [O]
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 8  # 40 bits: far beyond guessing where guesses are slowed. [O]
LONGEST_TYPED = 80  # characters
_TYPED = re.compile("[0-9A-Z]{1,80}", re.ASCII)


def code_of(case_id: uuid.UUID, key: bytes) -> str:
    """The code (查询码) of a case: HMAC-SHA-256 of its id. Nothing is kept, and nobody without the key can make one."""
    drawn = int.from_bytes(hmac.new(key, case_id.bytes, hashlib.sha256).digest()[:5])
    return "".join(ALPHABET[drawn >> 5 * place & 31] for place in reversed(range(LENGTH)))


def spaced(code: str) -> str:
    """The code in two groups (查询码分组), to be read out."""
    return f"{code[:4]} {code[4:]}"


def typed(text: str) -> str:
    """A number or a code as it was meant (规整输入): capitals, without spaces and hyphens; empty where it can be neither."""
    found = "".join(text[: LONGEST_TYPED + 1].split()).replace("-", "").upper()
    return found if _TYPED.fullmatch(found) else ""


def is_code(text: str, case_id: uuid.UUID, key: bytes) -> bool:
    """Whether ``text`` is the case's code (核对查询码), in constant time."""
    return hmac.compare_digest(text.encode(), code_of(case_id, key).encode())


def in_outline(verb: str) -> bool:
    """Whether an act stands in the outline (是否列入概况)."""
    return verb in HAPPENED_LABELS and Verb(verb) not in _OPINIONS


# What officials tell one another before the decision is no step of the applicant's way.
_OPINIONS = frozenset({Verb.RETURN, Verb.REVIEW})
