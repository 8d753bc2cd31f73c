"""Exchange messages over the API (交换报文接口): sent by one system, fetched and judged by the other, by nobody else."""

import base64
import json

import pytest
from django.conf import settings as configured
from django.test import Client
from tests import world as worlds

from tongban.base.ledger import queries as ledger
from tongban.doors.api.tests.conftest import Door
from tongban.doors.signon.issuer import now
from tongban.people.certificates import queries as certified
from tongban.people.certificates.tests import service as pki
from tongban.people.signon import actions, queries
from tongban.people.signon.queries.keys import forget
from tongban.people.signon.rules.registration import Audience
from tongban.people.signon.tests.filling import connected
from tongban.records.exchange.queries import judge
from tongban.records.exchange.rules import LARGEST
from tongban.records.exchange.tests.writing import CONTENT, GRANTED, Writer, writers

Pair = tuple[Writer, Writer]


@pytest.fixture
def service(db: None) -> pki.Service:
    forget()
    return pki.build(worlds.build(), at=now().replace(microsecond=0))


@pytest.fixture
def pair(service: pki.Service) -> Pair:
    return writers(service)


def call(
    writer: Writer, method: str, path: str, body: object = None, scope: str = "messages.send messages.receive"
):
    view = queries.live(writer.party.client_id, Audience.PUBLIC)
    assert view is not None
    issued = actions.system_token(view, bound="", scope=scope, at=now(), api=configured.API_URL)
    headers = {"Authorization": f"Bearer {issued.access_token}"}
    data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return Client(raise_request_exception=False).generic(method, path, headers=headers, **data)


def sending(one: Writer, other: Writer, content: bytes = CONTENT, **changes: object) -> dict[str, str]:
    envelope = one.envelope(other, content, **changes)
    return {
        "envelope": envelope.decode(),
        "content": base64.b64encode(content).decode(),
        "signature": base64.b64encode(one.sign(envelope, now())).decode(),
    }


def test_a_message_is_sent_listed_fetched_and_judged(pair: Pair):
    one, other = pair
    body = sending(one, other)
    sent = call(one, "POST", "/v1/messages", body)
    assert sent.status_code == 201, sent.content.decode()
    assert call(one, "POST", "/v1/messages", body).json() == sent.json()
    listed = call(other, "GET", "/v1/messages?after=0").json()
    assert [row["id"] for row in listed["messages"]] == [sent.json()["id"]]
    assert call(other, "GET", f"/v1/messages?after={listed['after']}").json()["messages"] == []
    path = f"/v1/messages/{sent.json()['id']}"
    whole = call(other, "GET", path).json()
    assert base64.b64decode(whole["content"]) == CONTENT
    assert whole["envelope"] == body["envelope"]
    assert whole["verdict"]["good"] is True
    assert whole["verdict"]["faults"] == []
    evidence = call(other, "GET", f"{path}/evidence")
    assert evidence.headers["Content-Type"] == "application/pkcs7-signature"
    judged = judge(
        body["envelope"].encode(), CONTENT, evidence.content, certified.roots(), certified.intermediates()
    )
    assert judged.good


def test_that_the_addressee_read_it_stands_in_the_ledger_with_the_purpose(pair: Pair):
    one, other = pair
    sent = call(one, "POST", "/v1/messages", sending(one, other)).json()
    call(one, "GET", f"/v1/messages/{sent['id']}")
    call(other, "GET", f"/v1/messages/{sent['id']}")
    reads = {
        writer.party.id: [
            act.data for act in ledger.acts_of(f"system:{writer.party.id}") if act.act == "signon.read"
        ]
        for writer in pair
    }
    told = {"of": f"message:{sent['id']}", "right": "messages.receive", "purpose": "接收相关部门送来的材料"}
    assert reads == {one.party.id: [], other.party.id: [told]}


def test_who_may_only_receive_does_not_send_and_the_other_way_round(pair: Pair):
    one, other = pair
    answer = call(one, "POST", "/v1/messages", sending(one, other), scope="messages.receive")
    assert answer.status_code == 403
    assert 'scope="messages.send"' in answer.headers["WWW-Authenticate"]
    assert call(other, "GET", "/v1/messages", scope="messages.send").status_code == 403


def test_a_third_system_finds_nothing(service: pki.Service, pair: Pair):
    one, other = pair
    sent = call(one, "POST", "/v1/messages", sending(one, other)).json()

    third = Writer(
        connected(service.world, **GRANTED, name="第三个"),
        one.actor,
        one.organ_code,
        one.key,
        one.certificate_id,
    )
    assert call(third, "GET", "/v1/messages").json()["messages"] == []
    assert call(third, "GET", f"/v1/messages/{sent['id']}").status_code == 404
    assert call(third, "GET", f"/v1/messages/{sent['id']}/evidence").status_code == 404


def test_a_person_and_an_official_are_not_let_in(db: None):
    door = Door(worlds.build())
    for role in ("applicant", "clerk"):
        assert door(role, "GET", "/v1/messages").json()["rule"] == "api.systems_only"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"signature": "???"}, {"signature"}),
        ({"signature": ""}, {"signature"}),
        ({"signature": base64.b64encode(b"nothing").decode()}, {"signature"}),
        ({"content": base64.b64encode(b"other").decode()}, {"content"}),
        ({"envelope": "{}"}, {"envelope"}),
        ({"envelope": "\ud800"}, {"envelope"}),
    ],
)
def test_what_is_wrong_is_told_at_its_field(pair: Pair, changes: dict[str, str], fields: set[str]):
    one, other = pair
    answer = call(one, "POST", "/v1/messages", sending(one, other) | changes)
    assert answer.status_code == 422, answer.content.decode()
    assert set(answer.json()["fields"]) == fields


def test_the_largest_message_goes_through_and_one_byte_more_does_not(pair: Pair):
    one, other = pair
    assert call(one, "POST", "/v1/messages", sending(one, other, b"x" * LARGEST)).status_code == 201
    larger = sending(one, other, b"x" * (LARGEST + 1), key="2")
    assert call(one, "POST", "/v1/messages", larger).status_code == 422
