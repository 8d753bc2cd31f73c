"""Acts on bundles (一件事的行为): several cases of one applicant filled in, submitted and withdrawn as one, all or nothing.

Each act has an entry in the bundle's own stream; what becomes of a member stands in the member's stream as well, by the same
code as if it were alone. After submission each case is handled by its organ like any other.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.db import execute, fetch_all, fetch_one
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.numbering.actions import take
from tongban.base.record import Repeated, record
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.bundles import Definition, Merged
from tongban.offers.catalogue.rules.form import Errors, check, field_of
from tongban.people.parties import queries as parties
from tongban.standards.text import msg
from tongban.work.cases.access import ensure_mandated, filling
from tongban.work.cases.actions.applicant import (
    begin,
    discarded,
    ensure_level,
    numbered,
    put_in,
    ready,
    saved,
)
from tongban.work.cases.actions.carrying import carried_over, target_of
from tongban.work.cases.actions.later import withdrawal
from tongban.work.cases.actions.moving import Locked, Ref, Step, day_of, lock, move_within, update
from tongban.work.cases.models import Bundle
from tongban.work.cases.queries import known
from tongban.work.cases.queries.delivery import sealed
from tongban.work.cases.rules.application import FIELD
from tongban.work.cases.rules.bundles import merged_errors
from tongban.work.cases.rules.moves import State, Verb, find


@dataclass(frozen=True, slots=True)
class BundleRef:
    """Where a bundle stands after an act (一件事凭据)."""

    id: uuid.UUID
    number: str | None
    version: int
    cases: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class _Locked:
    """A bundle as its act sees it (锁定的一件事), its cases in the order of the definition, all locked."""

    id: uuid.UUID
    number: str | None
    version: int
    edition_id: uuid.UUID
    party_id: uuid.UUID
    members: tuple[Locked, ...]

    @property
    def definition(self) -> Definition:
        return catalogue.bundle_edition(self.edition_id)

    @property
    def merged(self) -> Merged:
        return catalogue.merged(self.edition_id, tuple(case.edition_id for case in self.members))

    @property
    def forms(self) -> list[dict[str, object]]:
        return [case.form for case in self.members]

    def ref(self) -> BundleRef:
        return BundleRef(self.id, self.number, self.version, tuple(case.id for case in self.members))


def stream_of_bundle(bundle_id: uuid.UUID) -> str:
    """The ledger stream of a bundle (一件事账本链)."""
    return f"bundle:{bundle_id}"


_BUNDLE = "SELECT id, number, version, edition_id, party_id FROM case_bundle WHERE id = %s FOR UPDATE"
_MEMBERS = "SELECT id FROM case_file WHERE bundle_id = %s ORDER BY id"


def _lock(actor: Actor, bundle_id: uuid.UUID) -> _Locked:
    """The bundle and its cases, locked for this transaction; NotFound where there is none or it is not the actor's."""
    row = fetch_one(_BUNDLE, [bundle_id])
    if row is None or actor.party_id is None or actor.party_id != row[4]:
        raise NotFound("cases.bundle", msg("没有找到这个“一件事”，或者您不能查看它。"))
    cases = [lock(actor, case_id) for (case_id,) in fetch_all(_MEMBERS, [bundle_id])]
    order = [item.basic for item in catalogue.bundle_edition(row[3]).items]
    cases.sort(key=lambda case: order.index(catalogue.edition(case.edition_id).basic_code))
    id_, number, version, edition_id, party_id = row
    return _Locked(id_, number, version, edition_id, party_id, tuple(cases))


def _open(actor: Actor, bundle_id: uuid.UUID) -> _Locked:
    """The bundle, locked while it may be changed (可改的一件事)."""
    bundle = _lock(actor, bundle_id)
    if bundle.number is not None:
        raise Conflict(
            "cases.closed_to_edit", msg("申请已经提交，现在不能再改。如需更正，请撤回后重新申请。")
        )
    for case in bundle.members:
        ensure_mandated(actor, case, filling(case.state))
    return bundle


