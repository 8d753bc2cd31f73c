import base64
import json
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tongban.base.pki import certificates, ocsp, timestamps
from tongban.base.pki.evidence import make_evidence
from tongban.base.pki.keys import Algorithm
from tongban.base.pki.tests.authority import AT, RESPONDER, STAMPING, Authority, make_authority
from tongban.oversight.responsibility.rules.judging import judge_by
from tongban.oversight.responsibility.rules.messages import sign_message, verify_message
from tongban.oversight.responsibility.rules.report import Part

MESSAGE = {"to": "税务局", "case": "N1", "items": [1, 2, {"amount": 300}]}


@dataclass
class System:
    """A system with a certificate of the test's own authority (签名的系统)."""

    authority: Authority

    def sign_act(self, content, at):
        key, own = self.authority.issue(name="交换平台")
        stamping_key, stamping = self.authority.issue(STAMPING, "时间戳")
        responding_key, responding = self.authority.issue(RESPONDER, "应答")
        stamper = timestamps.Stamper(stamping_key, (stamping, self.authority.issuing), policy="1.2.3.4")
        responder = ocsp.Responder(self.authority.issuing, responding_key, responding)

        def status(certificate, issuer):
            if certificate != own:
                return None
            return responder.reply(ocsp.build_request(certificate, issuer), lambda serial: ocsp.GOOD, at)

        chain = (own, self.authority.issuing, self.authority.root)
        return make_evidence(
            content,
            key,
            chain,
            at,
            lambda request: stamper.stamp(request, at, certificates.new_serial()),
            status,
        )


@pytest.fixture(scope="module", params=[Algorithm.P256, Algorithm.SM2], ids=str)
def sent(request):
    authority = make_authority(request.param)
    return authority, sign_message(MESSAGE, System(authority), AT)


def test_a_message_says_who_signed_it_and_when_after_any_journey(sent):
    authority, envelope = sent
    found = verify_message(json.loads(json.dumps(envelope, indent=3)), judge_by([authority.root]))
    assert (found.name, dict(found.faults)) == ("交换平台", {})
    assert found.stamped_at is not None
    assert abs(found.stamped_at - AT) < timedelta(seconds=1)


def test_a_changed_message_a_changed_signature_and_a_strange_root_are_told_apart(sent):
    authority, envelope = sent
    judge = judge_by([authority.root])
    assert set(verify_message(envelope | {"message": MESSAGE | {"case": "N2"}}, judge).faults) == {
        Part.CONTENT
    }
    evidence = bytearray(base64.b64decode(envelope["signature"]))
    evidence[5] ^= 1
    broken = envelope | {"signature": base64.b64encode(bytes(evidence)).decode()}
    assert Part.SIGNATURE in verify_message(broken, judge).faults
    stranger = make_authority(authority.algorithm)
    assert Part.CHAIN in verify_message(envelope, judge_by([stranger.root])).faults


@pytest.mark.parametrize(
    "envelope",
    [
        None,
        [],
        {},
        {"format": "other", "message": {}, "signature": ""},
        {"format": "tongban-message-1", "message": {"x": 0.5}, "signature": "AAAA"},
        {"format": "tongban-message-1", "message": {}, "signature": "not base64"},
        {"format": "tongban-message-1", "message": {}, "signature": "AB=="},
        {"format": "tongban-message-1", "message": {}, "signature": 7},
        {"format": "tongban-message-1", "message": {}, "signature": "AAAA", "more": 1},
    ],
)
def test_what_is_no_envelope_is_refused_and_never_a_fault_of_ours(envelope):
    assert set(verify_message(envelope, judge_by([])).faults) == {Part.SIGNATURE}
