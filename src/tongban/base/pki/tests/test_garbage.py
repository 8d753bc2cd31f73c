"""Whatever somebody sends is read, or refused in the words of this library: nothing else is ever raised."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.base.pki import certificates, cms, keys, ocsp, requests, revocation, timestamps
from tongban.base.pki.der import Malformed
from tongban.base.pki.evidence import verify_evidence
from tongban.base.pki.keys import Algorithm
from tongban.base.pki.ocsp import Responder
from tongban.base.pki.revocation import Reason, Revoked

from .authority import AT
from .test_evidence import CONTENT, EVIDENCE, OFFICES
from .test_status import crl
from .test_timestamps import token

OFFICE = OFFICES[Algorithm.P256]
AUTHORITY = OFFICE.authority
RESPONDER = Responder(AUTHORITY.issuing, AUTHORITY.issuing_key)
ASKED = ocsp.build_request(OFFICE.certificate, AUTHORITY.issuing, nonce=b"n" * 16)
STAMPED = token(AUTHORITY)
PRIVATE = keys.private_key_info(OFFICE.key)


def verified(content: bytes) -> None:
    assert not verify_evidence(content, CONTENT, [AUTHORITY.root]).good


def replied(content: bytes) -> None:
    assert ocsp.load_response(RESPONDER.reply(content, lambda _: ocsp.GOOD, AT))


def stamped(content: bytes) -> None:
    assert OFFICE.stamper.reply(content, AT, 1)[:1] == b"\x30"


def listed(content: bytes) -> None:
    found = revocation.load_crl(content)
    list(found)
    found.find(5)


READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "certificate": (certificates.load_certificate, OFFICE.certificate.der),
    "request": (requests.proven_request, requests.build_request([("CN", "王芳")], OFFICE.key).der),
    "private key": (keys.load_private, PRIVATE),
    "encrypted key": (lambda content: keys.load_private(content, b"pass"), keys.encrypted(PRIVATE, b"pass")),
    "public key": (keys.load_public, OFFICE.key.public.spki),
    "list": (listed, crl(AUTHORITY, Revoked(5, AT, Reason.SUPERSEDED))),
    "question": (replied, ASKED),
    "answer": (ocsp.load_response, RESPONDER.reply(ASKED, lambda _: ocsp.GOOD, AT)),
    "stamp wanted": (stamped, timestamps.build_request(Algorithm.P256, b"x" * 32, nonce=5)),
    "stamp": (timestamps.load_token, STAMPED),
    "stamped answer": (timestamps.load_response, timestamps.granted(STAMPED)),
    "message": (cms.load, cms.sign(CONTENT, OFFICE.key, [OFFICE.certificate], at=AT)),
    "evidence": (verified, EVIDENCE[Algorithm.P256]),
}
REFUSALS = (Malformed, requests.NotHeld, keys.WrongPassphrase, timestamps.Refused)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_what_was_altered_anywhere_is_read_or_refused(kind: str, data):
    read, whole = READERS[kind]
    altered = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        altered[data.draw(st.integers(0, len(altered) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(altered)), st.integers(0, len(altered))))
    content = bytes(altered[:cut])
    if content == whole:
        return
    try:
        read(content)
    except REFUSALS:
        return


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=60, deadline=None)
@given(content=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
def test_what_is_nothing_at_all_is_refused(kind: str, content: bytes):
    try:
        READERS[kind][0](content)
    except REFUSALS:
        return
    assert kind in ("question", "stamp wanted", "evidence")  # these answer whatever comes
