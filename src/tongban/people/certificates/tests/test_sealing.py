"""Seals of organs: whose seal signs, when it must not, what its documents carry; authorities revoked, and what is said of stampers."""

import logging
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from tests import world as worlds

from tongban.base.actor import Actor
from tongban.base.documents import render, sign_pdf
from tongban.base.errors import Conflict, Forbidden, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.base.pki import cms, evidence, ocsp
from tongban.base.pki.evidence import Fault, Part, Wrong
from tongban.base.pki.revocation import Reason, load_crl
from tongban.base.pki.tests import softhsm
from tongban.base.pki.tests.judge import file, refused
from tongban.base.tests.sealing import as_of_its_stamp, signature_of
from tongban.base.tests.test_documents import LICENCE, licence_data
from tongban.people.certificates import actions, queries
from tongban.people.certificates.actions import authority_keys, publishing, unlocking
from tongban.people.certificates.models import Authority
from tongban.people.certificates.queries import authorities, statuses
from tongban.people.certificates.rules.moves import RevocationReason
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import OPERATOR, PIN, Service, row
from tongban.people.parties import queries as parties

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The library that judges tells each refusal to the log as well, with its whole stack."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("pyhanko").setLevel(logging.NOTSET)


@pytest.fixture
def service(settings, tmp_path) -> Service:
    settings.HOME = tmp_path
    return services.build(worlds.build(), at=services.NOW - timedelta(hours=1))


def document(service: Service, organ_id: uuid.UUID | None = None) -> bytes:
    plain = render(LICENCE, licence_data(), at=service.at)
    with transaction.atomic():
        seal = actions.sealer(organ_id or service.world.organ_id, at=service.at)
        return sign_pdf(plain, reason="签发电子证照", location="海口", at=service.at, seal=seal)


def root() -> bytes:
    return queries.roots()[0].der


def end(service: Service, certificate_id: uuid.UUID) -> None:
    actions.revoke(
        actor=service.first,
        certificate_id=certificate_id,
        reason=RevocationReason.KEY_COMPROMISE,
        because="印章密钥可能泄露",
        at=service.at,
    )


# ── whose seal ──


def test_a_document_is_sealed_by_its_organ_and_judged_by_the_root_alone(service: Service) -> None:
    held = service.sealed()
    signed = document(service)
    said = as_of_its_stamp(signed, root())
    assert said.bottom_line, said.pretty_print_details()
    assert signature_of(signed).signer_cert.dump() == bytes(row(held).certificate or b"")
    assert said.timestamp_validity is not None
    assert said.timestamp_validity.timestamp == service.at


def test_an_organ_without_a_seal_signs_with_the_key_of_the_installation(service: Service) -> None:
    service.sealed()
    assert actions.sealer(service.world.other_organ_id, at=service.at) is None


def test_the_organ_that_stands_in_seals_for_those_without_one(service: Service, settings) -> None:
    settings.SEAL_ORGAN = parties.organ(service.world.provincial_id).credit_code
    standing = service.sealed(service.world.provincial_id)
    own = service.sealed()
    found = actions.sealer(service.world.other_organ_id, at=service.at)
    assert found is not None
    assert found.certificate_id == standing
    found = actions.sealer(service.world.organ_id, at=service.at)
    assert found is not None
    assert found.certificate_id == own


def test_a_seal_whose_key_the_organ_keeps_itself_is_none_of_ours(service: Service) -> None:
    held = service.sealed()
    (name,) = authority_keys.folder().glob("seal-*.pem")
    name.unlink()
    assert actions.sealer(service.world.organ_id, at=service.at) is None
    assert row(held).state == "issued"


def test_what_is_dated_before_the_seal_is_not_sealed_by_it(service: Service) -> None:
    service.sealed()
    assert actions.sealer(service.world.organ_id, at=service.at - timedelta(days=1)) is None


def test_only_the_operator_makes_the_key_of_a_seal_and_it_is_recorded(service: Service) -> None:
    for who in (service.first, service.holder):
        with pytest.raises(Forbidden):
            actions.make_seal_key(actor=who, organ_id=service.world.organ_id, at=service.at)
    assert not list(authority_keys.folder().glob("seal-*.pem"))
    service.sealed()
    issuing = authorities.current(AuthorityKind.ISSUING, Algorithm.P256)
    (made,) = [one for one in acts_of(f"authority:{issuing.id}") if one.act == "certificates.make_seal_key"]
    assert made.data["organ"] == str(service.world.organ_id)
    assert made.data["place"] == "local"


