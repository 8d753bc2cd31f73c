"""Every endpoint by every role: the answer is written down here, and nothing else is given."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from tests import engine
from tests import world as worlds

from tongban.doors.api.api import api
from tongban.doors.api.tests.conftest import ROLES, Door
from tongban.records.licences import queries as licences
from tongban.work.cases import actions as cases
from tongban.work.cases import jobs, queries

OPEN = dict.fromkeys((None, *ROLES), 200)
NOBODY_KNOWN = {None: 401}


def _only(allowed: dict[str, int], others: int, **exceptions: int) -> dict[str | None, int]:
    return NOBODY_KNOWN | dict.fromkeys(ROLES, others) | exceptions | allowed


# Staff of the office see the case and may not do this; the others do not see it.
def _staff(**allowed: int) -> dict[str | None, int]:
    return _only(allowed, 403, stranger=404, other_clerk=404)


@dataclass
class Row:
    method: str
    path: str
    expected: dict[str | None, int]
    case: Callable[[worlds.World], cases.Ref] | None = None
    body: dict[str, object] = field(default_factory=dict)


def _acts() -> list[Row]:
    def row(verb: str, expected: dict[str | None, int], case: object, **body: object) -> Row:
        return Row("POST", f"/v1/cases/{{case_id}}/acts/{verb}", expected, case, body)  # type: ignore[arg-type] # a maker of cases

    demand = {"target": "field:address", "text": "请写到门牌号。"}
    return [
        row("submit", _only({"applicant": 200}, 404), worlds.draft_filled),
        row("resubmit", _staff(applicant=200), worlds.supplement),
        row("withdraw", _staff(applicant=200), worlds.accepted),
        row("accept", _staff(clerk=200), worlds.submitted),
        row("request_supplement", _staff(clerk=200), worlds.submitted, demands=[demand]),
        row(
            "decline", _staff(clerk=200), worlds.submitted, reason="不属于本机关职权。", article="第三十二条"
        ),
        row("examine", _staff(reviewer=200), worlds.accepted, opinion="符合条件。"),
        row("return", _staff(decider=200), worlds.examined, reason="请再看一遍检测报告。"),
        row("grant", _staff(decider=200), worlds.examined),
        row("refuse", _staff(decider=200), worlds.examined, reason="检测不合格。", article="第三十八条"),
        row("hand_in", _staff(applicant=200), _deferring, given={"plan": "{material}"}),
        row("ask_review", _staff(applicant=200), _ruled, reason="卡号写错了。"),
        row("grant_partly", _staff(decider=200), worlds.examined, reason="只准一半。", article="第三十八条"),
        row("terminate", _staff(decider=200), worlds.accepted, reason="法人终止。", article="第六十九条"),
        row("revoke", _staff(decider=200), worlds.closed, reason="隐瞒情况。", article="第六十九条"),
        row("correct", _staff(decider=200), worlds.closed, document="grant", wrong="龙华", right="秀英"),
        row("extend", _staff(), _proposed),
        # What the edition of this world does not know cannot happen to anybody who sees the case.
        *(
            row(verb, _only({}, 409, stranger=404, other_clerk=404), worlds.accepted)
            for verb in ("pass_review", "receive", "resume", "request_again")
        ),
        row("return_for_changes", _moved(), worlds.accepted, demands=[demand]),
        row("grant_at_once", _moved(), worlds.submitted),
        row("deliver", _moved(), worlds.accepted, recipient="王秀兰"),
        row("review", _staff(reviewer=200), _ruled, opinion="规则用得对。"),
        row("suspend", _staff(reviewer=422), worlds.accepted, kind="hearing", days=3, reason="听证。"),
    ]


def _moved() -> dict[str | None, int]:
    return _only({}, 409, stranger=404, other_clerk=404)


def _proposed(world: worlds.World) -> cases.Ref:
    case = worlds.accepted(world)
    cases.propose_extension(actor=world.reviewer, case_id=case.id, reason="情况复杂。", at=world.at)
    return case


def _handling() -> list[Row]:
    """Proposals, claims and what is read of a case; who acts here is told in test_handling."""
    one, reason = "/v1/cases/{case_id}", {"reason": "情况复杂。"}
    demand = {"target": "field:address", "text": "请写到门牌号。"}
    notice = {"demands": [demand], "because": "地址换了。", "rests_on": "field:address"}
    colleague = {"to": "00000000-0000-0000-0000-000000000001"}
    opinion = {"version": 1, "agrees": True, "opinion": "同意。"}
    pause = {"version": 1, "kind": "hearing", "days": 3, "reason": "听证。"}
    readable = _only({}, 200, stranger=404, other_clerk=404)
    return [
        Row("GET", f"{one}/parts", readable, worlds.accepted),
        Row("GET", f"{one}/clock", readable, worlds.accepted),
        # No department takes part in the case of this world.
        Row("POST", f"{one}/parts/{{part}}/opine", _only({}, 404), worlds.accepted, opinion),
        Row("POST", f"{one}/parts/{{part}}/pause", _only({}, 404), worlds.accepted, pause),
        Row("POST", f"{one}/parts/{{part}}/unpause", _only({}, 404), worlds.accepted, {"version": 1}),
        Row("GET", f"{one}/proposals", readable, worlds.submitted),
        Row("GET", f"{one}/letters", readable, worlds.closed),
        Row("POST", f"{one}/proposals/extend", _staff(reviewer=204), worlds.accepted, dict(reason)),
        Row("POST", f"{one}/proposals/request_again", _staff(clerk=422), worlds.submitted, notice),
        Row("POST", f"{one}/proposals/{{verb}}/turn_down", _staff(), _proposed, dict(reason)),
        Row("POST", f"{one}/claim", _staff(reviewer=204), worlds.accepted),
        Row("POST", f"{one}/put_back", _staff(reviewer=409), worlds.accepted),
        Row("POST", f"{one}/hand_over", _staff(reviewer=409), worlds.accepted, dict(colleague)),
        Row("POST", "/v1/cases/acts/accept", OPEN | NOBODY_KNOWN, None, {"cases": [colleague["to"]]}),
    ]


def _promised(world: worlds.World, *done: str) -> cases.Ref:
    """A case decided on a promise, and what was done with its check since (承诺件)."""
    code = engine.item(world, "000123011000", **engine.COMMITMENT)
    draft = engine.draft(world, code, without=("report",))
    cases.commit(actor=world.applicant, case_id=draft.id, agreed=True, at=world.at)
    cases.submit(actor=world.applicant, case_id=draft.id, at=world.at)
    granted = cases.grant_at_once(actor=world.decider, case_id=draft.id, note="", at=world.at)
    engine.issued(granted)
    given = {"case_id": draft.id, "at": world.at}
    if "breach" in done:
        until = worlds.AT.date() + timedelta(days=30)
        cases.find_breach(actor=world.reviewer, finding="报告是假的。", rectify_by=until, **given)
    if "rectify" in done:
        cases.find_rectified(actor=world.reviewer, finding="补测合格。", **given)
    return granted


def _breached(world: worlds.World) -> cases.Ref:
    return _promised(world, "breach")


def _rectified(world: worlds.World) -> cases.Ref:
    return _promised(world, "breach", "rectify")


def _promising(world: worlds.World) -> cases.Ref:
    return engine.draft(world, engine.item(world, "000123011000", **engine.COMMITMENT))


def _deferring(world: worlds.World) -> cases.Ref:
    return engine.accepted(world, engine.item(world, "000123012000", **engine.later("plan")))


def _ruled(world: worlds.World) -> cases.Ref:
    case = engine.submitted(world, engine.item(world, "000123013000", **engine.RULE), own_place="own")
    jobs.decide_by_rule(0, str(case.id), case.number or "")
    engine.issued(case)
    return case


def _checks() -> list[Row]:
    def row(verb: str, who: str, case: object, **body: object) -> Row:
        path = f"/v1/cases/{{case_id}}/check/{verb}"
        return Row("POST", path, _staff(**{who: 200}), case, body)  # type: ignore[arg-type] # a maker of cases

    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    return [
        row("assign", "decider", _promised, to="{reviewer}"),
        row("keep", "reviewer", _promised, finding="和承诺一样。"),
        row("breach", "reviewer", _promised, finding="报告是假的。", rectify_by=until),
        row("rectify", "reviewer", _breached, finding="补测合格。"),
        row("revoke", "decider", _breached, reason="逾期没有改正。", article="第六十九条"),
        row("repair", "decider", _rectified, reason="整改满三个月。"),
    ]


def _editions() -> list[Row]:
    """Nobody here edits; what editors may do is told in test_editions."""
    one = "/v1/editions/{edition_id}"
    plan = {"starts_on": "2099-01-01", "reason": "x"}
    rows: list[tuple[str, str, dict[str, object]]] = [
        ("POST", "/v1/editions", {"item_code": "{code}", "body": {}}),
        ("GET", one, {}),
        ("PUT", one, {"body": {}}),
        ("DELETE", one, {}),
        ("POST", f"{one}/acts/check", dict(plan)),
        ("POST", f"{one}/acts/send_back", {"reason": "x"}),
        ("POST", f"{one}/acts/approve", {"remark": ""}),
        ("POST", f"{one}/acts/publish", {}),
        ("POST", f"{one}/acts/retire", {"ends_on": "2099-01-01", "reason": "x"}),
    ]
    return [
        Row(method, path, _only({}, 428 if method == "PUT" else 403), None, body)
        for method, path, body in rows
    ]


def _bundles() -> list[Row]:
    """There is no bundle here, and an item's code is none of a bundle; whose one is, is told in test_bundles."""
    mine = "/v1/bundled/{bundle_id}"
    rows: list[tuple[str, str, dict[str, object]]] = [
        ("GET", mine, {}),
        ("PATCH", f"{mine}/form", {"values": {}}),
        ("PUT", f"{mine}/materials/{{key}}", {"material_id": "{material}"}),
        ("POST", f"{mine}/acts/submit", {"version": 1}),
        ("POST", f"{mine}/acts/withdraw", {"version": 1}),
    ]
    return [
        Row("GET", "/v1/bundles", OPEN),
        Row("GET", "/v1/bundles/{code}", dict.fromkeys(OPEN, 404)),
        Row("POST", "/v1/bundles/{code}/start", _only({}, 404), None, {"place": worlds.COUNTY}),
        Row("DELETE", f"{mine}/materials/{{key}}", _only({}, 422)),
        *(Row(method, path, _only({}, 404), None, body) for method, path, body in rows),
    ]


