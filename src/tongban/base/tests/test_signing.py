import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tongban.base import signing
from tongban.base.signing.local import LocalKeys

SECRET = b"s" * 32
MAKE_KEYS = """
import sys
from pathlib import Path
from tongban.base.signing.local import LocalKeys
keys = LocalKeys(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
print(keys.ledger.key_id, keys.documents.key_id)
"""


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> LocalKeys:
    return LocalKeys(tmp_path_factory.mktemp("keys"), SECRET)


def openssl(*arguments: str | Path) -> str:
    program = shutil.which("openssl")
    if program is None:
        pytest.fail("openssl is missing: this test needs Debian's package openssl")
    command = [program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["ledger", "documents"])
def test_a_signature_verifies_with_the_public_key_alone(keys: LocalKeys, name: str) -> None:
    signer = getattr(keys, name)
    signature = signer.sign(b"root of a batch")
    assert signing.verify(signer.public_key_pem(), b"root of a batch", signature)
    assert not signing.verify(signer.public_key_pem(), b"root of another", signature)
    assert not signing.verify(
        signer.public_key_pem(), b"root of a batch", signature[:-1] + bytes([signature[-1] ^ 1])
    )


def test_openssl_accepts_a_ledger_signature(keys: LocalKeys, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"root of a batch")
    (tmp_path / "signature").write_bytes(keys.ledger.sign(b"root of a batch"))
    (tmp_path / "public.pem").write_text(keys.ledger.public_key_pem())
    said = openssl(
        "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", tmp_path / "public.pem",
        "-in", tmp_path / "data", "-sigfile", tmp_path / "signature",
    )  # fmt: skip
    assert "Signature Verified Successfully" in said


def test_openssl_traces_the_document_certificate_to_the_root(keys: LocalKeys, tmp_path: Path) -> None:
    leaf = tmp_path / "leaf.der"
    leaf.write_bytes(keys.documents.certificates()[0])
    assert ": OK" in openssl("verify", "-x509_strict", "-CAfile", keys.folder / "root.crt", leaf)
    shown = openssl("x509", "-in", leaf, "-noout", "-subject", "-nameopt", "utf8")
    assert "海南省政务服务（演示）" in shown


def test_private_keys_are_encrypted_and_closed_to_others(keys: LocalKeys) -> None:
    for name in ("ledger.pem", "root.pem", "documents.pem"):
        path = keys.folder / name
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"BEGIN ENCRYPTED PRIVATE KEY" in path.read_bytes()
    with pytest.raises(ValueError, match=r"(?i)decrypt|password"):
        LocalKeys(keys.folder, b"t" * 32)


def test_the_keys_stay_the_same_on_a_second_start(keys: LocalKeys) -> None:
    again = LocalKeys(keys.folder, SECRET)
    assert (again.ledger.key_id, again.documents.key_id) == (keys.ledger.key_id, keys.documents.key_id)
    assert again.documents.certificates() == keys.documents.certificates()


def test_a_start_that_was_cut_off_between_two_keys_is_completed(tmp_path: Path) -> None:
    first = LocalKeys(tmp_path, SECRET)
    (tmp_path / "documents.pem").unlink()
    (tmp_path / "root.crt").unlink()
    second = LocalKeys(tmp_path, SECRET)
    assert second.ledger.key_id == first.ledger.key_id
    assert second.documents.certificates()[1] == first.documents.certificates()[1]
    assert (tmp_path / "root.crt").exists()


def test_former_keys_stay_known_and_made_up_ids_do_not_exist(keys: LocalKeys) -> None:
    assert keys.public_key_pem(keys.ledger.key_id) == keys.ledger.public_key_pem()
    for made_up in ("ed25519-0000000000000000", "../root", "ledger", ""):
        with pytest.raises(signing.UnknownKey):
            keys.public_key_pem(made_up)


def test_processes_starting_together_end_up_with_the_same_keys(tmp_path: Path) -> None:
    source = Path(signing.__file__).parents[3]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE_KEYS, str(tmp_path / "keys"), SECRET.hex()],
            cwd=source, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(6)
    ]  # fmt: skip
    answers = {process.communicate(timeout=60)[0] for process in started}
    assert [process.returncode for process in started] == [0] * 6
    assert len(answers) == 1


def test_the_installation_signs_with_keys_of_its_own_home(settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    signer = signing.ledger_signer()
    assert signing.verify(signer.key_id, b"data", signer.sign(b"data"))
    assert len(signing.document_signer().certificates()) == 2
    assert (tmp_path / "keys" / "ledger.pem").exists()
