"""Whose signatures these are, and by which roots they are judged (签名核验所需)."""

from collections.abc import Collection
from hashlib import sha256

from tongban.base.pki import cms
from tongban.base.pki.der import Malformed
from tongban.oversight.responsibility.rules.judging import judge_by
from tongban.oversight.responsibility.rules.report import Judge
from tongban.people.certificates import queries as certificates
from tongban.people.identity import queries as identity


def judge() -> Judge:
    """A judge by all roots that the certificate service ever had (核验者). One statement."""
    return judge_by(certificates.roots())


def roots() -> dict[str, bytes]:
    """The root certificates as files (根证书文件), PEM, by name. One statement."""
    return {f"root-{n}.pem": found.pem for n, found in enumerate(certificates.roots(), 1)}


def holders_of(evidences: Collection[bytes]) -> dict[str, frozenset[str]]:
    """The accounts of whom each certificate is (证书持有账号), by its fingerprint, as registered. Two statements."""
    found = certificates.holders({one for evidence in evidences for one in _fingerprints(evidence)})
    parties = {holder.party_id for holder in found.values() if holder.party_id is not None}
    accounts = identity.accounts_of(parties)
    return {
        fingerprint: frozenset(
            str(account)
            for account in (holder.account_id, accounts.get(holder.party_id) if holder.party_id else None)
            if account is not None
        )
        for fingerprint, holder in found.items()
    }


def _fingerprints(evidence: bytes) -> set[str]:
    """The fingerprints of all certificates in some evidence (证书指纹); none where it cannot be read. Authorities have no holder here."""
    try:
        return {sha256(one).hexdigest() for one in cms.load(evidence).certificates}
    except Malformed:
        return set()
