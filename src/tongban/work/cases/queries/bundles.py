"""Bundles as their applicant sees them (一件事查询): one form, one set of materials, one due date; and as the ledger holds them."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tongban.base.actor import Actor
from tongban.base.batches import batched
from tongban.base.errors import NotFound
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import Finding
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.bundles import Definition, Merged, Paper
from tongban.offers.catalogue.rules.form import Errors
from tongban.people.parties import queries as parties
from tongban.standards.text import msg
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Attachment, Bundle, Case
from tongban.work.cases.queries.asking import held_materials
from tongban.work.cases.queries.calendar import calendar
from tongban.work.cases.queries.files import AttachmentView, view_of
from tongban.work.cases.queries.lists import CaseRow
from tongban.work.cases.rules.bundles import Outlook, Standing, if_sent, missing, outlook
from tongban.work.cases.rules.moves import State, Verb, find, traits_of


@dataclass(frozen=True, slots=True)
class MemberView:
    """One case of a bundle (单项视图)."""

    id: uuid.UUID
    short: str
    number: str | None
    state: State
    version: int
    edition: catalogue.EditionView
    form: dict[str, object]
    committed: bool
    submitted_at: datetime | None
    decided_at: datetime | None
    act_by: date | None
    promised_on: date | None
    due_on: date | None
    provisional: bool
    may_withdraw: bool
    attachments: tuple[AttachmentView, ...]


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A bundle complete (一件事卷宗). Members stand in the order of the definition."""

    id: uuid.UUID
    number: str | None
    version: int
    name: str
    place: str
    started_at: datetime
    submitted_at: datetime | None
    party_id: uuid.UUID
    party: parties.PartyView
    definition: Definition
    merged: Merged
    members: tuple[MemberView, ...]
    outlook: Outlook

    @property
    def answers(self) -> dict[str, object]:
        """The answers of the merged form (合并填写内容)."""
        return self.merged.gather([member.form for member in self.members])

    def papers(self) -> tuple[Paper, ...]:
        """The materials that the answers call for (应交材料)."""
        return self.merged.papers_for([member.form for member in self.members])

    def given(self) -> list[tuple[str, uuid.UUID, AttachmentView]]:
        """What is handed in, each once (已交材料): (key of the material, a case that has it, the file)."""
        found: dict[tuple[str, uuid.UUID], tuple[str, uuid.UUID, AttachmentView]] = {}
        for place, member in enumerate(self.members):
            for one in member.attachments:
                key = self.merged.paper_of(place, one.key) or one.key
                found.setdefault((key, one.material_id), (key, member.id, one))
        return list(found.values())


def bundle(actor: Actor, bundle_id: uuid.UUID) -> BundleFile:
    """A bundle of the actor's own (取一件事); NotFound where there is none or it is somebody else's."""
    row = Bundle.objects.filter(pk=bundle_id, party_id=actor.party_id).first() if actor.party_id else None
    if row is None or not _sees_all(actor, row):
        raise NotFound("cases.bundle", msg("没有找到这个“一件事”，或者您不能查看它。"))
    definition = catalogue.bundle_edition(row.edition_id)
    members = _members(row.id, definition)
    standings = [
        Standing(m.state, m.act_by, m.promised_on, m.provisional, m.edition.guide.limits) for m in members
    ]
    return BundleFile(
        id=row.id,
        number=row.number,
        version=row.version,
        name=row.name,
        place=row.place,
        started_at=row.started_at,
        submitted_at=row.submitted_at,
        party_id=row.party_id,
        party=parties.party(row.party_id),
        definition=definition,
        merged=catalogue.merged(row.edition_id, tuple(member.edition.id for member in members)),
        members=members,
        outlook=outlook(standings, calendar()),
    )


def _sees_all(actor: Actor, row: Bundle) -> bool:
    """Whether a mandate reaches every case of a bundle (授权是否及于全部); one's own all do."""
    if actor.mandate_id is None:
        return True
    return not row.cases.exclude(pk__in=Case.objects.filter(visible_to(actor)).values("pk")).exists()


def _members(bundle_id: uuid.UUID, definition: Definition) -> tuple[MemberView, ...]:
    """The cases of a bundle. Two statements."""
    cases = list(Case.objects.filter(bundle_id=bundle_id))
    attached: dict[uuid.UUID, list[AttachmentView]] = {}
    found = Attachment.objects.filter(case__in=cases).select_related("material__file")
    for one in found.order_by("attached_at", "id"):
        attached.setdefault(one.case_id, []).append(view_of(one))
    shorts = {item.basic: item.short for item in definition.items}
    views = [_member(case, shorts, tuple(attached.get(case.id, ()))) for case in cases]
    order = [item.short for item in definition.items]
    return tuple(sorted(views, key=lambda one: order.index(one.short)))


