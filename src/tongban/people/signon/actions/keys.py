"""The keys that sign (登录签名密钥): made at first use, changed by an operator, never deleted."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from joserfc import jwk

from tongban.base.actor import Actor, system
from tongban.base.crypto import encrypt
from tongban.base.db import execute
from tongban.base.record import Deed, record_all
from tongban.people.signon.models import SigningKey
from tongban.people.signon.queries import published
from tongban.people.signon.queries.keys import KEY_PURPOSE, Unsigned, forget, held, signed
from tongban.people.signon.rules.registration import SIGNING

_STREAM = "signon:keys"
_LOCK = 7_214_300_521  # an arbitrary number, ours alone
_RSA_BITS = 3072  # as long as a key of P-256 is strong


def ready(at: datetime) -> None:
    """Every algorithm has a key (备好密钥); those that lack one get it, once for all processes."""
    if not set(SIGNING) <= set(held(at).signing):
        _make(system("signon.keys"), at, replace=False)


def rotate(*, actor: Actor, at: datetime) -> list[str]:
    """New keys sign from now on (轮换密钥); the former stay published until their tokens have lapsed. Returns the new ids."""
    return _make(actor, at, replace=True)


@transaction.atomic
def _make(actor: Actor, at: datetime, *, replace: bool) -> list[str]:
    execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    standing = SigningKey.objects.filter(retired_at=None)
    there = set(standing.values_list("algorithm", flat=True))
    wanted = [algorithm for algorithm in SIGNING if replace or algorithm not in there]
    standing.filter(algorithm__in=wanted).update(retired_at=at)
    made = [_fresh(algorithm, at) for algorithm in wanted]
    SigningKey.objects.bulk_create(made)
    deeds = [Deed(_STREAM, "signon.make_key", {"kid": key.kid, "algorithm": key.algorithm}) for key in made]
    record_all(deeds, actor=actor, at=at)
    transaction.on_commit(forget)
    forget()
    return [key.kid for key in made]


def _fresh(algorithm: str, at: datetime) -> SigningKey:
    made: jwk.RSAKey | jwk.ECKey = (
        jwk.RSAKey.generate_key(_RSA_BITS) if algorithm == "RS256" else jwk.ECKey.generate_key("P-256")
    )
    kid = made.thumbprint()
    public = {**made.as_dict(private=False), "kid": kid, "use": "sig", "alg": algorithm}
    return SigningKey(
        kid=kid,
        algorithm=algorithm,
        private=encrypt(KEY_PURPOSE, json.dumps(made.as_dict(private=True))),
        public=public,
        made_at=at,
    )


def sign(claims: Mapping[str, Any], *, algorithm: str, kind: str = "JWT", at: datetime) -> str:
    """A JWT of ours (签发), with keys made where there are none yet."""
    try:
        return signed(claims, algorithm=algorithm, kind=kind, at=at)
    except Unsigned:
        ready(at)
        return signed(claims, algorithm=algorithm, kind=kind, at=at)


def public_keys(at: datetime) -> list[Mapping[str, Any]]:
    """The public keys (公钥集), with keys made where there are none yet."""
    ready(at)
    return published(at)
