"""Local keys (本地密钥): made on first use in ``<HOME>/keys``, encrypted at rest under the master secret.

Each private key lies in one file with its certificates, written whole or not at all, mode 0600. Several processes
may start at once: a file lock lets the first one make the keys and the others read them.
"""

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.conf import settings

from tongban.base import crypto

from . import certificates

KEY_ID = re.compile(r"(ed25519|ecdsa-p256-sha256)-[0-9a-f]{16}")


class UnknownKey(Exception):  # noqa: N818 -- names what is the matter, as the refusals do
    """Unknown key (未知密钥): no public key is kept under this id."""


class LocalSigner:
    """Signer holding its key in memory (本地签名者), with its certificates where it has any."""

    def __init__(
        self,
        private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
        chain: tuple[x509.Certificate, ...] = (),
    ) -> None:
        self._private = private
        self._chain = chain
        self.algorithm = "ed25519" if isinstance(private, ed25519.Ed25519PrivateKey) else "ecdsa-p256-sha256"
        spki = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.key_id = f"{self.algorithm}-{hashlib.sha256(spki).hexdigest()[:16]}"

    def public_key_pem(self) -> str:
        """The public key (公钥) as PEM text."""
        public = self._private.public_key()
        return public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    def sign(self, data: bytes) -> bytes:
        """Signature over ``data`` (签名)."""
        if isinstance(self._private, ed25519.Ed25519PrivateKey):
            return self._private.sign(data)
        return self._private.sign(data, ec.ECDSA(hashes.SHA256()))

    def certificates(self) -> tuple[bytes, ...]:
        """The chain (证书链), DER, own certificate first and the root last; empty for the ledger's key."""
        return tuple(one.public_bytes(serialization.Encoding.DER) for one in self._chain)


class LocalKeys:
    """Key folder (密钥目录): the ledger's key, the demonstration root and the key for documents.

    Files: ``ledger.pem``, ``root.pem``, ``documents.pem`` (private key, then certificates); ``root.crt`` to hand
    out; ``public/<key_id>.pem`` for every key ever held. Raises ValueError where the master secret has changed.
    """

    def __init__(self, folder: Path, secret: bytes) -> None:
        self.folder = folder
        self._secret = secret.hex().encode()
        (folder / "public").mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        with self._locked():
            self.ledger = self._held("ledger.pem", lambda: (ed25519.Ed25519PrivateKey.generate(), ()))
            root = self._held("root.pem", certificates.make_root)
            self.documents = self._held(
                "documents.pem", lambda: certificates.make_document_key(root._private, root._chain[0])
            )
            self._write_missing("root.crt", root._chain[0].public_bytes(serialization.Encoding.PEM))
            for signer in (self.ledger, self.documents):
                self._write_missing(f"public/{signer.key_id}.pem", signer.public_key_pem().encode())

    def public_key_pem(self, key_id: str) -> str:
        """The public key (公钥) kept under ``key_id``, present or former; raises :class:`UnknownKey`."""
        path = self.folder / "public" / f"{key_id}.pem"
        if not KEY_ID.fullmatch(key_id) or not path.exists():
            raise UnknownKey(f"no key {key_id!r} is known here")
        return path.read_text()

    def public_keys(self, algorithm: str) -> dict[str, str]:
        """All public keys (全部公钥) of one algorithm by their id, PEM, present and former."""
        found = sorted((self.folder / "public").glob(f"{algorithm}-*.pem"))
        return {path.stem: path.read_text() for path in found if KEY_ID.fullmatch(path.stem)}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Held by one process at a time; the system lets go of it if the process dies."""
        descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _held(self, name: str, make: Callable[[], certificates.KeyAndChain]) -> LocalSigner:
        """The signer in file ``name``, made now where the file does not exist yet."""
        path = self.folder / name
        if not path.exists():
            private, chain = make()
            pem = private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(self._secret),
            )
            certified = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
            self._write_missing(name, pem + certified)
        content = path.read_bytes()
        loaded = serialization.load_pem_private_key(content, password=self._secret)
        if not isinstance(loaded, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
            raise TypeError(
                f"{name} holds a key of type {type(loaded).__name__}, which nothing here signs with"
            )
        held = x509.load_pem_x509_certificates(content) if b"BEGIN CERTIFICATE" in content else []
        return LocalSigner(loaded, tuple(held))

    def _write_missing(self, name: str, content: bytes) -> None:
        """Write the file whole or not at all, mode 0600, on disk before it bears its name."""
        path = self.folder / name
        if path.exists():
            return
        descriptor, fresh = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


@lru_cache(maxsize=4)
def _open(folder: Path, secret: bytes) -> LocalKeys:
    return LocalKeys(folder, secret)


def keys() -> LocalKeys:
    """This installation's keys (本机密钥), read once per process."""
    return _open(Path(settings.HOME) / "keys", crypto.derived_key("keys", "at-rest"))
