"""Special procedures (特别程序, 行政许可法第45条): which of them an edition knows, and what has to be told of one."""

from collections.abc import Mapping

from tongban.offers.catalogue.rules.form import Errors
from tongban.offers.catalogue.rules.guide import Guide, SpecialProcedure
from tongban.standards.text import msg
from tongban.work.cases.rules.application import check_note
from tongban.work.cases.rules.clock import LONGEST_STOP


def procedures(guide: Guide) -> Mapping[str, SpecialProcedure]:
    """The special procedures of an edition (指南列明的特别程序), by kind. No other may stop the clock."""
    return {one.kind: one for one in guide.special_procedures}


def check_stop(guide: Guide, kind: str, days: int, reason: str) -> tuple[Errors, str]:
    """What is wrong with a notice of a special procedure (特别程序告知检查), and its clean reason.

    The edition must list the kind; where it says how long, not longer than that.
    """
    errors: Errors = {}
    known = procedures(guide).get(kind)
    if known is None:
        errors["kind"] = [msg("办事指南没有列出这种特别程序，不能因此停止计时。")]
    most = known.days if known is not None and known.days else LONGEST_STOP
    if not 1 <= days <= most:
        errors["days"] = [msg("请写所需的工作日数，不能超过办事指南写明的时间。")]
    words, problems = check_note(reason)
    if problems:
        errors["reason"] = problems
    return errors, words
