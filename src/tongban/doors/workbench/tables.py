"""Items as tables (事项表格): export, import with a report and a preview, and how far each is."""

import uuid
from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Invalid, Refusal
from tongban.base.ids import new_id
from tongban.base.workbooks import csv_line
from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.doors.workbench.door import day_of, key_of, now, staff, typed_in
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue.actions import LONGEST_REASON, changes
from tongban.offers.catalogue.queries import changes as queries
from tongban.offers.catalogue.queries import ensure_may_compare, transfer
from tongban.offers.catalogue.queries.changes import ChangeView, RowView
from tongban.offers.catalogue.queries.files import MEDIA_TYPES, SUFFIXES, Format, written
from tongban.offers.catalogue.rules.changes import CHANGE_LABELS, VERDICT_LABELS, ChangeState, Verdict
from tongban.offers.catalogue.rules.sheets import CODE, SHEETS, Problem
from tongban.offers.catalogue.rules.sheets.cells import NOTHING
from tongban.offers.catalogue.rules.sheets.table import ORDER, Column
from tongban.standards.text import Message, msg

PAGE = 20
SHOWN_PROBLEMS = 100
_WORKING = (ChangeState.WAITING, ChangeState.CONFIRMED)
_TAGS = {
    ChangeState.WAITING: "now",
    ChangeState.READY: "wait",
    ChangeState.REFUSED: "bad",
    ChangeState.CONFIRMED: "now",
    ChangeState.DONE: "ok",
    ChangeState.DROPPED: "idle",
}
_FORMATS: dict[Format, str] = {
    "xlsx": msg("Excel 工作簿（xlsx）"),
    "csv": msg("CSV（一个压缩包）"),
    "json": "JSON",
}


def change_tag(change: ChangeView) -> Shown:
    """The state of a bulk change as a tag (状态标签)."""
    return {"state": _TAGS[change.state], "word": CHANGE_LABELS[change.state]}


@staff
@require_safe
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Export, import, bulk changes, and the last ones of mine (导入导出)."""
    return _home(request, actor, None)


def _home(request: HttpRequest, actor: Actor, refusal: Refusal | None) -> HttpResponse:
    made = queries.changes_of(actor)
    labels = (_("导入或者批量改动"), _("状态"), _("事项"), _("要办的"), _("开始时间"))
    context = {
        "formats": {
            "name": "format",
            "label": msg("格式"),
            "type": "radio",
            "required": True,
            "value": "xlsx",
            "options": [{"value": value, "label": label} for value, label in _FORMATS.items()],
        },
        "drafts": {
            "name": "drafts",
            "label": msg("有草稿的事项，导出草稿"),
            "type": "checkbox",
            "help": msg("不选就只导出正在用的版本。"),
        },
        "words": {
            "name": "text",
            "label": msg("事项名称里有"),
            "type": "text",
            "help": msg("不填就导出本机关全部事项。"),
        },
        "file": {
            "name": "file",
            "label": msg("文件"),
            "type": "file",
            "required": True,
            "accept": ".xlsx,.zip,.json",
            "allowed": msg("xlsx、csv 的压缩包或者 JSON，不超过 20 MB；JSON 可以压缩成 zip。"),
            "max_bytes": settings.FILE_UPLOAD_MAX_BYTES,
            "errors": [said(refusal)] if refusal else [],
        },
        "errors": [{"name": "file", "text": said(refusal)}] if refusal else [],
        "key": str(new_id()),
        "columns": [{"label": label, "number": label in labels[2:4]} for label in labels],
        "rows": [
            {
                "cells": [
                    {"text": one.name, "url": f"/catalogue/changes/{one.id}"},
                    change_tag(one),
                    str(one.total),
                    str(one.to_do),
                    date_zh(one.made_at),
                ]
            }
            for one in made
        ],
    }
    status = refusal.status if refusal else 200
    return render(request, "workbench/tables.html", context, status=status)


def said(refusal: Refusal) -> str:
    """A refusal in the reader's language (拒绝原因)."""
    return (
        translated(Message(refusal.message, refusal.params))
        if refusal.params
        else translated(refusal.message)
    )


@staff
@require_safe
def export(request: HttpRequest, actor: Actor) -> StreamingHttpResponse:
    """The items of one's own organs as a file (导出), in pieces."""
    kind = format_of(request.GET.get("format", ""))
    selection = {"text": request.GET.get("text", "")[:200].strip()}
    drafts = request.GET.get("drafts") == "on"
    items = transfer.own_texts(actor, selection, day_of(now()), drafts=drafts)
    return handed_out(kind, written(kind, items), f"tongban-{day_of(now()).isoformat()}")


def format_of(text: str) -> Format:
    """The format that is asked for (格式), xlsx where it is none."""
    return next((kind for kind in _FORMATS if kind == text), "xlsx")


