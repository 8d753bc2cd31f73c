"""The keys that sign ID tokens and logout tokens (登录签名密钥查询), held by each process for half a minute."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from tongban.base.crypto import decrypt
from tongban.people.signon.models import SigningKey
from tongban.people.signon.rules.proofs import peek
from tongban.people.signon.rules.refusals import ProtocolRefusal
from tongban.people.signon.rules.registration import SIGNING
from tongban.people.signon.rules.tokens import KEYS_STAY

KEY_PURPOSE = "signon.key"
_HELD_FOR = timedelta(seconds=30)  # [O] a rotation reaches every process within this time

Private = jwk.ECKey | jwk.RSAKey


class Unsigned(Exception):  # noqa: N818 -- names what is the matter
    """No key signs by this algorithm yet (没有签名密钥)."""


@dataclass(frozen=True, slots=True)
class Held:
    """The keys as one process holds them (持有的密钥)."""

    read_at: datetime
    signing: Mapping[str, tuple[str, Private]]
    published: tuple[Mapping[str, Any], ...]
    known: Mapping[str, tuple[str, Private]]


_held: list[Held] = []
_reading = threading.Lock()


def held(at: datetime) -> Held:
    """The keys of now (当前密钥); read again after half a minute."""
    with _reading:
        if not _held or not timedelta() <= at - _held[0].read_at < _HELD_FOR:
            _held[:] = [_read(at)]
        return _held[0]


def forget() -> None:
    """Read the keys anew at the next use (丢弃缓存)."""
    with _reading:
        _held.clear()


def _read(at: datetime) -> Held:
    found = list(SigningKey.objects.order_by("-made_at"))
    private = {key.kid: _imported(key) for key in found if key.retired_at is None}
    return Held(
        read_at=at,
        signing={key.algorithm: (key.kid, private[key.kid]) for key in found if key.kid in private},
        published=tuple(
            key.public for key in found if key.retired_at is None or key.retired_at > at - KEYS_STAY
        ),
        known={key.kid: (key.algorithm, _public(key)) for key in found},
    )


def _imported(key: SigningKey) -> Private:
    text = json.loads(decrypt(KEY_PURPOSE, bytes(key.private)))
    return jwk.RSAKey.import_key(text) if key.algorithm == "RS256" else jwk.ECKey.import_key(text)


def _public(key: SigningKey) -> Private:
    return jwk.RSAKey.import_key(key.public) if key.algorithm == "RS256" else jwk.ECKey.import_key(key.public)


def published(at: datetime) -> list[Mapping[str, Any]]:
    """The public keys (公钥集): those that sign, and former ones for as long as a token may need them."""
    return list(held(at).published)


def signed(claims: Mapping[str, Any], *, algorithm: str, kind: str, at: datetime) -> str:
    """A JWT of ours (签发): ``kind`` is its type. Raises :class:`Unsigned` where no key signs by ``algorithm``."""
    if algorithm not in held(at).signing:
        raise Unsigned(algorithm)
    kid, key = held(at).signing[algorithm]
    header = {"alg": algorithm, "kid": kid, "typ": kind}
    return jwt.encode(header, dict(claims), key, algorithms=[algorithm])


def own_claims(token: str, *, at: datetime) -> dict[str, Any] | None:
    """The claims of an ID token that we once signed (自签令牌内容), expired or not, by any key ever held; or None."""
    try:
        header, _claims = peek(token)
    except ProtocolRefusal:
        return None
    algorithm, key = held(at).known.get(str(header.get("kid")), ("", None))
    if (
        key is None
        or algorithm not in SIGNING
        or header.get("alg") != algorithm
        or header.get("typ") != "JWT"
    ):
        return None
    try:
        return dict(jwt.decode(token, key, algorithms=[algorithm]).claims)
    except (JoseError, ValueError):
        return None
