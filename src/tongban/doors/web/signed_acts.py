"""Signed acts and reports as the doors hand them out (签名行为与责任认定报告的页面): the same for the portal and the workbench."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.oversight.responsibility.rules.authority import GROUND_LABELS, Attendance, Authority, Ground
from tongban.oversight.responsibility.rules.report import (
    OUTCOME_LABELS,
    PART_LABELS,
    Line,
    Outcome,
    Report,
    title_of,
)
from tongban.people.identity.rules import ROLE_LABELS, Role
from tongban.standards.text import msg
from tongban.work.cases import queries as cases
from tongban.work.cases.rules.presence import DOCUMENT_LABELS

_TYPES: Mapping[str, str] = {"p7s": "application/pkcs7-signature", "json": "application/json"}
_TAGS = {Outcome.HOLDS: "ok", Outcome.BROKEN: "bad", Outcome.WAITS: "wait", Outcome.OPEN: "idle"}


def file_of(actor: Actor, case_id: uuid.UUID, seq: int, kind: str) -> HttpResponse:
    """What was signed, or the evidence of it (下载签名原文或签名证据), as a file that any program checks."""
    content, evidence = cases.signed_act(actor, case_id, seq)
    response = HttpResponse(evidence if kind == "p7s" else content, content_type=_TYPES[kind])
    name = f"{case_id}-{seq}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def page(report: Report, address: str) -> dict[str, Any]:
    """The report as its page shows it (责任认定报告页). ``address``: of the case at this door."""
    return {
        "lines": [_line(line, address) for line in report.lines],
        "broken": [
            {
                "number": line.number,
                "title": title_of(line.act),
                "parts": [PART_LABELS[one.part] for one in line.broken],
            }
            for line in report.broken
        ],
        "count": len(report.lines),
        "signed": report.signed,
        "waiting": report.waiting,
    }


def _line(line: Line, address: str) -> dict[str, Any]:
    of_case = line.stream.startswith("case:")
    return {
        "number": line.number,
        "title": title_of(line.act),
        "at": line.at,
        "who": _who(line),
        "authority": _authority(line.authority),
        "present": "" if line.attendance is None else _attendance(line.attendance),
        "tag": _tag(line),
        "signed": f"{address}/acts/{line.seq}" if line.signed is not None and of_case else "",
        "signer": None if line.signed is None else line.signed,
        "text": line.text,
        "broken": [{"part": PART_LABELS[one.part], "note": one.note} for one in line.broken],
        "checks": [
            {
                "part": PART_LABELS[one.part],
                "tag": {"state": _TAGS[one.outcome], "word": OUTCOME_LABELS[one.outcome]},
            }
            for one in line.checks
        ],
        "place": line,
    }


def _tag(line: Line) -> dict[str, str]:
    if line.broken:
        return {"state": "bad", "word": msg("核验不符")}
    if line.signature:
        return {"state": "ok", "word": msg("已签名")}
    return {"state": "idle", "word": msg("账本证明")}


def _who(line: Line) -> str:
    if line.kind == "staff":
        return line.who
    return {"person": _("申请人"), "system": _("平台自动")}.get(line.kind, _("未登录的人"))


def _attendance(one: Attendance) -> str:
    document = translated(DOCUMENT_LABELS[one.seen])
    if one.lost:
        return _("到窗口的人凭的授权 %(id)s 不见了") % {"id": one.lost}
    if one.mandate is None:
        return _("申请人本人到窗口，看了%(document)s") % {"document": document}
    words = _("%(agent)s代%(giver)s到窗口，授权编号 %(number)s，看了%(document)s")
    told = words % {
        "agent": one.mandate.agent_name,
        "giver": one.mandate.giver_name,
        "number": one.mandate.number,
        "document": document,
    }
    return told + (_("，凭：%(proof)s") % {"proof": one.mandate.seen} if one.mandate.seen else "")


def _authority(one: Authority) -> str:
    label = translated(GROUND_LABELS[one.ground])
    if one.ground in (Ground.POST, Ground.DEPUTY) and one.since is not None:
        role = translated(ROLE_LABELS[Role(one.role)])
        since = date_zh(one.since)
        if one.ground is Ground.DEPUTY:
            until = date_zh(one.until - timedelta(days=1)) if one.until else ""
            words = _("%(organ)s · %(role)s，代理%(name)s（%(since)s 至 %(until)s）")
            return words % {
                "organ": one.organ,
                "role": role,
                "name": one.for_name,
                "since": since,
                "until": until,
            }
        return _("%(organ)s · %(role)s（%(since)s 起任职）") % {
            "organ": one.organ,
            "role": role,
            "since": since,
        }
    if one.ground is Ground.MANDATE:
        words = _("%(agent)s受%(giver)s委托代办，授权编号 %(number)s")
        told = words % {"agent": one.agent, "giver": one.for_name, "number": one.by}
        return told + (_("，凭：%(proof)s") % {"proof": one.proof} if one.proof else "")
    return f"{label}{_('：')}{translated(one.basis)}" if one.basis else label
