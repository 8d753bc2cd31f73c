"""The report of one case (责任认定报告查询): all rows in a fixed number of statements, however many acts there are."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden
from tongban.base.ledger import queries as ledger
from tongban.oversight.responsibility.access import may_read
from tongban.oversight.responsibility.queries.judging import holders_of, judge
from tongban.oversight.responsibility.rules.authority import Organ, Setting
from tongban.oversight.responsibility.rules.report import Kept, Report, Subject, build, id_of, read
from tongban.people.identity import queries as identity
from tongban.people.mandates import queries as mandates
from tongban.people.parties import queries as parties
from tongban.records.licences import queries as licences
from tongban.standards.canonical import digest
from tongban.standards.text import msg
from tongban.work.cases import queries as cases
from tongban.work.cases.queries import CaseView, StoredText
from tongban.work.cases.rules.delivery import collected_at
from tongban.work.cases.rules.moves import EDITABLE


@dataclass(frozen=True, slots=True)
class Found:
    """A report with what it was made of (报告和它的依据)."""

    case: CaseView
    report: Report
    streams: list[str]
    entries: list[ledger.EntryView]
    texts: list[StoredText]


def report_of(actor: Actor, case_id: uuid.UUID, *, at: datetime) -> Found:
    """The report of a case that ``actor`` may read (取责任认定报告). NotFound, Forbidden, or Conflict for a mere draft."""
    case = cases.one(actor, case_id)
    allowed, reason = may_read(actor, case, frozenset(part.organ_id for part in case.parts))
    if not allowed:
        raise Forbidden("responsibility.read", reason)
    if case.number is None:
        raise Conflict("responsibility.draft", msg("还没有提交的草稿没有责任认定报告。"))
    given = licences.of_cases([case_id], on=at.date())
    contents = {str(view.id): digest(licences.content_of(view.id)) for view in given.values()}
    streams = [f"case:{case_id}", *(f"licence:{licence}" for licence in contents)]
    entries = ledger.entries_of(streams)
    texts = cases.texts_of(actor, case_id)
    report = build(
        _subject(case),
        entries,
        setting=_setting(case, entries),
        kept=Kept(
            texts={str(text.id): text.digest for text in texts},
            licences=contents,
            form=None if case.state in EDITABLE else digest(case.form),
            holders=holders_of([entry.evidence for entry in entries if entry.evidence is not None]),
        ),
        seals_broken=ledger.seals_broken({entry.seal for entry in entries if entry.seal is not None}),
        judge=judge(),
        made_at=at,
    )
    return Found(case, report, streams, entries, texts)


def _subject(case: CaseView) -> Subject:
    return Subject(
        id=case.id,
        number=case.number or "",
        item=case.edition.guide.name,
        item_code=case.edition.item_code,
        organ=case.edition.organ_name,
        applicant=case.party.name,
        number_of_id=case.party.masked_number,
    )


def _setting(case: CaseView, entries: list[ledger.EntryView]) -> Setting:
    """Who was in office around this case, and by which mandates somebody acted (任职、机关和授权). Four statements."""
    bodies = [read(entry.body) for entry in entries]
    actors = [body["actor"] for body in bodies if body.get("actor", {}).get("kind") == "staff"]
    holdings, deputies = identity.offices_of(_ids(actor.get("id") for actor in actors))
    told = _ids(body.get("data", {}).get(name) for body in bodies for name in _ORGANS)
    parts = {part.key: part.organ_id for part in case.parts}
    counters = collected_at(case.delivery) | ({case.counter_id} if case.counter_id else frozenset())
    wanted = {case.organ_id, *told, *parts.values(), *counters, *(held.organ_id for held in holdings)}
    organs = parties.organs_by_id(wanted)
    return Setting(
        place=case.place,
        item=case.edition.basic_code,
        holdings=holdings,
        deputies=deputies,
        organs={id_: Organ(organ.name, organ.place) for id_, organ in organs.items()},
        parts=parts,
        counters=frozenset(counters),
        mandates=mandates.told(_ids(named for body in bodies for named in _mandates(body))),
    )


def _mandates(body: Mapping[str, Any]) -> Iterator[object]:
    """The mandates that an act names (所涉授权): of who acted, and of who stood at the counter."""
    yield body.get("actor", {}).get("mandate")
    there = body.get("data", {}).get("present")
    if isinstance(there, Mapping):
        yield there.get("mandate")


_ORGANS = ("organ", "organ_id", "counter", "at_counter")


def _ids(told: Iterable[object]) -> set[uuid.UUID]:
    return {found for found in map(id_of, told) if found is not None}
