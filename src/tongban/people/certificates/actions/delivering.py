"""Delivery to a holder's token (交付到密码钥匙): her key is made in it and never leaves it; the certificate is written back beside it.

Source: PKCS #11 (C_GenerateKeyPair, C_CreateObject), RFC 2986. Between request and delivery lies the usual way: registered, approved by a
second person, issued.
"""

import os
import uuid
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.errors import Conflict
from tongban.base.pki import tokens
from tongban.base.pki.certificates import Certificate as Made
from tongban.base.pki.requests import build_request
from tongban.people.certificates.actions.moving import move
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.moves import CertificateVerb
from tongban.people.certificates.rules.profiles import Delivery
from tongban.standards.text import msg


def request_in_token(token: tokens.Token, label: str) -> str:
    """Make a key in a holder's token (在密码钥匙内生成密钥) and the request for its certificate there, PEM.

    The name in the request is no more than the label: whose the certificate will be, the registration says. Raises TokenProblem.
    """
    return build_request([("CN", label)], token.make_key(label)).pem.decode()


def deliver(*, actor: Actor, certificate_id: uuid.UUID, token: tokens.Token, at: datetime) -> str:
    """Write an issued certificate and its chain into the token that keeps its key (交付证书); returns the label of the key.

    Raises Conflict where the token does not keep the key, does not prove it, or would show it; TokenProblem where the module fails. Done twice, it
    is there once.
    """
    found: list[str] = []

    def write(row: Certificate) -> dict[str, object]:
        if row.delivery != Delivery.REQUEST:
            raise Conflict(
                "certificates.not_by_request", msg("这张证书的密钥不是持有人自己生成的，不能交付到密码钥匙。")
            )
        certificate = authorities.made_of(row)
        key = token.find(certificate.public)
        if key is None or not _proves(key, certificate):
            raise Conflict(
                "certificates.token_key", msg("这个密码钥匙里没有这张证书的密钥，请核对是不是插错了。")
            )
        if not token.guards(key.label):
            raise Conflict(
                "certificates.token_key_open",
                msg("这把密钥可以从密码钥匙里导出，请在钥匙内重新生成密钥再申请。"),
            )
        token.keep_certificate(key.label, certificate)
        if row.authority_id is not None:
            token.keep_chain(authorities.chain_of(authorities.authority(row.authority_id)))
        found.append(key.label)
        return {"serial": row.serial, "fingerprint": row.fingerprint}

    move(actor=actor, certificate_id=certificate_id, verb=CertificateVerb.DELIVER, at=at, write=write)
    return found[0]


def _proves(key: tokens.TokenKey, certificate: Made) -> bool:
    """Whether the key signs what this certificate verifies: a token may keep a public half alone."""
    challenge = os.urandom(32)
    return certificate.public.verify(key.sign(challenge), challenge)
