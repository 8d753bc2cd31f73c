"""Letters (告知书、决定书) as every door shows them: the words of ``work.cases.rules.letters``, with addressee, organ and whom to ask."""

from collections.abc import Mapping
from datetime import date, datetime

from tongban.doors.web.templatetags.tongban import translated, workdays
from tongban.work.cases.queries import CaseView, DocumentView, facts_now, letter_of
from tongban.work.cases.rules import letters as rules
from tongban.work.cases.rules.clock import Dates
from tongban.work.cases.rules.letters import LETTERS
from tongban.work.cases.rules.moves import Verb

__all__ = ["LETTERS", "Letter", "preview", "sent", "sent_letters"]

Letter = dict[str, object]


def sent(case: CaseView, document: DocumentView) -> Letter:
    """A letter as it went out (已发文书), for the part ``letter``. It bears its own number once the signed PDF is made."""
    found = _shown(case, letter_of(case, document), document.at)
    return found | {
        "verb": document.verb.value,
        "number": document.number or case.number,
        "id": document.id,
        "digest": document.file or "",
    }


def sent_letters(case: CaseView) -> list[Letter]:
    """All letters of a case (全部文书), the newest first."""
    return [sent(case, document) for document in reversed(case.documents) if document.verb in LETTERS]


def preview(
    case: CaseView,
    verb: Verb,
    body: Mapping[str, object],
    on: date | datetime,
    dates: Dates,
    later_by: date | None = None,
) -> Letter:
    """The letter that an act would send (预览文书). ``on``: the day that it bears; ``dates``: those that the act would set."""
    facts = facts_now(case, dates, later_by=later_by)
    return _shown(case, rules.letter(verb, body, facts), on) | {"verb": verb.value, "number": case.number}


def _shown(case: CaseView, words: rules.Letter, on: date | datetime) -> Letter:
    guide = case.edition.guide
    window = guide.windows[0] if guide.windows else None
    return {
        "title": words.title,
        "to": case.party.name,
        "opening": words.opening,
        "rows": [{"label": row.label, "value": _value(row.value)} for row in words.rows],
        "reasons": [{"what": reason.what, "why": reason.why} for reason in words.reasons],
        "todo": words.todo,
        "by": words.by,
        "ask": {
            "name": window.name if window else case.edition.organ_name,
            "phone": guide.phones.advice,
            "place": f"{window.address}；{window.hours}" if window else "",
        },
        "objection": words.objection,
        "organ": case.edition.organ_name,
        "date": on,
    }


def _value(value: str | date | int) -> str | date:
    if isinstance(value, int):
        return workdays(value)
    return value if isinstance(value, date) else translated(value)
