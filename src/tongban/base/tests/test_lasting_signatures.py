"""Signatures of documents for the long term (PAdES B-LT), judged by pdfsig, by pyHanko with the root as its only trust, and part by part by openssl."""

import base64
import io
import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from asn1crypto import cms
from django.conf import settings
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import DocumentSecurityStore, SignatureCoverageLevel
from pyhanko.sign.validation.errors import ValidationInfoReadingError

from tongban.base import documents
from tongban.base.pki import ocsp
from tongban.base.pki.keys import Algorithm
from tongban.base.pki.revocation import Reason
from tongban.base.pki.tests.authority import AT, Authority, make_authority
from tongban.base.pki.tests.judge import accepted, file
from tongban.base.tests import sealing
from tongban.base.tests.sealing import Seal, as_of_its_stamp, signature_of, stamp_of, years_later
from tongban.base.tests.test_documents import LICENCE, licence_data, run

SIGNED_AT = AT - timedelta(minutes=10)


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """The library tells each refusal to the log as well, with its whole stack."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("pyhanko").setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority(Algorithm.P256)


@pytest.fixture(scope="module")
def seal(authority: Authority) -> Seal:
    return sealing.seal(authority, SIGNED_AT)


@pytest.fixture(scope="module")
def plain() -> bytes:
    return documents.render(LICENCE, licence_data(), at=SIGNED_AT)


@pytest.fixture(scope="module")
def signed(plain: bytes, seal: Seal) -> bytes:
    return sign(plain, seal)


def sign(plain: bytes, seal: Seal) -> bytes:
    return documents.sign_pdf(plain, reason="签发电子证照", location="海口", at=SIGNED_AT, seal=seal)


def test_the_signature_is_good_by_the_file_and_the_root_alone(signed: bytes, authority: Authority) -> None:
    said = as_of_its_stamp(signed, authority.root.der)
    assert said.bottom_line, said.pretty_print_details()
    assert said.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert said.timestamp_validity is not None
    assert said.timestamp_validity.trusted
    assert said.timestamp_validity.timestamp == SIGNED_AT


def test_it_is_good_once_its_certificate_has_run_out(signed: bytes, seal: Seal, authority: Authority) -> None:
    over = seal.certificate.not_after + timedelta(days=200)
    kept_since = SIGNED_AT + timedelta(minutes=1)
    said = years_later(signed, authority.root.der, over, kept_since=kept_since)
    assert said.ades_subindic is AdESPassed.OK, said.failure_msg


def test_it_is_good_though_its_certificate_was_revoked_later(
    signed: bytes, seal: Seal, authority: Authority
) -> None:
    told = ocsp.revoked(SIGNED_AT + timedelta(minutes=2), Reason.KEY_COMPROMISE)
    asked = [(ocsp.cert_id(seal.certificate, authority.issuing), told)]
    later = seal.responder.answer(asked, SIGNED_AT + timedelta(minutes=3))
    assert as_of_its_stamp(signed, authority.root.der, later=[later]).bottom_line


def test_what_a_revoked_seal_signed_is_refused(plain: bytes, authority: Authority) -> None:
    told = ocsp.revoked(SIGNED_AT - timedelta(minutes=2), Reason.KEY_COMPROMISE)
    said = as_of_its_stamp(sign(plain, sealing.seal(authority, SIGNED_AT, told)), authority.root.der)
    assert not said.bottom_line
    assert said.revoked
    assert said.intact  # it is the certificate, not the document


def test_a_signature_without_word_on_its_certificate_is_not_taken(plain: bytes, authority: Authority) -> None:
    silent = sealing.seal(authority, SIGNED_AT, silent=True)
    assert not as_of_its_stamp(sign(plain, silent), authority.root.der).bottom_line


def test_under_another_root_it_is_refused(signed: bytes) -> None:
    assert not as_of_its_stamp(signed, make_authority(Algorithm.P256).root.der).bottom_line


def test_one_altered_bit_anywhere_that_is_signed_is_noticed(signed: bytes, authority: Authority) -> None:
    """Each place is altered by itself: the first bytes, the page, the kept answers, the signature dictionary, the last bytes."""
    reader = PdfFileReader(io.BytesIO(signed))
    spans = reader.embedded_regular_signatures[0].byte_range
    answer = reader.root["/DSS"]["/OCSPs"][0].data
    places = [spans[1] // 3, signed.index(answer) + 40, spans[1] - 9, len(signed) - 40]
    for place in places:
        altered = bytearray(signed)
        altered[place] ^= 1
        assert _is_noticed(bytes(altered), authority), place


def _is_noticed(altered: bytes, authority: Authority) -> bool:
    try:
        return not as_of_its_stamp(altered, authority.root.der).bottom_line
    except (ValueError, TypeError, PdfReadError, ValidationInfoReadingError):
        return True  # it no longer reads as a document


def test_one_altered_bit_of_signature_or_time_stamp_is_noticed(signed: bytes, authority: Authority) -> None:
    found = signature_of(signed)
    stamp = stamp_of(found)["content"]
    told = {
        "signature": bytes(found.signer_info["signature"].native),
        "stamp": bytes(stamp["signer_infos"][0]["signature"].native),
    }
    for part, value in told.items():
        altered = _altered_hex(signed, value)
        said = as_of_its_stamp(altered, authority.root.der)
        assert not said.bottom_line, part
        assert said.intact == (part == "stamp") or not said.valid, part


def _altered_hex(signed: bytes, value: bytes) -> bytes:
    """The file with the last bit of ``value`` altered, where the signature's hexadecimal text holds it."""
    place = signed.lower().index(value.hex().encode()) + 2 * len(value) - 1
    digit = f"{int(signed[place : place + 1], 16) ^ 1:x}".encode()
    return signed[:place] + digit + signed[place + 1 :]


