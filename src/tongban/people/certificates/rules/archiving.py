"""The archive of a registration (证书登记档案): what is kept of it when it has ended, for how long, and how it is held against its ledger. Pure.

Source: 电子签名法 article 24: what concerns a certificate is kept for at least five years after it ceases to be valid. Here it is kept for good; the
archive is the copy that can be laid beside it, complete in itself.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from tongban.base.ledger.rules import Finding

FORMAT: Final = "tongban-certificate-1"
REGISTRATION, LEDGER, README = "registration.json", "ledger.json", "README.txt"
REQUEST, CERTIFICATE, CHAIN, LIST = "request.p10", "certificate.der", "chain.pem", "list.crl"
JSON_MEMBERS: Final = frozenset({REGISTRATION, LEDGER})
KEPT_YEARS: Final = 5
ENDS: Final = ("revoke", "supersede", "expire", "refuse", "withdraw", "lapse")


def wanted(name: str) -> bool:
    """Whether the content of a member is needed to check an archive (核验所需文件)."""
    return name in JSON_MEMBERS or name in (REQUEST, CERTIFICATE)


def keep_until(ended: datetime, not_after: datetime | None) -> date:
    """Until when the law wants it kept, at least (保存期限): five years from when it ceased to be valid, or from its refusal."""
    last = ended if not_after is None else min(ended, not_after)
    try:
        return last.date().replace(year=last.year + KEPT_YEARS)
    except ValueError:  # 29 February
        return date(last.year + KEPT_YEARS, 3, 1)


def check_archive(
    registration: Mapping[str, Any], acts: Sequence[Mapping[str, Any]], contents: Mapping[str, bytes | None]
) -> list[Finding]:
    """Findings between an archive and the acts in its own ledger (核验档案). ``acts``: bodies of the entries, in their order."""
    own = f"certificate:{registration.get('id')}"
    told = [act for act in acts if act.get("stream") == own]
    if not told or len(told) < len(acts):
        return [Finding(LEDGER, "is not that of this registration")]
    findings = []
    issued = next((act for act in told if act["act"] == "certificates.issue"), None)
    fingerprint = hashlib.sha256(contents[CERTIFICATE] or b"").hexdigest() if CERTIFICATE in contents else ""
    if fingerprint != (issued["data"]["fingerprint"] if issued else ""):
        findings.append(Finding(CERTIFICATE, "is not the one that was issued"))
    if registration.get("fingerprint") != fingerprint:
        findings.append(Finding(REGISTRATION, "names another certificate"))
    ended = next((act for act in reversed(told) if act["act"].removeprefix("certificates.") in ENDS), None)
    if ended is None or registration.get("ended_by") != ended["act"].removeprefix("certificates."):
        findings.append(Finding(REGISTRATION, "its end is not what the ledger says"))
    return findings


def text_of(registration: Mapping[str, Any]) -> str:
    """The registration as it is written (登记内容文本)."""
    return json.dumps(registration, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
