"""Archives (归档包): a zip of which every byte is told by a signed manifest, written in one go and read in one go.

Source: PKWARE APPNOTE 6.3.10, the plainest part of it: stored members, sizes and CRC before each, one date. Any program opens it; our
own reader takes exactly these bytes and no others, so that one altered byte anywhere is found and named. Nothing is held in memory
but one piece of a file and the list of the members.
"""

import base64
import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from tongban.base.ledger.rules import Finding
from tongban.base.ledger.rules.receipts import key_id_of
from tongban.standards.canonical import canonical

MANIFEST: Final = "manifest.json"
LARGEST: Final = 2**32 - 1  # bytes; what a plain zip can tell
MOST_MEMBERS: Final = 2**16 - 2
_PIECE = 64 * 1024
_LONGEST_NAME = 200  # bytes; [O] our own numbers
_LARGEST_KEPT = 64 * 1024 * 1024

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_VERSION, _UTF8, _STORED, _TIME, _DATE = 20, 0x0800, 0, 0, 0x21  # 1 January 1980: the date says nothing
_MADE_BY = 3 << 8 | _VERSION
_PLAIN_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """Member (包内文件): a name and whoever gives its bytes, twice the same: once to measure, once to write."""

    name: str
    read: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a member (包内文件量度): size, CRC-32, SHA-256 in hexadecimal; ``content`` where it was kept."""

    name: str
    size: int
    crc: int
    sha256: str
    content: bytes | None = None


class TooLarge(Exception):  # noqa: N818 -- names the state of the archive
    """More than a plain zip can hold (归档包过大)."""


class Broken(Exception):  # noqa: N818 -- names the state of the archive
    """The archive is not as it was written (归档包已损坏); ``where`` names the place."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.finding = Finding(where, problem)


def text(name: str, content: str | bytes) -> Member:
    """A member of a text in memory (文本文件)."""
    whole = content if isinstance(content, bytes) else content.encode()
    return Member(name, lambda: [whole])


def pack(members: Sequence[Member], facts: Mapping[str, Any], *, signer: "Signing") -> Iterator[bytes]:
    """The bytes of an archive (打包): the members in their order, the manifest last. Raises :class:`TooLarge` before the first byte."""
    measured = [_measure(member) for member in members]
    manifest = text(MANIFEST, manifest_text(measured, facts, signer))
    everything = [*zip(members, measured, strict=True), (manifest, _measure(manifest))]
    length = sum(_LOCAL.size + _CENTRAL.size + 2 * len(one.name.encode()) + one.size for _, one in everything)
    if length + _END.size > LARGEST or len(everything) > MOST_MEMBERS:
        raise TooLarge
    return _written(everything)


def _written(everything: Sequence[tuple[Member, Measured]]) -> Iterator[bytes]:
    for member, one in everything:
        yield _local(one)
        yield from member.read()
    yield directory([one for _, one in everything])


def _measure(member: Member) -> Measured:
    size, crc, sha = 0, 0, hashlib.sha256()
    for piece in member.read():
        size, crc = size + len(piece), zlib.crc32(piece, crc)
        sha.update(piece)
    return Measured(member.name, size, crc, sha.hexdigest())


def _local(one: Measured) -> bytes:
    name = one.name.encode()
    head = (b"PK\3\4", _VERSION, _UTF8, _STORED, _TIME, _DATE, one.crc, one.size, one.size, len(name), 0)
    return _LOCAL.pack(*head) + name


def directory(members: Sequence[Measured]) -> bytes:
    """The table at the end (中央目录)."""
    table, offset = b"", 0
    for one in members:
        name = one.name.encode()
        sizes = (one.crc, one.size, one.size, len(name), 0, 0, 0, 0, _PLAIN_FILE, offset)
        table += _CENTRAL.pack(b"PK\1\2", _MADE_BY, _VERSION, _UTF8, _STORED, _TIME, _DATE, *sizes) + name
        offset += _LOCAL.size + len(name) + one.size
    return table + _END.pack(b"PK\5\6", 0, 0, len(members), len(members), len(table), offset, 0)


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs a manifest (清单签名者): the ledger's key, Ed25519."""

    key_id: str
    pem: str
    sign: Callable[[bytes], bytes]


def manifest_text(members: Sequence[Measured], facts: Mapping[str, Any], signer: Signing) -> bytes:
    """The manifest (清单): every member with size and SHA-256, what the archive is, and a signature over all of it."""
    told = {
        **facts,
        "members": [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in members],
        "key_id": signer.key_id,
        "key": signer.pem,
    }
    signature = base64.b64encode(signer.sign(canonical(told))).decode()
    return canonical(told | {"signature": signature})


