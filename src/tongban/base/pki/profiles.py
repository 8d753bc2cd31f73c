"""Profiles (证书模板): what a kind of certificate may be used for, how long, and how it says so.

Source: RFC 5280, 4.2. A profile is data; which profiles there are is decided by whoever issues.
"""

from dataclasses import dataclass
from typing import Final

from . import der

# Bits of keyUsage (RFC 5280, 4.2.1.3).
KEY_USAGES: Final = {
    "digital_signature": 0,
    "content_commitment": 1,
    "key_encipherment": 2,
    "data_encipherment": 3,
    "key_agreement": 4,
    "key_cert_sign": 5,
    "crl_sign": 6,
}
# Purposes of extKeyUsage (RFC 5280, 4.2.1.12; RFC 9336).
PURPOSES: Final = {
    "server_auth": "1.3.6.1.5.5.7.3.1",
    "client_auth": "1.3.6.1.5.5.7.3.2",
    "email_protection": "1.3.6.1.5.5.7.3.4",
    "time_stamping": "1.3.6.1.5.5.7.3.8",
    "ocsp_signing": "1.3.6.1.5.5.7.3.9",
    "document_signing": "1.3.6.1.5.5.7.3.36",
}

BASIC_CONSTRAINTS: Final = "2.5.29.19"
KEY_USAGE: Final = "2.5.29.15"
EXTENDED_KEY_USAGE: Final = "2.5.29.37"
SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"
AUTHORITY_KEY_IDENTIFIER: Final = "2.5.29.35"
SUBJECT_ALTERNATIVE_NAME: Final = "2.5.29.17"
CERTIFICATE_POLICIES: Final = "2.5.29.32"
CRL_DISTRIBUTION_POINTS: Final = "2.5.29.31"
AUTHORITY_INFORMATION: Final = "1.3.6.1.5.5.7.1.1"
OCSP_NO_CHECK: Final = "1.3.6.1.5.5.7.48.1.5"
ACCESS_OCSP, ACCESS_ISSUERS = "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"


@dataclass(frozen=True, slots=True)
class Profile:
    """Profile (证书模板): ``key_usage`` and ``purposes`` by the names above (purposes also as numbers with dots).

    ``critical_purposes``: whoever does not know the purposes must refuse, as time stamping demands (RFC 3161, 2.3). ``path_length``: how many
    authorities may stand below (None: any number). ``no_check``: nobody asks whether a responder's own certificate is revoked (RFC 6960,
    4.2.2.2.1). Addresses are those under which CRL, OCSP and the issuer's certificate are found.
    """

    name: str
    days: int
    key_usage: frozenset[str]
    purposes: tuple[str, ...] = ()
    critical_purposes: bool = False
    ca: bool = False
    path_length: int | None = None
    policies: tuple[str, ...] = ()
    crl_address: str | None = None
    ocsp_address: str | None = None
    issuer_address: str | None = None
    no_check: bool = False


def extension(dotted: str, content: bytes, *, critical: bool = False) -> bytes:
    """One extension (扩展项), DER; ``content`` is the value's DER."""
    return der.sequence(der.oid(dotted), *([der.boolean(True)] if critical else []), der.octets(content))


def extensions_of(profile: Profile) -> list[bytes]:
    """The extensions that a profile asks for (模板扩展项), those that depend on keys and subject left out."""
    limit = [der.integer(profile.path_length)] if profile.ca and profile.path_length is not None else []
    constraints = der.sequence(*([der.boolean(True)] if profile.ca else []), *limit)
    usage = der.named_bits(KEY_USAGES[name] for name in profile.key_usage)
    found = [
        extension(BASIC_CONSTRAINTS, constraints, critical=True),
        extension(KEY_USAGE, usage, critical=True),
    ]
    if profile.purposes:
        purposes = der.sequence(*(der.oid(PURPOSES.get(name, name)) for name in profile.purposes))
        found.append(extension(EXTENDED_KEY_USAGE, purposes, critical=profile.critical_purposes))
    if profile.policies:
        policies = der.sequence(*(der.sequence(der.oid(dotted)) for dotted in profile.policies))
        found.append(extension(CERTIFICATE_POLICIES, policies))
    if profile.crl_address:
        full_name = der.explicit(0, der.explicit(0, _address(profile.crl_address)))
        found.append(extension(CRL_DISTRIBUTION_POINTS, der.sequence(der.sequence(full_name))))
    access = ((ACCESS_OCSP, profile.ocsp_address), (ACCESS_ISSUERS, profile.issuer_address))
    if any(address for _, address in access):
        told = (der.sequence(der.oid(how), _address(address)) for how, address in access if address)
        found.append(extension(AUTHORITY_INFORMATION, der.sequence(*told)))
    if profile.no_check:
        found.append(extension(OCSP_NO_CHECK, der.null()))
    return found


def _address(address: str) -> bytes:
    """GeneralName of an address."""
    return der.implicit(6, address.encode("ascii"))