def _member(case: Case, shorts: Mapping[str, str], attached: tuple[AttachmentView, ...]) -> MemberView:
    edition = catalogue.edition(case.edition_id)
    traits = traits_of(
        edition.guide,
        committed=case.committed is not None,
        by_hand=case.delivery.get("way") in ("post", "counter"),
    )
    return MemberView(
        id=case.id,
        short=shorts[edition.basic_code],
        number=case.number,
        state=State(case.state),
        version=case.version,
        edition=edition,
        form=case.form,
        committed=case.committed is not None,
        submitted_at=case.submitted_at,
        decided_at=case.decided_at,
        act_by=case.act_by,
        promised_on=case.promised_on,
        due_on=case.due_on,
        provisional=case.provisional,
        may_withdraw=find(State(case.state), Verb.WITHDRAW, traits) is not None,
        attachments=attached,
    )


def bundle_lacks(found: BundleFile, on: date) -> Errors:
    """What a draft of a bundle still lacks (还差什么), by the merged form: answers and materials that nobody holds yet."""
    guides = [member.edition.guide for member in found.members]
    there = [
        {one.key for one in member.attachments} | held_materials(guide, party_id=found.party_id, on=on).keys()
        for member, guide in zip(found.members, guides, strict=True)
    ]
    forms = found.merged.split(found.answers)
    return missing(found.merged, guides, forms, there, [member.committed for member in found.members])


def bundle_behind(found: BundleFile, on: date) -> list[str]:
    """Short names of the items whose guides have a newer edition than the draft stands on (有新版的事项)."""
    standing = [
        (member, catalogue.in_force_id(member.edition.item_code, on))
        for member in found.members
        if member.state is State.DRAFT
    ]
    return [member.short for member, now in standing if now is not None and now != member.edition.id]


def bundle_names(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str | None]]:
    """(name, number) of bundles (一件事名称), by id. One statement."""
    rows = Bundle.objects.filter(pk__in=ids).values_list("id", "name", "number")
    return {id_: (name, number) for id_, name, number in rows}


def outlooks(rows: Collection[CaseRow]) -> dict[uuid.UUID, Outlook]:
    """How the bundles in a list of cases stand (一件事总体), by id. One statement."""
    members: dict[uuid.UUID, list[Standing]] = {}
    for row in rows:
        if row.bundle_id is not None:
            limits = catalogue.guide_of(row.edition_id).limits
            standing = Standing(row.state, row.act_by, row.promised_on, row.provisional, limits)
            members.setdefault(row.bundle_id, []).append(standing)
    days = calendar()
    return {bundle_id: outlook(found, days) for bundle_id, found in members.items()}


def expected_day(editions: Collection[catalogue.EditionView], on: date) -> tuple[date, bool]:
    """(the day by which everything is there if it is sent on ``on``, whether that calendar is not announced) (预计出结果)."""
    return if_sent([edition.guide for edition in editions], on, calendar())


# --- held against the ledger -------------------------------------------------------------------------------------------

_CHUNK = 1_000


def bundles_against_ledger() -> Iterator[Finding]:
    """Hold every bundle against the ledger (一件事对账): what it is, its number, and which cases it was submitted with."""
    for batch in batched(Bundle.objects.order_by("id").iterator(_CHUNK), _CHUNK):
        acts = ledger.acts_of_many([f"bundle:{row.id}" for row in batch])
        cases: dict[uuid.UUID | None, set[tuple[str, str | None]]] = {}
        members = Case.objects.filter(bundle_id__in=[row.id for row in batch])
        for bundle_id, case_id, number in members.values_list("bundle_id", "id", "number"):
            cases.setdefault(bundle_id, set()).add((str(case_id), number))
        for row in batch:
            yield from _findings(row, acts.get(f"bundle:{row.id}", []), cases.get(row.id, set()))
    yield from ledger.gone("bundle", "case_bundle", Bundle.objects.all(), unless="bundles.discard")


def _findings(row: Bundle, told: list[ledger.Act], cases: set[tuple[str, str | None]]) -> Iterator[Finding]:
    where = f"case_bundle({row.id})"
    start = next((act for act in told if act.act == "bundles.start"), None)
    if start is None:
        yield Finding(where, "changed: the ledger knows nothing of this bundle")
        return
    submit = next((act for act in told if act.act == "bundles.submit"), None)
    wanted = {
        "definition": start.data["bundle"],
        "edition_id": start.data["edition"],
        "party_id": start.data["party"],
        "place": start.data["place"],
        "number": submit.data["number"] if submit else None,
        "submitted_at": submit.at if submit else None,
    }
    for name, value in wanted.items():
        found = getattr(row, name)
        if (str(found) if isinstance(found, uuid.UUID) else found) != value:
            yield Finding(where, f"changed: {name} is not what its last act left")
    sent = {(one["case"], one["number"]) for one in submit.data["cases"]} if submit else None  # type: ignore[attr-defined] # as submit_bundle wrote it
    if sent is not None and sent != cases:
        yield Finding(where, "changed: its cases are not those that it was submitted with")
