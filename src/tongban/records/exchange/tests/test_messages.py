"""Messages between systems (交换报文): taken in where the signature holds, and proven later as of the moment of signing."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from tests import world as worlds

from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger import queries as ledger
from tongban.base.pki import cms, keys, ocsp
from tongban.base.pki.certificates import load_certificate
from tongban.base.pki.requests import build_request
from tongban.people.certificates import actions as certificates
from tongban.people.certificates import queries as certified
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.moves import RevocationReason
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind, ProfileKind
from tongban.people.certificates.tests import service as pki
from tongban.people.signon import actions as signon
from tongban.people.signon.tests.filling import keeper
from tongban.records.exchange import actions, queries
from tongban.records.exchange.models import ExchangeMessage
from tongban.records.exchange.rules import Part
from tongban.records.exchange.tests.writing import CONTENT, openssl, writers
from tongban.records.exchange.tests.writing import certified as certify

ALGORITHMS = [Algorithm.P256, Algorithm.SM2]


@pytest.fixture(params=ALGORITHMS, ids=str)
def service(request, db) -> pki.Service:
    return pki.build(worlds.build(), request.param)


@pytest.fixture
def p256(db) -> pki.Service:
    return pki.build(worlds.build(), Algorithm.P256)


def revoke(service: pki.Service, certificate_id, at) -> None:
    certificates.revoke(
        actor=service.first,
        certificate_id=certificate_id,
        reason=RevocationReason.KEY_COMPROMISE,
        because="密钥泄露",
        at=at,
    )


@pytest.mark.parametrize("profile", [ProfileKind.SEAL, ProfileKind.SERVER])
def test_a_signed_message_reaches_its_addressee_and_nobody_else(service, profile):
    one, other = writers(service, service.algorithm, profile)
    sent = one.send(other, at=service.at)
    assert sent.number == 1
    (row,) = queries.inbox(other.actor)
    assert (row.id, row.sender, row.from_organ, row.purpose) == (
        sent.id,
        one.party.client_id,
        one.organ_code,
        "办理抵押登记",
    )
    found = queries.one(other.actor, sent.id)
    assert found.content == CONTENT
    assert found.judged.good
    assert found.judged.stamped_at == service.at
    assert queries.one(one.actor, sent.id).judged.good
    assert queries.inbox(one.actor) == []
    unread = replace(other.actor, id=keeper(service.world).id)
    with pytest.raises(NotFound):
        queries.one(unread, sent.id)


def test_what_is_sent_to_an_organ_is_read_by_its_systems_in_order(service):
    one, other = writers(service, service.algorithm)
    sent = [one.send(other.organ_code, key=f"n-{n}", at=service.later(seconds=1)) for n in range(3)]
    assert [row.number for row in queries.inbox(other.actor)] == [1, 2, 3]
    assert [row.id for row in queries.inbox(other.actor, after=2)] == [sent[2].id]
    assert [row.id for row in queries.inbox(other.actor, limit=1)] == [sent[0].id]
    blind = replace(other.actor, scopes=frozenset({"messages.send"}))
    assert queries.inbox(blind) == []


def test_sent_again_it_is_the_same_message(service):
    one, other = writers(service, service.algorithm)
    first = one.send(other, at=service.at)
    assert one.send(other, at=service.later(minutes=5)) == first
    assert ExchangeMessage.objects.count() == 1
    with pytest.raises(Conflict):
        one.send(other, b"another", at=service.at)


def test_the_ledger_keeps_digests_and_no_word_of_it(service):
    one, other = writers(service, service.algorithm)
    sent = one.send(other, at=service.at)
    (act,) = ledger.acts_of(f"message:{sent.id}")
    assert act.act == "exchange.send"
    assert act.data["content"] == sent.digest
    assert "办理抵押登记" not in str(act.data)
    kept = ExchangeMessage.objects.get()
    assert CONTENT not in bytes(kept.content)


# --- judged as of the moment of signing ----------------------------------------------------------------------------------


def test_a_certificate_that_is_revoked_afterwards_leaves_the_message_good_for_years(service):
    one, other = writers(service, service.algorithm)
    sent = one.send(other, at=service.at)
    revoke(service, one.certificate_id, service.later(days=1))
    assert queries.one(other.actor, sent.id).judged.good
    with pytest.raises(Invalid) as refused:
        one.send(other, key="later", at=service.later(minutes=1))
    assert set(refused.value.fields) == {"signature"}
    (text,) = refused.value.fields["signature"]
    assert "撤销" in str(text.params["wrong"])


def test_the_evidence_tells_of_the_stamper_too_so_that_the_stamp_can_be_judged_later(service):
    one, other = writers(service, service.algorithm)
    sent = one.send(other, at=service.at)
    kept = queries.one(other.actor, sent.id).evidence
    stamping = authorities.current(AuthorityKind.TSA, service.algorithm)
    issuing = authorities.current(AuthorityKind.ISSUING, service.algorithm)
    values = cms.load(kept).unsigned_values("1.2.840.113549.1.9.16.2.24")[0].first().first().items()
    about = [ocsp.load_answer(one.der).about(stamping.certificate, issuing.certificate) for one in values]
    assert [one.status.state for one in about if one is not None] == [ocsp.State.GOOD]


def test_a_certificate_on_hold_signs_nothing_meanwhile(service):
    one, other = writers(service, service.algorithm)
    certificates.suspend(
        actor=service.first, certificate_id=one.certificate_id, because="查看", at=service.at
    )
    with pytest.raises(Invalid):
        one.send(other, at=service.later(minutes=1))
    certificates.resume(
        actor=service.second, certificate_id=one.certificate_id, because="查过了", at=service.at
    )
    assert one.send(other, at=service.later(minutes=1)).number == 1


def test_a_certificate_that_has_run_out_signs_nothing(service):
    one, other = writers(service, service.algorithm, ProfileKind.SERVER)
    with pytest.raises(Invalid):
        one.send(other, at=service.later(days=398))


def test_another_organs_certificate_is_refused(service):
    one, other = writers(service, service.algorithm)
    stolen = replace(one, key=other.key, certificate_id=other.certificate_id)
    with pytest.raises(Forbidden) as refused:
        stolen.send(other, at=service.at)
    assert refused.value.rule == "exchange.certificate"


def test_a_server_that_only_bears_the_organs_name_is_refused(service):
    one, other = writers(service, service.algorithm)
    key = keys.generate(keys.Algorithm(service.algorithm.value))
    request = build_request([("CN", "x")], key).pem.decode()
    under = certify(
        service, service.world.organ_id, service.algorithm, request, ProfileKind.SERVER, own=False
    )
    with pytest.raises(Forbidden) as refused:
        replace(one, key=key, certificate_id=under).send(other, at=service.at)
    assert refused.value.rule == "exchange.certificate"


def test_a_persons_certificate_signs_no_message_of_an_organ(p256):
    one, other = writers(p256)
    from tongban.people.certificates.rules.profiles import Delivery

    key = keys.generate(keys.Algorithm.P256)
    request = build_request([("CN", "甲")], key).pem.decode()
    own = p256.approved(delivery=Delivery.REQUEST, request=request)
    certificates.issue_requested(actor=pki.OPERATOR, certificate_id=own, at=p256.at)
    with pytest.raises(Forbidden):
        replace(one, key=key, certificate_id=own).send(other, at=p256.at)


def test_a_certificate_from_elsewhere_is_refused(p256):
    from tongban.base.pki.keys import Algorithm as Kind
    from tongban.base.pki.tests.authority import make_authority

    one, other = writers(p256)
    key, certificate = make_authority(Kind.P256).issue()
    envelope = one.envelope(other)
    signature = cms.sign(envelope, key, [certificate], at=p256.at)
    with pytest.raises(Forbidden) as refused:
        actions.send(actor=one.actor, envelope=envelope, content=CONTENT, signature=signature, at=p256.at)
    assert refused.value.rule == "certificates.not_ours"


def test_a_message_in_the_name_of_another_system_is_refused(p256):
    one, other = writers(p256)
    with pytest.raises(Invalid):
        one.send(other, sender=other.party.client_id, at=p256.at)


def test_a_system_that_receives_nothing_is_nobody_to_write_to(p256):
    one, other = writers(p256)
    signon.suspend(actor=keeper(p256.world), system_id=other.party.id, version=2, reason="停", at=p256.at)
    with pytest.raises(Invalid) as refused:
        one.send(other, at=p256.at)
    assert set(refused.value.fields) == {"to"}


def test_only_who_was_granted_it_sends(p256):
    one, other = writers(p256)
    with pytest.raises(Forbidden):
        replace(one, actor=replace(one.actor, scopes=frozenset({"messages.receive"}))).send(other, at=p256.at)
    with pytest.raises(Forbidden):
        replace(one, actor=p256.world.editor).send(other, at=p256.at)


@pytest.mark.parametrize("signature", [b"", b"\x30\x00", b"x" * 30_000])
def test_what_is_no_signature_is_told_at_its_field(p256, signature: bytes):
    one, other = writers(p256)
    with pytest.raises(Invalid) as refused:
        actions.send(
            actor=one.actor, envelope=one.envelope(other), content=CONTENT, signature=signature, at=p256.at
        )
    assert set(refused.value.fields) == {"signature"}


def test_content_that_is_not_the_envelopes_is_refused(p256):
    one, other = writers(p256)
    envelope = one.envelope(other)
    with pytest.raises(Invalid) as refused:
        actions.send(
            actor=one.actor,
            envelope=envelope,
            content=b"x",
            signature=one.sign(envelope, p256.at),
            at=p256.at,
        )
    assert set(refused.value.fields) == {"content"}


# --- one altered bit -----------------------------------------------------------------------------------------------------


def flipped(content: bytes, place: int) -> bytes:
    changed = bytearray(content)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def test_one_altered_bit_is_named_by_its_part(service):
    one, other = writers(service, service.algorithm)
    sent = one.send(other, at=service.at)
    found = queries.one(other.actor, sent.id)
    roots, between = certified.roots(), certified.intermediates()

    def faults(envelope=found.envelope, content=found.content, evidence=found.evidence) -> set[Part]:
        return set(queries.judge(envelope, content, evidence, roots, between).faults)

    assert faults() == set()
    for place in range(0, 8 * len(CONTENT), 7):
        assert faults(content=flipped(CONTENT, place)) == {Part.CONTENT}
    for place in range(0, 8 * len(found.envelope), 61):
        assert faults(envelope=flipped(found.envelope, place)) == {Part.ENVELOPE}
    message = cms.load(found.evidence)
    pieces = {
        Part.SIGNATURE: message.signature,
        Part.CERTIFICATE: message.certificates[0],
        Part.TIME_STAMP: message.unsigned_values("1.2.840.113549.1.9.16.2.14")[0].der,
        Part.STATUS: message.unsigned_values("1.2.840.113549.1.9.16.2.24")[0].der,
    }
    for part, piece in pieces.items():
        start = 8 * found.evidence.index(piece)
        for place in range(start + 40, start + 8 * len(piece), max(1, len(piece) // 3)):
            blamed = faults(evidence=flipped(found.evidence, place))
            assert blamed, (part, place)
            assert not blamed & {Part.CONTENT}, (part, place)
            assert part in blamed or blamed & {Part.SIGNATURE, Part.CHAIN}, (part, place, blamed)


# --- the independent judge -----------------------------------------------------------------------------------------------


def test_a_message_signed_with_stock_openssl_is_taken_in_and_its_evidence_is_verified_by_it(p256, tmp_path):
    one, other = writers(p256)
    key, request = tmp_path / "key.pem", tmp_path / "request.pem"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    openssl("req", "-new", "-key", key, "-subj", "/CN=exchange", "-out", request)
    own = certify(p256, p256.world.organ_id, Algorithm.P256, request.read_text(), ProfileKind.SERVER)
    certificate = tmp_path / "own.pem"
    certificate.write_bytes(load_certificate(bytes(pki.row(own).certificate or b"")).pem)
    envelope, signed = tmp_path / "envelope.json", tmp_path / "signed.p7s"
    envelope.write_bytes(one.envelope(other))
    openssl(
        "cms", "-sign", "-binary", "-cades", "-md", "sha256", "-in", envelope, "-signer", certificate,
        "-inkey", key, "-outform", "DER", "-out", signed,
    )  # fmt: skip
    # The clock of the tests' service stands; openssl's own does not.
    at = p256.later(minutes=2)
    sent = actions.send(
        actor=one.actor, envelope=envelope.read_bytes(), content=CONTENT, signature=signed.read_bytes(), at=at
    )
    found = queries.one(other.actor, sent.id)
    assert found.judged.good
    evidence, roots = tmp_path / "evidence.p7s", tmp_path / "roots.pem"
    evidence.write_bytes(found.evidence)
    # openssl 3.0 looks for issuers in the message and in this file only.
    roots.write_bytes(b"".join(one.pem for one in (*certified.roots(), *certified.intermediates())))
    words = ["cms", "-verify", "-binary", "-cades", "-inform", "DER", "-purpose", "any", "-CAfile", roots]
    words += ["-out", tmp_path / "out"]
    openssl(*words, "-in", evidence, "-content", envelope)
    (tmp_path / "altered").write_bytes(flipped(envelope.read_bytes(), 300))
    with pytest.raises(AssertionError):
        openssl(*words, "-in", evidence, "-content", tmp_path / "altered")


# --- kept as it is -------------------------------------------------------------------------------------------------------


def test_the_database_lets_nobody_change_or_delete_a_message(p256):
    one, other = writers(p256)
    one.send(other, at=p256.at)
    for statement in ("UPDATE exchange_message SET purpose = 'x'", "DELETE FROM exchange_message"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def altered(**columns: object) -> None:
    """What somebody with the database in her hands would do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exchange_message DISABLE TRIGGER exchange_message_frozen")
    ExchangeMessage.objects.update(**columns)


def test_a_message_is_held_against_ledger_and_roots(p256):
    one, other = writers(p256)
    sent = one.send(other, at=p256.at)
    assert list(queries.against_ledger()) == []
    name = f"exchange_message({sent.id})"
    kept = ExchangeMessage.objects.get()
    for column, value, told in (
        ("purpose", "别的用途", "changed: it is not what its envelope says"),
        ("to_organ_id", p256.world.organ_id, "changed: it is not what was sent"),
        ("evidence", flipped(bytes(kept.evidence), 4000), "changed: it is not what was sent"),
        ("content", flipped(bytes(kept.content), 300), "does not hold: its content"),
    ):
        with transaction.atomic():
            altered(**{column: value})
            findings = [
                str(one.problem if hasattr(one, "problem") else one) for one in queries.against_ledger()
            ]
            assert told in findings, (column, findings)
            transaction.set_rollback(True)
    with transaction.atomic():
        altered(purpose=kept.purpose)
        ExchangeMessage.objects.all().delete()
        assert [str(one) for one in queries.against_ledger()] == [f"{name}: missing: recorded in the ledger"]
        transaction.set_rollback(True)