def start_bundle(*, actor: Actor, code: str, place: str, at: datetime, key: str | None = None) -> BundleRef:
    """Start a bundle (开始办一件事) for a place: a draft of each item with the organ that is responsible there, prefilled once."""
    party_id = actor.party_id
    if party_id is None:
        raise Forbidden("cases.start", msg("请先登录，再开始办理。"))

    def write() -> BundleRef:
        view, day = catalogue.bundle(code), day_of(at)
        editions = catalogue.offer(view.definition, place, day)
        if not editions:
            raise Conflict(
                "cases.bundle_place",
                msg("这个地方还不能把“%(name)s”一起办，请换个地方，或者一项一项办。"),
                {"name": view.definition.name},
            )
        bundle = Bundle(
            id=new_id(),
            definition=code,
            name=view.definition.name,
            edition_id=view.id,
            place=place,
            party_id=party_id,
            started_at=at,
        )
        bundle.save(force_insert=True)
        data: dict[str, object] = {
            "bundle": code,
            "edition": str(view.id),
            "digest": view.digest,
            "place": place,
            "party": str(party_id),
        }
        _record(bundle.id, "start", actor, at, key, data)
        for edition in editions:
            begin(actor=actor, edition=edition, party_id=party_id, at=at, key=None, bundle_id=bundle.id)
        found = _lock(actor, bundle.id)
        filled = known(found.merged.form, party_id=party_id, on=day)
        _save(found, {name: one.value for name, one in filled.items()}, at)
        return found.ref()

    return _once(actor, "start", key, None, write)


def save_bundle(*, actor: Actor, bundle_id: uuid.UUID, values: Mapping[str, object], at: datetime) -> Errors:
    """Save answers of the merged form (保存一件事填写内容): one answer goes to every item that asks it, or to none.

    Good answers are kept even where others are wrong. What the answers now call for in a further item and lies in another
    one already is put in there as well.
    """
    with transaction.atomic():
        return _save(_open(actor, bundle_id), values, at)


def _save(bundle: _Locked, values: Mapping[str, object], at: datetime) -> Errors:
    merged = bundle.merged
    before = merged.gather(bundle.forms)
    errors = check(merged.form.by_key(), values, complete=False)[1]
    bad = {field_of(key) for key in errors}
    good = {key: value for key, value in values.items() if key not in bad}
    forms: list[dict[str, object]] = []
    for place, (case, part) in enumerate(zip(bundle.members, merged.split(good), strict=True)):
        form, wrong = saved(case, part, frozenset(), at)
        forms.append(form)
        of_item = merged_errors(merged, place, {f"{FIELD}:{key}": texts for key, texts in wrong.items()})
        errors |= {target.partition(":")[2]: texts for target, texts in of_item.items()}
    if forms != bundle.forms:
        execute("UPDATE case_bundle SET version = version + 1 WHERE id = %s", [bundle.id])
        _share(bundle, forms, at)
    after = merged.gather(forms)
    asked = merged.form.asked({**before, **after})
    return {key: texts for key, texts in errors.items() if _counts(key, merged, asked)}


def _counts(key: str, merged: Merged, asked: Mapping[str, object]) -> bool:
    """Whether a mistake is told: of what is not asked now nothing is said."""
    return field_of(key) in asked or field_of(key) not in merged.facts


def _share(bundle: _Locked, forms: Sequence[Mapping[str, object]], at: datetime) -> None:
    """Put what lies in one item into the others that want it now (材料共享)."""
    handed_in = [_pairs(case) for case in bundle.members]
    rows: list[tuple[uuid.UUID, str, uuid.UUID]] = []
    for paper in bundle.merged.papers_for(forms):
        of_all = bundle.merged.papers[paper.key].wanted
        there = {material for place, key in of_all.items() for material in handed_in[place].get(key, ())}
        rows += [
            (bundle.members[place].id, key, material)
            for place, key in paper.wanted.items()
            for material in sorted(there - handed_in[place].get(key, set()))
        ]
    for case_id, key, material in rows:
        execute(_ATTACH, [case_id, key, material, at])


