"""What the applicant does (申请人的行为): start, fill in, hand in, submit, withdraw."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor, ActorKind
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.numbering.actions import take
from tongban.base.record import Repeated, record
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import Errors, FieldType, fill
from tongban.offers.catalogue.rules.guide import Guide
from tongban.people.identity.rules import Level
from tongban.people.identity.rules.acts import LevelTooLow
from tongban.people.mandates.queries import ensure, hold
from tongban.people.mandates.rules import DRAFTING
from tongban.people.places import queries as places
from tongban.records.materials import queries as materials
from tongban.standards import case_number
from tongban.standards.canonical import digest
from tongban.standards.text import msg
from tongban.work.cases.access import applies, ensure_mandated, filling
from tongban.work.cases.actions.moving import (
    Changes,
    Locked,
    Ref,
    Step,
    day_of,
    lock,
    move,
    stream_of,
    update,
)
from tongban.work.cases.models import Case
from tongban.work.cases.queries import (
    demanded_targets,
    fixed,
    has_bad_record,
    held_materials,
    known,
    unserved,
)
from tongban.work.cases.rules.application import (
    MATERIAL,
    check_complete,
    editable,
    open_fields,
    open_materials,
    to_submit,
)
from tongban.work.cases.rules.carrying import fit, superseded
from tongban.work.cases.rules.delivery import told as told_of_delivery
from tongban.work.cases.rules.moves import EDITABLE, WHOLE, State, Verb


def start(*, actor: Actor, item_code: str, at: datetime, key: str | None = None) -> Ref:
    """Start a draft (开始填写) on the edition of an item that is in force today, with what the platform knows already."""
    if actor.party_id is None:
        raise Forbidden("cases.start", msg("请先登录，再开始办理。"))
    edition = catalogue.in_force(item_code, day_of(at))
    if edition.guide.channels.online == "none":
        raise Conflict(
            "cases.counter_only", msg("这个事项要到窗口办，网上还不能申请。地点和时间见办事指南。")
        )
    return begin(actor=actor, edition=edition, party_id=actor.party_id, at=at, key=key)


def begin(
    *,
    actor: Actor,
    edition: catalogue.EditionView,
    party_id: uuid.UUID,
    at: datetime,
    key: str | None,
    counter_id: uuid.UUID | None = None,
    bundle_id: uuid.UUID | None = None,
    present: Callable[[Case], dict[str, object]] | None = None,
) -> Ref:
    """Begin a draft of a party on an edition (建立草稿): hers online, or by the counter that serves her, or within a bundle.

    ``present``: writes who stands at the counter for it, and says what the ledger keeps of that.
    """
    if actor.id is None:
        raise Forbidden("cases.start", msg("请先登录，再开始办理。"))
    _ensure_known(actor, Level.BASIC)
    if (problem := unserved(edition.guide, party_id)) is not None:
        raise problem
    filled = known(edition.guide.form, party_id=party_id, on=day_of(at))
    case = Case(
        id=new_id(),
        form={key: found.value for key, found in filled.items()},
        edition_id=edition.id,
        organ_id=edition.organ_id,
        place=edition.place,
        party_id=party_id,
        account_id=actor.id,
        counter_id=counter_id,
        bundle_id=bundle_id,
        started_at=at,
    )
    try:
        with transaction.atomic():
            hold(actor, at=at)
            ensure(actor, DRAFTING, item=edition.item_code, place=edition.place)
            case.save(force_insert=True)
            data: dict[str, object] = {
                "edition": str(edition.id),
                "digest": edition.digest,
                "party": str(case.party_id),
                "organ": str(case.organ_id),
                "place": case.place,
                **({"counter": str(counter_id)} if counter_id else {}),
                **({"bundle": str(bundle_id)} if bundle_id else {}),
                **({"present": present(case)} if present else {}),
            }
            record(stream=stream_of(case.id), act="cases.start", actor=actor, at=at, key=key, data=data)
    except Repeated:
        again = begun_before(actor, key)
        if again is None:
            raise Conflict("cases.key", msg("这个请求编号已经用在另一次操作上。")) from None
        return again
    return Ref(case.id, None, State.DRAFT, 1)


def begun_before(actor: Actor, key: str | None) -> Ref | None:
    """The draft that the actor began under this key before (重复提交), or None."""
    stream, act = (None if key is None else done_before(actor, key)) or ("", "")
    if act != "cases.start":
        return None
    with transaction.atomic():
        return lock(actor, uuid.UUID(stream.removeprefix("case:"))).ref()


def opened(actor: Actor, case_id: uuid.UUID, at: datetime | None = None) -> tuple[Locked, frozenset[str]]:
    """A case locked while its applicant may change it (可改的办件), and what a supplement demands of it."""
    case = lock(actor, case_id, at)
    allowed, reason = applies(actor, case)
    if not allowed:
        raise Forbidden("cases.own", reason)
    ensure_mandated(actor, case, filling(case.state))
    _ensure_by_itself(case)
    if case.state not in EDITABLE:
        raise Conflict(
            "cases.closed_to_edit", msg("申请已经提交，现在不能再改。如需更正，请撤回后重新申请。")
        )
    return case, demanded_targets(case_id) if case.state is State.SUPPLEMENT else frozenset()


def _ensure_by_itself(case: Locked) -> None:
    """Before it is submitted, a case of a bundle is filled in and sent with the others only (一件事草稿不单独办)."""
    if case.bundle_id is not None and case.state is State.DRAFT:
        raise Conflict("cases.in_bundle", msg("这份申请是“一件事”里的一项，请在“一件事”里一起填、一起提交。"))


def save(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    values: Mapping[str, object],
    at: datetime,
    edition_id: uuid.UUID | None = None,
) -> Errors:
    """Save answers of a draft or a supplement (保存填写内容); what is wrong is told by field and not taken in.

    An empty answer takes the earlier one out. Good answers are kept even where others are wrong. Only the fields named are
    touched, so that several devices can fill in one draft. A draft has no ledger entry per keystroke: its content enters the
    ledger with the submission that fixes it. ``edition_id``: whose questions were answered, where it may be another one by
    now, because the draft was upgraded elsewhere; such answers are kept all the same.
    """
    with transaction.atomic():
        case, demanded = opened(actor, case_id, at)
        if edition_id not in (None, case.edition_id) and case.state in WHOLE:
            return _late(case, edition_id, values, at)
        return saved(case, values, demanded, at)[1]


def saved(
    case: Locked, values: Mapping[str, object], demanded: frozenset[str], at: datetime
) -> tuple[dict[str, object], Errors]:
    """Save answers of an opened case (写入填写内容): (what it holds now, what was not taken in)."""
    guide = case.guide
    barred = _barred(case, guide, values, demanded, at)
    form, errors = fill(
        guide.form, case.form, {key: value for key, value in values.items() if key not in barred}
    )
    nowhere = _nowhere(guide, form, case.form)
    form = {key: value for key, value in form.items() if key not in nowhere}
    form |= {key: case.form[key] for key in nowhere if key in case.form}
    errors |= nowhere | {key: [text] for key, text in barred.items() if text}
    if form != case.form:
        _put_down(case, form, superseded(case.form, form, case.kept))
    return form, errors


def _put_down(case: Locked, form: Mapping[str, object], kept: Mapping[str, object]) -> None:
    changes = {"form": Jsonb(dict(form)), "version": case.version + 1}
    update(case.id, changes if kept == case.kept else changes | {"kept": Jsonb(dict(kept))})


_OTHER_EDITION = msg("这份申请已经换到新版指南，这一项请在新版里填。")


def _late(case: Locked, edition_id: uuid.UUID | None, values: Mapping[str, object], at: datetime) -> Errors:
    """Answers to another edition's questions (旧页面上的内容): taken in where they fit, kept beside where they are not asked.

    An empty one takes nothing out, and one that does not fit takes no good answer's place: the page that was typed into
    did not show it.
    """
    asked = None if edition_id is None else catalogue.edition(edition_id)
    if asked is None or asked.item_id != catalogue.edition(case.edition_id).item_id:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    good, errors = fill(asked.guide.form, {}, values)
    fields = case.guide.form.by_key()
    given_by_us = fixed(case.guide.form, party_id=case.party_id, on=day_of(at))
    form, kept = dict(case.form), dict(case.kept)
    for key, value in good.items():
        held = None if key not in fields or key in given_by_us else fit(fields[key], value)
        if held is not None and not _nowhere(case.guide, {key: held}, case.form):
            form[key] = held
        elif key in form or key in given_by_us:
            errors[key] = [_OTHER_EDITION]
            continue
        kept.pop(key, None)
        if form.get(key) != value:
            kept[key] = value
    if (form, kept) != (case.form, case.kept):
        _put_down(case, form, kept)
    return errors


_BEYOND = msg("这一项不在补正范围里，不能改。")
_FIXED = msg("这一项由平台带出，不能改。")


def _barred(
    case: Locked, guide: Guide, values: Mapping[str, object], demanded: frozenset[str], at: datetime
) -> dict[str, str]:
    """Fields that may not be answered now, and what is said of each: nothing where the answer is the one that stands."""
    fields = guide.form.by_key()
    if case.state in WHOLE:
        given_by_us = fixed(guide.form, party_id=case.party_id, on=day_of(at))
        barred = dict.fromkeys(values.keys() & given_by_us.keys(), _FIXED)
    else:
        given_by_us = {}
        barred = dict.fromkeys((values.keys() & fields.keys()) - open_fields(guide, demanded), _BEYOND)
    given, _ = fill(guide.form, {}, {key: values[key] for key in barred})
    standing = {**case.form, **given_by_us}
    return {key: "" if given.get(key) == standing.get(key) else text for key, text in barred.items()}


def _nowhere(guide: Guide, form: Mapping[str, object], before: Mapping[str, object]) -> Errors:
    """Places newly answered that there are not (没有的区划), or not at the level that the form asks for."""
    asked = [
        (key, field.place_level or "")
        for key, field in guide.form.by_key().items()
        if field.type is FieldType.PLACE and key in form and form[key] != before.get(key)
    ]
    return {
        key: [msg("没有这个地方，请从列出的里面选。")]
        for key, level in asked
        if form[key] not in {code for code, _name, _above in places.of_level(level)}
    }


def attach(*, actor: Actor, case_id: uuid.UUID, key: str, material_id: uuid.UUID, at: datetime) -> None:
    """Hand in one of one's materials for a demand of the guide (附上材料)."""
    with transaction.atomic():
        case, demanded = opened(actor, case_id, at)
        guide = catalogue.guide_of(case.edition_id)
        if key not in {material.key for material in guide.materials}:
            raise Invalid("cases.beyond_guide", msg("办事指南没有要求这份材料。"))
        if case.state not in WHOLE and key not in open_materials(guide, case.form, case.attached, demanded):
            raise _beyond_supplement()
        if put_in(actor, case, key, material_id, at):
            update(case.id, {"version": case.version + 1})


