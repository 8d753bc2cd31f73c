"""Mandates at the counter (窗口登记授权): a clerk saw the paper, and what she saw is named and kept."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import Q

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.files import actions as files
from tongban.base.ledger.queries import done_with
from tongban.base.record import Repeated
from tongban.people.identity.queries import day_of
from tongban.people.mandates.actions.lives import end
from tongban.people.mandates.actions.offering import Terms, known, read_terms
from tongban.people.mandates.actions.writing import next_number, write
from tongban.people.mandates.models import Mandate
from tongban.people.mandates.rules import BY_LAW, EVERYTHING, OFFERED, OPEN, Kind, Limits, State, Verb
from tongban.people.parties import queries as parties
from tongban.people.parties.rules import PartyKind, comes_of_age
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

LARGEST_SCAN = 20 * 1024 * 1024  # [O] as any upload
_LONGEST_SEEN = 200
AT_COUNTER = frozenset({Kind.AGENT, Kind.HELPER, Kind.PARENT, Kind.GUARDIAN})


@dataclass(frozen=True, slots=True)
class Shown:
    """Who is named on a paper (证件上的人): a name, and an identity number or a credit code."""

    name: str
    number: str


def record_at_counter(
    *,
    actor: Actor,
    counter: uuid.UUID,
    giver: Shown,
    agent: Shown,
    terms: Terms,
    seen: str,
    scan: BinaryIO,
    scan_name: str,
    at: datetime,
    key: str | None = None,
) -> uuid.UUID:
    """Record a mandate on paper (窗口登记纸质授权): the agent stands there with it, so that it counts at once.

    ``seen``: the documents that the clerk saw, in words; their ``scan`` is kept. Parents and guardians are recorded here where no
    source tells: they may do everything, a parent until the child comes of age.
    """
    sides = {"giver_number": known(giver.name, giver.number), "agent_number": known(agent.name, agent.number)}
    errors = {field: [NOBODY] for field, found in sides.items() if found is None}
    return record_paper(
        actor=actor,
        counter=counter,
        giver_id=sides["giver_number"],
        agent_id=sides["agent_number"],
        terms=terms,
        seen=seen,
        scan=scan,
        scan_name=scan_name,
        at=at,
        key=key,
        errors=errors,
    )


def record_paper(
    *,
    actor: Actor,
    counter: uuid.UUID,
    giver_id: uuid.UUID | None,
    agent_id: uuid.UUID | None,
    terms: Terms,
    seen: str,
    scan: BinaryIO,
    scan_name: str,
    at: datetime,
    key: str | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> uuid.UUID:
    """The same between two who are known already (登记纸质授权). ``errors``: what was found wrong before, told with the rest."""
    if counter not in actor.organs_as("clerk"):
        raise Forbidden("mandates.counter", msg("您在这个机关没有窗口岗位。"))
    limits, wrong = _limits(terms, day_of(at))
    words, problem = seen_in_words(seen)
    if problem:
        wrong["seen"] = [problem]
    wrong |= errors or {}
    if giver_id and agent_id:
        limits, more = _fitting(limits, giver_id, agent_id, day_of(at))
        wrong |= more
    if wrong or giver_id is None or agent_id is None:
        raise Invalid("mandates.terms", msg("请改正标出的内容。"), fields=wrong)
    kept = files.store(scan, name=scan_name, limit=LARGEST_SCAN, at=at)
    try:
        with transaction.atomic():
            return write(
                actor=actor,
                act="record",
                limits=replace(limits, number=next_number(at)),
                giver_id=giver_id,
                agent_id=agent_id,
                state=State.ACCEPTED,
                at=at,
                pass_on=terms.pass_on and limits.kind is Kind.AGENT,
                seen=words,
                counter_id=counter,
                scan=kept.digest,
                key=key,
            )
    except Repeated as error:
        done = done_with(actor, key or "")
        if done is None or done[1].act != "mandates.record":
            raise Conflict("mandates.key", msg("这个请求编号已经用在另一次操作上。")) from error
        return uuid.UUID(done[0].removeprefix("mandate:"))


NOBODY = msg("没有查到名称和号码都相符的人或者法人。请对照证件核对；没有登记过的，先登记。")


def _limits(terms: Terms, today: date) -> tuple[Limits, dict[str, list[str]]]:
    if terms.kind in (Kind.PARENT, Kind.GUARDIAN):
        return Limits("", Kind(terms.kind), EVERYTHING, today), {}
    return read_terms(terms, today)


def seen_in_words(text: str) -> tuple[str, str]:
    """What a clerk saw, cleaned, and what is wrong with it (所看原件)."""
    try:
        words = plaintext.clean(text, limit=_LONGEST_SEEN)
    except BadCode as error:
        return "", Message(error.message, error.params)
    return words, "" if words else msg("请写明看了哪些原件，例如“授权委托书、营业执照”。")


def _fitting(
    limits: Limits, giver_id: uuid.UUID, agent_id: uuid.UUID, today: date
) -> tuple[Limits, dict[str, list[str]]]:
    """The limits for these two (双方是否合适): an agent is a person, a parent's child a minor."""
    errors: dict[str, list[str]] = {}
    if agent_id == giver_id or parties.party(agent_id).kind is not PartyKind.PERSON:
        errors["agent_number"] = [msg("请填另一个人的身份证号码。")]
    is_person = parties.party(giver_id).kind is PartyKind.PERSON
    if limits.kind is not Kind.AGENT and not is_person:
        errors["giver_number"] = [msg("法人只能授权给代理人。")]
    elif limits.kind is Kind.PARENT:
        until = comes_of_age(parties.born(giver_id))
        if until <= today:
            errors["giver_number"] = [msg("已经满18周岁，要由本人授权给您。")]
        else:
            limits = replace(limits, until=until)
    return limits, errors


@transaction.atomic
def end_at_counter(
    *, actor: Actor, counter: uuid.UUID, giver: Shown, number: str, seen: str, at: datetime
) -> None:
    """Withdraw a mandate for its giver at a counter (窗口收回授权), who stands there with her card; a guardianship that has ended too."""
    if counter not in actor.organs_as("clerk"):
        raise Forbidden("mandates.counter", msg("您在这个机关没有窗口岗位。"))
    words, problem = seen_in_words(seen)
    if problem:
        raise Invalid("mandates.seen", msg("请改正标出的内容。"), fields={"seen": [problem]})
    found = Mandate.objects.filter(
        number=number.strip().upper(), giver_id=known(giver.name, giver.number)
    ).first()
    if found is None:
        raise NotFound("mandates.mandate", msg("没有查到这个人给出的这项授权。"))
    wanted = Q(pk=found.id) | Q(under_id=found.id)
    if Kind(found.kind) in BY_LAW:  # whoever was let in by a guardian goes with her
        wanted |= Q(giver_id=found.giver_id, kind__in=sorted(OFFERED))
    rows = list(Mandate.objects.select_for_update().filter(wanted).order_by("pk"))
    open_ = [row for row in rows if State(row.state) in OPEN]
    if found.id not in {row.id for row in open_}:
        raise Conflict("mandates.ended", msg("这项授权已经没有了。"))
    if Kind(found.kind) is Kind.REPRESENTATIVE:
        raise Forbidden("mandates.by_law", msg("法定代表人要凭变更登记更换。"))
    end(actor, open_, Verb.WITHDRAW, words, at)
