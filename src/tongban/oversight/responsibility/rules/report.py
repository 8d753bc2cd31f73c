"""The responsibility report (责任认定报告): the acts on a case in their order, each with its authority and all that was verified. Pure."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from tongban.base.ledger.rules import content_of, link
from tongban.oversight.responsibility.rules.authority import (
    Attendance,
    Authority,
    Done,
    Setting,
    attendance_of,
    authority_of,
)
from tongban.standards.text import msg
from tongban.work.cases.rules.labels import VERB_LABELS
from tongban.work.cases.rules.moves import Verb


class Part(StrEnum):
    """Part of a verification (核验部分), in the order in which it is told."""

    TEXT = "text"
    LEDGER = "ledger"
    SEAL = "seal"
    CONTENT = "content"
    SIGNATURE = "signature"
    CERTIFICATE = "certificate"
    CHAIN = "chain"
    STATUS = "status"
    TIME_STAMP = "time_stamp"
    HOLDER = "holder"


PART_LABELS = {
    Part.TEXT: msg("文书原文"),
    Part.LEDGER: msg("账本条目"),
    Part.SEAL: msg("账本封存"),
    Part.CONTENT: msg("签名原文"),
    Part.SIGNATURE: msg("签名"),
    Part.CERTIFICATE: msg("证书"),
    Part.CHAIN: msg("证书链"),
    Part.STATUS: msg("签名时的证书状态"),
    Part.TIME_STAMP: msg("时间戳"),
    Part.HOLDER: msg("签名人"),
}
# What a signature is judged by, where there is one.
SIGNED_PARTS = (
    Part.CONTENT,
    Part.SIGNATURE,
    Part.CERTIFICATE,
    Part.CHAIN,
    Part.STATUS,
    Part.TIME_STAMP,
    Part.HOLDER,
)


class Outcome(StrEnum):
    """Outcome (核验结果) of one part."""

    HOLDS = "holds"
    BROKEN = "broken"
    WAITS = "waits"  # no seal covers it yet: it comes within seconds
    OPEN = "open"  # cannot be judged as far as it was looked, because a part before it is broken


OUTCOME_LABELS = {
    Outcome.HOLDS: msg("相符"),
    Outcome.BROKEN: msg("不符"),
    Outcome.WAITS: msg("等待封存"),
    Outcome.OPEN: msg("无法判断"),
}
ACT_LABELS: Mapping[str, str] = {
    **{f"cases.{verb}": label for verb, label in VERB_LABELS.items()},
    "cases.start": msg("开始填写申请"),
    "cases.upgrade": msg("草稿换到新版指南"),
    "cases.migrate": msg("办件换到新版指南"),
    "cases.recompute": msg("按新日历重算期限"),
    "cases.claim": msg("领办"),
    "cases.put_back": msg("退回待领"),
    "cases.hand_over": msg("转交同事"),
    "cases.propose": msg("呈批"),
    "cases.turn_down": msg("不批准呈批"),
    "cases.file_document": msg("制发文书"),
    "cases.send_originals": msg("寄送原件"),
    "cases.receive_originals": msg("收到原件"),
    "cases.check_assign": msg("指定核查人"),
    "cases.check_keep": msg("核查承诺：属实"),
    "cases.check_breach": msg("核查承诺：不实"),
    "cases.check_rectify": msg("核查承诺：已整改"),
    "cases.check_revoke": msg("核查承诺：撤销决定"),
    "cases.check_repair": msg("核查承诺：信用修复"),
    "cases.export": msg("导出整个办件"),
    "licences.issue": msg("签发证照"),
    "licences.revoke": msg("撤销证照"),
}


class Row(Protocol):
    """A ledger entry as it is kept (账本条目)."""

    @property
    def stream(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def body(self) -> str: ...
    @property
    def previous(self) -> bytes: ...
    @property
    def hash(self) -> bytes: ...
    @property
    def evidence(self) -> bytes | None: ...
    @property
    def seal(self) -> int | None: ...
    @property
    def sealed_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature says and whether it holds (签名核验): of whom, when, and what is wrong by part.

    ``fingerprint``: SHA-256 of the certificate, hex. ``faults``: the parts that do not hold; a part that could not be judged
    because of them is in ``unjudged``.
    """

    subject: str
    serial: str
    issuer: str
    fingerprint: str
    stamped_at: datetime | None
    name: str = ""  # of the subject, for people
    faults: Mapping[Part, str] = field(default_factory=dict)
    unjudged: frozenset[Part] = frozenset()


# Judges evidence over a content; where it cannot be read at all, it says so as a fault of the signature.
Judge = Callable[[bytes, bytes], Signed]


