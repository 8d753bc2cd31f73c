"""Authority (职权依据): by what right an act was done. The post is found again in the table of moves and in the offices of that day. Pure.

Source: 行政许可法 articles 32, 34, 42, 44 (who may do what); the platform's table of moves. That somebody was in office is told by the
register of posts, which the ledger does not prove; the report says so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from tongban.standards.text import msg
from tongban.work.cases.rules.checks import CHECK_MOVES
from tongban.work.cases.rules.moves import MOVES, PROPOSALS, By, Verb
from tongban.work.cases.rules.presence import Document

_CHINA = ZoneInfo("Asia/Shanghai")


class Ground(StrEnum):
    """Ground (依据类别) on which somebody acted."""

    ONESELF = "oneself"  # 本人
    MANDATE = "mandate"  # 受委托
    POST = "post"  # 岗位
    DEPUTY = "deputy"  # 代理
    RULE = "rule"  # 平台按规则
    NONE = "none"  # 没有找到


GROUND_LABELS = {
    Ground.ONESELF: msg("本人"),
    Ground.MANDATE: msg("受委托代办"),
    Ground.POST: msg("岗位职责"),
    Ground.DEPUTY: msg("代理同事的岗位"),
    Ground.RULE: msg("平台按规则自动办理"),
    Ground.NONE: msg("没有找到当天的岗位"),
}


class Holding(Protocol):
    """A holding of a role (任职)."""

    @property
    def account_id(self) -> UUID: ...
    @property
    def organ_id(self) -> UUID: ...
    @property
    def role(self) -> str: ...
    @property
    def items(self) -> Sequence[str]: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date | None: ...


class Mandate(Protocol):
    """A mandate as it is told (授权说明)."""

    @property
    def number(self) -> str: ...
    @property
    def agent_name(self) -> str: ...
    @property
    def giver_name(self) -> str: ...
    @property
    def seen(self) -> str: ...


class Deputising(Protocol):
    """A deputising (代理)."""

    @property
    def id(self) -> UUID: ...
    @property
    def deputy_id(self) -> UUID: ...
    @property
    def account_id(self) -> UUID: ...
    @property
    def account_name(self) -> str: ...
    @property
    def organ_id(self) -> UUID: ...
    @property
    def role(self) -> str: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date: ...
    @property
    def named_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Organ:
    """An organ (机关) by name and place."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Around a case (办件的机关和人): who was in office, whose turn it could be.

    ``item``: basic code of its item; ``parts``: the organ of each department of joint handling, by its key; ``counters``: where it is
    taken in or handed out; ``mandates``: those named by its acts, by id.
    """

    place: str
    item: str = ""
    holdings: Sequence[Holding] = ()
    deputies: Sequence[Deputising] = ()
    organs: Mapping[UUID, Organ] = field(default_factory=dict)
    parts: Mapping[str, UUID] = field(default_factory=dict)
    counters: frozenset[UUID] = frozenset()
    mandates: Mapping[UUID, Mandate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Authority:
    """Authority (职权依据) of one act. ``since``, ``until`` (exclusive): of the post, or of the deputising.

    ``by``: id of the deputising, number of the mandate, or name of the job; ``agent``: who acted under a mandate, ``proof``: what
    proved that, where the two did not agree on it here.
    """

    ground: Ground
    role: str = ""
    organ: str = ""
    since: date | None = None
    until: date | None = None
    for_name: str = ""  # for whom one deputised, or who gave the mandate
    agent: str = ""
    by: str = ""
    basis: str = ""  # article or rule
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Attendance (到窗口的人): by which document a clerk knew who stood there; under which mandate, None where it was the applicant."""

    seen: Document
    mandate: Mandate | None = None
    lost: str = ""  # id of a mandate that is not to be found


