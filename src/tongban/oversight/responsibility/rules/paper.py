"""The report on paper (责任认定报告纸质件): what the template is given. Pure; its language is Chinese, as a court reads it."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
from tongban.work.cases.rules.presence import DOCUMENT_LABELS

_CHINA = ZoneInfo("Asia/Shanghai")
WHO = {"person": "申请人", "system": "平台", "staff": "", "public": "未登录的人"}

# How a stranger checks a report, step by step; the README of the archive says the same with the commands.
STEPS = (
    "向平台索取同一办件的责任认定包（zip），里面有每一步的账本条目、签名证据、证书和文书原文。",
    "用“tongban verify 责任认定包.zip”离线核验，或者用包里 README.txt 列出的 openssl 命令逐步核验，不需要平台的数据库，也不需要联网。",
    "账本封存的公钥在平台的 /v1/ledger/keys 公布，根证书由电子认证服务机构公布，请与包里的对照。",
    "每一步的签名原文，是账本条目去掉 signature 一项后的规范化文本；签名证据是 CMS（RFC 5652）格式，里面有证书、证书状态和时间戳。",
)
LIMITS = (
    "“职权依据”来自平台的任职登记，由平台在责任认定包的清单上签名担保，账本和签名本身不能证明任职是否合法。",
    "没有签名的行为，由登录账号和账本证明是谁办的；账本条目在封存之后不能改动而不被发现。",
    "报告不能证明报告作出之后没有发生别的事。",
)


def paper(report: Report) -> dict[str, Any]:
    """What the paper shows (报告纸面内容)."""
    subject = report.subject
    return {
        "title": "责任认定报告",
        "number": subject.number,
        "item": subject.item,
        "item_code": subject.item_code,
        "organ": subject.organ,
        "applicant": f"{subject.applicant}（{subject.number_of_id}）",
        "made_at": moment(report.made_at),
        "counts": {"acts": len(report.lines), "signed": report.signed, "waiting": report.waiting},
        "broken": [
            {
                "number": line.number,
                "title": title_of(line.act),
                "parts": "、".join(PART_LABELS[one.part] for one in line.broken),
            }
            for line in report.broken
        ],
        "acts": [
            {"number": line.number, "title": title_of(line.act), "holds": not line.broken, "rows": rows(line)}
            for line in report.lines
        ],
        "steps": list(STEPS),
        "limits": list(LIMITS),
    }


def rows(line: Line) -> list[dict[str, str]]:
    """What is said of one act (行为各项), label and value."""
    found = [
        ("时间", moment(line.at)),
        ("办理人", who(line)),
        ("职权依据", authority(line.authority)),
    ]
    if line.attendance is not None:
        found.append(("到窗口的人", attendance(line.attendance)))
    if line.text:
        found.append(("所依据的文本", f"SHA-256 {line.text}"))
    if line.signed is not None:
        found += [
            ("签名证书", f"{line.signed.subject}，序列号 {line.signed.serial}，签发者 {line.signed.issuer}"),
            ("时间戳", moment(line.signed.stamped_at) if line.signed.stamped_at else "没有"),
            ("签名证据", f"SHA-256 {line.signature}"),
        ]
    elif not line.signature:
        found.append(
            ("签名", "这一步没有用证书签名" if line.kind != "system" else "平台自动办理，由账本封存证明")
        )
    found.append(("核验", verification(line)))
    sealed = f"第 {line.seal} 号封存，{moment(line.sealed_at)}" if line.sealed_at else "等待封存"
    found.append(("账本位置", f"{line.stream} 第 {line.seq} 条，哈希 {line.hash}；{sealed}"))
    return [{"label": label, "value": value} for label, value in found]


def who(line: Line) -> str:
    """Who did it (办理人), as it is shown to everybody who may read the report."""
    if line.kind == "system":
        return f"平台（{line.who}）" if line.who else "平台"
    return line.who or WHO.get(line.kind, "")


def authority(one: Authority) -> str:
    """By what right (职权依据), in words."""
    label = str(GROUND_LABELS[one.ground])
    if one.ground in (Ground.POST, Ground.DEPUTY):
        role = str(ROLE_LABELS[Role(one.role)])
        until = f"至 {day(one.until - timedelta(days=1))}" if one.until else "至今"
        since = day(one.since) if one.since else ""
        if one.ground is Ground.DEPUTY:
            return f"{one.organ} {role}，代理{one.for_name}（代理期 {since}{until}，代理登记 {one.by}）"
        return f"{one.organ} {role}（任职 {since}{until}）"
    if one.ground is Ground.MANDATE:
        proof = f"，凭：{one.proof}" if one.proof else ""
        return f"{one.agent}受{one.for_name}委托代办（授权编号 {one.by}{proof}）"
    return f"{label}：{one.basis}" if one.basis else label


def attendance(one: Attendance) -> str:
    """Who stood at the counter (到窗口的人), by which document, and under which mandate for whom."""
    document = f"看了{DOCUMENT_LABELS[one.seen]}"
    if one.lost:
        return f"{document}；账本里写的授权 {one.lost} 不见了"
    if one.mandate is None:
        return f"申请人本人，{document}"
    proof = f"，凭：{one.mandate.seen}" if one.mandate.seen else ""
    names = f"{one.mandate.agent_name}代{one.mandate.giver_name}"
    return f"{names}（授权编号 {one.mandate.number}{proof}），{document}"


def verification(line: Line) -> str:
    """What was verified and with what outcome (核验结果), in words: what holds in one breath, what does not by itself."""
    groups: list[str] = []
    for outcome in Outcome:
        parts = [str(PART_LABELS[one.part]) for one in line.checks if one.outcome is outcome]
        if parts:
            groups.append(f"{'、'.join(parts)}{OUTCOME_LABELS[outcome]}")
    notes = [f"{PART_LABELS[one.part]}：{one.note}" for one in line.broken if one.note]
    return "；".join(groups) + ("。" + " ".join(notes) if notes else "")


def moment(at: datetime | None) -> str:
    """A moment on the wall of a Chinese office, to the second (北京时间)."""
    return "" if at is None else at.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S")


def day(on: date) -> str:
    """A day (日期)."""
    return on.isoformat()
