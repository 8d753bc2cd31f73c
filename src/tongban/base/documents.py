"""Documents (电子文书): templates rendered to PDF/A-3b by typst, signed as PAdES B-LT (B-B without a certified seal), with QR codes.

Data reaches a template only as one JSON value, so nothing in it is ever read as markup.
"""

import io
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import segno
import typst
from asn1crypto import crl, ocsp, tsp, x509
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tongban.base.errors import Invalid
from tongban.standards.text import msg

from .signing import CertifiedSigner, LastingSigner, Proofs, document_signer

PDF_STANDARD: Final = "a-3b"  # ISO 19005-3: keeps readable for archives, may carry its data as an attachment
FIELD = "TongbanSignature"
UNDRAWN = re.compile(r'the text `"(.*?)"` could not be displayed')  # typst's words; it has no code for it
# The longest DER form of an ECDSA signature on P-256: two integers of 33 bytes, and their headers.
SIGNATURE_BYTES = 72


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The product's own fonts first, then the machine's, searched once per process."""
    own = Path(settings.ROOT) / "build" / "fonts"
    return typst.Fonts(
        include_system_fonts=True, include_embedded_fonts=True, font_paths=[own] if own.is_dir() else []
    )


def render(template: Path, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Render a document (生成文书): PDF/A-3b bytes of a typst ``template``, which reads only its own folder.

    ``data``: anything JSON holds; the template reads it with ``json(bytes(sys.inputs.data))``. Where it has a
    ``verify_url``, the template finds the QR code of that address as SVG text in ``sys.inputs.qr``.
    ``at``: written as the document's date; the same template, data, fonts and ``at`` give the same bytes.
    Raises :class:`Invalid` where no font here has a character of ``data``, for PDF/A allows no empty boxes, and
    typst.TypstError where the template asks for something that ``data`` does not hold.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    if "verify_url" in data:
        inputs["qr"] = qr_svg(data["verify_url"])
    compiler = typst.Compiler(
        input=template,
        root=template.parent,
        font_paths=_fonts(),
        sys_inputs=inputs,
    )
    try:
        made = compiler.compile(format="pdf", pdf_standards=PDF_STANDARD, timestamp=int(at.timestamp()))
    except typst.TypstError as problem:
        undrawn = UNDRAWN.search(problem.message)
        if undrawn is None:
            raise
        text = msg("文书中的“%(text)s”没有可用的字形，暂时无法生成。请联系技术人员补充字体。")
        raise Invalid("documents.no_glyph", text, {"text": undrawn.group(1)}) from problem
    if not isinstance(made, bytes):
        raise TypeError("a PDF comes as one piece of bytes")
    return made


def qr_svg(text: str) -> str:
    """QR code (二维码, GB/T 18284): SVG text with the quiet zone, error correction M (15 %)."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", border=4, scale=4, dark="#000000", light="#ffffff"
    )
    return drawn.getvalue().decode()


class _PlainWriter(IncrementalPdfFileWriter):
    """Adds the signature and nothing else."""

    def _update_meta(self) -> None:
        # The library would date the document by the system's clock and write its PDF/A metadata anew.
        return


class _KeeperSigner(signers.Signer):
    """Hands the bytes to sign to whoever keeps the key, so that an HSM fits in without a change here."""

    def __init__(self, keeper: CertifiedSigner) -> None:
        chain = [x509.Certificate.load(der) for der in keeper.certificates()]
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # the library left this one bare
        registry.register_multiple(chain)
        super().__init__(signing_cert=chain[0], cert_registry=registry, embed_roots=True)
        self._keeper = keeper

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Signature over ``data``; a dry run only measures the place to keep free."""
        if digest_algorithm != "sha256":
            raise ValueError(f"the document key signs SHA-256 only, not {digest_algorithm}")
        return bytes(SIGNATURE_BYTES) if dry_run else self._keeper.sign(data)


class _Stamper(TimeStamper):
    """Asks whoever stamps for us, without a network."""

    def __init__(self, keeper: LastingSigner, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library left this one bare
        self._keeper, self._at = keeper, at

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The answer to one request; one more is asked for, only to measure the place to keep free."""
        return tsp.TimeStampResp.load(self._keeper.time_stamp(req.dump(), self._at))


class _TimedSigner(signers.PdfSigner):
    """Signs at a given time instead of reading the system's clock."""

    def __init__(
        self,
        metadata: signers.PdfSignatureMetadata,
        keeper: CertifiedSigner,
        at: datetime,
        stamper: TimeStamper | None,
    ) -> None:
        super().__init__(metadata, signer=_KeeperSigner(keeper), timestamper=stamper)
        self._at = at

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        """The library's session, with our time in it."""
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self._at
        return session


def sign_pdf(
    pdf: bytes, *, reason: str, location: str, at: datetime, seal: LastingSigner | None = None
) -> bytes:
    """Sign a PDF (电子签章): ETSI EN 319 142-1 PAdES over the whole document, chain embedded, no visible field.

    With ``seal`` it is level B-LT: a time stamp over the signature (RFC 3161), and in the document security store (DSS) the proofs to judge
    both by. Without one it is level B-B, by the installation's own key. ``reason`` and ``location`` are shown by readers; ``at`` (with time zone)
    is the claimed time of signing. The original bytes stay in front of the signature unchanged. Not to be called from within an event loop.
    """
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        location=location,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    writer = _PlainWriter(io.BytesIO(pdf))
    stamper = None
    if seal is not None:
        # Known beforehand, so they go into the revision that is signed: what readers show stays signed to its last byte.
        _add_proofs(writer, seal.proofs())
        stamper = _Stamper(seal, at)
    signer = _TimedSigner(metadata, document_signer() if seal is None else seal, at, stamper)
    signed: io.BytesIO = signer.sign_pdf(writer)
    return signed.getvalue()


def _add_proofs(writer: _PlainWriter, proofs: Proofs) -> None:
    """The document security store (DSS, ISO 32000-2, 12.8.4.3)."""
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(one) for one in proofs.certificates],
        ocsps=[ocsp.OCSPResponse.load(one) for one in proofs.answers],
        crls=[crl.CertificateList.load(one) for one in proofs.lists],
    )
