"""The demonstration's intermediary services and agencies (演示中介): services through the desk, agencies through their import."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from tongban.base.actor import Actor
from tongban.base.imports import Report
from tongban.demo import people
from tongban.demo.people import FORESTRY, HEALTH
from tongban.offers.publicinfo import actions, imports, queries
from tongban.offers.publicinfo.rules.documents import DocumentKind, DocumentState
from tongban.people.parties import queries as parties

_WRITER, _REVIEWER = "xie", "pan"
_SAYS_SO = "\n\n（演示内容，不是机关的正式公布。）"
_DAYS_AGO = 12
AGENCIES = "demo_agencies.csv"
_REMOVED = "黎母山林业技术服务中心（演示）"


@dataclass(frozen=True, slots=True)
class Listed:
    """An intermediary service (演示中介服务); ``facts``: as an editor would type them."""

    key: str
    organ: str
    title: str
    body: str
    facts: dict[str, str]


SERVICES = (
    Listed(
        "testing",
        HEALTH,
        "公共场所卫生检测",
        "一、按国家标准采样、检测，不得指定品牌和施工单位。\n\n二、检测报告对来样和现场负责，并在报告里写明检测依据。\n\n"
        "三、不得要求申请人一次检测几次付费。",
        {
            "items": "460150356000",
            "basis": "《公共场所卫生管理条例》第四条\n《公共场所卫生管理条例》第八条",
            "payer": "applicant",
            "pricing": "market",
            "charge": "由双方在合同里商定，机构要公开自己的收费标准。",
            "days": "7",
            "result": "卫生检测报告",
        },
    ),
    Listed(
        "air",
        HEALTH,
        "集中空调通风系统卫生检测",
        "一、只有使用集中空调的场所才需要。\n\n二、检测和清洗要由两家机构来做。",
        {
            "items": "460150356000",
            "basis": "《公共场所卫生管理条例》第四条",
            "payer": "applicant",
            "pricing": "market",
            "charge": "由双方在合同里商定，机构要公开自己的收费标准。",
            "days": "10",
            "result": "集中空调通风系统卫生检测报告",
        },
    ),
    Listed(
        "logging",
        FORESTRY,
        "伐区调查设计",
        "一、面积小的，申请人可以自己按范本填写，不必请机构。\n\n二、请机构的，由申请人自己选，任何人不得指定。",
        {
            "items": "000164213999",
            "basis": "《中华人民共和国森林法》第五十七条",
            "alone": "on",
            "payer": "applicant",
            "pricing": "market",
            "charge": "由双方在合同里商定。",
            "days": "15",
            "result": "伐区调查设计文件",
        },
    ),
)


def publish_all(now: datetime, report: Report) -> int:
    """Publish services and agencies that are not there yet (发布演示中介); how many were new. May be done again.

    Raises RuntimeError where the shipped file cannot be imported, which is a fault of ours.
    """
    at = now - timedelta(days=_DAYS_AGO)
    writer, reviewer = people.actor(_WRITER, now), people.actor(_REVIEWER, now)
    ids = {organ.name: organ.id for organ in parties.organs()}
    fresh = 0
    for listed in SERVICES:
        key = f"demo-{listed.key}"
        content = {"kind": DocumentKind.SERVICE.value, "title": listed.title, "body": listed.body + _SAYS_SO}
        made = actions.start(
            actor=writer,
            organ_id=ids[listed.organ],
            content=content | listed.facts,
            at=at,
            key=f"{key}-start",
        )
        fresh += made.state is DocumentState.DRAFT
        actions.send(actor=writer, document_id=made.id, at=at, key=f"{key}-send")
        actions.approve(actor=reviewer, document_id=made.id, confirmed=True, at=at, key=f"{key}-approve")
    if not queries.agencies(limit=1) and not queries.removed_agencies(limit=1):
        if imports.run_agencies(Path(settings.DATA) / AGENCIES, report, at=at) != 0:
            raise RuntimeError(f"data/{AGENCIES} could not be imported; the reasons stand above")
        fresh += _review(reviewer, at)
    return fresh


def _review(reviewer: Actor, at: datetime) -> int:
    """The reviewer reads what was imported; one agency is taken off the list afterwards, so that this can be seen."""
    waiting = queries.desk(reviewer, state=DocumentState.IN_REVIEW, kinds=(DocumentKind.AGENCY,))
    for each in waiting:
        actions.approve(actor=reviewer, document_id=each.id, confirmed=True, at=at)
        if each.title == _REMOVED:
            actions.withdraw(
                actor=reviewer,
                document_id=each.id,
                reason="机构自己申请移出名录（演示）。",
                at=at + timedelta(days=2),
            )
    return len(waiting)