@dataclass(frozen=True, slots=True)
class Checked:
    """One part as it was checked (核验部分结果). ``note``: what is wrong, for whoever has to find it."""

    part: Part
    outcome: Outcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An act of the report (报告条目). ``who``: the official's name, the job, or empty for the applicant."""

    number: int
    act: str
    at: datetime
    kind: str
    account_id: str
    who: str
    authority: Authority
    attendance: Attendance | None  # who stood at the counter that did it for the applicant
    text: str  # digest of the text that it was done on, empty where there is none
    document: str  # id of the document
    signature: str  # digest of the evidence
    signed: Signed | None
    checks: tuple[Checked, ...]
    stream: str
    seq: int
    hash: str
    seal: int | None
    sealed_at: datetime | None

    @property
    def broken(self) -> tuple[Checked, ...]:
        """What does not hold (不符项)."""
        return tuple(one for one in self.checks if one.outcome is Outcome.BROKEN)


@dataclass(frozen=True, slots=True)
class Subject:
    """Which case it is (所认定的办件). ``applicant``: her name; ``number_of_id`` is masked."""

    id: UUID
    number: str
    item: str
    item_code: str
    organ: str
    applicant: str
    number_of_id: str


@dataclass(frozen=True, slots=True)
class Report:
    """The report (责任认定报告)."""

    subject: Subject
    made_at: datetime
    lines: tuple[Line, ...]

    @property
    def broken(self) -> tuple[Line, ...]:
        """Acts of which something does not hold (有不符的行为)."""
        return tuple(line for line in self.lines if line.broken)

    @property
    def signed(self) -> int:
        """How many acts are signed (已签名的行为数)."""
        return sum(1 for line in self.lines if line.signature)

    @property
    def waiting(self) -> int:
        """How many acts no seal covers yet (等待封存的行为数)."""
        return sum(1 for line in self.lines if line.seal is None)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept beside the ledger and named by it (账本以外的原文).

    ``texts``: digest of each document's stored words, by its id; ``licences``: of each licence's content, by its id;
    ``form``: of the answers, absent while they may change; ``holders``: whose each certificate is, by fingerprint: ids of
    accounts.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    licences: Mapping[str, str] = field(default_factory=dict)
    form: str | None = None
    holders: Mapping[str, frozenset[str]] = field(default_factory=dict)


def build(
    subject: Subject,
    rows: Sequence[Row],
    *,
    setting: Setting,
    kept: Kept,
    seals_broken: Collection[int],
    judge: Judge,
    made_at: datetime,
) -> Report:
    """Make the report (编制报告) of a case from its ledger entries. Deterministic: the same rows give the same report."""
    lines: list[Line] = []
    organ_id: UUID | None = None
    last_form = _last_form(rows)
    for number, row in enumerate(rows, 1):
        body = read(row.body)
        data: Mapping[str, Any] = body.get("data", {})
        organ_id = organ_id or id_of(data.get("organ"))
        done = _done(body, data, organ_id)
        signature = str(body.get("signature", ""))
        signed = None if row.evidence is None else judge(row.evidence, _content(row.body))
        # What a transfer changes counts from the next act on.
        organ_id = id_of(data.get("organ_id")) or organ_id
        text = _text(body, data)
        lines.append(
            Line(
                number=number,
                act=done.act,
                at=done.at,
                kind=done.kind,
                account_id=str(done.account_id or ""),
                who=str(body.get("actor", {}).get("name", "")),
                authority=authority_of(done, setting),
                attendance=attendance_of(data, setting),
                text=text,
                document=str(data.get("document") or data.get("filed") or ""),
                signature=signature,
                signed=signed,
                checks=(
                    *_ledger(row, seals_broken),
                    *_texts(body, data, kept, is_last_form=row is last_form),
                    *check_signature(row.evidence, signature, signed, str(done.account_id or ""), kept),
                ),
                stream=row.stream,
                seq=row.seq,
                hash=row.hash.hex(),
                seal=row.seal,
                sealed_at=row.sealed_at,
            )
        )
    return Report(subject, made_at, tuple(lines))


