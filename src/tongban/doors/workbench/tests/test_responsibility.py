"""The responsibility report at the workbench: for heads and supervisors; colleagues are told to whom it is open."""

import pytest
from tests import world as worlds

from tongban.base.ledger import actions as ledger_actions


@pytest.mark.parametrize("who", ["head", "governor", "supervisor", "county_supervisor"])
def test_heads_and_supervisors_read_it_and_find_the_way_there(world, as_, who):
    case = worlds.closed(world)
    ledger_actions.seal(at=world.at)
    client = as_(getattr(world, who))
    answer = client.get(f"/cases/{case.id}/responsibility")
    assert answer.status_code == 200
    assert "各项核验都相符" in answer.content.decode()
    assert "责任认定报告" in client.get(f"/cases/{case.id}").content.decode()
    assert b"".join(client.post(f"/cases/{case.id}/responsibility.pdf").streaming_content).startswith(
        b"%PDF-"
    )


@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("decider", 403), ("other_clerk", 404)])
def test_others_of_the_office_do_not_and_strangers_find_nothing(world, as_, who, status):
    case = worlds.closed(world)
    client = as_(getattr(world, who))
    for end in ("responsibility", "responsibility.pdf", "responsibility.zip"):
        assert client.get(f"/cases/{case.id}/{end}").status_code == status
        assert client.post(f"/cases/{case.id}/{end}").status_code == status
    if status == 403:
        assert "责任认定报告" not in client.get(f"/cases/{case.id}").content.decode()