@dataclass(frozen=True, slots=True)
class Done:
    """What authority asks of an act (行为要素). ``organ_id``: of the case when it was done."""

    act: str
    at: datetime
    kind: str
    account_id: UUID | None
    mandate: str
    job: str
    data: Mapping[str, object]
    organ_id: UUID | None


BASES: Mapping[str, str] = {
    f"cases.{Verb.DEEM_ACCEPTED}": msg("行政许可法第三十二条：逾期不告知的，视为受理"),
    f"cases.{Verb.LAPSE}": msg("预审承诺的时间已过，平台规则：视为收件"),
    f"cases.{Verb.GRANT_BY_RULE}": msg("事项公开的自动审批规则"),
    f"cases.{Verb.CLOSE}": msg("行政许可法第四十四条：作出决定后颁发、送达证件"),
    f"cases.{Verb.MAKE}": msg("行政许可法第四十四条：作出决定后颁发、送达证件"),
    "licences.issue": msg("行政许可法第三十九条：颁发加盖印章的许可证件"),
    "cases.file_document": msg("行政许可法第三十二条、第三十八条：出具书面凭证、作出书面决定"),
}
_PLATFORM = msg("平台的定时任务或者后续任务")

_MOVED_BY: Mapping[str, frozenset[By]] = {
    f"cases.{verb}": frozenset(move.by for move in MOVES if move.verb is verb) for verb in Verb
}
_CHECKED_BY: Mapping[str, frozenset[str]] = {
    f"cases.check_{move.verb}": frozenset(one.role for one in CHECK_MOVES if one.verb is move.verb)
    for move in CHECK_MOVES
}
_ROLE: Mapping[By, str] = {By.DEPARTMENT: By.REVIEWER.value}
_AT_DEPARTMENT = frozenset({By.DEPARTMENT})


def authority_of(done: Done, setting: Setting) -> Authority:
    """By what right this was done (查职权依据): of an official the post that the table asks for, held on that day, her own or deputised."""
    if done.kind == "person":
        return _mandated(done, setting) if done.mandate else Authority(Ground.ONESELF)
    if done.kind == "system":
        return Authority(Ground.RULE, by=done.job, basis=BASES.get(done.act, _PLATFORM))
    if done.account_id is None:
        return Authority(Ground.NONE)
    day = done.at.astimezone(_CHINA).date()
    for roles, organs in _wanted(done, setting):
        found = _own(done.account_id, roles, organs, day, setting) or _deputised(
            done.account_id, roles, organs, done.at, setting
        )
        if found is not None:
            return found
    return Authority(Ground.NONE)


def _mandated(done: Done, setting: Setting) -> Authority:
    """An agent's right (代办依据): the mandate that the act names, by its number and both names."""
    try:
        found = setting.mandates.get(UUID(done.mandate))
    except ValueError:
        found = None
    if found is None:
        return Authority(Ground.NONE, by=done.mandate)
    return Authority(
        Ground.MANDATE,
        for_name=found.giver_name,
        agent=found.agent_name,
        by=found.number,
        proof=found.seen,
    )


def attendance_of(data: Mapping[str, object], setting: Setting) -> Attendance | None:
    """Who stood at the counter (查到场人), as the act tells it; None where it tells nobody."""
    kept = data.get("present")
    if not isinstance(kept, Mapping) or kept.get("seen") not in set(Document):
        return None
    seen, named = Document(kept["seen"]), kept.get("mandate")
    if named is None:
        return Attendance(seen)
    try:
        found = setting.mandates.get(UUID(str(named)))
    except ValueError:
        found = None
    return Attendance(seen, found, "" if found else str(named))