def read(body: str) -> Mapping[str, Any]:
    """A body as data (读取条目正文); nothing where somebody made it unreadable."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(found, dict) or not all(
        isinstance(found.get(one, {}), dict) for one in ("actor", "data")
    ):
        return {}
    return found


def _content(body: str) -> bytes:
    try:
        return content_of(body)
    except (ValueError, TypeError, AttributeError):
        return body.encode()  # a text that is no entry any more: whatever was signed, it was not this


def id_of(value: object) -> UUID | None:
    """An id that a body tells (读取标识), or None."""
    try:
        return None if value is None else UUID(str(value))
    except ValueError:
        return None


def _done(body: Mapping[str, Any], data: Mapping[str, Any], organ_id: UUID | None) -> Done:
    actor = body.get("actor", {})
    return Done(
        act=str(body.get("act", "")),
        at=_at(body),
        kind=str(actor.get("kind", "")),
        account_id=id_of(actor.get("id")),
        mandate=str(actor.get("mandate", "")),
        job=str(actor.get("name", "")),
        data=data,
        organ_id=organ_id,
    )


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _at(body: Mapping[str, Any]) -> datetime:
    try:
        found = datetime.fromisoformat(str(body.get("at")))
    except ValueError:
        return _NEVER
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _text(body: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """The digest of what an act was done on (所依据的文本): a document's words, a licence's content, answers, or a made file."""
    if body.get("act") == "cases.start":
        return ""
    return str(data.get("digest") or data.get("content") or data.get("form") or data.get("file") or "")


def _last_form(rows: Sequence[Row]) -> Row | None:
    return next((row for row in reversed(rows) if "form" in read(row.body).get("data", {})), None)


def _ledger(row: Row, seals_broken: Collection[int]) -> list[Checked]:
    linked = link(row.previous, row.body) == row.hash
    found = [
        Checked(Part.LEDGER, Outcome.HOLDS)
        if linked
        else Checked(Part.LEDGER, Outcome.BROKEN, msg("条目的内容得不出它的哈希：被改过，或者前面少了条目。"))
    ]
    if row.seal is None:
        found.append(Checked(Part.SEAL, Outcome.WAITS))
    elif row.seal in seals_broken:
        found.append(Checked(Part.SEAL, Outcome.BROKEN, msg("封存的签名不成立。")))
    else:
        found.append(Checked(Part.SEAL, Outcome.HOLDS))
    return found


_CHANGED = msg("现在保存的原文和账本里的摘要不一致：原文被改过。")
_GONE = msg("账本里有它的摘要，但是原文不见了。")


def _texts(
    body: Mapping[str, Any], data: Mapping[str, Any], kept: Kept, *, is_last_form: bool
) -> list[Checked]:
    """Whether the text of an act is still the one that it named (原文核对)."""
    if "document" in data:
        return [_same(kept.texts.get(str(data["document"])), data.get("digest"))]
    if body.get("act") == "licences.issue":
        stream = str(body.get("stream", ""))
        return [_same(kept.licences.get(stream.removeprefix("licence:")), data.get("content"))]
    if is_last_form and kept.form is not None:
        return [_same(kept.form, data.get("form"))]
    return []


def _same(found: str | None, told: object) -> Checked:
    if found is None:
        return Checked(Part.TEXT, Outcome.BROKEN, _GONE)
    if found != told:
        return Checked(Part.TEXT, Outcome.BROKEN, _CHANGED)
    return Checked(Part.TEXT, Outcome.HOLDS)


def check_signature(
    evidence: bytes | None, signature: str, signed: Signed | None, account_id: str, kept: Kept
) -> list[Checked]:
    """What is said of a signature (签名核验部分): nothing where the act was not signed. ``signature``: the digest that the entry names."""
    if evidence is None or signed is None:
        if not signature:
            return []
        return [Checked(Part.SIGNATURE, Outcome.BROKEN, msg("账本里有签名的摘要，但是签名证据不见了。"))]
    faults = dict(signed.faults)
    # Where a part of the evidence was altered, that part is named, and not the whole beside it.
    if not faults and hashlib.sha256(evidence).hexdigest() != signature:
        words = msg("签名证据不是账本条目所载的那一份。") if signature else msg("账本条目没有说它签过名。")
        faults.setdefault(Part.SIGNATURE, words)
    holders = kept.holders.get(signed.fingerprint, frozenset())
    if account_id not in holders and not {Part.CERTIFICATE, Part.SIGNATURE} & faults.keys():
        faults.setdefault(Part.HOLDER, msg("这张证书登记的持有人不是办这件事的人。"))
    return [
        Checked(part, Outcome.BROKEN, faults[part])
        if part in faults
        else Checked(part, Outcome.OPEN if part in signed.unjudged else Outcome.HOLDS)
        for part in SIGNED_PARTS
    ]


def title_of(act: str) -> str:
    """What an act is called (行为名称)."""
    return ACT_LABELS.get(act, act)


def is_move(act: str) -> bool:
    """Whether an act moved the case (是否流转)."""
    return act.removeprefix("cases.") in set(Verb)
