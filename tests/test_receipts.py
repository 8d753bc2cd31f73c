"""A case's receipt is checked by anybody, offline: by ``tongban verify`` and by stock tools alone (存证回执)."""

import json
import os
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests import world

from config.home import ROOT
from tongban import verify
from tongban.base.ledger import actions as ledger_actions
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules.receipts import receipt_text
from tongban.records.licences import queries as licences

SCRIPT = ROOT / "scripts" / "verify_receipt.sh"


def script(*arguments: Path) -> tuple[int, str]:
    """Exit code and words of the script, which sees nothing of ours."""
    done = subprocess.run(
        ["bash", str(SCRIPT), *map(str, arguments)],
        cwd="/",
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def command(*arguments: str | Path) -> tuple[int, str]:
    """Exit code and words of ``tongban verify`` in a process without database, settings or home."""
    code = "import sys; from tongban.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "verify", *map(str, arguments)],
        cwd="/",
        env={"PYTHONPATH": str(ROOT / "src"), "DATABASE_URL": "none", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def case(transactional_db: None) -> Any:
    """A closed case, of which every act lies under one of two seals."""
    here = world.build()
    ref = world.submitted(here)
    ledger_actions.seal(at=world.AT)
    other = world.closed(here)
    ledger_actions.seal(at=world.AT)
    licence = licences.of_case(here.applicant, other.id, on=world.AT.date())
    assert licence is not None
    return here, [f"case:{ref.id}", f"case:{other.id}", f"licence:{licence.id}"]


def export(case: Any, folder: Path) -> Path:
    _, streams = case
    file = folder / "receipt.json"
    file.write_text(receipt_text(ledger.receipt_of(streams)), encoding="utf-8")
    return file


def test_the_ledger_of_a_case_and_its_licence_verifies_elsewhere(case: Any, tmp_path: Path):
    file = export(case, tmp_path)
    _, streams = case
    code, said = command(file)
    assert code == 0, said
    assert said.rstrip().splitlines()[-1].startswith("ok: ")
    assert "taken from the receipt itself" in said
    assert all(f"{stream}: every entry" in said for stream in streams)
    assert "cases.submit" in said
    assert "staff " in said
    code, said = script(file)
    assert (code, said.splitlines()[-1]) == (0, "ok"), said
    assert "cases.submit" in said


def test_a_key_from_elsewhere_decides(case: Any, tmp_path: Path):
    file = export(case, tmp_path)
    current, keys = ledger.sealing_keys()
    good, bad = tmp_path / "good.pem", tmp_path / "bad.pem"
    good.write_text(keys[current])
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "k"], check=True)
    subprocess.run(["openssl", "pkey", "-in", tmp_path / "k", "-pubout", "-out", bad], check=True)
    code, said = command(file, "--key", good)
    assert (code, "the one given with --key" in said) == (0, True), said
    assert script(file, good)[0] == 0
    code, said = command(file, "--key", bad)
    assert (code, "seal 1, key_id: " in said) == (1, True), said
    code, said = script(file, bad)
    assert (code, "seal-1, key: " in said) == (1, True), said
    assert command(file, "--key", file)[0] == 2
    assert script(file, file)[0] == 1


def test_the_applicants_own_acts_are_a_receipt_of_their_own(case: Any, tmp_path: Path):
    here, streams = case
    mine = ledger.receipt_of(streams, keep=lambda act: act.actor.get("id") == str(here.applicant.id))
    file = tmp_path / "mine.json"
    file.write_text(receipt_text(mine), encoding="utf-8")
    assert (verify.run(file), script(file)[0]) == (0, 0)
    assert 0 < len(mine["entries"]) < len(ledger.receipt_of(streams)["entries"])


def _bit(text: str, place: int = 8) -> str:
    """The text with the lowest bit of one character changed, so that it is still hexadecimal where it was, or base64."""
    usual = (
        "0123456789abcdef" if set(text) <= set("0123456789abcdef") else string.ascii_letters + string.digits
    )
    while text[place] not in usual or chr(ord(text[place]) ^ 1) not in usual:
        place += 1
    return text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]


def _of(row: str, number: int, name: str) -> Callable[[dict[str, Any]], None]:
    def change(receipt: dict[str, Any]) -> None:
        receipt[row][number][name] = _bit(receipt[row][number][name])

    return change


def _path(receipt: dict[str, Any]) -> None:
    path = receipt["entries"][-1]["path"]
    path[-1] = _bit(path[-1])


def _key(receipt: dict[str, Any]) -> None:
    receipt["keys"] = {name: _bit(pem, 60) for name, pem in receipt["keys"].items()}


def _gap(receipt: dict[str, Any]) -> None:
    del receipt["entries"][3]  # in the middle of the second case


@pytest.mark.parametrize(
    ("change", "ours", "stock"),
    [
        (_of("entries", 1, "body"), "entry 2, body or previous: ", "entry 2, body, previous or hash: "),
        (_of("entries", 1, "previous"), "entry 2, body or previous: ", "entry 2, body, previous or hash: "),
        (_of("entries", 1, "hash"), "entry 2, hash: ", "entry 2, body, previous or hash: "),
        (_path, ", path or index: ", ", path, index or hash: "),
        (_of("seals", 1, "root"), "seal 2, root or size: ", "to the root of seal 2\nseal-2, signature: "),
        (_of("seals", 1, "signature"), "seal 2, signature: ", "seal-2, signature: "),
        (_of("seals", 1, "at"), "seal 2, signature: ", "seal-2, signature: "),
        (_key, "key ed25519-", "key ed25519-"),
        (_gap, "missing: entries of case:", "of its stream before it are missing"),
    ],
)
def test_one_changed_bit_is_refused_by_both_and_named(
    case: Any, tmp_path: Path, capsys: Any, change: Any, ours: str, stock: str
):
    file = export(case, tmp_path)
    receipt = json.loads(file.read_text(encoding="utf-8"))
    change(receipt)
    file.write_text(json.dumps(receipt), encoding="utf-8")
    capsys.readouterr()
    assert verify.run(file) == 1
    assert ours in capsys.readouterr().out
    code, said = script(file)
    assert (code, stock in said) == (1, True), said
    assert "ok" not in said.splitlines()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "not JSON", '{"format": "tongban-receipt-1"}', "[" * 100_000]
)
def test_what_is_no_receipt_is_refused_by_both(tmp_path: Path, text: str):
    file = tmp_path / "file.json"
    file.write_text(text, encoding="utf-8")
    assert (verify.run(file), script(file)[0]) == (1, 1)


def test_a_file_that_is_not_there_or_not_text_is_told_apart(tmp_path: Path):
    assert verify.run(tmp_path / "nothing.json") == 2
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\xff")
    assert (verify.run(picture), script(picture)[0]) == (2, 1)


def test_what_a_receipt_tells_cannot_move_the_cursor(case: Any, tmp_path: Path, capsys: Any):
    file = export(case, tmp_path)
    receipt = json.loads(file.read_text(encoding="utf-8"))
    receipt["keys"]["\x1b[2Jok: 9 entries"] = "x"
    file.write_text(json.dumps(receipt), encoding="utf-8")
    capsys.readouterr()
    assert verify.run(file) == 1
    assert "\x1b" not in capsys.readouterr().out
    code, said = script(file)
    assert (code, "\x1b" in said) == (1, False)
