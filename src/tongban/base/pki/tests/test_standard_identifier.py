"""Whole chains as they are really signed, with SM2's standard identifier, before OpenSSL's own validator."""

from datetime import timedelta

from . import libcrypto
from .authority import AT, Authority, make_authority

DAY = timedelta(days=1)


def test_a_good_certificate_is_taken(authority: Authority):
    _, leaf = authority.issue()
    assert libcrypto.verdict(leaf, [authority.issuing], authority.root) == libcrypto.OK


def test_an_expired_certificate_is_refused(authority: Authority):
    _, leaf = authority.issue(not_before=AT - 30 * DAY, not_after=AT - DAY)
    assert libcrypto.verdict(leaf, [authority.issuing], authority.root) == libcrypto.EXPIRED


def test_a_certificate_of_tomorrow_is_refused(authority: Authority):
    _, leaf = authority.issue(not_before=AT + DAY)
    assert libcrypto.verdict(leaf, [authority.issuing], authority.root) == libcrypto.NOT_YET_VALID


def test_a_certificate_from_another_root_is_refused(authority: Authority):
    other = make_authority(authority.algorithm)
    _, leaf = other.issue()
    refused = {libcrypto.SIGNATURE_FAILURE, libcrypto.NO_ISSUER}
    assert libcrypto.verdict(leaf, [other.issuing], authority.root) in refused
    assert libcrypto.verdict(leaf, [authority.issuing], authority.root) in refused
