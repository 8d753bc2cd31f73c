"""Whose certificates these are (证书持有人查询), many at once: for whoever judges signatures years later."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from tongban.people.certificates.models import Certificate


@dataclass(frozen=True, slots=True)
class Holds:
    """Whose a certificate is (持有人): an account, a person, or neither."""

    account_id: uuid.UUID | None
    party_id: uuid.UUID | None


def holders(fingerprints: Collection[str]) -> dict[str, Holds]:
    """Whose the certificates with these SHA-256 fingerprints are (按指纹查持有人); what is none of ours is not in it. One statement."""
    rows = Certificate.objects.filter(fingerprint__in=fingerprints)
    return {
        fingerprint: Holds(account_id, party_id)
        for fingerprint, account_id, party_id in rows.values_list("fingerprint", "account_id", "party_id")
        if fingerprint is not None
    }
