"""Questions and answers (问答) inside an announcement: 问：… 答：…, as editors write them. Pure."""

import re
from dataclasses import dataclass
from typing import Final

_QUESTION: Final = re.compile(r"^[ \u3000]*问[：:][ \u3000]*", re.MULTILINE)
_ANSWER: Final = re.compile(r"^[ \u3000]*答[：:][ \u3000]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answer (一问一答)."""

    question: str
    answer: str


def questions_in(body: str) -> tuple[Asked, ...]:
    """The questions of a text with their answers (拆问答), in order; a question without an answer is left out."""
    found = []
    for part in _QUESTION.split(body)[1:]:
        question, *answers = _ANSWER.split(part, maxsplit=1)
        if answers and question.strip() and answers[0].strip():
            found.append(Asked(" ".join(question.split()), answers[0].strip()))
    return tuple(found)
