"""The export of a case is complete, verifies on a machine of its own, and one altered byte anywhere is found and named (办件导出)."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction
from tests import world as worlds

from tongban import verify
from tongban.base.actor import PUBLIC
from tongban.base.errors import Conflict, NotFound
from tongban.base.ledger import actions as ledger_actions
from tongban.base.ledger import queries as ledger
from tongban.work.cases import actions, jobs
from tongban.work.cases.rules.exported import check_export

AT = worlds.AT


@pytest.fixture(scope="module")
def taken(django_db_setup, django_db_blocker, tmp_path_factory):
    """A closed case as its applicant took it, with the key from elsewhere; made once, the database forgets it."""
    folder = tmp_path_factory.mktemp("export")
    with django_db_blocker.unblock(), transaction.atomic():
        world = worlds.build()
        case = worlds.closed(world)
        jobs.make_document(1, str(case.id), case.number)
        ledger_actions.seal(at=AT)
        made = actions.export(actor=world.applicant, case_id=case.id, at=AT)
        path = folder / made.file_name
        path.write_bytes(b"".join(made.chunks))
        key = folder / "office.pem"
        current, keys = ledger.sealing_keys()
        key.write_text(keys[current])
        transaction.set_rollback(True)
    return path, key


def said(path: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = verify.run(path, [key])
    told = capsys.readouterr()
    return code, told.out + told.err


def test_an_export_holds_everything_and_any_program_opens_it(taken):
    with zipfile.ZipFile(taken[0]) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        told = json.loads(archive.read("case.json"))
        for paper in (*told["attachments"], *told["documents"], *told["licences"]):
            if paper["file"]:
                digest = paper.get("digest") or hashlib.sha256(archive.read(paper["file"])).hexdigest()
                assert hashlib.sha256(archive.read(paper["file"])).hexdigest() == digest
    assert names[:4] == ["README.txt", "case.json", "clock.json", "ledger.json"]
    assert names[-1] == "manifest.json"
    assert {a["label"]: a["shown"] for a in told["answers"]}["店名"] == "阿秀理发店"
    assert [d["verb"] for d in told["documents"] if d["file"]] == ["accept", "grant"]
    assert len(told["licences"]) == 1
    assert told["edition"]["body"]["name"] == "公共场所卫生许可（新办）"


def test_an_export_verifies_without_database_settings_or_home(taken):
    code = "import sys; from tongban.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "verify", str(taken[0]), "--key", str(taken[1])],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(verify.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok: case" in done.stdout
    assert "cases.file_document" in done.stdout


def test_one_altered_byte_anywhere_is_found_and_named(taken, tmp_path, capsys):
    path, key = taken
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        starts = [info.header_offset for info in archive.infolist()]
        places = [at + n for at in starts for n in range(45)]
        table = archive.start_dir
    places += [*range(table, len(whole)), *range(7, len(whole), len(whole) // 250)]
    changed = tmp_path / "changed.zip"
    for place in places[:: max(1, len(places) // 700)]:
        altered = bytearray(whole)
        altered[place] ^= 1 << place % 8
        changed.write_bytes(altered)
        code, told = said(changed, key, capsys)
        assert code == 1, (place, told)
        assert "does not hold" in told
        assert len(told.splitlines()) >= 2, (place, told)  # the place is named


def test_a_changed_file_is_named_by_its_name(taken, tmp_path, capsys):
    path, key = taken
    for name in ("case.json", "files/01-report.pdf", "README.txt", "ledger.json"):
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(name)
        altered = bytearray(path.read_bytes())
        altered[info.header_offset + 30 + len(name) + info.file_size // 2] ^= 1
        changed = tmp_path / "changed.zip"
        changed.write_bytes(altered)
        code, told = said(changed, key, capsys)
        assert (code, told.startswith(f"{name}: changed")) == (1, True), told


@pytest.mark.parametrize("cut", [0, 1, 3, 29, 400, -1, -22])
def test_what_is_cut_off_or_added_is_found(taken, tmp_path, capsys, cut):
    path, key = taken
    whole = path.read_bytes()
    changed = tmp_path / "changed.zip"
    changed.write_bytes(whole[:cut])
    assert said(changed, key, capsys)[0] == 1
    changed.write_bytes(whole + b"\0")
    assert said(changed, key, capsys)[0] == 1


def test_a_key_from_elsewhere_that_did_not_sign_refuses_it(taken, tmp_path, capsys):
    other = tmp_path / "other.pem"
    made = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True
    ).stdout
    other.write_bytes(
        subprocess.run(["openssl", "pkey", "-pubout"], input=made, capture_output=True, check=True).stdout
    )
    assert said(taken[0], other, capsys)[0] == 1


def test_the_ledger_tells_where_a_case_file_lies(taken):
    with zipfile.ZipFile(taken[0]) as archive:
        told = json.loads(archive.read("case.json"))
        acts = [json.loads(e["body"]) for e in json.loads(archive.read("ledger.json"))["entries"]]
        digests = {n: hashlib.sha256(archive.read(n)).hexdigest() for n in archive.namelist()}
    assert check_export(told, acts, digests) == []
    for lie, named in (
        ({"case": told["case"] | {"state": "refused"}}, "number or state"),
        ({"case": told["case"] | {"due_on": "2027-01-01"}}, "due_on"),
        ({"form": told["form"] | {"shop_name": "别的店"}}, "form is not"),
        ({"edition": told["edition"] | {"body": {}}}, "edition is not"),
        (
            {"documents": [told["documents"][0] | {"body": {"later": ["x"]}}]},
            "does not say what was recorded",
        ),
        ({"attachments": [told["attachments"][0] | {"digest": "0" * 64}]}, "is not the file"),
        ({"licences": []}, "says nothing of it"),
        ({"case": 3}, "is not the form"),
    ):
        assert any(named in str(finding) for finding in check_export(told | lie, acts, digests)), named


@pytest.mark.django_db
def test_only_the_applicant_and_her_cases_staff_export_and_the_ledger_tells_who():
    world = worlds.build()
    case = worlds.submitted(world)
    with pytest.raises(Conflict) as refused:
        actions.export(actor=world.applicant, case_id=case.id, at=AT)
    assert refused.value.rule == "cases.unsealed"
    ledger_actions.seal(at=AT)
    for person in (world.stranger, world.other_clerk, world.editor, PUBLIC):
        with pytest.raises(NotFound):
            actions.export(actor=person, case_id=case.id, at=AT)
    for person in (world.applicant, world.clerk):  # the first export waits for its seal, and holds up nobody
        with zipfile.ZipFile(
            io.BytesIO(b"".join(actions.export(actor=person, case_id=case.id, at=AT).chunks))
        ) as made:
            assert "case.json" in made.namelist()
    told = [act.actor.get("id") for act in ledger.acts_of(f"case:{case.id}") if act.act == "cases.export"]
    assert told == [str(world.applicant.id), str(world.clerk.id)]
    draft = worlds.draft_filled(world)
    with pytest.raises(Conflict):
        actions.export(actor=world.applicant, case_id=draft.id, at=AT)


@pytest.mark.django_db
def test_the_applicants_export_has_no_opinions_between_officials_and_still_verifies(tmp_path, capsys):
    world = worlds.build()
    case = worlds.examined(world)
    ledger_actions.seal(at=AT)
    path = tmp_path / "case.zip"
    for person, verbs in ((world.applicant, ["accept"]), (world.clerk, ["accept", "examine"])):
        path.write_bytes(b"".join(actions.export(actor=person, case_id=case.id, at=AT).chunks))
        with zipfile.ZipFile(path) as archive:
            assert [d["verb"] for d in json.loads(archive.read("case.json"))["documents"]] == verbs
        assert verify.run(path) == 0, capsys.readouterr()


class _Signer:
    """Whatever evidence a signer makes travels with the export."""

    def sign_act(self, content: bytes, at: datetime) -> bytes:
        return b"evidence over " + hashlib.sha256(content).digest()


@pytest.mark.django_db
def test_the_evidence_of_a_signed_act_travels_with_the_export_and_is_missed_and_named(tmp_path, capsys):
    world = worlds.build()
    signing = replace(world, decider=replace(world.decider, signer=_Signer()))
    case = worlds.closed(signing)
    jobs.make_document(1, str(case.id), case.number)
    ledger_actions.seal(at=AT)
    made = actions.export(actor=world.applicant, case_id=case.id, at=AT)
    path = tmp_path / made.file_name
    path.write_bytes(b"".join(made.chunks))
    assert verify.run(path) == 0
    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read("case.json"))
        acts = [json.loads(e["body"]) for e in json.loads(archive.read("ledger.json"))["entries"]]
        digests = {n: hashlib.sha256(archive.read(n)).hexdigest() for n in archive.namelist()}
    (signature,) = {act["signature"] for act in acts if act["act"] == "cases.grant"}
    name = f"signatures/{signature}.p7s"
    assert digests[name] == signature
    for lie in (digests | {name: "0" * 64}, {n: d for n, d in digests.items() if n != name}):
        assert [finding.row for finding in check_export(told, acts, lie)] == [name]
    assert [f.row for f in check_export(told, acts, digests | {"signatures/other.p7s": "0" * 64})] == [
        "signatures/other.p7s"
    ]