def unpack(file: BinaryIO, keep: Callable[[str], bool]) -> list[Measured]:
    """The members of an archive in their order (解包), each read once; those that ``keep`` wants with their content.

    Raises :class:`Broken` with the place that is not as it was written.
    """
    found: list[Measured] = []
    head = file.read(4)
    while head == b"PK\3\4":
        found.append(_member(file, found[-1].name if found else "the beginning", keep))
        head = file.read(4)
    _ensure_end(file, head, found)
    return found


def _member(file: BinaryIO, before: str, keep: Callable[[str], bool]) -> Measured:
    place = f"header after {before}"
    fields = file.read(_LOCAL.size - 4)
    if len(fields) < _LOCAL.size - 4:
        raise Broken(place, "cut off")
    version, flags, method, time, date, crc, size, unpacked, named, extra = struct.unpack(
        "<HHHHHIIIHH", fields
    )
    if (version, flags, method, time, date, extra) != (_VERSION, _UTF8, _STORED, _TIME, _DATE, 0):
        raise Broken(place, "changed")
    if size != unpacked or not 0 < named <= _LONGEST_NAME:
        raise Broken(place, "changed: sizes")
    try:
        name = file.read(named).decode()
    except UnicodeDecodeError:
        raise Broken(place, "changed: name") from None
    kept = bytearray() if keep(name) and size <= _LARGEST_KEPT else None
    left, real, sha = size, 0, hashlib.sha256()
    while left:
        piece = file.read(min(_PIECE, left))
        if not piece:
            raise Broken(name, "cut off")
        left, real = left - len(piece), zlib.crc32(piece, real)
        sha.update(piece)
        if kept is not None:
            kept += piece
    if real != crc:
        raise Broken(name, "changed: its bytes do not give its CRC")
    return Measured(name, size, crc, sha.hexdigest(), None if kept is None else bytes(kept))


def _ensure_end(file: BinaryIO, head: bytes, found: Sequence[Measured]) -> None:
    last = found[-1].name if found else "the beginning"
    if head != b"PK\1\2":
        raise Broken(f"header after {last}", "changed: neither a member nor the table at the end")
    wanted = directory(found)
    real = head + file.read(len(wanted))
    if real != wanted:
        place = next(
            (n for n, pair in enumerate(zip(real, wanted, strict=False)) if pair[0] != pair[1]), len(wanted)
        )
        raise Broken("table at the end", f"changed at byte {place}")


def check_manifest(
    told: object,
    content: bytes,
    members: Sequence[Measured],
    verify: Callable[[str, bytes, bytes], bool],
    keys: Sequence[str],
) -> list[Finding]:
    """Findings between a manifest and the members (核对清单): each names the member. ``keys``: PEM from elsewhere; only they count then."""
    if not isinstance(told, dict) or not _is_shaped(told):
        return [Finding(MANIFEST, "is not a manifest")]
    given = {key_id_of(pem.strip().replace("\r\n", "\n") + "\n"): pem for pem in keys}
    signature = told.pop("signature")
    pem = given.get(told["key_id"]) if given else told["key"]
    try:
        written = canonical(told | {"signature": signature})
    except (TypeError, ValueError):
        written = b""
    if written != content:
        return [Finding(MANIFEST, "changed: not in its one written form")]
    if pem is None:
        return [Finding(MANIFEST, "signed by a key that was not given with --key")]
    try:
        raw = base64.b64decode(signature, validate=True)
        sound = base64.b64encode(raw).decode() == signature and key_id_of(told["key"]) == told["key_id"]
    except ValueError:
        sound = False
    if not sound or not verify(pem, canonical(told), raw):
        return [Finding(MANIFEST, "changed: its signature does not hold")]
    wanted = {one["name"]: (one["size"], one["sha256"]) for one in told["members"]}
    real = {one.name: (one.size, one.sha256) for one in members if one.name != MANIFEST}
    findings = [Finding(name, "missing: the manifest names it") for name in wanted if name not in real]
    findings += [Finding(name, "added: the manifest does not name it") for name in real if name not in wanted]
    findings += [Finding(name, "changed") for name in real if name in wanted and real[name] != wanted[name]]
    return findings


def _is_shaped(told: Mapping[str, Any]) -> bool:
    texts = all(isinstance(told.get(name), str) for name in ("key_id", "key", "signature", "format"))
    members = told.get("members")
    return (
        texts
        and isinstance(members, list)
        and all(
            isinstance(one, dict)
            and set(one) == {"name", "size", "sha256"}
            and isinstance(one["name"], str)
            and isinstance(one["sha256"], str)
            and isinstance(one["size"], int)
            for one in members
        )
    )
