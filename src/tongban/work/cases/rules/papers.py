"""A letter as the data of its paper (文书排版数据): plain Chinese texts and ISO dates for the template. Pure."""

from datetime import date
from typing import Any

from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.text import Message
from tongban.work.cases.rules.letters import Letter
from tongban.work.cases.rules.moves import SUPPLEMENTS, Verb


def plain(text: str) -> str:
    """A marked text in Chinese, with its values in it (文案落字); paper knows no reader's language."""
    if not isinstance(text, Message):
        return text
    return str(text) % {
        name: plain(value) if isinstance(value, str) else value for name, value in text.params.items()
    }


def paper(letter: Letter, verb: Verb, guide: Guide, *, organ: str) -> dict[str, Any]:
    """What the template shows of a letter (文书版面). Number, addressee, day and address of the check are the caller's."""
    window = guide.windows[0] if guide.windows else None
    return {
        "title": plain(letter.title),
        "organ": organ,
        "opening": plain(letter.opening),
        "rows": [{"label": plain(row.label), "value": _value(row.value)} for row in letter.rows],
        "demands": verb in SUPPLEMENTS,
        "reasons": [{"what": plain(one.what), "why": plain(one.why)} for one in letter.reasons],
        "todo": [plain(step) for step in letter.todo],
        "by": letter.by.isoformat() if letter.by else "",
        "objection": plain(letter.objection),
        "ask": {
            "name": window.name if window else organ,
            "phone": guide.phones.advice,
            "place": f"{window.address}；{window.hours}" if window else "",
        },
        "demonstration": guide.demonstration,
    }


def _value(value: str | date | int) -> str:
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value} 个工作日" if isinstance(value, int) else plain(value)
