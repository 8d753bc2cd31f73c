"""The demonstration's announcements (演示信息): a few of every kind, written by one editor and reviewed by another."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tongban.demo import people
from tongban.demo.people import FORESTRY, HEALTH
from tongban.offers.publicinfo import actions
from tongban.offers.publicinfo.rules.documents import DocumentKind, DocumentState
from tongban.people.parties import queries as parties

_WRITER, _REVIEWER = "xie", "pan"
_SAYS_SO = "\n\n（演示内容，不是机关的正式公布。）"


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement (演示信息). ``days_ago``: when it was published; ``gone``: why it was withdrawn on the next day."""

    key: str
    organ: str
    kind: DocumentKind
    days_ago: int
    title: str
    body: str
    gone: str = ""


NOTICES = (
    Notice(
        "health-complaint",
        HEALTH,
        DocumentKind.COMPLAINT,
        30,
        "对公共场所卫生许可的办理不满意，可以这样投诉",
        "可以打 12345，也可以到政务服务中心的“办不成事”窗口当面说。\n\n"
        "收到以后五个工作日内答复怎么处理；对答复不满意，可以申请行政复议。",
    ),
    Notice(
        "health-rules",
        HEALTH,
        DocumentKind.REVIEW_RULE,
        25,
        "公共场所卫生许可审查细则",
        "一、审查材料是否齐全，是否在有效期内。\n\n二、卫生检测报告由有资质的机构在一年以内出具。\n\n"
        "三、除办事指南列出的以外，不得要求申请人提交其他材料。",
    ),
    Notice(
        "health-faq",
        HEALTH,
        DocumentKind.FAQ,
        20,
        "开理发店，卫生许可证常见问答",
        "问：面积很小，也要办吗？\n答：要办。理发店、美容店不论大小都要办卫生许可证。\n\n"
        "问：租的房子能办吗？\n答：能办，交租赁合同就行。",
    ),
    Notice(
        "forestry-policy",
        FORESTRY,
        DocumentKind.POLICY,
        15,
        "关于简化人工商品林采伐手续的说明",
        "人工商品林主伐，可以自己写采伐方案，不再要求请机构编制伐区设计。\n\n采伐以后一年内要补种。",
    ),
    Notice(
        "health-hours",
        HEALTH,
        DocumentKind.NOTICE,
        10,
        "政务服务中心周六上午照常办理",
        "每周六上午 8:30 到 12:00，综合窗口照常收件。网上申请任何时候都可以提交。",
    ),
    Notice(
        "forestry-old",
        FORESTRY,
        DocumentKind.NOTICE,
        5,
        "林木采伐许可暂停受理的通知",
        "系统维护期间暂停受理。",
        gone="系统已经恢复，林木采伐许可照常受理。",
    ),
)


def publish_all(now: datetime) -> int:
    """Publish what is not there yet (发布演示信息), each whole; returns how many were new. May be done again."""
    writer, reviewer = people.actor(_WRITER, now), people.actor(_REVIEWER, now)
    ids = {organ.name: organ.id for organ in parties.organs()}
    fresh = 0
    for notice in NOTICES:
        at = now - timedelta(days=notice.days_ago)
        key = f"demo-{notice.key}"
        content = {"kind": notice.kind.value, "title": notice.title, "body": notice.body + _SAYS_SO}
        made = actions.start(
            actor=writer, organ_id=ids[notice.organ], content=content, at=at, key=f"{key}-start"
        )
        fresh += made.state is DocumentState.DRAFT
        actions.send(actor=writer, document_id=made.id, at=at, key=f"{key}-send")
        actions.approve(actor=reviewer, document_id=made.id, confirmed=True, at=at, key=f"{key}-approve")
        if notice.gone:
            actions.withdraw(
                actor=writer,
                document_id=made.id,
                reason=notice.gone,
                at=at + timedelta(days=1),
                key=f"{key}-withdraw",
            )
    return fresh
