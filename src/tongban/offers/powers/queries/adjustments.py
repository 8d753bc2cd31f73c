"""Adjustments as editors see them (编辑查看清单调整): what waits, what each would do to the list, what can be added."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.base.errors import NotFound
from tongban.base.ledger import queries as ledger
from tongban.offers.catalogue.rules.elements import Row
from tongban.offers.powers.access import EDITOR, may
from tongban.offers.powers.models import Adjustment
from tongban.offers.powers.queries.lists import EntryView, list_of
from tongban.offers.powers.rules.adjustments import (
    AdjustmentMove,
    AdjustmentState,
    AdjustmentVerb,
    Change,
    ChangeKind,
    Problem,
    Standing,
    kind_of,
    problem_of,
    verbs_from,
)
from tongban.offers.powers.rules.content import POWERS, Content, content_digest, differing
from tongban.standards.item_codes import ItemType
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class AdjustmentView:
    """An adjustment (清单调整视图). ``moves``: what the reader may do; ``hindrances``: what not, and why."""

    id: uuid.UUID
    organ_id: uuid.UUID
    organ_name: str
    organ_code: str
    number: int
    state: AdjustmentState
    version: int
    reason: str
    basis: str
    starts_on: date
    imported: bool
    sent_back: str
    written: int
    added: int
    changed: int
    removed: int
    made_at: datetime
    published_at: datetime | None
    moves: tuple[AdjustmentMove, ...]
    hindrances: Mapping[AdjustmentVerb, str]


def _view(row: Adjustment, actor: Actor) -> AdjustmentView:
    state = AdjustmentState(row.state)
    moves: list[AdjustmentMove] = []
    hindrances: dict[AdjustmentVerb, str] = {}
    for move in verbs_from(state):
        allowed, reason = may(actor, move, organ_id=row.power_list_id, writers=row.writers)
        if allowed:
            moves.append(move)
        else:
            hindrances[move.verb] = reason
    organ = row.power_list.organ
    return AdjustmentView(
        row.id,
        row.power_list_id,
        organ.name,
        organ.credit_code,
        row.number,
        state,
        row.version,
        row.reason,
        row.basis,
        row.starts_on,
        row.imported,
        row.sent_back,
        len(row.changes),
        row.added,
        row.changed,
        row.removed,
        row.made_at,
        row.published_at,
        tuple(moves),
        hindrances,
    )


def _own(actor: Actor) -> QuerySet[Adjustment]:
    return Adjustment.objects.select_related("power_list__organ").filter(
        power_list__in=actor.organs_as(EDITOR)
    )


def desk(actor: Actor, limit: int = 100) -> list[AdjustmentView]:
    """Adjustments of the actor's organs (本机关清单调整), the newest first."""
    return [_view(row, actor) for row in _own(actor).order_by("-made_at", "-id")[:limit]]


@dataclass(frozen=True, slots=True)
class OwnList:
    """The list of one's own organ (本机关清单): how many entries today."""

    organ_id: uuid.UUID
    name: str
    credit_code: str
    entries: int


_OWN_LISTS = """
    SELECT o.id, o.name, o.credit_code, count(e.id) FROM organ o
    LEFT JOIN power_entry en ON en.organ_id = o.id
    LEFT JOIN power_edition e ON e.entry_id = en.id AND e.starts_on <= %s AND (e.ends_on IS NULL OR e.ends_on > %s)
    WHERE o.id = ANY(%s) GROUP BY o.id, o.name, o.credit_code ORDER BY o.name
"""


def own_lists(actor: Actor, on: date) -> list[OwnList]:
    """The lists that the actor edits (本机关清单)."""
    return [OwnList(*row) for row in fetch_all(_OWN_LISTS, [on, on, list(actor.organs_as(EDITOR))])]


def one(actor: Actor, adjustment_id: uuid.UUID) -> AdjustmentView:
    """An adjustment of one's own organ (本机关的调整). NotFound for everybody else."""
    row = _own(actor).filter(pk=adjustment_id).first()
    if row is None:
        raise gone()
    return _view(row, actor)


def gone() -> NotFound:
    """What somebody is told who asks for an adjustment that is none, or not theirs (没有这次调整)."""
    return NotFound("powers.adjustment", msg("没有找到这次清单调整。"))


# --- what an adjustment would do ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Basic:
    """A basic item as the catalogue has it now (基本目录事项现状)."""

    code: str
    name: str
    item_type: str


def basics(codes: Collection[str]) -> dict[str, Basic]:
    """Basic items of 12 characters by their code (按代码取基本目录事项)."""
    sql = "SELECT code, name, item_type FROM basic_item WHERE code = ANY(%s) AND length(code) = 12"
    return {row[0]: Basic(*row) for row in fetch_all(sql, [list(codes)])}


_STANDING = """
    SELECT DISTINCT ON (en.basic_id) en.basic_id, e.id::text, e.number, e.starts_on, e.ends_on, e.digest
    FROM power_entry en JOIN power_edition e ON e.entry_id = en.id
    WHERE en.organ_id = %s AND en.basic_id = ANY(%s) ORDER BY en.basic_id, e.number DESC
"""


def standing_of(organ_id: uuid.UUID, codes: Collection[str]) -> dict[str, Standing]:
    """The last edition of each of these entries (事项现状)."""
    return {row[0]: Standing(*row[1:]) for row in fetch_all(_STANDING, [organ_id, list(codes)])}


