"""Private keys of authorities (认证机构密钥): in a folder, encrypted at rest, or in a token (PKCS#11) that keeps them for good.

Each lies in ``<HOME>/keys/pki/<name>.pem`` as PKCS#8 under a passphrase derived from the master secret, mode 0600, written whole or not at
all. A root's file is there for its ceremonies only: docs/operations/certificates.md says how it is taken away and brought back.
"""

import hashlib
import os
import re
import tempfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from tongban.base import crypto
from tongban.base.errors import Conflict
from tongban.base.pki import keys, tokens
from tongban.standards.text import msg

_NAME = re.compile(r"[a-z0-9-]{1,60}")
LOCAL, TOKEN = "local:", "token:"
SEAL = "seal-"


def folder() -> Path:
    """Where the keys of authorities lie (密钥目录)."""
    return Path(settings.HOME) / "keys" / "pki"


def keep(name: str, key: keys.LocalKey) -> str:
    """Keep a fresh key (保存密钥) under a name that none has yet; returns where, as the authority's row says it."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        raise FileExistsError(path)
    descriptor, fresh = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(keys.dump_private(key, _passphrase()))
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)  # refuses where another ceremony was first
    finally:
        os.unlink(fresh)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return f"{LOCAL}{name}"


def key_of(where: str) -> keys.PrivateKey:
    """The private key that is kept there (取密钥); Conflict where it was taken away, as a root's is."""
    if where.startswith(TOKEN):
        return _in_token(where.removeprefix(TOKEN))
    if not where.startswith(LOCAL):
        raise Conflict("certificates.key_place", msg("认证机构的密钥不在这里，请按操作手册接入。"))
    path = _path(where.removeprefix(LOCAL))
    if not path.exists():
        raise Conflict("certificates.key_away", msg("认证机构的密钥不在这台机器上，请按操作手册取回。"))
    return _opened(str(path), path.stat().st_mtime_ns, _passphrase())


def digest_of(public: keys.PublicKey) -> str:
    """A public key's name (公钥摘要): the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public.spki).hexdigest()[:16]


def seal_name(public: keys.PublicKey) -> str:
    """The name of a seal's key (印章密钥名), by its public half."""
    return f"{SEAL}{digest_of(public)}"


def seal_key(public: keys.PublicKey) -> keys.PrivateKey | None:
    """The private key of a seal (取印章密钥), where it is kept here: in the folder, or else in the installation's token."""
    name = seal_name(public)
    if _path(name).exists():
        return key_of(f"{LOCAL}{name}")
    if not settings.TOKEN_LIBRARY:
        return None
    try:
        return _token().find(public)
    except tokens.TokenProblem as problem:
        raise _unreachable(problem) from problem


def make_in_token(name: str, algorithm: keys.Algorithm) -> tuple[str, keys.PrivateKey]:
    """Make a key in the installation's token (在密码模块内生成密钥); where it is kept, and the key, which nobody ever sees.

    Conflict where there is no token, or it cannot keep a key of this algorithm.
    """
    try:
        return f"{TOKEN}{name}", _token().make_key(name, algorithm)
    except tokens.TokenProblem as problem:
        raise _unreachable(problem) from problem


def _in_token(label: str) -> keys.PrivateKey:
    try:
        return _token().key(label)
    except tokens.TokenProblem as problem:
        raise _unreachable(problem) from problem


def _unreachable(problem: tokens.TokenProblem) -> Conflict:
    return Conflict("certificates.token", msg("密码模块不可用：%(problem)s"), {"problem": str(problem)})


def _token() -> tokens.Token:
    """The installation's token, one session for each process (本机密码模块)."""
    library, label = settings.TOKEN_LIBRARY, settings.TOKEN_LABEL
    if not library:
        raise Conflict("certificates.no_token", msg("没有配置密码模块，请按操作手册接入。"))
    return _session(library, label, settings.TOKEN_PIN_FILE, os.getpid())


@lru_cache(maxsize=4)
def _session(library: str, label: str, pin_file: str, _process: int) -> tokens.Token:
    return tokens.Token(library, label, Path(pin_file).read_text().strip())


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError(f"no key has the name {name!r}")
    return folder() / f"{name}.pem"


def _passphrase() -> bytes:
    return crypto.derived_key("keys", "pki").hex().encode()


@lru_cache(maxsize=64)
def _opened(path: str, _changed: int, passphrase: bytes) -> keys.PrivateKey:
    return keys.load_private(Path(path).read_bytes(), passphrase)