# ── when it must not be used ──


def test_a_document_sealed_before_the_revocation_stays_good(service: Service) -> None:
    held = service.sealed()
    signed = document(service)
    service.later(minutes=1)
    end(service, held)
    issuing = authorities.current(AuthorityKind.ISSUING, Algorithm.P256)
    told = publishing.answer_about(authorities.made_of(row(held)), issuing, service.later(minutes=1))
    said = ocsp.load_response(told)
    assert isinstance(said, ocsp.Answer)
    assert said.singles[0].status.state is ocsp.State.REVOKED
    assert as_of_its_stamp(signed, root(), later=[told]).bottom_line


@pytest.mark.parametrize("how", ["suspended", "revoked", "over"])
def test_a_seal_that_is_not_in_force_seals_nothing_and_nothing_takes_its_place(
    how: str, service: Service, settings
) -> None:
    settings.SEAL_ORGAN = parties.organ(service.world.provincial_id).credit_code
    service.sealed(service.world.provincial_id)
    held = service.sealed()
    if how == "suspended":
        actions.suspend(actor=service.first, certificate_id=held, because="盘点", at=service.at)
    elif how == "revoked":
        end(service, held)
    else:
        service.later(days=5 * 365 + 1)
    with pytest.raises(Conflict) as refusal:
        document(service)
    assert refusal.value.rule == "certificates.seal_not_in_force"


def test_a_stamper_that_has_run_out_stops_the_sealing(service: Service) -> None:
    """A stamp that no judge takes is worse than none."""
    service.later(days=11 * 365 - 365)
    service.sealed()
    service.later(days=366)
    with pytest.raises(Conflict) as refusal:
        document(service)
    assert refusal.value.rule == "certificates.authority_over"


def test_after_a_new_seal_documents_are_sealed_again(service: Service) -> None:
    end(service, service.sealed())
    service.later(minutes=1)
    fresh = service.sealed()
    signed = document(service)
    assert signature_of(signed).signer_cert.dump() == bytes(row(fresh).certificate or b"")


# ── in a token ──


def test_the_key_of_a_seal_may_live_in_the_token(service: Service, settings, tmp_path) -> None:
    softhsm.prepare()
    settings.TOKEN_LIBRARY, settings.TOKEN_LABEL = softhsm.SOFTHSM, softhsm.SERVICE
    settings.TOKEN_PIN_FILE = softhsm.pin_file()
    held = service.sealed(in_token=True)
    assert not list(authority_keys.folder().glob("seal-*.pem"))
    signed = document(service)
    assert signature_of(signed).signer_cert.dump() == bytes(row(held).certificate or b"")
    assert as_of_its_stamp(signed, root()).bottom_line


# ── authorities revoked ──


def test_a_revoked_stamper_is_named_by_list_and_answer_and_openssl_says_so(
    service: Service, tmp_path
) -> None:
    stamping = authorities.current(AuthorityKind.TSA, Algorithm.P256)
    issuing = authorities.current(AuthorityKind.ISSUING, Algorithm.P256)
    assert statuses.of(issuing.id)(stamping.certificate.serial).state is ocsp.State.GOOD
    actions.revoke_authority(
        actor=OPERATOR, slug=stamping.slug, reason=RevocationReason.KEY_COMPROMISE, at=service.at, witnesses=("甲", "乙")
    )  # fmt: skip
    told = statuses.of(issuing.id)(stamping.certificate.serial)
    assert (told.state, told.at, told.reason) == (ocsp.State.REVOKED, service.at, Reason.KEY_COMPROMISE)
    latest = authorities.latest_list(issuing.id)
    assert latest is not None
    assert load_crl(latest.der).find(stamping.certificate.serial) is not None
    chain = [file(tmp_path, f"{n}.pem", one.pem) for n, one in enumerate(authorities.chain_of(stamping))]
    given = file(tmp_path, "list.crl", latest.der)
    words = ("verify", "-crl_check", "-CRLfile", given, "-CAfile", chain[2], "-untrusted", chain[1])
    assert "certificate revoked" in refused(*words, chain[0])
    with pytest.raises(Conflict):
        authorities.current(AuthorityKind.TSA, Algorithm.P256)
    assert not list(queries.against_ledger())


