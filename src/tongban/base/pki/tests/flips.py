"""Where the parts of evidence lie, found by looking for their bytes, and evidence with one bit altered."""

from tongban.base.pki import cms
from tongban.base.pki.evidence import Part

TIME_STAMP, REVOCATIONS = "1.2.840.113549.1.9.16.2.14", "1.2.840.113549.1.9.16.2.24"


def places(evidence: bytes) -> dict[Part, list[int]]:
    """Of each part but the content, the numbers of its bits."""
    message = cms.load(evidence)
    own, *above = [one for one in message.bound() if one is not None]
    attributes = message.signed_attributes[1:]
    stamp = message.unsigned_values(TIME_STAMP)[0].der
    status = message.unsigned_values(REVOCATIONS)[0].der
    found = {
        Part.SIGNATURE: [(evidence.rindex(message.signature), message.signature), (evidence.index(attributes), attributes)],
        Part.CERTIFICATE: [(evidence.index(own), own)],
        Part.CHAIN: [(evidence.index(one), one) for one in above],
        Part.STATUS: [(evidence.index(status), status)],
        Part.TIME_STAMP: [(evidence.index(stamp), stamp)],
    }  # fmt: skip
    return {
        part: [bit for start, piece in pieces for bit in range(8 * start, 8 * (start + len(piece)))]
        for part, pieces in found.items()
    }


def flipped(content: bytes, bit: int) -> bytes:
    altered = bytearray(content)
    altered[bit // 8] ^= 1 << bit % 8
    return bytes(altered)
