"""What a counter does for an applicant and for other organs (窗口代办与移送): take in, attach, pass on what came to the wrong organ."""

import uuid
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.elements import ANYWHERE_LABELS
from tongban.offers.catalogue.rules.form import Errors
from tongban.people.parties import queries as parties
from tongban.people.places import queries as places
from tongban.records.materials import actions as materials
from tongban.records.materials import queries as kept
from tongban.records.materials.rules import Trust
from tongban.standards.canonical import digest
from tongban.standards.text import msg
from tongban.work.cases.access import handles
from tongban.work.cases.actions.applicant import attach, begin, begun_before, opened
from tongban.work.cases.actions.attending import told
from tongban.work.cases.actions.moving import (
    Locked,
    Ref,
    Step,
    day_of,
    file_document,
    move,
    reach,
)
from tongban.work.cases.actions.presence import Presented, Standing, party_shown, put_down
from tongban.work.cases.models import Attachment
from tongban.work.cases.queries.counter import passed_on_by, serves
from tongban.work.cases.rules.application import check_note
from tongban.work.cases.rules.carrying import carry
from tongban.work.cases.rules.moves import Verb


def start_at_counter(
    *,
    actor: Actor,
    counter: uuid.UUID,
    applicant: Presented,
    item_code: str,
    at: datetime,
    key: str | None = None,
    standing: Standing | None = None,
) -> Ref:
    """Begin a draft for an applicant at a counter (窗口收件), for an item of this organ or of another within the edition's scope.

    She is found by the whole number and the name of her identity card, or registered on the spot. ``standing``: who stands
    there where it is not she, and under which mandate; a legal person always needs somebody. An item that cannot be applied
    for online can be begun here.
    """
    allowed, reason = handles(actor, counter, "clerk")
    if not allowed:
        raise Forbidden("cases.counter", reason)
    edition = catalogue.in_force(item_code, day_of(at))
    taking = parties.organ(counter)
    scope = edition.guide.channels.anywhere
    if not serves(taking, edition, places.paths({taking.place, edition.place})):
        raise Conflict(
            "cases.scope",
            msg(
                "这个事项只在“%(scope)s”的范围里收件，您的窗口不在其中。请告诉申请人到%(place)s的窗口或者网上办。"
            ),
            {"scope": ANYWHERE_LABELS[scope], "place": edition.place_name},
        )
    # A second press must not meet the mandate that the first one recorded.
    if (again := begun_before(actor, key)) is not None:
        return again
    with transaction.atomic():
        party_id = party_shown(actor, applicant, at)
        begun = begin(
            actor=actor,
            edition=edition,
            party_id=party_id,
            at=at,
            key=key,
            counter_id=counter,
            present=lambda case: told(put_down(actor, case, standing or Standing(), at)),
        )
        reach(begun.id, counter)
    return begun


def take_in(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    key: str,
    stream: BinaryIO,
    file_name: str,
    checked: bool,
    at: datetime,
) -> None:
    """Take a paper in at the counter (收取材料): the applicant's material, kept by the clerk, attached to her case.

    ``checked``: the clerk held it against the original, which makes it grade B. The same file in the same grade twice is once.
    """
    with transaction.atomic():
        case, _demanded = opened(actor, case_id, at)
    if case.counter_id is None or case.counter_id not in actor.organs_as("clerk"):
        raise Forbidden("cases.counter", msg("这件不是在您的窗口收的。"))
    title = next((wanted.name for wanted in case.guide.materials if wanted.key == key), None)
    if title is None:
        raise Invalid("cases.beyond_guide", msg("办事指南没有要求这份材料。"))
    material_id = materials.keep(
        actor=actor,
        stream=stream,
        file_name=file_name,
        title=title,
        at=at,
        owner=case.party_id,
        checked=checked,
    )
    if not _lies_there(case_id, key, material_id, Trust.CHECKED if checked else Trust.OWNER):
        attach(actor=actor, case_id=case_id, key=key, material_id=material_id, at=at)


def _lies_there(case_id: uuid.UUID, key: str, material_id: uuid.UUID, trust: Trust) -> bool:
    same = Attachment.objects.filter(case_id=case_id, key=key, material__trust=trust.value)
    fresh = kept.content_of(material_id)
    return same.filter(material__file_id=fresh).exists()


def transfer(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    to: uuid.UUID,
    reason: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Pass a misdirected application on (移送) to the organ that carries the same basic item out in another place.

    It is never sent back to the applicant: number, answers, materials and the five days already running go along. What the
    other organ's edition asks beyond may be asked by its one supplement notice. The passing organ keeps sight of the case.
    """

    def write(case: Locked) -> Step:
        words, problems = check_note(reason)
        errors: Errors = {"reason": problems} if problems else {}
        old = catalogue.edition(case.edition_id)
        new = _edition_of(case, old.basic_code, to, at)
        if new is None:
            errors["to"] = [msg("这个机关没有办理同一事项，请从列出的机关里选。")]
        if errors or new is None:
            raise Invalid("cases.transfer", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
        if to in passed_on_by(case.id):
            raise Conflict(
                "cases.transfer_back",
                msg("这件就是从这个机关移送出来的，不能再移送回去。有争议的，请报共同的上一级机关指定。"),
            )
        carried = carry(
            old.guide, new.guide, form=case.form, kept=case.kept, attached=case.attached, running=True
        )
        body = {
            "reason": words,
            "from": str(case.organ_id),
            "to": str(to),
            "from_name": old.organ_name,
            "to_name": new.organ_name,
            "lacking": [line.target for line in carried.hindrances],
        }
        reach(case.id, case.organ_id)
        changes: dict[str, object] = {
            "edition_id": new.id,
            "organ_id": new.organ_id,
            "place": new.place,
            "form": Jsonb(carried.form),
            "kept": Jsonb(carried.kept),
            "handler_id": None,  # whoever had claimed it sits in the other organ
        }
        told = {"form": digest(carried.form), "kept": digest(carried.kept)}
        return Step(changes, told | file_document(actor, case, Verb.TRANSFER, body, at))

    return move(
        actor=actor, case_id=case_id, verb=Verb.TRANSFER, at=at, key=key, version=version, write=write
    )


def _edition_of(
    case: Locked, basic_code: str, organ_id: uuid.UUID, at: datetime
) -> catalogue.EditionView | None:
    """The edition by which another organ carries the same basic item out (对方现行版本), or None."""
    if organ_id == case.organ_id:
        return None
    offered = catalogue.offering(basic_code, day_of(at))
    return next((edition for edition in offered if edition.organ_id == organ_id), None)