def _counters() -> list[Row]:
    nobody = str(uuid.UUID(int=8))
    who = {"name": "王秀兰", "id_number": "460106199001012127"}
    start = {"counter": "{counter}", "item_code": "{code}", "applicant": who}
    send = {"what": ["report"], "receiver": nobody}
    seen = {"seen": "id_card"}
    return [
        Row("POST", "/v1/counter/cases", _only({"clerk": 201}, 403), None, start),
        Row("GET", "/v1/counter/cases", OPEN | NOBODY_KNOWN),
        Row("GET", "/v1/counter/originals", OPEN | NOBODY_KNOWN),
        Row("PUT", "/v1/cases/{case_id}/presence", _only({"applicant": 403}, 404), worlds.draft_filled, seen),
        Row(
            "PUT",
            "/v1/cases/{case_id}/delivery",
            _only({"applicant": 204}, 404),
            worlds.draft_filled,
            {"way": "online"},
        ),
        Row(
            "POST",
            "/v1/cases/{case_id}/acts/transfer",
            _staff(clerk=422),
            worlds.submitted,
            {"to": nobody, "reason": "不归本机关办。"},
        ),
        Row(
            "GET",
            "/v1/cases/{case_id}/originals",
            _only({}, 200, stranger=404, other_clerk=404),
            worlds.submitted,
        ),
        Row("POST", "/v1/cases/{case_id}/originals", _staff(clerk=422), worlds.submitted, send),
        Row(
            "POST",
            "/v1/cases/{case_id}/originals/receive",
            _only({}, 404),
            worlds.submitted,
            {"originals": [nobody]},
        ),
    ]


