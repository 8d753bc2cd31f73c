"""Follow-up checks (承诺核查): what was promised, the check of a case, the lists of those who check, a party's bad records."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from tongban.base.actor import Actor
from tongban.base.batches import batched
from tongban.base.errors import NotFound
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import Finding
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.guide import Commitment
from tongban.people.identity import queries as identity
from tongban.people.identity.queries import Colleague
from tongban.standards.text import msg
from tongban.work.cases.access import checks_visible_to, may_check
from tongban.work.cases.models import Case, Check
from tongban.work.cases.queries.files import CaseView
from tongban.work.cases.rules.checks import UNREPAIRED, CheckMove, CheckState, CheckVerb, moves_from
from tongban.work.cases.rules.checks_witness import expected_check
from tongban.work.cases.rules.witness import differing


@dataclass(frozen=True, slots=True)
class Promise:
    """What an applicant committed to (承诺书): the text of the very edition, its digest, and when."""

    text: Commitment
    digest: str
    at: datetime


def promise_of(committed: Mapping[str, object] | None) -> Promise | None:
    """The promise that a case keeps (承诺内容), or None. A later edition of the guide does not change it."""
    if committed is None:
        return None
    text = catalogue.guide_of(uuid.UUID(str(committed["edition"]))).commitment
    at = datetime.fromisoformat(str(committed["at"]))
    return None if text is None else Promise(text, str(committed["digest"]), at)


class Which(StrEnum):
    """Which checks of a list (哪些核查)."""

    OPEN = "open"  # to be checked, or to be put right
    MINE = "mine"  # assigned to me
    LATE = "late"  # past their day
    BAD = "bad"  # unrepaired breaches
    ALL = "all"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check in a list (核查行). ``by``: until when the next step: the check, or what has to be put right."""

    case_id: uuid.UUID
    number: str
    item_name: str
    applicant_name: str
    organ_name: str
    state: CheckState
    by: date
    assignee_id: uuid.UUID | None
    assignee_name: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """The check of a case (核查视图). ``moves``: what this actor may do now."""

    case_id: uuid.UUID
    organ_id: uuid.UUID
    state: CheckState
    due_on: date
    assignee_name: str
    finding: str
    checked_at: datetime | None
    rectify_by: date | None
    ended_at: datetime | None
    moments: tuple["CheckMoment", ...]
    moves: tuple[CheckMove, ...]


@dataclass(frozen=True, slots=True)
class CheckMoment:
    """A step of a check (核查经过) as the ledger tells it; ``words``: what was found, or the reason."""

    verb: CheckVerb
    at: datetime
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class BadRecord:
    """An unrepaired breach of a party (失信记录): in which case, by which organ found, since when, where it stands."""

    case_id: uuid.UUID
    item_name: str
    organ_name: str
    state: CheckState
    found_at: datetime
    finding: str


def check_of(actor: Actor, case_id: uuid.UUID) -> CheckView | None:
    """The check of a case that ``actor`` may read (取核查), or None where there is none or it is not for this actor."""
    found = Check.objects.filter(checks_visible_to(actor), pk=case_id).select_related("assignee").first()
    if found is None:
        return None
    state = CheckState(found.state)
    return CheckView(
        case_id=found.case_id,
        organ_id=found.organ_id,
        state=state,
        due_on=found.due_on,
        assignee_name=found.assignee.staff_name if found.assignee else "",
        finding=found.finding,
        checked_at=found.checked_at,
        rectify_by=found.rectify_by,
        ended_at=found.ended_at,
        moments=_moments(case_id),
        moves=tuple(move for move in moves_from(state) if may_check(actor, move, found.organ_id)[0]),
    )


def check(actor: Actor, case_id: uuid.UUID) -> CheckView:
    """The same where there must be one (取核查); NotFound otherwise."""
    found = check_of(actor, case_id)
    if found is None:
        raise NotFound("cases.check", msg("这件办件没有承诺核查。"))
    return found


_WORDS = ("finding", "reason")


def _moments(case_id: uuid.UUID) -> tuple[CheckMoment, ...]:
    return tuple(
        CheckMoment(
            CheckVerb(act.act.removeprefix(_ACT)),
            act.at,
            act.actor.get("name", ""),
            next((str(act.data[name]) for name in _WORDS if act.data.get(name)), ""),
        )
        for act in ledger.acts_of(f"case:{case_id}")
        if act.act.startswith(_ACT)
    )


_ACT = "cases.check_"
_OPEN = [CheckState.SCHEDULED.value, CheckState.BREACHED.value]
# Until when the next step is due: of a breach the day by which it has to be put right.
_BY = Coalesce(F("rectify_by"), F("due_on"))


