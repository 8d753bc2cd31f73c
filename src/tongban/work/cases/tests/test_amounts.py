"""What an application says of money, and a mandate that reaches only so far: at the limit, over it, and where nothing is said."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError
from tests import mandating
from tests import world as worlds
from tests.mandating import Firm
from tests.stand_ins import Registers

from tongban.base.errors import Forbidden
from tongban.offers.catalogue.rules.form import FieldSpec, Form
from tongban.offers.catalogue.rules.form.schema import json_schema
from tongban.people.mandates import queries as mandated
from tongban.work.cases import actions
from tongban.work.cases.actions import Presented, Standing
from tongban.work.cases.rules.amounts import amount

FUNDS = {"key": "funds", "label": "开办资金", "type": "decimal", "unit": "万元", "required": False}
CAPITAL = {"key": "capital", "label": "注册资本", "type": "integer", "unit": "元", "required": False}
TABLE = {
    "key": "purchases",
    "label": "采购",
    "type": "rows",
    "required": False,
    "columns": [
        {"key": "what", "label": "买什么"},
        {"key": "price", "label": "多少钱", "type": "decimal", "unit": "元"},
    ],
}
AMOUNT = {"role": "amount"}


def form(*fields: dict[str, Any]) -> Form:
    return Form.model_validate({"sections": [{"key": "money", "title": "钱", "fields": list(fields)}]})


# --- without a database --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "answers", "expected"),
    [
        ((FUNDS,), {}, None),
        ((FUNDS,), {"funds": ""}, None),
        ((FUNDS,), {"funds": "20"}, 200_000),
        ((FUNDS,), {"funds": "20.00001"}, 200_001),
        ((FUNDS, CAPITAL), {"funds": "1", "capital": 50_000}, 50_000),
        # Where the form says which one it is, only that one counts.
        ((FUNDS | AMOUNT, CAPITAL), {"funds": "1", "capital": 50_000}, 10_000),
        ((FUNDS | AMOUNT, CAPITAL), {"capital": 50_000}, None),
        ((TABLE,), {"purchases": [{"price": "3"}, {"price": "7.5"}]}, 8),
        (
            ({**TABLE, "columns": [TABLE["columns"][0], TABLE["columns"][1] | AMOUNT]}, CAPITAL),
            {"purchases": [{"price": "3"}], "capital": 9},
            3,
        ),
    ],
)
def test_the_amount_is_what_the_form_marks_or_else_the_most_that_it_states(
    fields: tuple[dict[str, Any], ...], answers: dict[str, object], expected: int | None
):
    assert amount(form(*fields), answers) == expected


@pytest.mark.parametrize(
    "wrong", [{"type": "text"}, {"unit": "平方米"}, {"unit": ""}, {"type": "choice", "codes": None}]
)
def test_only_a_number_of_money_is_an_amount(wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        FieldSpec.model_validate(FUNDS | AMOUNT | wrong)


def test_a_field_that_marks_nothing_is_kept_as_it_was_before_there_were_marks():
    assert FieldSpec.model_validate(FUNDS).model_dump(mode="json")["role"] is None


def test_programs_are_told_which_field_is_the_amount():
    told = json_schema(form(FUNDS | AMOUNT, CAPITAL))
    assert str(told).count("'x-role': 'amount'") == 1


# --- at the act ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def firm(db: None, settings: Any) -> Iterator[Firm]:
    world = worlds.build()
    asked = [*worlds.GUIDE["form"]["sections"], {"key": "money", "title": "钱", "fields": [FUNDS | AMOUNT]}]  # type: ignore[index] # a guide has a form
    channels = {"online": "full", "visits": 0, "post": True, "anywhere": "city", "ways": ["window"]}
    worlds.publish_edition(
        world.editor, world.item_id, starts_on=worlds.AT.date(), form={"sections": asked}, channels=channels
    )
    with mandating.standing_in_for(settings) as known:
        assert isinstance(known, Registers)
        yield mandating.build(world)


def filled(firm: Firm, actor: Any, funds: str) -> uuid.UUID:
    draft = actions.start(actor=actor, item_code=firm.world.item_code, at=worlds.AT)
    values = worlds.FORM | ({"funds": funds} if funds else {})
    assert not actions.save(actor=actor, case_id=draft.id, values=values, at=worlds.AT)
    for key in ("report", "lease"):
        material = worlds.material(firm.world, actor)
        actions.attach(actor=actor, case_id=draft.id, key=key, material_id=material, at=worlds.AT)
    return draft.id


@pytest.mark.parametrize(("funds", "allowed"), [("20", True), ("", True), ("20.0001", False), ("21", False)])
def test_an_agent_applies_up_to_her_limit_and_not_beyond(firm: Firm, funds: str, allowed: bool):
    agent = firm.acting(amount=200_000)
    case_id = filled(firm, agent, funds)
    if allowed:
        assert actions.submit(actor=agent, case_id=case_id, at=worlds.AT).number
        return
    with pytest.raises(Forbidden) as refused:
        actions.submit(actor=agent, case_id=case_id, at=worlds.AT)
    assert refused.value.rule == "mandates.amount"
    assert refused.value.params["limit"] == 200_000
    actions.save(actor=agent, case_id=case_id, values={"funds": "20"}, at=worlds.AT)
    assert actions.submit(actor=agent, case_id=case_id, at=worlds.AT).number


def test_whoever_represents_the_company_has_no_limit(firm: Firm):
    case_id = filled(firm, firm.for_firm, "99999")
    assert actions.submit(actor=firm.for_firm, case_id=case_id, at=worlds.AT).number


def test_the_limit_counts_at_the_counter_as_well(firm: Firm):
    world = firm.world
    number = mandated.of_id(firm.accepted(amount=200_000)).number
    agent = Standing(person=Presented("周洋", mandating.number(mandating.AGENT)), mandate=number)
    draft = actions.start_at_counter(
        actor=world.other_clerk,
        counter=world.other_organ_id,
        applicant=Presented(mandating.COMPANY, mandating.CODE),
        item_code=world.item_code,
        at=worlds.AT,
        standing=agent,
    )
    values = worlds.FORM | {"funds": "20.5"}
    assert not actions.save(actor=world.other_clerk, case_id=draft.id, values=values, at=worlds.AT)
    with pytest.raises(Forbidden) as refused:
        actions.submit(actor=world.other_clerk, case_id=draft.id, at=worlds.AT)
    assert refused.value.rule == "mandates.amount"
