"""Mandates of the demonstration (演示授权): a company with its agent, a child with its parent, an elder with her helper.

All at a counter, through actions: where a demonstration is filled, no source answers yet.
"""

import io
from datetime import datetime, timedelta

from tongban.base.actor import Actor
from tongban.demo.files import pdf
from tongban.demo.people import CHILD, SEEDER, actor, card
from tongban.people.identity.queries import day_of
from tongban.people.mandates import actions
from tongban.people.mandates.actions import Shown, Terms
from tongban.people.mandates.rules import Act, Kind
from tongban.people.parties import actions as registering
from tongban.people.parties import queries as parties
from tongban.standards import credit_code

COMPANY = "海南椰树下商贸有限公司（演示）"
CODE = credit_code.make("91460100MB9000003")
_YEAR = timedelta(days=365)


def play(at: datetime) -> int:
    """Give the mandates that are not there yet (演示授权); how many. A company that is there has them all."""
    if parties.legal_by_code(CODE) is not None:
        return 0
    clerk = actor("chen", at)
    (counter,) = clerk.organs_as("clerk")
    actions.register_company_at_counter(
        actor=clerk,
        counter=counter,
        facts=registering.legal_facts(name=COMPANY, code=CODE, kind="enterprise", phone="400-000-0003"),
        representative=Shown(*card("lin")),
        seen="营业执照、法定代表人身份证（演示）",
        at=at,
    )
    day = day_of(at)
    acts = frozenset({Act.APPLY.value, Act.SUPPLEMENT.value, Act.READ.value})
    agent = Terms(acts=acts, since=day, last=day + _YEAR, places=("460100000000",))
    _record(clerk, Shown(COMPANY, CODE), "ming", agent, "授权委托书、营业执照（演示）", at)
    name, number = CHILD
    registering.register(actor=SEEDER, name=name, id_number=number, phone="13000000002", at=at)
    _record(
        clerk,
        Shown(name, number),
        "wang",
        Terms(frozenset(), day, day, kind=Kind.PARENT),
        "户口簿（演示）",
        at,
    )
    helping = Terms(
        acts=frozenset({Act.FILL.value, Act.READ.value}), since=day, last=day + _YEAR, kind=Kind.HELPER
    )
    _record(clerk, Shown(*card("gong")), "ming", helping, "本人到场、双方身份证（演示）", at)
    return 4


def _record(clerk: Actor, giver: Shown, agent: str, terms: Terms, seen: str, at: datetime) -> None:
    (counter,) = clerk.organs_as("clerk")
    actions.record_at_counter(
        actor=clerk,
        counter=counter,
        giver=giver,
        agent=Shown(*card(agent)),
        terms=terms,
        seen=seen,
        scan=io.BytesIO(pdf("授权委托书", "登记授权")),
        scan_name="授权委托书.pdf",
        at=at,
    )
