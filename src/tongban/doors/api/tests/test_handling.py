"""The whole table of moves through the machine door: proposals and approvals, claims, many at once, letters."""

from tests import world as worlds

from tongban.doors.api.tests.conftest import Door
from tongban.people.identity import actions as identity
from tongban.people.identity.rules import Role
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.moves import State


def _path(case, rest=""):
    return f"/v1/cases/{case.id}{rest}"


def test_an_extension_is_proposed_read_and_approved_by_another(door: Door) -> None:
    case = worlds.accepted(door.world)
    sent = {"reason": "现场情况复杂"}
    for _ in range(2):
        answer = door(
            "reviewer", "POST", _path(case, "/proposals/extend"), sent, **{"Idempotency-Key": "propose-1"}
        )
        assert answer.status_code == 204, answer.content
    assert door("reviewer", "POST", _path(case, "/proposals/extend"), sent).json()["rule"] == "cases.proposed"
    waiting = door("head", "GET", "/v1/cases").json()["cases"]
    assert [(row["id"], row["turn"]) for row in waiting] == [(str(case.id), "approval")]
    (proposal,) = door("head", "GET", _path(case, "/proposals")).json()["proposals"]
    assert (proposal["verb"], proposal["by"]) == ("extend", "审查员老符")
    assert door("applicant", "GET", _path(case, "/proposals")).json()["proposals"] == []
    act = {"version": case.version, "proposal": "00000000-0000-0000-0000-000000000001"}
    assert door("head", "POST", _path(case, "/acts/extend"), act).json()["rule"] == "cases.proposal"
    act["proposal"] = proposal["id"]
    assert door("head", "POST", _path(case, "/acts/extend"), act).status_code == 200
    letter = door("applicant", "GET", _path(case, "/letters")).json()["letters"][0]
    assert letter["title"] == "延期通知书"
    assert {"label": "延长", "value": "10 个工作日"} in letter["rows"]
    assert letter["reasons"] == [{"what": "现场情况复杂", "why": ""}]


def test_a_proposal_is_turned_down_by_the_superior(door: Door) -> None:
    case = worlds.accepted(door.world)
    actions.propose_extension(actor=door.world.reviewer, case_id=case.id, reason="复杂", at=worlds.AT)
    url = _path(case, "/proposals/extend/turn_down")
    assert door("head", "POST", url, {"reason": ""}).status_code == 422
    assert door("head", "POST", url, {"reason": "抓紧办"}).status_code == 204
    assert door("head", "POST", url, {"reason": "抓紧办"}).json()["rule"] == "cases.no_proposal"
    assert door("head", "POST", _path(case, "/proposals/x/turn_down"), {"reason": "x"}).status_code in (
        404,
        422,
    )


def test_a_case_is_claimed_handed_over_and_put_back(door: Door) -> None:
    world, case = door.world, worlds.submitted(door.world)
    identity.appoint(
        actor=world.editor,
        account_id=world.reviewer.id,
        organ_id=world.organ_id,
        role=Role.CLERK,
        since=worlds.SINCE,
        at=world.at,
    )
    for _ in range(2):
        answer = door("clerk", "POST", _path(case, "/claim"), **{"Idempotency-Key": "claim-1"})
        assert answer.status_code == 204, answer.content
    assert door("reviewer", "POST", _path(case, "/claim")).json()["rule"] == "cases.claimed"
    assert [row["handler_name"] for row in door("clerk", "GET", "/v1/cases?whose=mine").json()["cases"]] == [
        "窗口小林"
    ]
    assert door("clerk", "GET", "/v1/cases?whose=free").json()["cases"] == []
    to = {"to": str(world.reviewer.id)}
    assert door("clerk", "POST", _path(case, "/hand_over"), to).status_code == 204
    assert door("clerk", "POST", _path(case, "/put_back")).json()["rule"] == "cases.claimed"
    assert door("reviewer", "POST", _path(case, "/put_back")).status_code == 204


def test_many_are_accepted_and_each_is_told(door: Door) -> None:
    one, other = worlds.submitted(door.world), worlds.accepted(door.world)
    sent = {"cases": [str(one.id), str(other.id)]}
    for _ in range(2):
        told = door("clerk", "POST", "/v1/cases/acts/accept", sent, **{"Idempotency-Key": "many-1"}).json()
        accepted, refused = told["results"]
        assert accepted["case"]["state"] == "accepted"
        assert refused["refusal"]["rule"] == "cases.move"
        assert "待审查" in refused["refusal"]["message"]
    stranger = door("other_clerk", "POST", "/v1/cases/acts/accept", sent).json()["results"]
    assert {one["refusal"]["rule"] for one in stranger} == {"cases.visible"}
    assert door("clerk", "POST", "/v1/cases/acts/accept", {"cases": []}).status_code == 422
    assert door("clerk", "POST", "/v1/cases/acts/accept", {"cases": [str(one.id)] * 101}).status_code == 422


def test_a_supervisor_reads_page_by_page(door: Door) -> None:
    made = [str(worlds.submitted(door.world).id) for _ in range(3)]
    first = door("supervisor", "GET", "/v1/cases?list=overseen&limit=2").json()["cases"]
    assert [row["id"] for row in first] == made[:0:-1]
    rest = door("supervisor", "GET", f"/v1/cases?list=overseen&before={first[-1]['id']}").json()["cases"]
    assert [row["id"] for row in rest] == made[:1]
    assert door("supervisor", "GET", "/v1/cases?list=overseen&state=closed").json()["cases"] == []
    assert door("supervisor", "GET", "/v1/cases?list=overseen&pressing=x").status_code == 422
    assert door("clerk", "GET", "/v1/cases?list=overseen").json()["cases"] == []


def test_a_special_procedure_and_a_delivery_carry_their_facts(door: Door) -> None:
    world = door.world
    worlds.publish_edition(
        world.editor,
        world.item_id,
        starts_on=worlds.AT.date(),
        special_procedures=[{"kind": "hearing", "days": 10}],
    )
    case = worlds.accepted(world)
    stop = {"version": case.version, "kind": "hearing", "days": 11, "reason": "听证"}
    assert set(door("reviewer", "POST", _path(case, "/acts/suspend"), stop).json()["fields"]) == {"days"}
    answer = door("reviewer", "POST", _path(case, "/acts/suspend"), stop | {"days": 3})
    assert answer.json()["state"] == "special"
    version = answer.json()["version"]
    assert door("reviewer", "POST", _path(case, "/acts/resume"), {"version": version}).status_code == 200
    assert queries.one(world.clerk, case.id).state is State.ACCEPTED