def test_who_may_revoke_an_authority_and_which(service: Service) -> None:
    def revoke(slug: str, actor: Actor = OPERATOR) -> None:
        actions.revoke_authority(actor=actor, slug=slug, reason=RevocationReason.CESSATION, at=service.at)

    with pytest.raises(Forbidden):
        revoke("tsa-p256-1", service.first)
    with pytest.raises(NotFound):
        revoke("tsa-p256-9")
    with pytest.raises(Conflict) as refusal:
        revoke("root-p256-1")
    assert refusal.value.rule == "certificates.root_revoked"
    revoke("tsa-p256-1")
    with pytest.raises(Conflict) as refusal:
        revoke("tsa-p256-1")
    assert refusal.value.rule == "certificates.authority_revoked"
    with pytest.raises(ProgrammingError, match="revoked for good"), transaction.atomic():
        Authority.objects.filter(slug="tsa-p256-1").update(revoked_at=None, revoked_because="")


def test_a_revocation_of_an_authority_that_nobody_recorded_is_found(service: Service) -> None:
    Authority.objects.filter(slug="tsa-p256-1").update(
        revoked_at=service.at, revoked_because="cessation", retired_at=service.at
    )
    assert [found.problem for found in queries.against_ledger()] == [
        "changed: its end is not what the ledger says"
    ]


# ── the stamper's status in evidence ──


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_signed_act_keeps_the_status_of_its_stamper(algorithm: Algorithm, settings, tmp_path) -> None:
    settings.HOME = tmp_path
    service = services.build(worlds.build(), algorithm, at=services.NOW - timedelta(hours=1))
    held = service.issued(algorithm=algorithm)
    signer = actions.unlock(actor=service.holder, certificate_id=held, pin=PIN, at=service.at)
    made = signer.sign_act("准予许可".encode(), service.at)
    verdict = evidence.verify_evidence(made, "准予许可".encode(), queries.roots())
    assert verdict.good
    stamping = authorities.current(AuthorityKind.TSA, algorithm)
    issuing = authorities.current(AuthorityKind.ISSUING, algorithm)
    values = cms.load(made).unsigned_values("1.2.840.113549.1.9.16.2.24")[0].first().first().items()
    about = [ocsp.load_answer(one.der).about(stamping.certificate, issuing.certificate) for one in values]
    assert [one.status.state for one in about if one is not None] == [ocsp.State.GOOD]


def test_a_stamp_of_a_stamper_that_was_revoked_before_is_found_wrong(service: Service) -> None:
    """The responder goes on to tell the truth: what a stolen stamper stamps afterwards convinces nobody."""
    held = service.issued()
    stamping = authorities.current(AuthorityKind.TSA, Algorithm.P256)
    by = publishing.stamper_of(stamping)
    issuing = authorities.current(AuthorityKind.ISSUING, Algorithm.P256)
    actions.revoke_authority(
        actor=OPERATOR, slug=stamping.slug, reason=RevocationReason.KEY_COMPROMISE, at=service.at
    )
    service.later(minutes=5)
    own = authorities.made_of(row(held))
    key = unlocking._opened(held, PIN, service.at)
    made = evidence.make_evidence(
        b"x",
        key,
        (own, *authorities.chain_of(issuing)),
        service.at,
        lambda request: by.stamp(request, service.at, 7),
        lambda one, above: (
            publishing.answer_about(one, issuing, service.at) if above == issuing.certificate else None
        ),
    )
    verdict = evidence.verify_evidence(made, b"x", queries.roots())
    assert Fault(Part.TIME_STAMP, Wrong.REVOKED) in verdict.faults


# ── at the same moment ──


@pytest.mark.django_db(transaction=True)
def test_a_revocation_waits_for_what_is_being_sealed_and_comes_after_it(service: Service) -> None:
    held = service.sealed()
    done: list[str] = []

    def revoking() -> None:
        try:
            end(service, held)
            done.append("revoked")
        finally:
            connection.close()

    with transaction.atomic():
        assert actions.sealer(service.world.organ_id, at=service.at) is not None
        other = threading.Thread(target=revoking)
        other.start()
        other.join(timeout=1)
        assert other.is_alive()  # it waits for our share of the lock
        done.append("sealed")
    other.join(timeout=20)
    assert done == ["sealed", "revoked"]
    with pytest.raises(Conflict):
        actions.sealer(service.world.organ_id, at=service.at)
