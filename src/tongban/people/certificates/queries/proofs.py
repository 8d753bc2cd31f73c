"""Proofs of identity as a registration kept them (身份证明查询)."""

import json

from tongban.base.crypto import decrypt
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.rules.registering import Proof, proof_of

PROOF_PURPOSE = "certificates.proof"


def proof(row: Certificate) -> Proof:
    """The proof of one registration (登记时的身份证明), opened."""
    return proof_of(json.loads(decrypt(PROOF_PURPOSE, bytes(row.proof))))
