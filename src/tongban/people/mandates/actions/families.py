"""Parents (父母): act for their minor child, once the population source says that it is theirs; until it comes of age."""

import uuid
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Forbidden, Invalid
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import day_of
from tongban.people.identity.rules.acts import ensure_level
from tongban.people.identity.rules.proofs import ProofKind
from tongban.people.identity.rules.sources import PARENT, Outcome
from tongban.people.mandates.actions.writing import next_number, write
from tongban.people.mandates.rules import EVERYTHING, Kind, Limits, State
from tongban.people.parties import actions as registering
from tongban.people.parties import queries as parties
from tongban.people.parties.rules import comes_of_age
from tongban.standards import resident_id
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg


def register_child(*, actor: Actor, name: str, id_number: str, at: datetime) -> uuid.UUID:
    """Let a parent act for her minor child (登记未成年子女, 民法典 第27条); returns the mandate. Proven by the population source.

    Who is no parent, and a child that there is not, are answered alike.
    """
    if actor.kind is ActorKind.PERSON:
        ensure_level(actor, "mandates.register_child")
    if actor.kind is not ActorKind.PERSON or actor.party_id is None or actor.mandate_id is not None:
        raise Forbidden("mandates.oneself", msg("请以您本人的身份办这一步。"))
    today = day_of(at)
    try:
        child = resident_id.parse(id_number, today=today)
    except BadCode as error:
        words: str = Message(error.message, error.params)
        raise Invalid("mandates.child", msg("请改正标出的内容。"), fields={"id_number": [words]}) from error
    until = comes_of_age(child.born)
    if until <= today:
        grown = msg("已经满18周岁，要由本人授权给您。")
        raise Invalid("mandates.of_age", grown, fields={"id_number": [grown]})
    proof = _proof(actor.party_id, name.strip(), child.number, at)
    with transaction.atomic():
        child_id = parties.by_number(child.number) or registering.register(
            actor=actor,
            name=name,
            id_number=child.number,
            phone=parties.party(actor.party_id).phone,
            at=at,
        )
        return write(
            actor=actor,
            act="parent",
            limits=Limits(next_number(at), Kind.PARENT, EVERYTHING, today, until),
            giver_id=child_id,
            agent_id=actor.party_id,
            state=State.ACCEPTED,
            at=at,
            pass_on=True,
            seen=proof,
        )


def _proof(who: uuid.UUID, name: str, number: str, at: datetime) -> str:
    """What proves that a child is somebody's (亲子关系核验): the answers of the population source, by reference."""
    parent = parties.facts(who)
    child = identity.ask_source(kind=ProofKind.ID_CARD, name=name, number=number, value="", at=at)
    family = identity.ask_source(kind=PARENT, name=parent.name, number=parent.number, value=number, at=at)
    if not child.outcome == family.outcome == Outcome.MATCH:
        unknown = msg("人口库里没有查到这是您的子女。请核对姓名和号码，或者带户口簿、出生证到窗口办。")
        raise Invalid("mandates.parent", unknown, fields={"id_number": [unknown]})
    return f"{family.source} {child.reference} {family.reference}"