def changes_in(row: Adjustment) -> list[Change]:
    """What people wrote into an adjustment (调整内容), by code."""
    return [
        Change(
            code,
            None if told["content"] is None else Content.model_validate(told["content"]),
            told["reason"],
            told["basis"],
        )
        for code, told in sorted(row.changes.items())
    ]


@dataclass(frozen=True, slots=True)
class Planned:
    """A change of a draft as a reviewer sees it (拟调整事项): before and after, and what stands against it."""

    basic: str
    name: str
    item_type: ItemType
    kind: ChangeKind
    rows: list[Row]
    reason: str
    basis: str
    problem: Problem | None


def planned(actor: Actor, adjustment_id: uuid.UUID) -> list[Planned]:
    """What an open adjustment would do to the list (拟调整内容), by kind and code. NotFound like :func:`one`."""
    row = _own(actor).filter(pk=adjustment_id).first()
    if row is None:
        raise gone()
    changes = changes_in(row)
    codes = [change.basic for change in changes]
    named, standing = basics(codes), standing_of(row.power_list_id, codes)
    now = {entry.basic: entry for entry in list_of(row.power_list_id, row.starts_on)} if codes else {}
    found = [
        _planned(change, named[change.basic], standing.get(change.basic), now.get(change.basic), row)
        for change in changes
        if change.basic in named
    ]
    return sorted(found, key=lambda one: (list(ChangeKind).index(one.kind), one.basic))


def _planned(
    change: Change, basic: Basic, standing: Standing | None, now: EntryView | None, row: Adjustment
) -> Planned:
    after = None if change.content is None else (basic.name, basic.item_type, change.content)
    problem = problem_of(change, digest_of(change, basic), basic.item_type, standing, row.starts_on)
    seen = row.changes[change.basic]["seen"]
    if problem is None and seen != (standing.edition if standing else None):
        problem = Problem(change.basic, "powers.moved", MOVED)
    return Planned(
        change.basic,
        basic.name,
        ItemType(basic.item_type),
        kind_of(change, standing, row.starts_on),
        differing(now.said if now else None, after),
        change.reason,
        change.basis,
        problem,
    )


MOVED = msg("写好以后，清单里的这一项又有了变化。请打开这一项看过，再保存一次。")


def digest_of(change: Change, basic: Basic) -> str:
    """Digest of what a change would say (拟载内容摘要); '' where it takes an entry out."""
    if change.content is None:
        return ""
    return content_digest(basic.code, basic.name, basic.item_type, change.content.told())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A basic item that can be added to, or an entry of, a list (可调整事项). ``listed``: whether the list has it."""

    code: str
    name: str
    item_type: ItemType
    listed: bool


_CANDIDATES = r"""
    SELECT b.code, b.name, b.item_type, e.id IS NOT NULL FROM basic_item b
    LEFT JOIN power_entry en ON en.basic_id = b.code AND en.organ_id = %s
    LEFT JOIN power_edition e ON e.entry_id = en.id AND e.starts_on <= %s AND (e.ends_on IS NULL OR e.ends_on > %s)
    WHERE length(b.code) = 12 AND b.item_type = ANY(%s) AND (b.code = %s OR strpos(b.name, %s) > 0)
    ORDER BY e.id IS NULL, b.code LIMIT %s
"""


def candidates(organ_id: uuid.UUID, text: str, on: date, limit: int = 50) -> list[Candidate]:
    """Basic items whose name contains ``text`` or whose code it is (可调整事项), what the list has first."""
    asked: Sequence[object] = [
        organ_id,
        on,
        on,
        [kind.value for kind in POWERS],
        text.upper(),
        text,
        limit,
    ]
    return [
        Candidate(code, name, ItemType(kind), listed)
        for code, name, kind, listed in fetch_all(_CANDIDATES, asked)
    ]


def draft_content(actor: Actor, adjustment_id: uuid.UUID, basic_code: str) -> Content | None:
    """What a draft says of an entry (草稿内容), or None where it says nothing or takes it out. NotFound like :func:`one`."""
    row = _own(actor).filter(pk=adjustment_id).first()
    if row is None:
        raise gone()
    told = row.changes.get(basic_code)
    return None if told is None or told["content"] is None else Content.model_validate(told["content"])


# --- what happened -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to an adjustment (调整经过), as the ledger tells it. ``verb`` is None for its beginning."""

    verb: AdjustmentVerb | None
    at: datetime
    who: str
    reason: str


def life_of(actor: Actor, adjustment_id: uuid.UUID) -> list[Happened]:
    """What happened to an adjustment (调整经过), newest first; only for the organ's own editors."""
    own = one(actor, adjustment_id)
    stream = stream_of(own.organ_id)
    found = []
    for act in ledger.acts_of_many([stream]).get(stream, []):
        if act.data.get("adjustment") != str(adjustment_id):
            continue
        name = act.act.removeprefix("powers.")
        verb = next((known for known in AdjustmentVerb if known == name), None)
        found.append(
            Happened(verb, act.at, str(act.actor.get("name", "")), str(act.data.get("sent_back", "")))
        )
    return found[::-1]


def stream_of(organ_id: uuid.UUID) -> str:
    """Name of a list's stream in the ledger (清单链名)."""
    return f"powers:{organ_id}"
