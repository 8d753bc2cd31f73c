"""Certificates in the states that the access matrix asks about (证书各状态)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tongban.base.ledger import actions as ledger
from tongban.people.certificates import actions
from tongban.people.certificates.tests import service as pki

if TYPE_CHECKING:
    from tests.access.things import Things


def certificate(things: "Things") -> Mapping[str, object]:
    """The applicant's certificate, registered at the owning organ's counter."""
    return {"certificate_id": things.certificates().issued(), "kind": "person"}


def requested(things: "Things") -> Mapping[str, object]:
    """Somebody else's, who has asked for one: nobody asks for two at once."""
    holder = pki.Holder("陈生", party_id=things.world.stranger.party_id)
    return {"certificate_id": things.certificates().registered(holder=holder)}


def approved(things: "Things") -> Mapping[str, object]:
    """The applicant's, to be fetched."""
    return {"certificate_id": things.certificates().approved()}


def suspended(things: "Things") -> Mapping[str, object]:
    """The applicant's older one, which she has stopped."""
    made = things.certificates()
    found = made.issued()
    actions.suspend(actor=made.holder, certificate_id=found, because="手机丢了", at=made.at)
    return {"certificate_id": found}


def ended(things: "Things") -> Mapping[str, object]:
    """The applicant's, revoked; what was done to it is sealed."""
    made = things.certificates()
    found = made.issued()
    made.revoke(found)
    ledger.seal(at=made.at)
    return {"certificate_id": found}