_ATTACH = """
    INSERT INTO case_attachment (case_id, key, material_id, attached_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def _pairs(case: Locked) -> dict[str, set[uuid.UUID]]:
    found: dict[str, set[uuid.UUID]] = {}
    for pair in case.handed_in:
        key, _space, material = pair.partition(" ")
        found.setdefault(key, set()).add(uuid.UUID(material))
    return found


def attach_to_bundle(
    *, actor: Actor, bundle_id: uuid.UUID, key: str, material_id: uuid.UUID, at: datetime
) -> None:
    """Hand in a material once (附上材料): it goes to every item that wants it."""
    with transaction.atomic():
        bundle = _open(actor, bundle_id)
        paper = next((one for one in bundle.merged.papers_for(bundle.forms) if one.key == key), None)
        if paper is None:
            raise Invalid("cases.beyond_guide", msg("办事指南没有要求这份材料。"))
        taken = [
            put_in(actor, bundle.members[place], own, material_id, at) for place, own in paper.wanted.items()
        ]
        if any(taken):
            execute("UPDATE case_bundle SET version = version + 1 WHERE id = %s", [bundle_id])


def detach_from_bundle(*, actor: Actor, bundle_id: uuid.UUID, key: str, material_id: uuid.UUID) -> None:
    """Take a material out of every item again (取下材料); it stays among one's materials."""
    with transaction.atomic():
        bundle = _open(actor, bundle_id)
        paper = bundle.merged.papers.get(key)
        taken = [
            execute(
                "DELETE FROM case_attachment WHERE case_id = %s AND key = %s AND material_id = %s",
                [bundle.members[place].id, own, material_id],
            )
            for place, own in (paper.wanted.items() if paper else ())
        ]
        if any(taken):
            execute("UPDATE case_bundle SET version = version + 1 WHERE id = %s", [bundle_id])


