"""Legal persons (法人): registered by their proven legal representative; another one takes over, and every mandate ends."""

import uuid
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import day_of
from tongban.people.identity.rules.acts import ensure_level
from tongban.people.identity.rules.sources import LEGAL_PERSON, REPRESENTATIVE, Outcome
from tongban.people.mandates.actions.counter import NOBODY, Shown, seen_in_words
from tongban.people.mandates.actions.lives import withdraw_all
from tongban.people.mandates.actions.offering import known
from tongban.people.mandates.actions.writing import next_number, write
from tongban.people.mandates.rules import EVERYTHING, Kind, Limits, State
from tongban.people.parties import actions as registering
from tongban.people.parties import queries as parties
from tongban.people.parties.rules import PartyKind
from tongban.standards.text import msg


def register_company(*, actor: Actor, name: str, code: str, kind: str, phone: str, at: datetime) -> uuid.UUID:
    """Register a legal person (法人登记) of which the actor is the legal representative, as the source says; returns its party.

    She acts for it from now on under a mandate of her own (法定代表人), which every act names like any other.
    """
    who = _representative(actor, "mandates.register_company")
    facts = registering.legal_facts(name=name, code=code, kind=kind, phone=phone)
    if parties.legal_by_code(facts.credit_code) is not None:
        raise Conflict(
            "parties.code_once",
            msg("这个统一社会信用代码已经登记过。法定代表人换了人的，请按“变更法定代表人”办。"),
        )
    proof = _proof(who, facts.name, facts.credit_code, at)
    with transaction.atomic():
        party_id = registering.register_legal(
            actor=actor, facts=facts, representative=who, proof=proof, at=at
        )
        _let_in(actor, party_id, who, proof, at)
    return party_id


def register_company_at_counter(
    *,
    actor: Actor,
    counter: uuid.UUID,
    facts: registering.Facts,
    representative: Shown,
    seen: str,
    at: datetime,
    representative_phone: str = "",
) -> uuid.UUID:
    """Register a legal person for its representative who stands at a counter (窗口登记法人); ``seen``: the originals that prove it.

    ``representative_phone``: where she is not known yet and is registered on the spot.
    """
    if counter not in actor.organs_as("clerk"):
        raise Forbidden("mandates.counter", msg("您在这个机关没有窗口岗位。"))
    words, problem = seen_in_words(seen)
    who = known(representative.name, representative.number)
    errors = {"seen": [problem]} if problem else {}
    is_new = who is None and parties.by_number(representative.number) is None and representative_phone.strip()
    if who is None and not is_new:
        errors["representative_number"] = [NOBODY]
    elif who is not None and parties.party(who).kind is not PartyKind.PERSON:
        errors["representative_number"] = [msg("法定代表人是人：请填她的姓名和身份证号码。")]
    if errors:
        raise Invalid("mandates.company", msg("请改正标出的内容。"), fields=errors)
    with transaction.atomic():
        if who is None:
            who = _registered(actor, representative, representative_phone, at)
        party_id = registering.register_legal(
            actor=actor, facts=facts, representative=who, proof=words, at=at
        )
        _let_in(actor, party_id, who, words, at, counter)
    return party_id


def _registered(actor: Actor, shown: Shown, phone: str, at: datetime) -> uuid.UUID:
    try:
        return registering.register(actor=actor, name=shown.name, id_number=shown.number, phone=phone, at=at)
    except Invalid as refusal:
        named = {"name": "representative_name", "id_number": "representative_number"}
        fields = {named.get(name, f"representative_{name}"): said for name, said in refusal.fields.items()}
        raise Invalid(refusal.rule, refusal.message, refusal.params, fields=fields) from refusal


def take_over(*, actor: Actor, name: str, code: str, at: datetime) -> uuid.UUID:
    """Take a legal person over as its new legal representative (变更法定代表人), as the source says; returns its party.

    Everything that the former one gave ends at once: whom the new one trusts, she says herself.
    """
    who = _representative(actor, "mandates.take_over")
    found = parties.legal_by_code(code.strip().upper())
    if found is None:
        raise Invalid(
            "mandates.company",
            msg("没有登记过这家法人，请先登记。"),
            fields={"code": [msg("没有登记过这家法人，请先登记。")]},
        )
    if found.representative_id == who:
        raise Conflict("mandates.representative_already", msg("您已经是这家法人登记的法定代表人。"))
    proof = _proof(who, name.strip(), found.credit_code, at)
    with transaction.atomic():
        registering.change_representative(
            actor=actor, party_id=found.id, representative=who, name=name.strip(), proof=proof, at=at
        )
        withdraw_all(actor=actor, party_id=found.id, because="representative", at=at)
        _let_in(actor, found.id, who, proof, at)
    return found.id


def _representative(actor: Actor, act: str) -> uuid.UUID:
    """Who asks to represent (申请人本人): herself, proven. Under a mandate nobody is a representative."""
    if actor.kind is ActorKind.PERSON:
        ensure_level(actor, act)
    if actor.kind is not ActorKind.PERSON or actor.party_id is None or actor.mandate_id is not None:
        raise Forbidden("mandates.oneself", msg("请以您本人的身份办这一步。"))
    return actor.party_id


def _proof(who: uuid.UUID, name: str, code: str, at: datetime) -> str:
    """What proves that somebody represents a legal person (法定代表人核验): the answers of the legal-person source, by reference.

    Raises Invalid where it does not know such a legal person, or not by this representative; both are answered alike.
    """
    person = parties.facts(who)
    company = identity.ask_source(kind=LEGAL_PERSON, name=name, number=code, value="", at=at)
    office = identity.ask_source(
        kind=REPRESENTATIVE, name=person.name, number=person.number, value=code, at=at
    )
    if not company.outcome == office.outcome == Outcome.MATCH:
        words = msg(
            "法人库里没有名称、代码和法定代表人都相符的法人。请照营业执照核对；刚变更的，请等登记机关更新。"
        )
        raise Invalid("mandates.representative", words, fields={"code": [words]})
    return f"{office.source} {company.reference} {office.reference}"


def _let_in(
    actor: Actor,
    party_id: uuid.UUID,
    who: uuid.UUID,
    proof: str,
    at: datetime,
    counter: uuid.UUID | None = None,
) -> None:
    write(
        actor=actor,
        act="represent",
        limits=Limits(next_number(at), Kind.REPRESENTATIVE, EVERYTHING, day_of(at)),
        giver_id=party_id,
        agent_id=who,
        state=State.ACCEPTED,
        at=at,
        pass_on=True,
        seen=proof,
        counter_id=counter,
    )
