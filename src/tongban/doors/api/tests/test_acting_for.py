"""Programs that act for another: the header names a mandate of the token's owner, and nothing more of it is believed."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests import mandating
from tests import world as worlds
from tests.mandating import COMPANY, Firm
from tests.stand_ins import Registers

from tongban.base.actor import system
from tongban.people.identity import actions as identity
from tongban.people.mandates import actions

LAST = worlds.AT.date() + timedelta(days=900)


@pytest.fixture
def registers(settings) -> Iterator[Registers]:
    with mandating.standing_in_for(settings) as known:
        yield known


@pytest.fixture
def firm(door, registers: Registers) -> Firm:
    return mandating.build(door.world)


def token(firm: Firm) -> str:
    return identity.issue_token(
        actor=system("tests"), account_id=firm.agent.id, label="t", days=3000, at=datetime.now(UTC)
    )


def ask(client, firm: Firm, secret: str, mandate: object):
    headers = {"Authorization": f"Bearer {secret}", "Tongban-Acting-For": str(mandate)}
    body = {"item_code": firm.world.item_code}
    return client.post("/v1/cases", body, content_type="application/json", headers=headers)


def test_a_program_begins_a_case_for_the_company(client, firm: Firm):
    mandate = firm.accepted(last=LAST)
    made = ask(client, firm, token(firm), mandate)
    assert made.status_code == 201
    secret = token(firm)
    headers = {"Authorization": f"Bearer {secret}", "Tongban-Acting-For": str(mandate)}
    shown = client.get(f"/v1/cases/{made.json()['id']}", headers=headers).json()
    assert shown["applicant"]["name"] == COMPANY
    assert shown["applicant"]["masked_number"] == mandating.CODE
    # In her own name the case is not there.
    own = client.get(f"/v1/cases/{made.json()['id']}", headers={"Authorization": f"Bearer {secret}"})
    assert own.status_code == 404


def test_a_withdrawn_mandate_is_refused_by_its_rule(client, firm: Firm):
    mandate = firm.accepted(last=LAST)
    actions.withdraw(actor=firm.for_firm, mandate_id=mandate, at=datetime.now(UTC))
    answer = ask(client, firm, token(firm), mandate)
    assert answer.status_code == 403
    assert answer.json()["rule"] == "mandates.withdrawn"


@pytest.mark.parametrize(
    ("named", "status"), [("nonsense", 422), ("", 422), ("unknown", 404), ("foreign", 404)]
)
def test_what_is_no_mandate_of_hers_is_refused(client, firm: Firm, named: str, status: int):
    mandate = {"unknown": uuid.uuid4(), "foreign": firm.for_firm.mandate_id}.get(named, named)
    assert ask(client, firm, token(firm), mandate).status_code == status