def test_pdfsig_finds_it_valid_over_the_whole_document(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "licence.pdf").write_bytes(signed)
    said = run("pdfsig", tmp_path / "licence.pdf").decode()
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


@contextmanager
def told_at(status: ocsp.Status, authority: Authority) -> Iterator[tuple[str, list[ocsp.Responder]]]:
    """A responder on this machine, which readers ask by themselves: its address, and a place for who answers there."""
    responders: list[ocsp.Responder] = []

    class Door(BaseHTTPRequestHandler):
        def _answer(self, question: bytes) -> None:
            told = responders[0].reply(question, lambda _serial: status, AT)
            self.send_response(200)
            self.send_header("Content-Type", "application/ocsp-response")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self) -> None:
            self._answer(base64.b64decode(unquote(self.path.removeprefix("/ocsp/"))))

        def log_message(self, *_words: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/ocsp", responders
        server.shutdown()


@pytest.mark.skipif(shutil.which("certutil") is None, reason="certutil (libnss3-tools) makes the trust store")
@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (ocsp.GOOD, "Certificate is Trusted"),
        (ocsp.revoked(AT - timedelta(days=1), Reason.KEY_COMPROMISE), "Certificate has been Revoked"),
    ],
)
def test_pdfsig_asks_our_responder_and_says_so(
    status: ocsp.Status, verdict: str, plain: bytes, authority: Authority, tmp_path: Path
) -> None:
    """poppler looks at the status of today, not of then, and asks for it at the address in the certificate."""
    store = f"sql:{tmp_path}"
    run("certutil", "-N", "-d", store, "--empty-password")
    root = file(tmp_path, "root.pem", authority.root.pem)
    run("certutil", "-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", root)
    with told_at(status, authority) as (address, responders):
        seal = sealing.seal(authority, SIGNED_AT, address=address)
        responders.append(seal.responder)
        document = file(tmp_path, "licence.pdf", sign(plain, seal))
        assert verdict in run("pdfsig", "-nssdir", store, document).decode()


def test_it_is_still_an_archive_copy(signed: bytes, plain: bytes, tmp_path: Path) -> None:
    (tmp_path / "licence.pdf").write_bytes(signed)
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B" in run(
        "pdfinfo", "-meta", tmp_path / "licence.pdf"
    )
    assert signed.startswith(plain)


def test_openssl_accepts_each_part(signed: bytes, authority: Authority, tmp_path: Path) -> None:
    """The signature over the signed bytes, the time stamp over the signature, and what is kept of the status of both certificates."""
    found = signature_of(signed)
    at = partial(file, tmp_path)
    root, issuing = at("root.pem", authority.root.pem), at("issuing.pem", authority.issuing.pem)
    first, length, second, rest = (int(one) for one in found.byte_range)
    content = at("content", signed[first:length] + signed[second : second + rest])
    message = at("message.der", cms.ContentInfo.load(found.pkcs7_content).dump())
    accepted("cms", "-verify", "-binary", "-inform", "DER", "-in", message, "-content", content,
             "-CAfile", root, "-purpose", "any", "-out", tmp_path / "out")  # fmt: skip
    token = at("token.der", stamp_of(found).dump())
    stamped = at("stamped", bytes(found.signer_info["signature"].native))
    accepted(
        "ts", "-verify", "-data", stamped, "-in", token, "-token_in", "-CAfile", root, "-untrusted", issuing
    )
    kept = DocumentSecurityStore.read_dss(found.reader)
    for number, reference in enumerate(kept.ocsps):
        answer = at(f"{number}.ocsp", reference.get_object().data)
        accepted("ocsp", "-respin", answer, "-CAfile", root, "-verify_other", issuing)
    lists = at("root.crl", kept.crls[0].get_object().data)
    assert "verify OK" in accepted("crl", "-inform", "DER", "-in", lists, "-CAfile", root, "-noout")
    assert len(kept.ocsps) == 2


def test_documents_of_before_keep_verifying(
    plain: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a seal it is level B-B, as everything was before there were seals."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    former = documents.sign_pdf(plain, reason="签发电子证照", location="海口", at=SIGNED_AT)
    (tmp_path / "former.pdf").write_bytes(former)
    said = run("pdfsig", tmp_path / "former.pdf").decode()
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "/DSS" not in PdfFileReader(io.BytesIO(former)).root
