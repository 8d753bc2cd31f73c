"""The judge: the ``openssl`` command of the system, on files of one test."""

import subprocess
from pathlib import Path

from tongban.base.pki import pem, sm2
from tongban.base.pki.keys import Algorithm, PublicKey

DISTID = f"distid:{sm2.IDENTIFIER.decode()}"


def openssl(*words: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *map(str, words)], input=stdin, capture_output=True, check=False)


def said(result: subprocess.CompletedProcess[bytes]) -> str:
    return (result.stdout + result.stderr).decode(errors="replace")


def accepted(*words: str | Path, stdin: bytes | None = None) -> str:
    result = openssl(*words, stdin=stdin)
    assert result.returncode == 0, said(result)
    return said(result)


def refused(*words: str | Path, stdin: bytes | None = None) -> str:
    result = openssl(*words, stdin=stdin)
    assert result.returncode != 0, said(result)
    return said(result)


def identifier_for(algorithm: Algorithm, option: str) -> list[str]:
    """SM2's default identifier in the words of a command that can be told it."""
    return [option, DISTID] if algorithm is Algorithm.SM2 else []


def file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def verifies_as_the_standard_says(folder: Path, public: PublicKey, signature: bytes, data: bytes) -> str:
    """The signature alone, with SM2's default identifier, where a command for the whole structure cannot be told it."""
    is_sm2 = public.algorithm is Algorithm.SM2
    return accepted(
        *("dgst", "-sm3" if is_sm2 else "-sha256", *identifier_for(public.algorithm, "-sigopt")),
        *("-verify", file(folder, "key.pem", pem.armour("PUBLIC KEY", public.spki))),
        *("-signature", file(folder, "signature", signature), file(folder, "signed", data)),
    )