def put_in(actor: Actor, case: Locked, key: str, material_id: uuid.UUID, at: datetime) -> bool:
    """Attach one of the applicant's materials (附件入卷); at a counter the clerk hands it in for her. False: it lay there already."""
    if actor.mandate_id is None:
        found = materials.owned_by(case.party_id, material_id)
    else:  # an agent hands in what she may see of the other's
        found = materials.owned(actor, material_id)
    if found is None:
        raise NotFound("cases.material", msg("没有找到这份材料。"))
    taken = execute(
        "INSERT INTO case_attachment (case_id, key, material_id, attached_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [case.id, key, material_id, at],
    )
    return taken > 0


def detach(*, actor: Actor, case_id: uuid.UUID, key: str, material_id: uuid.UUID) -> None:
    """Take a handed-in material out again (取下材料); it stays among one's materials."""
    with transaction.atomic():
        case, demanded = opened(actor, case_id)
        if not editable(case.state in WHOLE, MATERIAL, key, demanded):
            raise _beyond_supplement()
        taken = execute(
            "DELETE FROM case_attachment WHERE case_id = %s AND key = %s AND material_id = %s",
            [case_id, key, material_id],
        )
        if taken:
            update(case_id, {"version": case.version + 1})


def _beyond_supplement() -> Conflict:
    return Conflict("cases.beyond_supplement", msg("这份材料不在补正范围里，不能改。"))


