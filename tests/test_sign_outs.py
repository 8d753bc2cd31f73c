"""Sign-out reaches the systems (退出传达): each is told once, by a token that it can verify, and again where it did not answer."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from django.utils import timezone
from joserfc import jwk, jwt
from tests import mandating
from tests import world as worlds

from tongban import wiring
from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.base.outbox.actions import relay
from tongban.people.identity import actions as identity
from tongban.people.identity.rules import Method
from tongban.people.mandates import actions as mandates
from tongban.people.mandates import queries as mandate_queries
from tongban.people.signon import actions, jobs, queries
from tongban.people.signon.actions.sign_outs import Untold
from tongban.people.signon.queries.keys import forget
from tongban.people.signon.rules import requests
from tongban.people.signon.rules.claims import For
from tongban.people.signon.rules.proofs import challenge_of
from tongban.people.signon.rules.registration import Audience
from tongban.people.signon.tests.filling import ISSUER, REDIRECT, VERIFIER, Party, connected


class Listener:
    """A system that listens (监听的系统): what it was told, and how it answers."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.status = 200
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                listener.told.append(parse_qs(body)["logout_token"][0])
                self.send_response(listener.status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing is written."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/backchannel"


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def world(db) -> worlds.World:
    forget()
    return worlds.build()


def begun(world: worlds.World) -> Actor:
    session_id = identity.begin_session(
        account_id=world.applicant.id,
        door="portal",
        device="Firefox",
        address="127.0.0.1",
        methods=[Method.PASSWORD],
        actor=world.applicant,
        at=timezone.now(),
    )
    return replace(world.applicant, session_id=session_id)


def signed_on(
    actor: Actor, party: Party, scope: str = "openid", company: For | None = None
) -> actions.Issued:
    system, at = queries.live(party.client_id, Audience.PUBLIC), timezone.now()
    who = queries.signed_in(actor.session_id)
    assert system is not None
    assert who is not None
    asked = requests.read(
        {
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": scope,
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        },
        system.kept,
    )
    code = actions.authorise(system=system, asked=asked, who=who, at=at, company=company)
    return actions.redeem(
        code=code,
        redirect=REDIRECT,
        verifier=VERIFIER,
        system=system,
        issuer=ISSUER,
        bound="",
        at=at,
        counts=lambda mandate_id: mandate_queries.counts(mandate_id, at=at),
    )


def relayed() -> list[tuple[str, dict[str, object]]]:
    """Events as the worker's relay hands them on."""
    found: list[tuple[str, dict[str, object]]] = []
    while relay(wiring.FOLLOWUPS, lambda job, event_id, payload: found.append((job, dict(payload)))):
        pass
    return [(job, payload) for job, payload in found if ".signon." in job]


def run(told: list[tuple[str, dict[str, object]]]) -> None:
    for job, payload in told:
        getattr(jobs, job.rpartition(".")[2])(0, **payload)


def leave(actor: Actor) -> None:
    assert actor.session_id is not None
    identity.end_session(actor=actor, session_id=actor.session_id, because="sign_out", at=timezone.now())
    run(relayed())  # its systems are to be told
    run(relayed())  # they are told


def claims_of(token: str) -> tuple[dict[str, object], dict[str, object]]:
    keys = jwk.KeySet.import_key_set({"keys": [dict(key) for key in actions.public_keys(timezone.now())]})
    found = jwt.decode(token, keys, algorithms=["ES256"])
    return found.header, dict(found.claims)


def test_every_system_of_the_session_is_told_once_and_no_other(world, listener):
    one = connected(world, back_channel=listener.address)
    two = connected(world, back_channel=listener.address, sector="tax.example.gov.cn")
    connected(world, back_channel=listener.address)
    actor = begun(world)
    tokens = [signed_on(actor, party) for party in (one, one, two)]
    leave(actor)
    assert len(listener.told) == 2
    audiences = {}
    for token in listener.told:
        header, claims = claims_of(token)
        assert header["typ"] == "logout+jwt"
        assert claims["iss"] == settings.PUBLIC_URL
        assert "nonce" not in claims
        audiences[claims["aud"]] = claims
    assert set(audiences) == {one.client_id, two.client_id}
    id_token = claims_of(tokens[2].id_token)[1]
    assert audiences[two.client_id]["sid"] == id_token["sid"]
    assert audiences[two.client_id]["sub"] == id_token["sub"]
    assert audiences[one.client_id]["sid"] != audiences[two.client_id]["sid"]


def test_another_session_of_the_same_person_stays(world, listener):
    party = connected(world, back_channel=listener.address)
    gone, stays = begun(world), begun(world)
    ended, standing = signed_on(gone, party), signed_on(stays, party)
    leave(gone)
    assert queries.access_token(ended.access_token, Audience.PUBLIC, at=timezone.now()) is None
    assert queries.access_token(standing.access_token, Audience.PUBLIC, at=timezone.now()) is not None


def test_what_was_to_outlive_the_session_does_and_withdrawing_ends_it(world, listener):
    party = connected(world, purpose_offline_access="夜里更新", back_channel=listener.address)
    actor = begun(world)
    tokens = signed_on(actor, party, "openid offline_access")
    system = queries.live(party.client_id, Audience.PUBLIC)
    actions.consent(actor=actor, system=system, shares=["offline_access"], at=timezone.now())
    leave(actor)
    assert queries.access_token(tokens.access_token, Audience.PUBLIC, at=timezone.now()) is not None
    assert len(listener.told) == 1
    actions.withdraw(actor=actor, system_id=party.id, at=timezone.now())
    assert queries.access_token(tokens.access_token, Audience.PUBLIC, at=timezone.now()) is None


@pytest.mark.parametrize("status", [500, 400, 302])
def test_a_system_that_does_not_take_it_is_told_again_and_a_redirect_is_not_followed(world, listener, status):
    party = connected(world, back_channel=listener.address)
    actor = begun(world)
    signed_on(actor, party)
    listener.status = status
    with pytest.raises(Untold):
        leave(actor)
    assert queries.sign_outs_of(party.id, since=worlds.AT) == (1, 1, f"HTTP {status}")
    listener.status = 204
    ((notice,),) = fetch_all("SELECT id::text FROM signon_sign_out")
    jobs.tell_system(0, notice)
    jobs.tell_system(0, notice)
    assert len(listener.told) == 2
    assert claims_of(listener.told[0])[1]["jti"] != claims_of(listener.told[1])[1]["jti"]
    assert queries.sign_outs_of(party.id, since=worlds.AT) == (1, 0, "")


def test_a_system_that_cannot_be_reached_is_told_again(world):
    party = connected(world, back_channel="http://127.0.0.1:1/backchannel")
    actor = begun(world)
    signed_on(actor, party)
    with pytest.raises(Untold):
        leave(actor)


def test_doing_it_twice_tells_nobody_twice(world, listener):
    party = connected(world, back_channel=listener.address)
    actor = begun(world)
    signed_on(actor, party)
    assert actor.session_id is not None
    assert actions.end_authorisations(session_id=actor.session_id, at=timezone.now()) == 1
    assert actions.end_authorisations(session_id=actor.session_id, at=timezone.now()) == 0
    run(relayed())
    assert len(listener.told) == 1


def test_what_has_lapsed_is_swept_and_what_stands_stays(world, listener):
    party = connected(world)
    tokens = signed_on(begun(world), party)
    from tongban.base.db import execute

    jobs.sweep(0)
    assert queries.access_token(tokens.access_token, Audience.PUBLIC, at=timezone.now()) is not None
    execute("UPDATE signon_access SET expires_at = expires_at - interval '3 days'")
    jobs.sweep(0)
    assert fetch_all("SELECT count(*) FROM signon_access") == [(0,)]


def test_a_withdrawn_mandate_reaches_the_system_and_the_session_stays(world, listener, settings):
    with mandating.standing_in_for(settings):
        firm = mandating.build(world)
    mandate = firm.accepted(last=worlds.AT.date() + timedelta(days=900))
    party = connected(world, back_channel=listener.address, purpose_company="以企业名义办理")
    session_id = identity.begin_session(
        account_id=firm.agent.id,
        door="portal",
        device="Firefox",
        address="127.0.0.1",
        methods=[Method.PASSWORD],
        actor=firm.agent,
        at=timezone.now(),
    )
    actor = replace(firm.agent, session_id=session_id)
    company = For(firm.party_id, mandate, "agent")
    signed_on(actor, party, "openid company", company=company)
    mandates.withdraw(actor=firm.for_firm, mandate_id=mandate, at=timezone.now())
    run(relayed())
    run(relayed())
    (token,) = listener.told
    _header, claims = claims_of(token)
    view = queries.live(party.client_id, Audience.PUBLIC)
    assert view is not None
    assert claims["sid"] == actions.sid(view, session_id)
    assert queries.signed_in(session_id) is not None
