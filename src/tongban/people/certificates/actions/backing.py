"""What stands beside a signature (签名旁证): its time stamp, and what was known of signer and stamper at that moment."""

from dataclasses import dataclass, field
from datetime import datetime

from tongban.base.pki import ocsp
from tongban.base.pki.certificates import Certificate as Made
from tongban.base.pki.certificates import new_serial
from tongban.base.pki.timestamps import Request, Stamper
from tongban.people.certificates.actions.publishing import parent_of, responder_of, stamper_of
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.queries import authorities, statuses
from tongban.people.certificates.queries.authorities import AuthorityView
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind


@dataclass(frozen=True, slots=True)
class Backing:
    """Backing (签名旁证) of what is signed with one certificate; it asks the database nothing more.

    ``chain``: that certificate first. ``signers``, ``stampers``: what our responder said of it, and of the stamper's; evidence carries
    both, so that the time stamp too can be judged later.
    """

    chain: tuple[Made, ...]
    signers: bytes = field(repr=False)
    stampers: bytes = field(repr=False)
    _stamper: Stamper = field(repr=False)

    def stamp(self, request: Request, at: datetime) -> bytes:
        """The time stamp (时间戳) for ``request``, RFC 3161, DER."""
        return self._stamper.stamp(request, at, new_serial())

    def status(self, certificate: Made, _issuer: Made) -> bytes | None:
        """The answer about a certificate (状态应答), RFC 6960, DER; None for those above, of which lists speak."""
        if certificate == self.chain[0]:
            return self.signers
        return self.stampers if certificate == self._stamper.chain[0] else None


def backing_of(row: Certificate, at: datetime) -> Backing:
    """The backing for signatures with a registered certificate at ``at`` (取签名旁证). Raises ValueError where none was issued for it."""
    if row.authority_id is None:
        raise ValueError("nothing was issued for this registration")
    own, issuer = authorities.made_of(row), authorities.authority(row.authority_id)
    stamping = authorities.current(AuthorityKind.TSA, Algorithm(row.algorithm))
    return Backing(
        (own, *authorities.chain_of(issuer)),
        _told(own, issuer, at),
        _told(stamping.certificate, authorities.authority(parent_of(stamping)), at),
        stamper_of(stamping),
    )


def _told(certificate: Made, issuer: AuthorityView, at: datetime) -> bytes:
    """What our responder says of a certificate, kept from before where nothing changed."""
    issuer_id, responder = responder_of(issuer.slug)
    return responder.reply(ocsp.build_request(certificate, issuer.certificate), statuses.of(issuer_id), at)