def submit_bundle(
    *, actor: Actor, bundle_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> BundleRef:
    """Submit all items of a bundle together (一并提交), in one transaction: each gets its number, the bundle one of its own.

    Where one item is not complete, nothing is submitted, and everything that is missing is told at once.
    """

    def write() -> BundleRef:
        bundle = _lock(actor, bundle_id)
        if bundle.number is not None or version not in (None, bundle.version):
            raise _too_late()
        bundle = _with_delivery(bundle)
        for case in bundle.members:
            ensure_level(actor, case.guide)
        done = dict(zip((case.id for case in bundle.members), _ready(bundle, at), strict=True))
        refs: dict[uuid.UUID, Ref] = {}
        # Serials are taken in one order by everybody, so that two bundles never wait for each other.
        for case in sorted(bundle.members, key=lambda one: catalogue.edition(one.edition_id).item_code):
            step = numbered(case, done[case.id], at)
            refs[case.id] = move_within(actor=actor, case=case, verb=Verb.SUBMIT, at=at, step=step)
        number = _number(day_of(at))
        execute(
            "UPDATE case_bundle SET number = %s, submitted_at = %s, version = version + 1 WHERE id = %s",
            [number, at, bundle.id],
        )
        cases = [{"case": str(case.id), "number": refs[case.id].number} for case in bundle.members]
        _record(bundle.id, "submit", actor, at, key, {"number": number, "cases": cases})
        return replace(bundle.ref(), number=number, version=bundle.version + 1)

    return _once(actor, "submit", key, bundle_id, write)


def _with_delivery(bundle: _Locked) -> _Locked:
    """The bundle with the way of delivery, chosen once, in every case (送达方式): to whom and where as it was filled in."""
    handing = bundle.definition.delivery
    answers = bundle.merged.gather(bundle.forms)
    way = handing.ways.get(str(answers.get(handing.fact))) if handing else None
    if handing is None or way is None:
        return bundle
    chosen: list[dict[str, object]] = []
    party = parties.party(bundle.party_id)
    for case in bundle.members:
        kept: dict[str, object] = {"way": way}
        if way == "post":
            address = str(answers.get(handing.address or "", ""))
            texts = {"recipient": party.name, "phone": party.phone, "address": address}
            kept |= {name: sealed(text) for name, text in texts.items()}
        if way == "counter":
            kept["counter"] = str(case.organ_id)
        update(case.id, {"delivery": Jsonb(kept)})
        chosen.append(kept)
    members = tuple(replace(case, delivery=kept) for case, kept in zip(bundle.members, chosen, strict=True))
    return replace(bundle, members=members)


def _ready(bundle: _Locked, at: datetime) -> list[Step]:
    """What each item submits; raises Invalid with everything that is missing in any of them, by the merged form."""
    steps: list[Step] = []
    errors: Errors = {}
    for place, case in enumerate(bundle.members):
        try:
            steps.append(ready(case, at))
        except Invalid as refusal:
            for target, texts in merged_errors(bundle.merged, place, refusal.fields).items():
                errors.setdefault(target, texts)
    if errors:
        raise Invalid("cases.complete", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    return steps


def _number(day: date) -> str:
    """The next number of a bundle (一件事编号): day and serial. No rule was found; [O] our own form."""
    return f"YJS{day:%Y%m%d}{take(f'bundle:{day:%Y%m%d}'):06d}"


def withdraw_bundle(
    *, actor: Actor, bundle_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> BundleRef:
    """Withdraw what is not decided yet (一并撤回), all in one transaction; what is decided stays as it is."""

    def write() -> BundleRef:
        bundle = _lock(actor, bundle_id)
        if version not in (None, bundle.version):
            raise _too_late()
        open_ = [case for case in bundle.members if find(case.state, Verb.WITHDRAW, case.traits) is not None]
        if not open_:
            raise _too_late()
        for case in open_:
            move_within(actor=actor, case=case, verb=Verb.WITHDRAW, at=at, step=withdrawal(case, at))
        execute("UPDATE case_bundle SET version = version + 1 WHERE id = %s", [bundle.id])
        _record(bundle.id, "withdraw", actor, at, key, {"cases": [str(case.id) for case in open_]})
        return replace(bundle.ref(), version=bundle.version + 1)

    return _once(actor, "withdraw", key, bundle_id, write)


def upgrade_bundle(*, actor: Actor, bundle_id: uuid.UUID, at: datetime) -> None:
    """Change every item of a draft to the edition in force (一件事换到新版); what fits stays, what does not is kept beside it.

    Where all stand on it already, nothing happens.
    """
    with transaction.atomic():
        bundle = _open(actor, bundle_id)
        for case in bundle.members:
            new = target_of(case, None, at)
            if new.id != case.edition_id:
                carried_over(actor, case, new, at, None)
        after = _lock(actor, bundle_id)
        if after.members != bundle.members:
            execute("UPDATE case_bundle SET version = version + 1 WHERE id = %s", [bundle_id])
            _share(after, after.forms, at)


def discard_bundle(*, actor: Actor, bundle_id: uuid.UUID, at: datetime) -> None:
    """Throw the drafts of a bundle away (删除一件事草稿). A submitted one can only be withdrawn."""
    with transaction.atomic():
        bundle = _lock(actor, bundle_id)
        if bundle.number is not None or any(case.state is not State.DRAFT for case in bundle.members):
            raise Conflict("cases.discard", msg("已经提交的申请不能删除，可以撤回。"))
        for case in bundle.members:
            discarded(actor, case, at)
        execute("DELETE FROM case_bundle WHERE id = %s", [bundle_id])
        _record(bundle_id, "discard", actor, at, None, {})


# --- once --------------------------------------------------------------------------------------------------------------


def _record(
    bundle_id: uuid.UUID, act: str, actor: Actor, at: datetime, key: str | None, data: Mapping[str, object]
) -> None:
    record(stream=stream_of_bundle(bundle_id), act=f"bundles.{act}", actor=actor, at=at, key=key, data=data)


def _once(
    actor: Actor, act: str, key: str | None, bundle_id: uuid.UUID | None, write: Callable[[], BundleRef]
) -> BundleRef:
    """Do an act in one transaction. Under a key that did the same before it writes nothing, and is no refusal: a second press
    meets what the first one changed."""
    try:
        with transaction.atomic():
            return write()
    except (Repeated, Refusal) as error:
        stream, done = (done_before(actor, key) if key is not None else None) or ("", "")
        same = done == f"bundles.{act}" and (bundle_id is None or stream == stream_of_bundle(bundle_id))
        if not same and isinstance(error, Refusal):
            raise
        if not same:
            raise Conflict("cases.key", msg("这个请求编号已经用在另一次操作上。")) from error
    with transaction.atomic():
        return _lock(actor, uuid.UUID(stream.removeprefix("bundle:"))).ref()


def _too_late() -> Conflict:
    return Conflict(
        "cases.bundle_version",
        msg("您打开页面以后，这个“一件事”有了新的变化。请看过最新情况再办。"),
    )
