"""What the applicant does (申请人的行为): start, fill in, hand in, submit, withdraw."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.numbering.actions import take
from tongban.base.record import Repeated, record
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import Errors, FieldType, fill
from tongban.offers.catalogue.rules.guide import Guide
from tongban.people.places import queries as places
from tongban.records.materials import queries as materials
from tongban.standards import case_number
from tongban.standards.canonical import digest
from tongban.standards.text import msg
from tongban.work.cases.actions.moving import CHINA, Changes, Locked, Ref, lock, move, stream_of
from tongban.work.cases.models import Case
from tongban.work.cases.queries import demanded_targets, fixed, known
from tongban.work.cases.rules.application import (
    MATERIAL,
    check_complete,
    editable,
    open_fields,
    open_materials,
    to_submit,
)
from tongban.work.cases.rules.moves import EDITABLE, State, Verb


def start(*, actor: Actor, item_code: str, at: datetime, key: str | None = None) -> Ref:
    """Start a draft (开始填写) on the edition of an item that is in force today, with what the platform knows already."""
    if actor.party_id is None or actor.id is None:
        raise Forbidden("cases.start", msg("请先登录，再开始办理。"))
    edition = catalogue.in_force(item_code, at.astimezone(CHINA).date())
    if edition.guide.channels.online == "none":
        raise Conflict(
            "cases.counter_only", msg("这个事项要到窗口办，网上还不能申请。地点和时间见办事指南。")
        )
    filled = known(edition.guide.form, party_id=actor.party_id, on=at.astimezone(CHINA).date())
    case = Case(
        id=new_id(),
        form={key: found.value for key, found in filled.items()},
        edition_id=edition.id,
        organ_id=edition.organ_id,
        place=edition.place,
        party_id=actor.party_id,
        account_id=actor.id,
        started_at=at,
    )
    try:
        with transaction.atomic():
            case.save(force_insert=True)
            data: dict[str, object] = {
                "edition": str(edition.id),
                "digest": edition.digest,
                "party": str(case.party_id),
                "organ": str(case.organ_id),
            }
            record(stream=stream_of(case.id), act="cases.start", actor=actor, at=at, key=key, data=data)
    except Repeated:
        stream, act = done_before(actor, key or "") or ("", "")
        if act != "cases.start":
            raise Conflict("cases.key", msg("这个请求编号已经用在另一次操作上。")) from None
        with transaction.atomic():
            return lock(actor, uuid.UUID(stream.removeprefix("case:"))).ref()
    return Ref(case.id, None, State.DRAFT, 1)


def _open_to_applicant(actor: Actor, case_id: uuid.UUID) -> tuple[Locked, frozenset[str]]:
    """The actor's own case while it may be changed, and what a supplement demands of it."""
    case = lock(actor, case_id)
    if actor.party_id != case.party_id:
        raise Forbidden("cases.own", msg("只有申请人本人可以这样做。"))
    if case.state not in EDITABLE:
        raise Conflict(
            "cases.closed_to_edit", msg("申请已经提交，现在不能再改。如需更正，请撤回后重新申请。")
        )
    return case, demanded_targets(case_id) if case.state is State.SUPPLEMENT else frozenset()


def save(*, actor: Actor, case_id: uuid.UUID, values: Mapping[str, object], at: datetime) -> Errors:
    """Save answers of a draft or a supplement (保存填写内容); what is wrong is told by field and not taken in.

    An empty answer takes the earlier one out. Good answers are kept even where others are wrong. A draft has no ledger
    entry per keystroke: its content enters the ledger with the submission that fixes it.
    """
    with transaction.atomic():
        case, demanded = _open_to_applicant(actor, case_id)
        guide = catalogue.guide_of(case.edition_id)
        barred = _barred(case, guide, values, demanded, at)
        form, errors = fill(
            guide.form, case.form, {key: value for key, value in values.items() if key not in barred}
        )
        nowhere = _nowhere(guide, form, case.form)
        form = {key: value for key, value in form.items() if key not in nowhere}
        form |= {key: case.form[key] for key in nowhere if key in case.form}
        errors |= nowhere | {key: [text] for key, text in barred.items() if text}
        if form != case.form:
            execute(
                "UPDATE case_file SET form = %s, version = version + 1 WHERE id = %s", [Jsonb(form), case_id]
            )
    return errors


_BEYOND = msg("这一项不在补正范围里，不能改。")
_FIXED = msg("这一项由平台带出，不能改。")


