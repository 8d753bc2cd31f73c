"""Every act of the table of levels (行为所需等级) is refused below its level, by the act itself; and its page steps up in place."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests import mandating
from tests import world as worlds
from tests.mandating import CODE, COMPANY, SECOND_CODE, SECOND_COMPANY, Firm, number
from tests.world import AT, World

from tongban.base.actor import Actor, ActorKind, system
from tongban.base.errors import Refusal
from tongban.base.ledger.models import Entry
from tongban.doors.web.middleware import ACTING, SESSION
from tongban.people.certificates import actions as certificates
from tongban.people.certificates.rules.profiles import PROFILES, Algorithm, Delivery, ProfileKind
from tongban.people.identity import actions as identity
from tongban.people.identity.models import Account
from tongban.people.identity.rules import Level, Method
from tongban.people.identity.rules.acts import ACT_LEVELS, LevelTooLow
from tongban.people.identity.rules.outside import Shown
from tongban.people.mandates import actions as mandates
from tongban.people.parties import actions as parties

BEFOREHAND = {"mandates.accept": 1, "identity.merge": 1}  # what has to be there first: an offer, an account
ROOM = {
    "certificates.request": "certificates.level"
}  # a room below accounts: it holds its profile's level under its own rule


def test_a_certificate_asks_for_the_same_level_in_its_room_and_on_its_page():
    for profile in (ProfileKind.PERSON, ProfileKind.OFFICIAL):
        assert PROFILES[profile].level == ACT_LEVELS["certificates.request"]


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


@pytest.fixture
def firm(world: World, settings: Any) -> Iterator[Firm]:
    with mandating.standing_in_for(settings):
        yield mandating.build(world)


@dataclass(frozen=True)
class Put:
    """One act, put by an actor of some level."""

    by: Actor
    act: Callable[[Actor], object]


def _terms() -> mandates.Terms:
    return mandates.Terms(frozenset({"read"}), AT.date(), AT.date() + timedelta(days=9))


def _offer(actor: Actor) -> uuid.UUID:
    return mandates.offer(
        actor=actor, agent_name="周洋", agent_number=number(mandating.AGENT), terms=_terms(), at=AT
    )


def puts(firm: Firm) -> dict[str, Put]:
    """Every act of the table, ready to be done."""
    boss, party = firm.representative, firm.representative.party_id
    shown = Shown("simulated", "https://id.example", "a subject", "")
    return {
        "mandates.appoint": Put(firm.for_firm, _offer),
        "mandates.offer": Put(firm.world.applicant, _offer),
        "mandates.accept": Put(
            firm.agent,
            lambda actor: mandates.accept(actor=actor, mandate_id=_offer(firm.world.applicant), at=AT),
        ),
        "mandates.register_company": Put(
            boss,
            lambda actor: mandates.register_company(
                actor=actor,
                name=SECOND_COMPANY,
                code=SECOND_CODE,
                kind="enterprise",
                phone="0898-66660001",
                at=AT,
            ),
        ),
        "mandates.take_over": Put(
            firm.agent, lambda actor: mandates.take_over(actor=actor, name=COMPANY, code=CODE, at=AT)
        ),
        "mandates.register_child": Put(
            boss,
            lambda actor: mandates.register_child(
                actor=actor, name="李小明", id_number=number(mandating.CHILD), at=AT
            ),
        ),
        "certificates.request": Put(
            boss,
            lambda actor: certificates.ask(
                actor=actor, name="李明", algorithm=Algorithm.P256, delivery=Delivery.KEPT, at=AT
            ),
        ),
        "identity.leave": Put(boss, lambda actor: identity.leave(actor=actor, at=AT)),
        "identity.merge": Put(Actor(kind=ActorKind.PERSON, party_id=party), _merge),
        "identity.link": Put(boss, lambda actor: identity.link_account(actor=actor, shown=shown, at=AT)),
    }


def _merge(actor: Actor) -> object:
    """Held to the level of the account that goes on."""
    Account.objects.filter(login="liming").update(level=actor.level)
    facts = {"name": "李明", "id_number": number(mandating.REPRESENTATIVE), "phone": "13700137001"}
    ending = identity.register_person(login="twice", password=worlds.PASSWORD, at=AT, **facts)
    return identity.merge(
        actor=Actor(kind=ActorKind.PERSON, id=ending),
        login="liming",
        password=worlds.PASSWORD,
        code="",
        address="192.0.2.1",
        browser="",
        at=AT,
    )


def test_the_walk_knows_every_act_of_the_table(firm: Firm):
    assert set(puts(firm)) == set(ACT_LEVELS)


@pytest.mark.parametrize("act", ACT_LEVELS)
def test_an_act_below_its_level_is_refused_and_writes_nothing(firm: Firm, act: str):
    put = puts(firm)[act]
    low = replace(put.by, level=ACT_LEVELS[act] - 1)
    before = Entry.objects.count()
    with pytest.raises(Refusal) as refusal:
        put.act(low)
    if act in ROOM:
        assert refusal.value.rule == ROOM[act]
    else:
        assert isinstance(refusal.value, LevelTooLow)
        assert refusal.value.needed is ACT_LEVELS[act]
    assert Entry.objects.count() - before == BEFOREHAND.get(act, 0)


@pytest.mark.parametrize("act", ACT_LEVELS)
def test_an_act_at_its_level_is_not_refused_for_it(firm: Firm, act: str):
    put = puts(firm)[act]
    found: Refusal | None = None
    try:
        put.act(replace(put.by, level=int(ACT_LEVELS[act])))
    except Refusal as refusal:
        found = refusal  # something else that is missing here
    assert not isinstance(found, LevelTooLow)
    assert found is None or found.rule != ROOM.get(act)


# ── the pages ──


OFFER = {
    "agent_name": "周洋",
    "agent_number": number(mandating.AGENT),
    "acts": "read",
    "kind": "agent",
    "since": timezone.localdate().isoformat(),
    "last": (timezone.localdate() + timedelta(days=9)).isoformat(),
}
PAGES: dict[str, tuple[str, dict[str, str], str]] = {
    "mandates.appoint": ("/my/mandates/new", OFFER, "周洋"),
    "mandates.offer": ("/my/mandates/new", OFFER, "周洋"),
    "mandates.register_company": ("/my/companies", {"name": "新公司", "code": SECOND_CODE}, "新公司"),
    "mandates.take_over": ("/my/companies/take-over", {"name": "老公司", "code": CODE}, "老公司"),
    "mandates.register_child": ("/my/children", {"name": "李小明", "id_number": "1"}, "李小明"),
    "certificates.request": ("/my/certificates/new", {"delivery": "kept", "algorithm": "p256"}, "p256"),
    "identity.leave": ("/my/account/leave", {"said": "搬家了"}, "搬家了"),
}


@pytest.fixture
def portal(settings: Any) -> None:
    settings.DOOR, settings.ROOT_URLCONF = "portal", "config.urls_portal"


@pytest.mark.parametrize("act", PAGES)
def test_the_page_of_an_act_asks_for_what_is_missing_and_keeps_what_was_typed(
    firm: Firm, portal: None, act: str
):
    address, form, typed = PAGES[act]
    level = ACT_LEVELS[act]
    client = Client(headers={"accept-language": "zh-CN"})
    facts = {"name": "吴清华", "id_number": "460107190001010135", "phone": "13000000006"}
    owner = firm.representative.id
    if level is Level.BASIC:
        owner = identity.register_person(login="unproven", password=worlds.PASSWORD, at=AT, **facts)
    worlds.enter(client, owner)
    if act == "mandates.appoint":
        kept = client.session
        kept[ACTING] = str(firm.for_firm.mandate_id)
        kept.save()
    answer = client.post(address, form)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert answer["Location"].startswith(f"/stepup?level={int(level)}&next=")
    assert "您填的都留着" in client.get(answer["Location"]).content.decode()

    if level is Level.BASIC:
        party = parties.register(actor=system("tests"), at=AT, **facts)
        Account.objects.filter(pk=owner).update(level=2, party_id=party)
    else:
        session = uuid.UUID(client.session[SESSION])
        who = Actor(kind=ActorKind.PERSON, id=owner, session_id=session)
        identity.lift_session(actor=who, method=Method.ONE_TIME, at=timezone.now())
    page = client.get(answer["Location"]).content.decode()
    assert f'action="{address}"' in page
    assert f'value="{typed}"' in page
    assert not client.post(address, form).headers.get("Location", "").startswith("/stepup")
