"""Letters of a case as they went out (已发文书): the words of the rules, with the dates that the ledger tells of the very act."""

from collections.abc import Mapping
from datetime import date

from tongban.work.cases.queries.checks import promise_of
from tongban.work.cases.queries.files import CaseView, DocumentView, Moment
from tongban.work.cases.rules.clock import Dates
from tongban.work.cases.rules.letters import Facts, Letter, letter


def letter_of(case: CaseView, document: DocumentView) -> Letter:
    """The letter of a filed document (已发文书内容). What happened to the case afterwards does not change it."""
    return letter(document.verb, document.body, facts_of(case, document))


def facts_of(case: CaseView, document: DocumentView) -> Facts:
    """What a filed document rests on (文书所据事实), from the ledger's entry of its act and the one before."""
    moments = case.moments
    place = next((n for n, one in enumerate(moments) if one.data.get("document") == str(document.id)), None)
    if place is None:  # an act of earlier days, which did not name its document
        place = next((n for n, one in enumerate(moments) if one.verb is document.verb), None)
    told = Dates() if place is None else _dates(moments[place].data)
    before = _dates(moments[place - 1].data) if place else Dates()
    return facts_now(case, told, before, later_by=_later_by(moments, place))


def facts_now(
    case: CaseView, dates: Dates, before: Dates | None = None, *, later_by: date | None = None
) -> Facts:
    """What a letter would rest on (预览所据事实) where the act set these ``dates``."""
    standing = Dates(case.act_by, case.warn_on, case.promised_on, case.due_on, case.provisional)
    promise = promise_of(case.committed)
    return Facts(
        guide=case.edition.guide,
        form=case.form,
        dates=dates,
        before=before or standing,
        later_by=later_by,
        committed=case.committed is not None,
        promise=None if promise is None else promise.text,
        promise_digest="" if promise is None else promise.digest,
    )


def _later_by(moments: list[Moment], place: int | None) -> date | None:
    return None if place is None else _day(moments[place].data, "later_by")


def _dates(data: Mapping[str, object]) -> Dates:
    return Dates(
        _day(data, "act_by"),
        _day(data, "warn_on"),
        _day(data, "promised_on"),
        _day(data, "due_on"),
        bool(data.get("provisional", False)),
    )


def _day(data: Mapping[str, object], name: str) -> date | None:
    told = data.get(name)
    return date.fromisoformat(str(told)) if told else None