def checks(
    actor: Actor,
    which: Which,
    *,
    today: date,
    after: tuple[date, uuid.UUID] | None = None,
    limit: int = 50,
) -> list[CheckRow]:
    """Checks that ``actor`` may read as staff (核查清单), the most pressing first. ``after``: the last one of the page before.

    Whether one is late is a comparison with today: no job has to say so.
    """
    if not actor.posts:
        return []
    found = _chosen(actor, which, today).annotate(by=_BY)
    if after is not None:
        found = found.filter(Q(by__gt=after[0]) | Q(by=after[0], case_id__gt=after[1]))
    rows = found.order_by("by", "case_id").values_list(
        "case_id",
        "case__number",
        "case__edition__name",
        "party__name",
        "organ__short_name",
        "state",
        "by",
        "assignee_id",
        "assignee__staff_name",
    )
    return [
        CheckRow(row[0], row[1] or "", *row[2:5], CheckState(row[5]), *row[6:8], row[8] or "")
        for row in rows[:limit]
    ]


def _chosen(actor: Actor, which: Which, today: date) -> QuerySet[Check]:
    found = Check.objects.filter(checks_visible_to(actor))
    if actor.party_id is not None:
        found = found.exclude(
            party_id=actor.party_id
        )  # of one's own case one is the applicant: it is not one's work
    if which is Which.BAD:
        return found.filter(state__in=sorted(state.value for state in UNREPAIRED))
    if which is Which.ALL:
        return found
    found = found.filter(state__in=_OPEN)
    if which is Which.MINE:
        return found.filter(assignee_id__in=actor.stands_for())
    if which is Which.LATE:
        return found.filter(
            Q(state=CheckState.SCHEDULED.value, due_on__lt=today)
            | Q(state=CheckState.BREACHED.value, rectify_by__lt=today)
        )
    return found


def bad_records(actor: Actor, case: CaseView) -> list[BadRecord]:
    """Unrepaired breaches of the applicant of a case (申请人失信记录), the newest first: for those who see the case.

    An applicant reads her own; who took part in nothing of hers reads none, for ``case`` was loaded through the filter.
    """
    if actor.party_id != case.party_id and not actor.posts:
        return []
    return bad_records_of(case.party_id)


def bad_records_of(party_id: uuid.UUID) -> list[BadRecord]:
    """A party's unrepaired breaches (失信记录), the newest first, by the index of those alone."""
    found = (
        Check.objects.filter(party_id=party_id, state__in=sorted(state.value for state in UNREPAIRED))
        .order_by("-checked_at")
        .values_list("case_id", "case__edition__name", "organ__name", "state", "checked_at", "finding")
    )
    return [
        BadRecord(*row[:3], CheckState(row[3]), row[4], row[5])
        for row in found
        if row[4] is not None  # a breach was found on a day (check_found_when)
    ]


def who_could_check(actor: Actor, found: CheckView, at: datetime) -> list[Colleague]:
    """Colleagues to whom a check may be assigned (可指定的核查人): reviewers of the deciding organ, as far as the actor works there."""
    here = identity.colleagues(actor, at=at).get(found.organ_id, [])
    return [one for one in here if "reviewer" in {role.value for role in one.roles}]


_CHUNK = 1_000


def checks_against_ledger() -> Iterator[Finding]:
    """Hold every check against the acts in its case's stream (核查对账): row by row, in bounded memory."""
    after = uuid.UUID(int=0)
    columns = ("case_id", "state", "due_on", "assignee_id", "finding", "checked_at", "rectify_by", "ended_at")
    while rows := list(Check.objects.filter(case_id__gt=after).order_by("case_id").values(*columns)[:_CHUNK]):
        acts = ledger.acts_of_many([f"case:{row['case_id']}" for row in rows])
        for row in rows:
            wanted = expected_check(acts.get(f"case:{row['case_id']}", []))
            if wanted is None:
                yield Finding(
                    f"case_check({row['case_id']})", "changed: the ledger knows no check of this case"
                )
                continue
            for name in differing(wanted, row):
                yield Finding(
                    f"case_check({row['case_id']})", f"changed: {name} is not what its last act left"
                )
        after = rows[-1]["case_id"]
    yield from _gone()


def _gone() -> Iterator[Finding]:
    """Checks that a decision on a promise scheduled and the table has lost; that a case committed is held by the case's own witness."""
    lost = Case.objects.filter(committed__isnull=False, decided_at__isnull=False, followup__isnull=True)
    for batch in batched(lost.values_list("id", flat=True).iterator(_CHUNK), _CHUNK):
        for stream, acts in ledger.acts_of_many([f"case:{case_id}" for case_id in batch]).items():
            if expected_check(acts) is not None:
                yield Finding(
                    f"case_check({stream.removeprefix('case:')})", "missing: recorded in the ledger"
                )
