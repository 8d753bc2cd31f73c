"""Must show: a decision whose text, signature, certificate or time stamp is altered by one bit fails verification and says which.

Over rows of the database, past every trigger, as somebody with its keys could do it; and over the archive, made up anew around the altered
piece with a manifest that the forger signs himself. Each for P-256 and for SM2, by the platform's own certificate service.
"""

import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction
from tests import signed
from tests.signed import AT
from tests.signed import Signing as World

from tongban import verify
from tongban.base.archives import MANIFEST, Signing, pack, text
from tongban.base.db import execute, fetch_one
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules.receipts import key_id_of
from tongban.base.pki.evidence import Part as Piece
from tongban.base.pki.tests.flips import flipped, places
from tongban.oversight.responsibility import actions, queries
from tongban.oversight.responsibility.rules.report import Part
from tongban.people.certificates.rules.profiles import Algorithm
from tongban.work.cases.actions import Ref

GRANT = "cases.grant"
SCRIPT = Path(__file__).parents[1] / "scripts" / "verify_responsibility.sh"
PIECES = [one for one in Piece if one is not Piece.CONTENT]


@pytest.fixture(scope="module", params=[Algorithm.P256, Algorithm.SM2], ids=str)
def made(request, django_db_setup, django_db_blocker) -> Iterator[tuple[World, Ref, bytes]]:
    """A signed, closed, sealed case of each algorithm and its archive; the database forgets it afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = signed.build(request.param)
        case = signed.closed(world)
        taken = actions.take_archive(actor=world.world.applicant, case_id=case.id, at=AT)
        yield world, case, b"".join(taken.chunks)
        transaction.set_rollback(True)


def wrong(world: World, case: Ref) -> set[tuple[str, Part]]:
    report = queries.report_of(world.world.supervisor, case.id, at=AT).report
    return {(line.act, one.part) for line in report.lines for one in line.broken}


def tamper(statement: str, *params: object) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("ledger_entry", "ledger_evidence", "certificate"):
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    assert execute(statement, params) == 1


def of_grant(case: Ref) -> tuple[int, str, bytes]:
    """(seq, body, evidence) of the decision."""
    row = fetch_one(
        "SELECT seq, body, evidence FROM ledger_evidence JOIN ledger_entry USING (stream, seq) WHERE stream = %s AND body LIKE %s",
        [f"case:{case.id}", f'%"act":"{GRANT}"%'],
    )
    assert row is not None
    return row[0], row[1], bytes(row[2])


def spread(bits: list[int], count: int) -> list[int]:
    """Some bits from all over a piece, the first and the last among them (均匀取位)."""
    return [bits[round(n * (len(bits) - 1) / (count - 1))] for n in range(count)]


def test_every_step_by_a_person_is_signed_and_holds(made, db):
    world, case, _ = made
    report = queries.report_of(world.world.applicant, case.id, at=AT).report
    assert wrong(world, case) == set()
    by_people = [line for line in report.lines if line.kind != "system"]
    assert all(line.signed for line in by_people)
    assert [line.signed.name for line in by_people if line.act == GRANT] == ["决定人老吴"]
    assert list(ledger.verify()) == []
    assert list(queries.against_ledger()) == []


def test_one_bit_of_the_decisions_stored_text_is_named_as_the_text(made, db):
    world, case, _ = made
    where = "WHERE case_id = %s AND verb = 'grant'"
    row = fetch_one(f"SELECT body::text FROM case_document {where}", [case.id])
    assert row is not None
    letters = [place for place, letter in enumerate(row[0].encode()) if chr(letter).isalnum()]
    body = flipped(row[0].encode(), 8 * letters[len(letters) // 2]).decode()
    tamper(f"UPDATE case_document SET body = %s::jsonb {where}", body, case.id)
    assert wrong(world, case) == {(GRANT, Part.TEXT)}


@pytest.mark.parametrize("piece", PIECES, ids=str)
def test_one_bit_of_any_piece_of_the_evidence_is_named_as_that_piece(made, db, piece):
    world, case, _ = made
    seq, _, evidence = of_grant(case)
    for bit in spread(places(evidence)[piece], 6):
        with transaction.atomic():
            tamper(
                "UPDATE ledger_evidence SET evidence = %s WHERE stream = %s AND seq = %s",
                flipped(evidence, bit),
                f"case:{case.id}",
                seq,
            )
            assert wrong(world, case) == {(GRANT, Part(piece.value))}, bit
            assert {finding.row for finding in ledger.verify()} == {f"ledger_evidence(case:{case.id}, {seq})"}
            transaction.set_rollback(True)


def test_one_bit_of_what_was_signed_is_named_as_entry_and_content(made, db):
    world, case, _ = made
    seq, body, _ = of_grant(case)
    place = body.encode().index(b'"number":"') + len('"number":"') + 3
    altered = flipped(body.encode(), 8 * place).decode()
    tamper(
        "UPDATE ledger_entry SET body = %s WHERE stream = %s AND seq = %s", altered, f"case:{case.id}", seq
    )
    assert wrong(world, case) == {(GRANT, Part.LEDGER), (GRANT, Part.CONTENT)}


def test_the_certificate_of_a_colleague_under_an_act_is_named_as_the_holder(made, db):
    world, case, _ = made
    lines = queries.report_of(world.world.supervisor, case.id, at=AT).report.lines
    grant = next(line for line in lines if line.act == GRANT)
    tamper(
        "UPDATE certificate SET account_id = %s WHERE fingerprint = %s",
        world.world.head.id,
        grant.signed.fingerprint,
    )
    assert wrong(world, case) == {(GRANT, Part.HOLDER)}
    named = [(finding.row, finding.problem) for finding in queries.against_ledger()]
    assert named == [(f"ledger_evidence(case:{case.id}, {grant.seq})", "does not hold: its holder")]


class Forger:
    """Makes an archive up anew, with a manifest of his own (伪造者)."""

    def __init__(self, archive: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            self.files = {name: opened.read(name) for name in opened.namelist()}
        self.manifest = json.loads(self.files.pop(MANIFEST))
        self.key = Ed25519PrivateKey.generate()

    def act(self, name: str) -> dict[str, str]:
        acts: list[dict[str, str]] = json.loads(self.files["report.json"])["acts"]
        return next(one for one in acts if one["act"] == name)

    def write(self, path: Path) -> Path:
        pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        facts = {name: self.manifest[name] for name in ("format", "case", "at")}
        members = [text(name, content) for name, content in self.files.items()]
        path.write_bytes(b"".join(pack(members, facts, signer=Signing(key_id_of(pem), pem, self.key.sign))))
        return path


def said(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = verify.run(path)
    told = capsys.readouterr()
    return code, told.out + told.err


def test_an_archive_that_nobody_altered_holds_even_under_another_manifest(made, tmp_path, capsys):
    code, told = said(Forger(made[2]).write(tmp_path / "a.zip"), capsys)
    assert code == 0, told
    assert "signed acts: 5 of 9" in told


@pytest.mark.parametrize("piece", PIECES, ids=str)
def test_one_bit_of_any_piece_of_the_evidence_in_the_archive_is_named(made, tmp_path, capsys, piece):
    forger = Forger(made[2])
    name = f"signatures/{forger.act(GRANT)['signature']}.p7s"
    evidence = forger.files[name]
    for bit in spread(places(evidence)[piece], 4):
        forger.files[name] = flipped(evidence, bit)
        code, told = said(forger.write(tmp_path / "a.zip"), capsys)
        assert code == 1
        assert told.startswith(f"act 5 ({GRANT}), {piece.value}:"), (bit, told)


def test_one_bit_of_the_text_or_of_what_was_signed_in_the_archive_is_named(made, tmp_path, capsys):
    grant = Forger(made[2]).act(GRANT)
    pieces = {f"texts/{grant['document']}.json": "text", f"signatures/{grant['signature']}.json": "content"}
    for name, part in pieces.items():
        forger = Forger(made[2])
        forger.files[name] = flipped(forger.files[name], 8 * (len(forger.files[name]) // 2))
        code, told = said(forger.write(tmp_path / "a.zip"), capsys)
        assert code == 1
        assert f"act 5 ({GRANT}), {part}:" in told, told


@pytest.mark.parametrize(
    ("name", "old", "new", "named"),
    [
        ("report.json", "决定人老吴", "审查员老符", "who: is not what the ledger tells"),
        ("report.json", '"stamped_at": "2026', '"stamped_at": "2025', "stamped_at: is not the time"),
        ("report.json", '"text": "', '"text": "0', "text: is not a digest"),
        ("ledger.json", "cases.grant", "cases.granu", "entry 5, body or previous"),
    ],
)
def test_a_lie_in_the_report_or_the_ledger_of_the_archive_is_named(
    made, tmp_path, capsys, name, old, new, named
):
    forger = Forger(made[2])
    forger.files[name] = forger.files[name].decode().replace(old, new).encode()
    code, told = said(forger.write(tmp_path / "a.zip"), capsys)
    assert (code, named in told) == (1, True), told


def test_evidence_that_was_taken_out_or_put_in_is_named(made, tmp_path, capsys):
    forger = Forger(made[2])
    del forger.files[f"signatures/{forger.act(GRANT)['signature']}.p7s"]
    assert f"act 5 ({GRANT}), signature: missing" in said(forger.write(tmp_path / "a.zip"), capsys)[1]
    forger = Forger(made[2])
    forger.files["signatures/more.p7s"] = b"x"
    assert "signatures/more.p7s: is in the archive" in said(forger.write(tmp_path / "a.zip"), capsys)[1]


def test_by_a_root_from_elsewhere_that_issued_nothing_here_the_chain_is_refused(made, tmp_path, capsys):
    key, root = tmp_path / "key.pem", tmp_path / "root.pem"
    made_up = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run(
        [*made_up, "-subj", "/CN=x", "-keyout", key, "-out", root], check=True, capture_output=True
    )
    path = Forger(made[2]).write(tmp_path / "a.zip")
    assert verify.run(path, root_files=[root]) == 1
    assert f"act 5 ({GRANT}), chain:" in capsys.readouterr().out


def test_openssl_alone_accepts_the_archive_and_names_what_was_altered(made, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(made[2])
    accepted = subprocess.run(["bash", SCRIPT, path], capture_output=True, text=True, check=False)
    assert (accepted.returncode, accepted.stdout.splitlines()[-1]) == (0, "ok"), accepted.stderr
    forger = Forger(made[2])
    grant = forger.act(GRANT)
    name = f"signatures/{grant['signature']}.p7s"
    evidence = forger.files[name]
    for piece in (Piece.SIGNATURE, Piece.CERTIFICATE):
        forger.files[name] = flipped(evidence, places(evidence)[piece][-1])
        told = subprocess.run(
            ["bash", SCRIPT, forger.write(path)], capture_output=True, text=True, check=False
        )
        assert told.returncode == 1
        assert f"act 5 ({GRANT}), signature" in told.stderr
    forger.files[name] = evidence
    words = f"texts/{grant['document']}.json"
    forger.files[words] = flipped(forger.files[words], 8)
    told = subprocess.run(["bash", SCRIPT, forger.write(path)], capture_output=True, text=True, check=False)
    assert f"act 5 ({GRANT}), text" in told.stderr


def test_one_signature_alone_is_handed_out_with_exactly_what_was_signed(made, db):
    _, case, _ = made
    seq, body, evidence = of_grant(case)
    found = ledger.signed_act(f"case:{case.id}", seq)
    assert found is not None
    assert found[1] == evidence
    assert json.loads(found[0]) == {
        name: value for name, value in json.loads(body).items() if name != "signature"
    }
    act = next(one for one in ledger.acts_of(f"case:{case.id}") if one.seq == seq)
    assert act.signature == hashlib.sha256(evidence).hexdigest()