MATRIX = [
    Row("GET", "/v1/items", OPEN),
    Row("GET", "/v1/search", OPEN),
    Row("GET", "/v1/suggestions", OPEN),
    Row("GET", "/v1/items/{code}", OPEN),
    Row("GET", "/v1/powers", OPEN),
    Row("GET", "/v1/powers/{organ}", OPEN),
    Row("GET", "/v1/powers/{organ}/changes", dict.fromkeys(OPEN, 422)),
    Row("GET", "/v1/items/{code}/form", OPEN),
    Row("GET", "/v1/calendar", OPEN),
    Row("GET", "/v1/calendar/editions", OPEN),
    Row("GET", "/v1/laws", OPEN),
    Row("GET", "/v1/laws/{key}", dict.fromkeys(OPEN, 404)),
    Row("GET", "/v1/info", OPEN),
    Row("GET", "/v1/intermediaries", OPEN),
    Row("GET", "/v1/agencies", OPEN),
    Row("GET", "/v1/depth", OPEN),
    Row("GET", "/v1/depth/items", OPEN),
    Row("GET", "/v1/catalogue/drift", _only({}, 403)),
    Row("GET", "/v1/items/{code}/editions", OPEN),
    Row("GET", "/v1/items/{code}/editions/{number}", OPEN),
    Row("GET", "/v1/catalogue/items", OPEN),
    Row("GET", "/v1/catalogue/export", OPEN),
    Row("GET", "/v1/catalogue/basic-items", OPEN),
    Row("GET", "/v1/catalogue/basic-items/{code}", dict.fromkeys(OPEN, 404)),
    *_editions(),
    *_bundles(),
    Row("GET", "/v1/catalogue/sightings", _only({}, 403)),
    Row("GET", "/v1/licences/verify/{token}", OPEN),
    Row("POST", "/v1/licences/check", _only({}, 403)),  # for connected systems: test_systems
    Row("GET", "/v1/messages", _only({}, 403)),
    Row("POST", "/v1/messages", _only({}, 403)),
    Row("GET", "/v1/messages/{message_id}", _only({}, 403)),
    Row("GET", "/v1/messages/{message_id}/evidence", _only({}, 403)),
    Row("POST", "/v1/track", OPEN, worlds.submitted, {"number": "{tracked}", "code": "{query_code}"}),
    Row("GET", "/v1/results", OPEN),
    Row("GET", "/v1/notices", OPEN | NOBODY_KNOWN),
    Row("GET", "/v1/cases/{case_id}/receipt", _only({"applicant": 200}, 404), worlds.submitted),
    Row(
        "GET",
        "/v1/cases/{case_id}/documents/{document_id}",
        _only({}, 200, stranger=404, other_clerk=404),
        worlds.accepted,
    ),
    # Nothing of it is sealed yet: who may take it is told when to come back.
    Row(
        "POST",
        "/v1/cases/{case_id}/export",
        _only({}, 409, stranger=404, other_clerk=404),
        worlds.submitted,
    ),
    Row("GET", "/v1/ledger/seals", OPEN),
    Row("GET", "/v1/ledger/seals/{number}", dict.fromkeys(OPEN, 404)),
    Row("GET", "/v1/ledger/keys", OPEN),
    Row("POST", "/v1/cases", _only({"applicant": 201, "stranger": 201}, 403), None, {"item_code": "{code}"}),
    Row("GET", "/v1/cases", OPEN | NOBODY_KNOWN),
    Row("GET", "/v1/cases/{case_id}", _only({}, 200, stranger=404, other_clerk=404), worlds.submitted),
    Row("GET", "/v1/cases/{case_id}", _only({"applicant": 200}, 404), worlds.draft_filled),
    Row(
        "PATCH",
        "/v1/cases/{case_id}/form",
        _only({"applicant": 200}, 404),
        worlds.draft_filled,
        {"values": {"shop_name": "秀兰理发店"}},
    ),
    Row(
        "PUT",
        "/v1/cases/{case_id}/materials/{key}",
        _only({"applicant": 204}, 404),
        worlds.draft_filled,
        {"material_id": "{material}"},
    ),
    Row("DELETE", "/v1/cases/{case_id}/materials/{key}", _only({"applicant": 204}, 404), worlds.draft_filled),
    *_acts(),
    *_handling(),
    Row(
        "PUT",
        "/v1/cases/{case_id}/commitment",
        _only({"applicant": 204}, 404),
        _promising,
        {"agreed": True},
    ),
    Row("GET", "/v1/checks", OPEN | NOBODY_KNOWN),
    Row("GET", "/v1/cases/{case_id}/check", _only({}, 200, stranger=404, other_clerk=404), _promised),
    *_checks(),
    *_counters(),
]


