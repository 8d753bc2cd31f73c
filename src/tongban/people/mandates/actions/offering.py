"""Offering a mandate (给出授权): the first of its two steps. Nobody gives more than she has."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ledger.queries import done_with
from tongban.base.record import Repeated
from tongban.people.identity.queries import day_of
from tongban.people.identity.rules.acts import ensure_level
from tongban.people.mandates.actions.writing import next_number, write
from tongban.people.mandates.models import Mandate
from tongban.people.mandates.queries import hold
from tongban.people.mandates.rules import (
    BY_LAW,
    EVERYTHING,
    HELPING,
    LARGEST_AMOUNT,
    LONGEST_BASIC,
    MOST_ITEMS,
    MOST_PLACES,
    OFFERED,
    Act,
    Kind,
    Limits,
    State,
    beyond,
    limits_of,
    period_problem,
)
from tongban.people.parties import queries as parties
from tongban.people.parties.rules import PartyKind
from tongban.people.places import queries as places
from tongban.standards.codes import BadCode, normalised
from tongban.standards.item_codes import parse_any, parse_basic
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered (授权内容), as it was typed. ``last``: the last day on which it counts."""

    acts: frozenset[str]
    since: date
    last: date
    items: Sequence[str] = ()
    places: Sequence[str] = ()
    amount: int | None = None
    kind: str = Kind.AGENT
    pass_on: bool = False


def offer(
    *,
    actor: Actor,
    agent_name: str,
    agent_number: str,
    terms: Terms,
    at: datetime,
    key: str | None = None,
) -> uuid.UUID:
    """Offer somebody a mandate of the party for which the actor acts (给出授权); it counts once she accepts.

    The agent is known by the whole identity number and the name. Under a mandate only who may pass it on offers, and nothing
    beyond what she has herself.
    """
    ensure_level(actor, "mandates.offer")
    if actor.party_id is None:
        raise Forbidden("mandates.oneself", msg("请以您本人或者您代表的单位的身份办这一步。"))
    if parties.party(actor.party_id).kind is not PartyKind.PERSON:
        ensure_level(actor, "mandates.appoint")
    limits, errors = read_terms(terms, day_of(at))
    agent_id = known(agent_name, agent_number)
    if agent_id is None:
        errors["agent_number"] = [_NOBODY]
    elif agent_id == actor.party_id or parties.party(agent_id).kind is not PartyKind.PERSON:
        errors["agent_number"] = [msg("请填另一个人的身份证号码。")]
    if errors:
        raise Invalid("mandates.terms", msg("请改正标出的内容。"), fields=errors)
    assert agent_id is not None  # noqa: S101 -- an error otherwise
    try:
        with transaction.atomic():
            hold(actor, at=at)
            under = _passing_on(actor, limits, terms.pass_on)
            return write(
                actor=actor,
                act="offer",
                limits=replace(limits, number=next_number(at)),
                giver_id=actor.party_id,
                agent_id=agent_id,
                state=State.OFFERED,
                at=at,
                pass_on=terms.pass_on,
                under_id=under,
                key=key,
            )
    except Repeated as error:
        done = done_with(actor, key or "")
        if done is None or done[1].act != "mandates.offer":
            raise Conflict("mandates.key", msg("这个请求编号已经用在另一次操作上。")) from error
        return uuid.UUID(done[0].removeprefix("mandate:"))


_NOBODY = msg("没有查到姓名和身份证号码都相符的人。请对方先注册、实名认证。")


def known(name: str, number: str) -> uuid.UUID | None:
    """Who bears this name and this number (核对代理人); a wrong name and a number that nobody has are answered alike."""
    found = parties.by_number(number)
    return found if found is not None and parties.matches(found, name) else None


def _passing_on(actor: Actor, limits: Limits, pass_on: bool) -> uuid.UUID | None:
    """The mandate by whose right this one is given (转委托, 民法典 第169条), None where the party gives it herself."""
    own = limits_of(actor)
    if actor.mandate_id is None or own is None:
        return None
    row = Mandate.objects.get(pk=actor.mandate_id)
    if not row.pass_on:
        raise Forbidden("mandates.pass_on", msg("您的授权不能再转给别人。"))
    if pass_on and own.kind not in BY_LAW:
        raise Forbidden("mandates.passed_on_once", msg("转给别人的授权，不能再往下转。"))
    if over := beyond(limits, own):
        fields = {name: [msg("这里超出了您自己的授权。")] for name in over}
        fields = {{"until": "last"}.get(name, name): texts for name, texts in fields.items()}
        raise Invalid("mandates.beyond", msg("不能给出比您自己的授权更大的授权。"), fields=fields)
    # Whom the law lets act gives in the party's own name: it ends with the party's other mandates, by another rule.
    return None if own.kind in BY_LAW else row.id


def read_terms(terms: Terms, today: date) -> tuple[Limits, dict[str, list[str]]]:
    """The limits that terms mean (读取授权内容), and what is wrong with them by field."""
    errors: dict[str, list[str]] = {}
    kind = Kind(terms.kind) if terms.kind in set(OFFERED) else Kind.AGENT
    if terms.kind not in set(OFFERED):
        errors["kind"] = [msg("请选一项。")]
    acts = frozenset(Act(one) for one in terms.acts if one in set(Act))
    if not acts or len(acts) != len(terms.acts):
        errors["acts"] = [msg("请至少选一项。")]
    if kind is Kind.HELPER and not acts <= HELPING:
        errors["acts"] = [msg("帮办人只能代填和查看，提交要本人来。")]
    if kind is Kind.HELPER and terms.pass_on:
        errors["pass_on"] = [msg("帮办不能再转给别人。")]
    items, errors_of_items = _codes(terms.items)
    areas, errors_of_places = _places(terms.places)
    errors |= {**errors_of_items, **errors_of_places}
    if terms.amount is not None and not 0 <= terms.amount <= LARGEST_AMOUNT:
        errors["amount"] = [msg("请填 0 到一万亿之间的整数，单位元。")]
    until = terms.last if terms.last == date.max else date.fromordinal(terms.last.toordinal() + 1)
    problem = period_problem(terms.since, until, today)
    if problem is not None:
        errors[{"until": "last"}.get(problem[0], problem[0])] = [problem[1]]
    limits = Limits("", kind, acts or EVERYTHING, terms.since, until, items, areas, terms.amount)
    return limits, errors


def _codes(given: Sequence[str]) -> tuple[frozenset[str], Mapping[str, list[str]]]:
    """Codes of items (事项编码): of basic items and their kinds (12, 14), of items (31, 33)."""
    found: set[str] = set()
    for text in given:
        try:
            short = len(normalised(text)) <= LONGEST_BASIC
            found.add(str(parse_basic(text) if short else parse_any(text)))
        except BadCode:
            return frozenset(), {"items": [msg("请从列出的事项里选，或者填事项编码。")]}
    if len(found) > MOST_ITEMS:
        return frozenset(), {"items": [msg("一份授权最多列五十个事项。")]}
    return frozenset(found), {}


def _places(given: Sequence[str]) -> tuple[frozenset[str], Mapping[str, list[str]]]:
    found = frozenset(text.strip() for text in given)
    if len(found) > MOST_PLACES or any(places.find(code) is None for code in found):
        return frozenset(), {"places": [msg("没有这个地方，请从列出的里面选。")]}
    return found, {}
