"""Systems for tests (测试接入系统): registered and approved as they would be in use, and what they send."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jwk, jwt
from tests import world as worlds

from tongban.base.actor import Actor, system
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import account_by_login, actor_of
from tongban.people.identity.rules import Role
from tongban.people.signon import actions
from tongban.people.signon.rules.proofs import challenge_of

REDIRECT = "https://apply.example.gov.cn/callback"
AFTER = "https://apply.example.gov.cn/bye"
VERIFIER = "v" * 43
ISSUER = "http://127.0.0.1:8000"

FORM = {
    "name": "不动产登记",
    "audience": "public",
    "method": "private_key_jwt",
    "signing": "ES256",
    "level": "1",
    "redirects": REDIRECT,
    "after_sign_out": AFTER,
    "back_channel": "",
    "flow_code": "on",
    "flow_refresh": "on",
    "purpose_profile": "在页面上称呼您",
    "purpose_phone": "办完时通知您",
}


def keeper(world: worlds.World) -> Actor:
    """An editor of a provincial organ: she approves."""
    found = account_by_login("keeper")
    account_id = found.id if found else None
    if account_id is None:
        owner = system("tests")
        account_id = identity.open_account(
            actor=owner, login="keeper", password=worlds.PASSWORD, at=worlds.AT, staff_name="省级编辑老郭"
        )
        identity.appoint(
            actor=owner,
            account_id=account_id,
            organ_id=world.provincial_id,
            role=Role.EDITOR,
            since=worlds.SINCE,
            at=worlds.AT,
        )
    actor = actor_of(account_id, at=worlds.AT)
    assert actor is not None
    return actor[0]


@dataclass
class Party:
    """A relying party (接入系统一方): its id at our side, and its private key at its own."""

    id: uuid.UUID
    client_id: str
    key: jwk.ECKey

    def assertion(self, at: datetime, **changes: object) -> str:
        """A client assertion (RFC 7523), with ``changes``; None leaves a claim out."""
        claims: dict[str, object] = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": ISSUER,
            "iat": int(at.timestamp()),
            "exp": int((at + timedelta(minutes=1)).timestamp()),
            "jti": str(uuid.uuid4()),
        } | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": "k1"}, kept, self.key, algorithms=["ES256"])

    def proof(self, at: datetime, **changes: object) -> dict[str, str]:
        """The parameters by which it proves itself."""
        return {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.assertion(at, **changes),
        }

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of a request to sign somebody on, with ``changes``; None leaves one out."""
        asked = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": "openid profile",
            "state": "s-123",
            "nonce": "n-456",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        } | changes
        return {name: value for name, value in asked.items() if value is not None}


def connected(world: worlds.World, **changes: str) -> Party:
    """A system that was registered by the editor and approved by the keeper."""
    key = jwk.ECKey.generate_key("P-256")
    public = {**key.as_dict(private=False), "kid": "k1"}
    values = FORM | {"keys": json.dumps({"keys": [public]})} | changes
    if values["method"] in ("none", "tls_client_auth"):
        values["keys"] = ""
    system_id = actions.request_system(
        actor=world.editor, organ_id=world.organ_id, values=values, at=worlds.AT, rehearsal=True
    )
    approver = keeper(world)
    actions.approve(actor=approver, system_id=system_id, version=1, at=worlds.AT)
    from tongban.people.signon.queries import one

    return Party(system_id, one(approver, system_id).client_id, key)