def _filled(row: Row, door: Door, material: str, case: cases.Ref | None) -> tuple[str, dict[str, object]]:
    token = "unknown"
    if "{token}" in row.path:
        closed = worlds.closed(door.world)
        licence = licences.of_case(door.world.applicant, closed.id, on=worlds.AT.date())
        assert licence is not None
        token = licence.token
    places = {
        "code": door.world.item_code,
        "key": "plan",
        "token": token,
        "number": "1",
        "verb": "extend",
        "part": "health",
        "organ": worlds.ORGAN_CODE,
        "bundle_id": str(uuid.UUID(int=7)),
        "message_id": str(uuid.UUID(int=7)),
        "counter": str(door.world.organ_id),
    }
    places["edition_id"] = str(door.world.edition_id)
    places["document_id"] = ""
    places |= {"tracked": case.number or "", "query_code": queries.track_code(case.id)} if case else {}
    if "{document_id}" in row.path and case:
        jobs.make_document(0, str(case.id), case.number or "")
        places["document_id"] = str(queries.one(door.world.applicant, case.id).documents[0].id)
    path = row.path.format(case_id=case.id if case else "", **places)
    if row.method == "DELETE" and case:
        path += f"?material_id={material}"
    places |= {"material": material, "reviewer": str(door.world.reviewer.id)}
    body = {name: _written(value, places) for name, value in row.body.items()}
    if "/acts/" in path and case:
        body["version"] = queries.one(door.world.applicant, case.id).version
    return path, body


