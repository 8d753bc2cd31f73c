"""The receipt of an application (申请回执): the same sheet for whoever sent it and for the counter that took it in."""

from datetime import date
from typing import Any

from tongban.doors.web.templatetags.tongban import time_zh
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.tracking import spaced


def sheet(case: CaseView, *, number: str, by_label: str, by: date | None, note: str) -> dict[str, Any]:
    """The receipt as the part ``sheet`` draws it (回执). ``by``: the next date that is owed, with what it means."""
    papers = "\n".join(dict.fromkeys(found.file_name for found in case.attachments)) or "—"
    rows: list[dict[str, Any]] = [
        {"label": msg("事项"), "value": case.edition.guide.name},
        {"label": msg("申请人"), "value": f"{case.party.name}（{case.party.masked_number}）"},
        {"label": msg("提交时间"), "value": time_zh(case.submitted_at)},
        {"label": msg("交的材料"), "value": papers},
        *([{"label": by_label, "value": by}] if by else []),
        {"label": msg("查询码"), "value": spaced(queries.track_code(case.id))},
        {"label": msg("咨询电话"), "value": case.edition.guide.phones.advice},
    ]
    return {
        "title": msg("申请回执"),
        "number": number,
        "rows": rows,
        "text": note,
        "organ": case.edition.organ_name,
        "date": case.submitted_at,
    }
