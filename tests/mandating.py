"""A company and those who act for it (测试法人): proven by a stand-in of the sources, a program with a register of its own."""

import contextlib
import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests import world as worlds
from tests.stand_ins import KEY, Registers, standing_in
from tests.world import World

from tongban.base.actor import Actor, system
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import actor_of
from tongban.people.identity.rules import Level
from tongban.people.mandates import actions, queries
from tongban.people.mandates.rules import Act
from tongban.people.parties import actions as parties
from tongban.standards import credit_code
from tongban.standards.iso7064 import mod11_2

CODE = credit_code.make("91460100MA5T1234X")
COMPANY = "海南某某演示有限公司"
SECOND_CODE = credit_code.make("91460100MA5T1234Y")
SECOND_COMPANY = "海南第二演示有限公司"  # known to the source, not registered
REPRESENTATIVE, AGENT = "46010619700101212", "46010619800202111"
CHILD = "46010620200303113"
ALL = frozenset({Act.APPLY, Act.SUPPLEMENT, Act.WITHDRAW, Act.COLLECT, Act.READ})


def number(first17: str) -> str:
    """The whole number (完整号码)."""
    return first17 + mod11_2(first17)


def knows(registers: Registers) -> None:
    """Let the stand-in for sources know the companies and the child (登记演示来源)."""
    holder = {"representative": "李明", "number": number(REPRESENTATIVE)}
    registers.companies[CODE] = {"name": COMPANY, **holder}
    registers.companies[SECOND_CODE] = {"name": SECOND_COMPANY, **holder}
    registers.people[number(REPRESENTATIVE)] = {"name": "李明", "parent": ""}
    registers.people[number(CHILD)] = {"name": "李小明", "parent": number(REPRESENTATIVE)}


@contextlib.contextmanager
def standing_in_for(settings: Any) -> Iterator[Registers]:
    """The stand-in with them, named by the settings, as long as it runs (启用演示来源)."""
    with standing_in(math.inf) as (registers, address):
        knows(registers)
        settings.SOURCES_URL, settings.SOURCES_KEY = address, KEY
        yield registers


def person(
    login: str, name: str, first17: str, phone: str = "13700137000", level: Level = Level.BASIC
) -> Actor:
    """Somebody with an account (有账号的人)."""
    by = system("tests.mandating")
    party = parties.register(actor=by, name=name, id_number=number(first17), phone=phone, at=worlds.AT)
    account = identity.open_account(
        actor=by, login=login, password=worlds.PASSWORD, at=worlds.AT, party_id=party, level=level
    )
    found = actor_of(account, at=worlds.AT)
    assert found is not None
    return found[0]


@dataclass(frozen=True)
class Firm:
    """A company (法人): its representative, herself and acting for it, and somebody who may become its agent."""

    world: World
    party_id: uuid.UUID
    representative: Actor
    for_firm: Actor
    agent: Actor

    def offer(
        self, *, by: Actor | None = None, to: str = "周洋", first17: str = AGENT, **terms: Any
    ) -> uuid.UUID:
        """Offer the agent a mandate (给出授权): everything everywhere for thirty days, but for ``terms``."""
        since: date = terms.pop("since", worlds.AT.date())
        last: date = terms.pop("last", since + timedelta(days=29))
        given = actions.Terms(acts=frozenset(terms.pop("acts", ALL)), since=since, last=last, **terms)
        return actions.offer(
            actor=by or self.for_firm,
            agent_name=to,
            agent_number=number(first17),
            terms=given,
            at=worlds.AT,
        )

    def accepted(self, **terms: Any) -> uuid.UUID:
        """The same, and the agent has accepted (已接受的授权)."""
        mandate = self.offer(**terms)
        actions.accept(actor=self.agent, mandate_id=mandate, at=worlds.AT)
        return mandate

    def acting(self, **terms: Any) -> Actor:
        """The agent as she acts under such a mandate (以代理人行事)."""
        return queries.acting(self.agent, self.accepted(**terms), at=worlds.AT).actor


def build(world: World) -> Firm:
    """Register the company (登记法人) in a world; the stand-in knows it."""
    representative = person("liming", "李明", REPRESENTATIVE, level=Level.ADVANCED)
    party = actions.register_company(
        actor=representative, name=COMPANY, code=CODE, kind="enterprise", phone="0898-66660000", at=worlds.AT
    )
    (mandate,) = queries.received(representative)
    for_firm = queries.acting(representative, mandate.id, at=worlds.AT).actor
    agent = person("zhouyang", "周洋", AGENT, "13600136000", Level.ADVANCED)
    return Firm(world, party, representative, for_firm, agent)