def _written(value: object, places: dict[str, str]) -> object:
    if isinstance(value, dict):
        return {name: _written(part, places) for name, part in value.items()}
    return value.format(**places) if isinstance(value, str) else value


@pytest.mark.parametrize(
    "row", MATRIX, ids=lambda row: f"{row.method} {row.path} {getattr(row.case, '__name__', '')}"
)
def test_each_role_gets_what_is_written_down(door: Door, row: Row) -> None:
    material = str(worlds.material(door.world))
    case = row.case(door.world) if row.case else None
    path, body = _filled(row, door, material, case)
    before = queries.one(door.world.applicant, case.id) if case else None
    # Those who are refused first: what they tried must have left the case as it was.
    for role, status in sorted(row.expected.items(), key=lambda pair: -pair[1]):
        response = door(role, row.method, path, body or None)
        assert response.status_code == status, (role, response.content.decode())
        if status >= 400:
            assert response.json()["status"] == status
            if case:
                assert queries.one(door.world.applicant, case.id) == before, role


@pytest.mark.parametrize(
    ("role", "status"), [(None, 401), ("applicant", 201), ("stranger", 201), ("clerk", 403)]
)
def test_only_people_keep_materials(door: Door, role: str | None, status: int) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    headers = {"Authorization": f"Bearer {door.token(role)}"} if role else {}
    sent = {"title": "检测报告", "file": SimpleUploadedFile("report.pdf", worlds.PDF)}
    assert door.client.post("/v1/materials", sent, headers=headers).status_code == status


def test_no_endpoint_is_missing_from_the_matrix() -> None:
    described = {
        (method.upper(), path)
        for path, methods in api.get_openapi_schema(path_prefix="/v1/")["paths"].items()
        for method in methods
    }
    files = {
        ("POST", "/v1/materials"),
        ("POST", "/v1/cases/{case_id}/papers/{key}"),
        ("POST", "/v1/counter/mandates"),
    }
    walked = {(row.method, row.path) for row in MATRIX} | files
    assert described == walked


def test_everything_but_open_reading_wants_a_token() -> None:
    for path, methods in api.get_openapi_schema(path_prefix="/v1/")["paths"].items():
        for operation in methods.values():
            assert ("security" in operation) != bool(
                re.match(
                    r"/v1/(items|search|suggestions|powers|laws|info|intermediaries|agencies|depth|calendar|licences/verify|ledger|track|results|bundles$|bundles/{code}$|catalogue/(items|basic-items|export))",
                    path,
                )
            ), path


def test_lists_hold_what_the_caller_may_see(door: Door) -> None:
    case = worlds.submitted(door.world)
    seen = {role: {row["id"] for row in door(role, "GET", "/v1/cases").json()["cases"]} for role in ROLES}
    office = {
        role: {row["id"] for row in door(role, "GET", "/v1/cases?list=office").json()["cases"]}
        for role in ROLES
    }
    assert [role for role in ROLES if str(case.id) in seen[role]] == ["applicant", "clerk"]
    assert [role for role in ROLES if str(case.id) in office[role]] == [
        "applicant",
        "clerk",
        "reviewer",
        "decider",
    ]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "Bearer " + "x" * 5000]
)
def test_a_token_that_does_not_hold_is_401_with_words(door: Door, header: str) -> None:
    response = door.client.get("/v1/cases", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.json()["rule"] == "api.token"
    # RFC 6750, 3.1: only who brought a token is told that it is a bad one.
    brought = header.lower().startswith("bearer ")
    assert response.headers["WWW-Authenticate"] == ('Bearer error="invalid_token"' if brought else "Bearer")
