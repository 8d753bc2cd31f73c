"""Rows of a small case for the pure tests (测试条目): linked as the ledger links them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tongban.base.ledger.rules import GENESIS, entry_body, link, signed_body
from tongban.oversight.responsibility.rules.report import Part, Signed, Subject

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
CASE, ORGAN, OTHER, GOVERNMENT, COUNTER = (UUID(int=n) for n in range(1, 6))
APPLICANT, CLERK, DECIDER, COLLEAGUE = (UUID(int=n) for n in range(11, 15))
DEPUTISING = UUID(int=99)
SUBJECT = Subject(CASE, "N1", "公共场所卫生许可", "code", "区卫健委", "林阿秀", "46**************1X")


@dataclass(frozen=True)
class Row:
    stream: str
    seq: int
    body: str
    previous: bytes
    hash: bytes
    evidence: bytes | None = None
    seal: int | None = 1
    sealed_at: datetime | None = AT


@dataclass(frozen=True)
class Held:
    account_id: UUID
    organ_id: UUID
    role: str
    since: date = date(2020, 1, 1)
    until: date | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mandated:
    number: str = "SQ1"
    agent_name: str = "陈代办"
    giver_name: str = "林阿秀"
    seen: str = "授权委托书"


@dataclass(frozen=True)
class Deputised:
    deputy_id: UUID
    account_id: UUID
    organ_id: UUID
    role: str
    since: date
    until: date
    named_at: datetime = AT - timedelta(days=9)
    ended_at: datetime | None = None
    account_name: str = "王决定"
    id: UUID = DEPUTISING


def chain(*acts: tuple[str, Mapping[str, str], Mapping[str, object], bytes | None]) -> list[Row]:
    """Entries of one case from (act, actor, data, evidence), an hour apart."""
    rows: list[Row] = []
    previous = GENESIS
    for seq, (act, actor, data, evidence) in enumerate(acts, 1):
        body = entry_body(
            stream=f"case:{CASE}", act=act, actor=actor, at=AT + timedelta(hours=seq), data=data, key=None
        )
        if evidence is not None:
            body = signed_body(body, evidence)
        rows.append(Row(f"case:{CASE}", seq, body, previous, link(previous, body), evidence))
        previous = rows[-1].hash
    return rows


def judged(faults: Mapping[Part, str] | None = None) -> Signed:
    return Signed("李决定", "0A", "签发机构", "f" * 64, AT, "李决定", dict(faults or {}))