def handed_out(kind: Format, pieces: Iterator[bytes], name: str) -> StreamingHttpResponse:
    """A file to keep (下载)."""
    answer = StreamingHttpResponse(pieces, content_type=MEDIA_TYPES[kind])
    answer["Content-Disposition"] = (
        content_disposition_header(True, f"{name}.{SUFFIXES[kind]}") or "attachment"
    )
    return answer


@staff
@require_safe
def sheet_format(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What each sheet and column means (表格说明), drawn from the same description that reads and writes them."""
    ensure_may_compare(actor)
    columns = [
        {"label": label, "number": False} for label in (_("列"), _("怎样填"), _("在指南里的位置（JSON）"))
    ]
    tables = [
        {
            "name": sheet.name,
            "rows": [{"cells": cells} for cells in _described(sheet.columns, sheet.path)],
        }
        for sheet in SHEETS.values()
    ]
    context = {"columns": columns, "tables": tables, "code": CODE, "order": ORDER, "mark": NOTHING}
    return render(request, "workbench/tables_format.html", context)


def _described(columns: tuple[Column, ...], path: tuple[str, ...]) -> Iterator[list[str]]:
    for column in columns:
        told = _("只供查看，不读入") if column.told else translated(column.cell.said)
        where = "" if column.told else ".".join([*path, *column.path])
        # The heading as it stands in the file, whatever the reader speaks, and what it means.
        meaning = translated(column.header)
        heading = column.header if meaning == column.header else f"{column.header} · {meaning}"
        yield [heading, told + (_("；必填") if column.needed else ""), where]


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take in a file (导入)."""
    if request.method != "POST":
        return HttpResponseRedirect("/catalogue/tables")
    try:
        name, content = _content(request.FILES.get("file"))
        made = changes.take_in(actor=actor, name=name, content=content, at=now(), key=key_of(request))
    except Invalid as refusal:
        return _home(request, actor, refusal)
    return HttpResponseRedirect(f"/catalogue/changes/{made}")


def _content(file: object) -> tuple[str, bytes]:
    if not isinstance(file, UploadedFile):
        raise Invalid("catalogue.file", msg("请选择文件。"))
    if getattr(file, "too_large", False):
        raise Invalid("catalogue.too_large", msg("文件超过 20 MB，请压缩或者分成几个。"))
    content = file.read()
    if not content:
        raise Invalid("catalogue.empty", msg("文件是空的，请重新选择。"))
    return str(file.name or "")[:200], content


# --- one of them -------------------------------------------------------------------------------------------------------


@staff
@require_safe
def change(request: HttpRequest, actor: Actor, change_id: uuid.UUID) -> HttpResponse:
    """How far a bulk change is, what is wrong with it, what it would do (批量变更)."""
    return _page(request, actor, change_id, None)


def _page(request: HttpRequest, actor: Actor, change_id: uuid.UUID, refusal: Refusal | None) -> HttpResponse:
    shown = queries.change_of(actor, change_id)
    verdict = next((one for one in Verdict if one == request.GET.get("only")), None)
    given = request.GET.get("page", "")
    number = int(given) if given.isascii() and given.isdigit() and 0 < len(given) < 7 and int(given) else 1
    rows = queries.rows_of(actor, change_id, verdict=verdict, page=number, size=PAGE)
    problems = queries.problems_of(actor, change_id) if shown.state is ChangeState.REFUSED else []
    fields = refusal.fields if refusal else {}
    context = {
        "change": shown,
        "tag": change_tag(shown),
        "url": f"/catalogue/changes/{change_id}",
        "working": shown.state in _WORKING,
        "counts": _counts(shown),
        "problem_columns": [
            {"label": label, "number": label == _("行")}
            for label in (_("工作表"), _("行"), _("列"), _("事项编码"), _("原因"))
        ],
        "problems": [{"cells": _problem_cells(one)} for one in problems[:SHOWN_PROBLEMS]],
        "more": max(0, shown.refused - SHOWN_PROBLEMS),
        "filters": _filters(shown, verdict),
        "rows": [_row(row) for row in rows],
        "pager": _pager(number, _total(shown, verdict), verdict),
        "fields": _plan_fields(request, shown, fields) if shown.state is ChangeState.READY else [],
        "errors": [
            {"name": name, "text": translated(text)} for name, texts in fields.items() for text in texts
        ],
        "refusal": refusal if refusal and not fields else None,
        "kept": typed_in(request) if refusal else (),
        "key": str(new_id()),
    }
    answer = render(request, "workbench/change.html", context, status=refusal.status if refusal else 200)
    if shown.state in _WORKING:
        answer["Refresh"] = "3"  # the page looks again by itself, without a script
    return answer


def _counts(shown: ChangeView) -> list[Shown]:
    told = [
        (_("事项"), shown.total),
        (_("有变化"), shown.changed),
        (_("新写"), shown.fresh),
        (_("没有变化"), shown.same),
    ]
    return [{"label": label, "value": str(value)} for label, value in told]


def _total(shown: ChangeView, verdict: Verdict | None) -> int:
    counts = {Verdict.SAME: shown.same, Verdict.CHANGED: shown.changed, Verdict.NEW: shown.fresh}
    return counts[verdict] if verdict else shown.to_do


def _filters(shown: ChangeView, verdict: Verdict | None) -> list[Shown]:
    url = f"/catalogue/changes/{shown.id}"
    found: list[Shown] = [{"text": _("要办的"), "url": url, "count": shown.to_do, "current": verdict is None}]
    for one, label in VERDICT_LABELS.items():
        count = _total(shown, one)
        found.append(
            {"text": _(label), "url": f"{url}?only={one}", "count": count, "current": verdict is one}
        )
    return found


def _pager(number: int, total: int, verdict: Verdict | None) -> Shown:
    query = f"only={verdict}&" if verdict else ""
    pages = max(1, -(-total // PAGE))
    return {
        "number": number,
        "pages": pages,
        "total": total,
        "previous_url": f"?{query}page={number - 1}" if number > 1 else "",
        "next_url": f"?{query}page={number + 1}" if number < pages else "",
    }


def _problem_cells(problem: Problem) -> list[str]:
    place = problem.place
    return [
        translated(place.sheet) or "—",
        str(place.row or "—"),
        translated(place.column) or "—",
        problem.code or "—",
        translated(problem.reason),
    ]


def _row(row: RowView) -> Shown:
    tags = {Verdict.CHANGED: "warn", Verdict.NEW: "now", Verdict.SAME: "idle"}
    return {
        "row": row,
        "tag": {"state": tags[row.verdict], "word": VERDICT_LABELS[row.verdict]},
        "url": f"/catalogue/editions/{row.edition}" if row.edition else "",
    }


def _plan_fields(request: HttpRequest, shown: ChangeView, errors: dict[str, list[str]]) -> list[Shown]:
    typed = request.POST if request.method == "POST" else {}
    fields: list[Shown] = []
    if not shown.selection.get("everybody"):
        fields.append(
            {
                "name": "together",
                "label": msg("办完就一起送审"),
                "type": "checkbox",
                "help": msg("送审以后由另一位事项编辑批准。不选就只存成草稿。"),
                "value": typed.get("together", ""),
            }
        )
        fields.append(
            {
                "name": "starts_on",
                "label": msg("开始日期"),
                "type": "date",
                "help": msg("送审才要填：所有事项从这一天起用新版本。"),
                "value": typed.get("starts_on", ""),
            }
        )
    fields.append(
        {
            "name": "reason",
            "label": msg("理由"),
            "type": "textarea",
            "rows": 2,
            "maxlength": LONGEST_REASON,
            "help": msg("送审才要填：一个理由，写进每个事项。"),
            "value": typed.get("reason", ""),
        }
    )
    return [one | {"errors": errors.get(str(one["name"]), [])} for one in fields]


@staff
@require_POST
def confirm(request: HttpRequest, actor: Actor, change_id: uuid.UUID) -> HttpResponse:
    """Confirm what was shown (确认)."""
    try:
        changes.confirm(
            actor=actor,
            change_id=change_id,
            at=now(),
            together=request.POST.get("together") == "on",
            starts_on=_day(request.POST.get("starts_on", "")),
            reason=request.POST.get("reason", ""),
        )
    except (Invalid, Conflict) as refusal:
        return _page(request, actor, change_id, refusal)
    return HttpResponseRedirect(f"/catalogue/changes/{change_id}")


@staff
@require_POST
def drop(request: HttpRequest, actor: Actor, change_id: uuid.UUID) -> HttpResponse:
    """Drop what was shown (放弃)."""
    try:
        changes.drop(actor=actor, change_id=change_id, at=now())
    except Conflict as refusal:
        return _page(request, actor, change_id, refusal)
    return HttpResponseRedirect("/catalogue/tables")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


@staff
@require_safe
def problems_csv(request: HttpRequest, actor: Actor, change_id: uuid.UUID) -> HttpResponseBase:
    """What is wrong, as a file (问题清单下载)."""
    found = queries.problems_of(actor, change_id)
    heads = [_("工作表"), _("行"), _("列"), _("事项编码"), _("原因")]
    lines = (csv_line(cells) for cells in [heads, *map(_problem_cells, found)])
    answer = StreamingHttpResponse(
        (part for part in ("\ufeff", *lines)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="problems.csv"'
    return answer
