"""Numbers of documents (发文字号): of the documents that go out under a number, series by organ, kind and year. Pure.

Source of the shape: GB/T 9704-2012 7.2.5 (code of the organ, year in 〔〕, serial without leading zeros, 号). No list of the
organs' codes is published, so that the code is the organ's short name; the words of the kinds are ours. [O]
"""

from collections.abc import Mapping

from tongban.work.cases.rules.letters import LETTERS
from tongban.work.cases.rules.moves import GRANTS, Verb

KINDS: Mapping[Verb, str] = {
    Verb.REQUEST_SUPPLEMENT: "补",
    Verb.REQUEST_AGAIN: "补",
    Verb.ACCEPT: "受",
    Verb.DEEM_ACCEPTED: "受",
    Verb.DECLINE: "不受",
    Verb.SUSPEND: "特",
    Verb.PAUSE: "特",
    Verb.EXTEND: "延",
    Verb.GRANT: "准",
    Verb.GRANT_PARTLY: "准",
    Verb.GRANT_AT_ONCE: "准",
    Verb.GRANT_BY_RULE: "准",
    Verb.REFUSE: "不准",
    Verb.DELIVER: "达",
    Verb.TERMINATE: "终",
    Verb.REVOKE: "撤",
    Verb.CORRECT: "正",
}
# A pre-review is advice before receipt: it is told on the page and files no numbered document.
NUMBERED = LETTERS & KINDS.keys()
# Decisions on a licence (事项类型 01) that everybody may read: 行政许可法第四十条 opens what was granted. A refusal is
# the applicant's own affair and no law opens it.
OPENED = GRANTS
LICENSING = "01"
_LONGEST_CODE = 40  # characters, as the organ's short name


def series_of(organ: str, verb: Verb, year: int) -> str:
    """The series (字号序列) from which a document of an organ takes its serial. Organs that share a short name share it."""
    return f"document:{organ[:_LONGEST_CODE]}:{KINDS[verb]}:{year}"


def number_of(organ: str, verb: Verb, year: int, serial: int) -> str:
    """The number (发文字号), e.g. ``龙华区卫健委许受〔2026〕12号``."""
    return f"{organ[:_LONGEST_CODE]}许{KINDS[verb]}〔{year}〕{serial}号"


def is_open(verb: Verb, item_type: str) -> bool:
    """Whether a document of this kind is open to everybody (是否公示)."""
    return verb in OPENED and item_type == LICENSING