def discard(*, actor: Actor, case_id: uuid.UUID, at: datetime) -> None:
    """Throw a draft away (删除草稿). A submitted case can only be withdrawn."""
    with transaction.atomic():
        case, _ = opened(actor, case_id, at)
        if case.state is not State.DRAFT:
            raise Conflict("cases.discard", msg("已经提交的申请不能删除，可以撤回。"))
        discarded(actor, case, at)


def discarded(actor: Actor, case: Locked, at: datetime) -> None:
    """Delete a locked draft (删除已锁定的草稿)."""
    Case.objects.get(pk=case.id).delete()
    record(stream=stream_of(case.id), act="cases.discard", actor=actor, at=at, data={})


def taken_in(case: Locked, answers: Mapping[str, object], on: date) -> Step:
    """What is submitted (提交内容): complete, and nothing beyond what the edition asks. The ledger fixes exactly this."""
    held = held_materials(case.guide, party_id=case.party_id, on=on)
    there = case.attached | held.keys()
    errors = check_complete(case.guide, answers, there, committed=case.committed is not None)
    if errors:
        raise Invalid("cases.complete", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    form = to_submit(case.guide, answers)
    changes: Changes = {} if form == case.form else {"form": Jsonb(form)}
    data: dict[str, object] = {"form": digest(form), "handed_in": list(_handed_in(case))}
    if case.kept and case.state in WHOLE:
        # What an earlier edition asked and this one does not was never sent to anybody, and is not now.
        changes |= {"kept": Jsonb({})}
        data |= {"kept": digest({})}
    return Step(changes, data | ({"held": held} if held else {}))


def _handed_in(case: Locked) -> tuple[str, ...]:
    """What is handed in (交件), without what only an earlier edition of a draft asked: that stays among one's materials."""
    if case.state not in WHOLE:
        return case.handed_in
    asked = {material.key for material in case.guide.materials}
    if beyond := [pair.split(" ", 1)[0] for pair in case.handed_in if pair.split(" ", 1)[0] not in asked]:
        execute("DELETE FROM case_attachment WHERE case_id = %s AND key = ANY(%s)", [case.id, beyond])
    return tuple(pair for pair in case.handed_in if pair.split(" ", 1)[0] in asked)


def submit(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Submit a draft (提交申请): it gets its number, and the five days of article 32, or the promised pre-review, begin."""

    def write(case: Locked) -> Step:
        _ensure_by_itself(case)
        step = ready(case, at)
        ensure_level(actor, case.guide)
        return numbered(case, step, at)

    return move(actor=actor, case_id=case_id, verb=Verb.SUBMIT, at=at, key=key, version=version, write=write)


def ensure_level(actor: Actor, guide: Guide) -> None:
    """Raise LevelTooLow where a person online is known less well than the item asks (核对实名等级). A clerk sees who it is."""
    _ensure_known(actor, Level.ADVANCED if guide.channels.level == "advanced" else Level.BASIC)


def _ensure_known(actor: Actor, needed: Level) -> None:
    if actor.kind is ActorKind.PERSON and actor.level < needed:
        raise LevelTooLow("cases.level", needed)


def ready(case: Locked, at: datetime) -> Step:
    """What a draft submits (待提交内容), without its number; raises Invalid or Conflict where it is not ready."""
    day = day_of(at)
    ensure_in_force(case, day)
    if case.committed is not None and has_bad_record(case.party_id):
        raise barred_from_commitment()
    given_by_us = fixed(case.guide.form, party_id=case.party_id, on=day)
    step = taken_in(case, {**case.form, **given_by_us}, day)
    chosen = {"committed": case.committed, "delivery": told_of_delivery(case.delivery) or None}
    told = {name: value for name, value in chosen.items() if value is not None}
    return replace(step, changes=step.changes | {"submitted_at": at}, data=step.data | told)


def numbered(case: Locked, step: Step, at: datetime) -> Step:
    """The same with its number (编号), the last lock that a submit takes."""
    number = _number(catalogue.edition(case.edition_id).item_code, day_of(at))
    return replace(step, changes=step.changes | {"number": number})


def ensure_in_force(case: Locked, day: date) -> None:
    """An application is made under the rules of its day (版本有效): raises Conflict where its edition is no longer in force."""
    if case.edition_ends_on is None or case.edition_ends_on > day:
        return
    if catalogue.in_force_id(catalogue.edition(case.edition_id).item_code, day) is None:
        raise Conflict(
            "cases.item_ended", msg("这个事项现在不办了，不能提交。您填的内容还在，可以先打给咨询电话问问。")
        )
    raise Conflict(
        EDITION_ENDED, msg("这份申请用的是旧版指南，已经停用。请先换到新版再提交，填好的内容都还在。")
    )


EDITION_ENDED = "cases.edition_ended"


def barred_from_commitment() -> Conflict:
    """A party with an unrepaired breach cannot commit (失信未修复，不适用告知承诺)."""
    return Conflict(
        "cases.bad_record",
        msg("您有一件承诺核查不实、还没有修复，暂时不能用告知承诺办理。可以交齐材料，按一般程序申请。"),
    )


def _number(item_code: str, day: date) -> str:
    """The next case number (办件编号) of an item on a day: serials without gaps, the last lock that a submit takes."""
    serial = take(f"case:{item_code}:{day:%Y%m%d}")
    if serial > case_number.LAST_SERIAL:
        raise Conflict(
            "cases.serials", msg("这个事项今天的办件编号已经用完，请明天再提交。填好的内容都还在。")
        )
    return case_number.make(item_code, day, serial)


def _sent_again(
    verb: Verb, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None, version: int | None
) -> Ref:
    return move(
        actor=actor,
        case_id=case_id,
        verb=verb,
        at=at,
        key=key,
        version=version,
        write=lambda case: taken_in(case, case.form, day_of(at)),
    )


def resubmit(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Hand in what the supplement notice, or the pre-review, asked for (补正后提交)."""
    return _sent_again(Verb.RESUBMIT, actor, case_id, at, key, version)


def insist(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Insist on receipt after a pre-review (坚持提交): pre-review is advice, and keeps nobody from applying."""
    return _sent_again(Verb.INSIST, actor, case_id, at, key, version)