def _wanted(done: Done, setting: Setting) -> list[tuple[frozenset[str] | None, Collection[UUID] | None]]:
    """Which roles in which organs would be a right to this act (应有岗位), the narrowest first. None: any."""
    data = done.data
    counter = data.get("at_counter") or data.get("counter")
    if counter and done.kind == "staff":
        return [(frozenset({"clerk"}), {UUID(str(counter))})]
    by = _by(done)
    if by is None:
        checked = _CHECKED_BY.get(done.act)
        if checked is not None:
            return [(checked, _organ(done))]
        # Acts that the table does not know ask for a post where the case was handled, whatever it is called.
        around = {*_organ(done), *setting.parts.values(), *setting.counters}
        return [(None, around), (None, None)]
    if by == _AT_DEPARTMENT:
        part = setting.parts.get(str(data.get("part")))
        return [(frozenset({_ROLE[By.DEPARTMENT]}), set() if part is None else {part})]
    found: list[tuple[frozenset[str] | None, Collection[UUID] | None]] = []
    for one in sorted(by):
        role = frozenset({_ROLE.get(one, one.value)})
        if one is By.GOVERNOR:
            # 本级人民政府: of the very place of the case.
            found.append(
                (role, {id_ for id_, organ in setting.organs.items() if organ.place == setting.place})
            )
        elif one is By.APPLICANT:
            found.append((frozenset({"clerk"}), setting.counters))
        else:
            found.append((role, _organ(done)))
    if done.act == f"cases.{Verb.DELIVER}":
        found.append((frozenset({"clerk"}), setting.counters))
    return found


def _by(done: Done) -> frozenset[By] | None:
    if done.act == "cases.propose":
        return frozenset({PROPOSALS[Verb(str(done.data["verb"]))].by})
    if done.act == "cases.turn_down":
        return frozenset({By.HEAD, By.GOVERNOR})
    return _MOVED_BY.get(done.act)


def _organ(done: Done) -> set[UUID]:
    return set() if done.organ_id is None else {done.organ_id}


def _fits(role: str, organ_id: UUID, roles: frozenset[str] | None, organs: Collection[UUID] | None) -> bool:
    return (roles is None or role in roles) and (organs is None or organ_id in organs)


def _in_office(account_id: UUID, organ_id: UUID, role: str | None, day: date, setting: Setting) -> bool:
    return any(
        held.account_id == account_id
        and held.organ_id == organ_id
        and (role is None or held.role == role)
        and _on(held, day, setting.item)
        for held in setting.holdings
    )


def _on(held: Holding, day: date, item: str) -> bool:
    in_time = held.since <= day and (held.until is None or day < held.until)
    return in_time and (not held.items or item in held.items)


def _own(
    account_id: UUID,
    roles: frozenset[str] | None,
    organs: Collection[UUID] | None,
    day: date,
    setting: Setting,
) -> Authority | None:
    for held in setting.holdings:
        if (
            held.account_id == account_id
            and _on(held, day, setting.item)
            and _fits(held.role, held.organ_id, roles, organs)
        ):
            return Authority(Ground.POST, held.role, _name(held.organ_id, setting), held.since, held.until)
    return None


def _deputised(
    account_id: UUID,
    roles: frozenset[str] | None,
    organs: Collection[UUID] | None,
    at: datetime,
    setting: Setting,
) -> Authority | None:
    """A deputy's right (代理依据), by the same rule that gave her the post: the one still held it, the other was in office there."""
    day = at.astimezone(_CHINA).date()
    for one in setting.deputies:
        if (
            one.deputy_id == account_id
            and one.since <= day < one.until
            and one.named_at <= at
            and (one.ended_at is None or one.ended_at > at)
            and _fits(one.role, one.organ_id, roles, organs)
            and _in_office(one.account_id, one.organ_id, one.role, day, setting)
            and _in_office(account_id, one.organ_id, None, day, setting)
        ):
            return Authority(
                Ground.DEPUTY,
                one.role,
                _name(one.organ_id, setting),
                one.since,
                one.until,
                for_name=one.account_name,
                by=str(one.id),
            )
    return None


def _name(organ_id: UUID, setting: Setting) -> str:
    organ = setting.organs.get(organ_id)
    return "" if organ is None else organ.name
