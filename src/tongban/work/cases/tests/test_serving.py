"""Whom an item serves: a person, a body, or both; told with the rule where an application is begun, at every door."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests import mandating
from tests import world as worlds
from tests.mandating import CODE, COMPANY, REPRESENTATIVE, Firm
from tests.stand_ins import Registers

from tongban.base.errors import Conflict
from tongban.offers.catalogue.rules.serving import kinds_served, serves
from tongban.people.mandates import queries as mandated
from tongban.people.parties.rules import PartyKind
from tongban.work.cases import actions, queries
from tongban.work.cases.actions import Presented, Standing

PERSON, LEGAL = PartyKind.PERSON, PartyKind.LEGAL


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        ((), {PERSON, LEGAL}),
        (("自然人",), {PERSON}),
        (("企业法人",), {LEGAL}),
        (("非法人企业", "其他组织", "行政机关"), {LEGAL}),
        (("自然人", "企业法人"), {PERSON, LEGAL}),
    ],
)
def test_all_but_natural_persons_are_bodies(served: tuple[str, ...], expected: set[PartyKind]):
    assert kinds_served(served) == expected
    assert {kind for kind in PartyKind if serves(served, kind)} == expected


@pytest.fixture
def firm(db: None, settings: Any) -> Iterator[Firm]:
    with mandating.standing_in_for(settings) as known:
        assert isinstance(known, Registers)
        yield mandating.build(worlds.build())


def serving(firm: Firm, *served: str) -> None:
    world = firm.world
    worlds.publish_edition(world.editor, world.item_id, starts_on=worlds.AT.date(), served=list(served))


def test_what_serves_bodies_is_not_begun_by_a_person_for_herself(firm: Firm):
    serving(firm, "企业法人", "非法人企业")
    world = firm.world
    with pytest.raises(Conflict) as refused:
        actions.start(actor=world.applicant, item_code=world.item_code, at=worlds.AT)
    assert refused.value.rule == "cases.served"
    assert refused.value.params == {"served": "企业法人、非法人企业"}
    assert actions.start(actor=firm.for_firm, item_code=world.item_code, at=worlds.AT).version == 1


def test_what_serves_persons_is_not_begun_for_a_company(firm: Firm):
    serving(firm, "自然人")
    world = firm.world
    with pytest.raises(Conflict) as refused:
        actions.start(actor=firm.for_firm, item_code=world.item_code, at=worlds.AT)
    assert (refused.value.rule, "只给个人办" in str(refused.value.message)) == ("cases.served", True)
    assert actions.start(actor=world.applicant, item_code=world.item_code, at=worlds.AT).version == 1


def test_a_counter_is_told_the_same(firm: Firm):
    serving(firm, "自然人")
    world = firm.world
    number = mandated.received(firm.representative)[0].number
    boss = Standing(person=Presented("李明", mandating.number(REPRESENTATIVE)), mandate=number)
    with pytest.raises(Conflict) as refused:
        actions.start_at_counter(
            actor=world.clerk,
            counter=world.organ_id,
            applicant=Presented(COMPANY, CODE),
            item_code=world.item_code,
            at=worlds.AT,
            standing=boss,
        )
    assert refused.value.rule == "cases.served"


def test_a_draft_that_was_begun_before_is_still_hers_to_finish(firm: Firm):
    """What an item serves is asked at the beginning; a running application stays on its edition."""
    world = firm.world
    draft = worlds.draft_filled(world)
    assert (
        queries.unserved(queries.one(world.applicant, draft.id).edition.guide, world.applicant.party_id)
        is None
    )
    assert actions.submit(actor=world.applicant, case_id=draft.id, at=worlds.AT).number