def _barred(
    case: Locked, guide: Guide, values: Mapping[str, object], demanded: frozenset[str], at: datetime
) -> dict[str, str]:
    """Fields that may not be answered now, and what is said of each: nothing where the answer is the one that stands."""
    fields = guide.form.by_key()
    if case.state is State.DRAFT:
        given_by_us = fixed(guide.form, party_id=case.party_id, on=at.astimezone(CHINA).date())
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
        case, demanded = _open_to_applicant(actor, case_id)
        guide = catalogue.guide_of(case.edition_id)
        if key not in {material.key for material in guide.materials}:
            raise Invalid("cases.beyond_guide", msg("办事指南没有要求这份材料。"))
        if case.state is not State.DRAFT and key not in open_materials(
            guide, case.form, case.attached, demanded
        ):
            raise _beyond_supplement()
        if materials.owned(actor, material_id) is None:
            raise NotFound("cases.material", msg("没有找到这份材料。"))
        execute(
            "INSERT INTO case_attachment (case_id, key, material_id, attached_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [case_id, key, material_id, at],
        )


def detach(*, actor: Actor, case_id: uuid.UUID, key: str, material_id: uuid.UUID) -> None:
    """Take a handed-in material out again (取下材料); it stays among one's materials."""
    with transaction.atomic():
        case, demanded = _open_to_applicant(actor, case_id)
        if not editable(case.state is State.DRAFT, MATERIAL, key, demanded):
            raise _beyond_supplement()
        execute(
            "DELETE FROM case_attachment WHERE case_id = %s AND key = %s AND material_id = %s",
            [case_id, key, material_id],
        )


def _beyond_supplement() -> Conflict:
    return Conflict("cases.beyond_supplement", msg("这份材料不在补正范围里，不能改。"))


def discard(*, actor: Actor, case_id: uuid.UUID, at: datetime) -> None:
    """Throw a draft away (删除草稿). A submitted case can only be withdrawn."""
    with transaction.atomic():
        case, _ = _open_to_applicant(actor, case_id)
        if case.state is not State.DRAFT:
            raise Conflict("cases.discard", msg("已经提交的申请不能删除，可以撤回。"))
        Case.objects.get(pk=case_id).delete()
        record(stream=stream_of(case_id), act="cases.discard", actor=actor, at=at, data={})


def _taken_in(case: Locked, answers: Mapping[str, object]) -> tuple[Changes, dict[str, object]]:
    """What is submitted: complete, and nothing beyond what the edition asks. The ledger fixes exactly this."""
    guide = catalogue.guide_of(case.edition_id)
    errors = check_complete(guide, answers, case.attached)
    if errors:
        raise Invalid("cases.complete", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    form = to_submit(guide, answers)
    changes: Changes = {} if form == case.form else {"form": Jsonb(form)}
    return changes, {"form": digest(form), "handed_in": list(case.handed_in)}


def submit(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Submit a draft (提交申请): it gets its number, and the five days of article 32 begin."""

    def write(case: Locked) -> tuple[Changes, dict[str, object]]:
        day = at.astimezone(CHINA).date()
        given_by_us = fixed(catalogue.guide_of(case.edition_id).form, party_id=case.party_id, on=day)
        changes, kept = _taken_in(case, {**case.form, **given_by_us})
        number = _number(catalogue.edition(case.edition_id).item_code, day)
        return changes | {"submitted_at": at, "number": number}, kept

    return move(actor=actor, case_id=case_id, verb=Verb.SUBMIT, at=at, key=key, version=version, write=write)


def _number(item_code: str, day: date) -> str:
    """The next case number (办件编号) of an item on a day: serials without gaps, the last lock that a submit takes."""
    serial = take(f"case:{item_code}:{day:%Y%m%d}")
    if serial > case_number.LAST_SERIAL:
        raise Conflict(
            "cases.serials", msg("这个事项今天的办件编号已经用完，请明天再提交。填好的内容都还在。")
        )
    return case_number.make(item_code, day, serial)


def resubmit(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Hand in what the supplement notice asked for (补正后提交)."""

    def write(case: Locked) -> tuple[Changes, dict[str, object]]:
        return _taken_in(case, case.form)

    return move(
        actor=actor, case_id=case_id, verb=Verb.RESUBMIT, at=at, key=key, version=version, write=write
    )


def withdraw(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Withdraw an application (撤回申请) at any time before the decision."""
    return move(
        actor=actor,
        case_id=case_id,
        verb=Verb.WITHDRAW,
        at=at,
        key=key,
        version=version,
        write=lambda case: ({"ended_at": at}, {}),
    )
