"""A system proves who it is (系统认证): by a signed assertion, by its certificate, or, where it can keep no secret, not at all."""

import base64
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from tongban.base.db import execute
from tongban.people.signon.providers import Unreachable, fetch
from tongban.people.signon.queries import SystemView, live
from tongban.people.signon.rules.proofs import (
    ALGORITHMS,
    ASSERTION_TYPE,
    LEEWAY,
    ensure_assertion,
    ensure_signed_request,
    peek,
)
from tongban.people.signon.rules.refusals import ProtocolRefusal, invalid_client
from tongban.people.signon.rules.registration import Audience, ClientMethod, Registration

_KINDS = {"ES256": "EC", "ES384": "EC", "RS256": "RSA", "PS256": "RSA", "EdDSA": "OKP"}
_FRESH = timedelta(minutes=5)  # [O] keys read from a system's address are held so long
_AGAIN = timedelta(seconds=30)  # … and read anew for an unknown key at most so often
_MOST_HELD = 500


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brings to prove who sends it (系统凭据). ``certificate``: DER, as the proxy verified it."""

    client_id: str = ""
    assertion: str = ""
    assertion_type: str = ""
    certificate: bytes | None = None


def prove(
    given: Credentials, *, audience: Audience, audiences: Collection[str], at: datetime
) -> tuple[SystemView, str]:
    """The system that proves itself (系统认证), and the thumbprint of its certificate or ''. Raises ``invalid_client``.

    ``audiences``: what an assertion may be made out to: our issuer, and the address it was sent to.
    """
    client_id = given.client_id
    if given.assertion:
        if given.assertion_type != ASSERTION_TYPE:
            raise invalid_client("client_assertion_type must be jwt-bearer")
        named = str(peek(given.assertion)[1].get("sub", ""))
        if client_id and client_id != named:
            raise invalid_client("client_id is not the subject of the assertion")
        client_id = named
    system = live(client_id, audience)
    if system is None:
        raise invalid_client("no such client")
    method = system.kept.method
    if bool(given.assertion) != (method is ClientMethod.PRIVATE_KEY):
        raise invalid_client(f"this client must authenticate by {method.value}")
    if method is ClientMethod.PRIVATE_KEY:
        _prove_by_key(system, given.assertion, audiences, at)
        return system, ""
    if method is ClientMethod.NONE:
        return system, ""
    return system, _prove_by_certificate(system, given.certificate, at)


_USE = """
    INSERT INTO signon_assertion (system_id, jti, expires_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""


def _prove_by_key(system: SystemView, assertion: str, audiences: Collection[str], at: datetime) -> None:
    try:
        claims = _verified(assertion, system.kept, at)
    except (JoseError, ValueError, Unreachable) as error:
        raise invalid_client("the assertion's signature does not verify") from error
    expires = ensure_assertion(claims, client_id=system.client_id, audiences=audiences, at=at)
    jti = hashlib.sha256(str(claims["jti"]).encode()).digest()
    if not execute(_USE, [system.id, jti, expires + LEEWAY]):
        raise invalid_client("the assertion was used before")


def signed_request(token: str, system: SystemView, *, issuer: str, at: datetime) -> dict[str, str]:
    """The parameters of a signed request object (签名请求, RFC 9101), verified by the system's registered keys."""
    try:
        claims = _verified(token, system.kept, at)
    except ProtocolRefusal as refusal:
        raise ProtocolRefusal("invalid_request_object", refusal.description) from refusal
    except (JoseError, ValueError, Unreachable) as error:
        raise ProtocolRefusal("invalid_request_object", "the signature does not verify") from error
    return ensure_signed_request(claims, client_id=system.client_id, issuer=issuer, at=at)


def _verified(token: str, kept: Registration, at: datetime) -> Mapping[str, Any]:
    """The claims of a JWT that a system signed with one of its keys; raises ValueError or a JoseError."""
    header, _claims = peek(token)
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS or not (kept.keys or kept.keys_address):
        # Never as the sender says: "none" and HS256 with the public key for a secret end here (RFC 8725, 2.1).
        raise ValueError("algorithm")
    kid = header.get("kid")
    for attempt in (False, True):
        fitting = [
            key
            for key in _keys(kept, at, anew=attempt)
            if key.get("kty") == _KINDS[algorithm] and (kid is None or key.get("kid") in (None, kid))
        ]
        if fitting or kept.keys:
            break
    problem: Exception = ValueError("no key fits")
    for key in fitting[:5]:
        try:
            return jwt.decode(token, jwk.import_key(key), algorithms=[algorithm]).claims
        except (JoseError, ValueError, TypeError) as error:
            problem = error
    raise ValueError("signature") from problem


_read_keys: "OrderedDict[str, tuple[datetime, list[dict[str, Any]]]]" = OrderedDict()
_reading = threading.Lock()


def _keys(kept: Registration, at: datetime, *, anew: bool) -> list[dict[str, Any]]:
    """The system's public keys (系统公钥): as registered, or from its address, held for a while."""
    if kept.keys:
        return _parsed(kept.keys)
    with _reading:
        found = _read_keys.get(kept.keys_address)
    if found is not None and timedelta() <= at - found[0] < (_AGAIN if anew else _FRESH):
        return found[1]
    keys = _parsed(fetch(kept.keys_address))
    with _reading:
        _read_keys[kept.keys_address] = (at, keys)
        while len(_read_keys) > _MOST_HELD:
            _read_keys.popitem(last=False)
    return keys


def _parsed(text: str) -> list[dict[str, Any]]:
    keys = json.loads(text)
    listed = keys.get("keys") if isinstance(keys, dict) else None
    return [key for key in listed if isinstance(key, dict)] if isinstance(listed, list) else []


def _prove_by_certificate(system: SystemView, given: bytes | None, at: datetime) -> str:
    """The thumbprint of the certificate (证书认证, RFC 8705): of the registered subject, or with a registered key."""
    if given is None:
        raise invalid_client("this client must show its certificate")
    try:
        certificate = x509.load_der_x509_certificate(given)
    except ValueError as error:
        raise invalid_client("the certificate cannot be read") from error
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise invalid_client("the certificate is not valid now")
    if system.kept.method is ClientMethod.CERTIFICATE:
        if certificate.subject.rfc4514_string() != system.kept.certificate_subject:
            raise invalid_client("a certificate of another subject")
    elif _public(certificate) not in _registered(system.kept, at):
        raise invalid_client("a certificate that is not registered")
    return thumbprint(given)


def _registered(kept: Registration, at: datetime) -> set[bytes]:
    try:
        chains = [key.get("x5c") for key in _keys(kept, at, anew=False)]
        return {
            _public(x509.load_der_x509_certificate(base64.b64decode(chain[0])))
            for chain in chains
            if isinstance(chain, list) and chain
        }
    except (ValueError, TypeError, Unreachable) as error:
        raise invalid_client("the registered certificates cannot be read") from error


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def thumbprint(certificate: bytes) -> str:
    """``x5t#S256`` of a certificate (证书指纹, RFC 8705 3.1)."""
    return base64.urlsafe_b64encode(hashlib.sha256(certificate).digest()).rstrip(b"=").decode()
