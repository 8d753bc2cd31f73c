"""Receipts of the ledger (存证回执): entries with the proofs that they lie under signed roots, to be checked by anybody. Pure.

Source: RFC 6962 section 2.1.1 (inclusion), RFC 8032 (Ed25519), RFC 8410 (its public key); the form of the file is ours and
written down in docs/operations/receipts.md. Sure: ``scripts/verify_receipt.sh`` checks the same without any code of ours.

Everything that a receipt holds takes part in a check, so that nothing in it can be changed unseen. Therefore an entry's
number in its stream is not in it: neither its hash nor a seal speaks of it. What a receipt cannot show is that nothing
came after its last entry.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from tongban.base.ledger.rules import GENESIS, Finding, link, seal_text, seal_time
from tongban.standards.canonical import LARGEST_INTEGER
from tongban.standards.merkle import verify_inclusion

FORMAT = "tongban-receipt-1"

# Whether a signature over a text was made by a key: (public key as PEM, text, signature).
Verify = Callable[[str, bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class SealView:
    """A seal as anybody may keep it (封存视图). ``signature``: base64, over ``rules.seal_message``."""

    number: int
    at: datetime
    size: int
    root: str
    previous: str
    key_id: str
    signature: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Proof of one entry (存证证明): its text, its link, and the way from its hash to the signed root of its seal.

    ``index``: its place among the ``seal.size`` leaves. ``key``: the public key that signed, PEM; empty where it is lost.
    """

    stream: str
    seq: int
    body: str
    previous: bytes
    hash: bytes
    index: int
    path: tuple[bytes, ...]
    seal: SealView
    key: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry of a receipt tells (回执所载行为): who did what when, on what, and in which seal it is kept."""

    at: str
    actor: Mapping[str, str]
    act: str
    stream: str
    seal: int


def receipt(proofs: Sequence[Proof], *, whole: Sequence[str] = ()) -> dict[str, object]:
    """The receipt (存证回执) over ``proofs``, which stand in the order of each stream; fit to be written as JSON.

    ``whole``: streams of which every entry up to the last one given is there, so that one taken out is missed.
    """
    seals = {proof.seal.number: proof.seal for proof in proofs}
    return {
        "format": FORMAT,
        "whole": list(whole),
        "entries": [
            {
                "body": proof.body,
                "previous": proof.previous.hex(),
                "hash": proof.hash.hex(),
                "seal": proof.seal.number,
                "index": proof.index,
                "path": [step.hex() for step in proof.path],
            }
            for proof in proofs
        ],
        "seals": [
            {
                "number": seal.number,
                "at": seal_time(seal.at),
                "size": seal.size,
                "root": seal.root,
                "previous": seal.previous,
                "key_id": seal.key_id,
                "signature": seal.signature,
            }
            for _, seal in sorted(seals.items())
        ],
        "keys": {proof.seal.key_id: proof.key for proof in proofs if proof.key},
    }


def receipt_text(receipt: Mapping[str, object]) -> str:
    """The receipt as the text of its file (回执文件): JSON that people can read too."""
    return json.dumps(receipt, ensure_ascii=False, indent=1) + "\n"


def key_id_of(pem: str) -> str:
    """The id of an Ed25519 public key (密钥标识), as ``base.signing`` gives it; ``ValueError`` for any other text."""
    found = _PEM.fullmatch(pem)
    der = base64.b64decode(found[1], validate=True) if found else b""
    spelt_as_usual = found is not None and base64.b64encode(der).decode() == found[1]
    if not spelt_as_usual or len(der) != len(_SPKI) + 32 or not der.startswith(_SPKI):
        raise ValueError("not an Ed25519 public key in PEM")
    return f"ed25519-{hashlib.sha256(der).hexdigest()[:16]}"


_PEM = re.compile("-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/]{59}=)\n-----END PUBLIC KEY-----\n")
_SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410 section 4; the 32 bytes of the key follow


def told(receipt: Mapping[str, Any]) -> list[Told]:
    """What the entries of a receipt without findings tell (回执内容), in their order."""
    acts = ((json.loads(entry["body"]), entry["seal"]) for entry in receipt["entries"])
    return [Told(act["at"], act["actor"], act["act"], act["stream"], seal) for act, seal in acts]


def check_receipt(receipt: object, *, verify: Verify, keys: Sequence[str] = ()) -> list[Finding]:
    """Findings in a receipt (核验回执): each names the entry, seal or key and the field that does not hold. None: it holds.

    ``keys``: public keys that the reader got elsewhere, PEM. Where there are any, only they count; otherwise those in the
    receipt do, and somebody who could make up the whole receipt could have made up these as well. ``ValueError`` for a
    given key that is none.
    """
    # Editors and mail add and drop the ends of lines; of a key in the receipt not even these may differ.
    usual = [pem.strip().replace("\r\n", "\n") + "\n" for pem in keys]
    given = {key_id_of(pem): pem for pem in usual}
    misshapen = list(_misshapen(receipt))
    if misshapen or not isinstance(receipt, dict):
        return misshapen
    bad_keys = list(_bad_keys(receipt["keys"]))
    wrong = {finding.row for finding in bad_keys}
    held = {key: pem for key, pem in receipt["keys"].items() if f"key {key}" not in wrong}
    trust = _Trust(verify, given or held, bool(given), wrong)
    seals = {seal["number"]: seal for seal in receipt["seals"]}
    under: dict[int, list[dict[str, Any]]] = {number: [] for number in seals}
    for entry in receipt["entries"]:
        under.get(entry["seal"], []).append(entry)
    blamed: set[int] = set()  # seals whose own root is wrong: no path can lead there
    findings = bad_keys
    for seal in receipt["seals"]:
        for finding in _bad_signature(seal, under[seal["number"]], trust):
            findings.append(finding)
            if finding.row.endswith(_ROOT):
                blamed.add(seal["number"])
    findings += _broken_seals(receipt["seals"])
    sound: list[tuple[str, dict[str, Any]]] = []  # entries that hold, with their rows
    for row, entry in ((f"entry {n}", entry) for n, entry in enumerate(receipt["entries"], 1)):
        found = list(_bad_entry(row, entry, seals.get(entry["seal"]), entry["seal"] in blamed))
        findings += found
        if not found:
            sound.append((row, entry))
    if not findings:  # only entries that hold can be missed between others
        findings += _broken_streams(sound, receipt["whole"])
    return findings


def _is_text(value: object) -> bool:
    # A lone surrogate is in no text that was ever hashed.
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_INTEGER


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def _is_signature(value: object) -> bool:
    # Of several base64 spellings of the same bytes only the usual one: 88 characters for 64 bytes.
    if not isinstance(value, str) or not re.fullmatch("[A-Za-z0-9+/]{86}==", value):
        return False
    return base64.b64encode(base64.b64decode(value)).decode() == value


def _list_of(holds: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(holds(each) for each in value)


_Fields = Mapping[str, Callable[[object], bool]]
_ENTRY: _Fields = {
    "body": _is_text,
    "previous": _is_hash,
    "hash": _is_hash,
    "seal": _is_count,
    "index": _is_count,
    "path": _list_of(_is_hash),
}
_SEAL: _Fields = {
    "number": _is_count,
    "at": _is_text,
    "size": _is_count,
    "root": _is_hash,
    "previous": lambda value: value == "" or _is_hash(value),
    "key_id": _is_text,
    "signature": _is_signature,
}
_RECEIPT: _Fields = {
    "format": lambda value: value == FORMAT,
    "whole": _list_of(_is_text),
    "entries": lambda value: isinstance(value, list) and bool(value),
    "seals": lambda value: isinstance(value, list),
    "keys": lambda value: isinstance(value, dict) and all(map(_is_text, [*value, *value.values()])),
}


def _misshapen(receipt: object) -> Iterator[Finding]:
    """What has not the form of a receipt (格式不符); what nothing would check is refused as well."""
    whole = list(_wrong_fields("receipt", receipt, _RECEIPT))
    yield from whole
    if whole or not isinstance(receipt, dict):
        return
    for number, entry in enumerate(receipt["entries"], 1):
        yield from _wrong_fields(f"entry {number}", entry, _ENTRY)
    numbers = []
    for place, seal in enumerate(receipt["seals"], 1):
        row = f"seal at place {place}"
        found = list(_wrong_fields(row, seal, _SEAL))
        yield from found
        if not found:
            numbers.append(seal["number"])
    if numbers != sorted(set(numbers)):
        yield Finding("receipt, seals", "two of one number, or not in order of their numbers")


def _wrong_fields(row: str, value: object, fields: _Fields) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield Finding(row, "is not an object")
        return
    for name in sorted(value.keys() - fields.keys(), key=repr):
        yield Finding(f"{row}, {name}", "nothing of this name belongs here, and nothing would check it")
    for name, holds in fields.items():
        if name not in value:
            yield Finding(f"{row}, {name}", "missing")
        elif not holds(value[name]):
            yield Finding(f"{row}, {name}", "changed: it has not the form that it was written in")


def _bad_keys(keys: Mapping[str, str]) -> Iterator[Finding]:
    for key, pem in keys.items():
        try:
            found = key_id_of(pem)
        except ValueError:
            found = ""
        if found != key:
            yield Finding(f"key {key}", "changed: its id is not the one that this key has")


@dataclass(frozen=True, slots=True)
class _Trust:
    """Which keys count (可信公钥): ``given`` ones or those of the receipt, without those of it that are ``wrong``."""

    verify: Verify
    keys: Mapping[str, str]
    given: bool
    wrong: set[str]


_ROOT = ", root or size"


def _bad_signature(
    seal: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    trust: _Trust,
) -> Iterator[Finding]:
    """Whether the seal is signed by a key that counts (封存签名); where not, what was probably changed."""
    row = f"seal {seal['number']}"
    pem = trust.keys.get(seal["key_id"])
    if pem is None:
        if f"key {seal['key_id']}" not in trust.wrong:  # those are told already
            where = "none of those given" if trust.given else "not in the receipt: give it with --key"
            yield Finding(f"{row}, key_id", f"the key {seal['key_id']} is {where}")
        return
    names = ("number", "at", "size", "root", "previous")
    if trust.verify(
        pem, seal_text(**{name: seal[name] for name in names}), base64.b64decode(seal["signature"])
    ):
        return
    if entries and not any(_leads(entry, seal) for entry in entries):
        yield Finding(
            f"{row}{_ROOT}", "changed: it is not what was signed, and no entry of the receipt leads to it"
        )
    else:
        yield Finding(
            f"{row}, signature", f"does not hold over {', '.join(names)}: one of them or it was changed"
        )


def _leads(entry: Mapping[str, Any], seal: Mapping[str, Any], leaf: bytes | None = None) -> bool:
    path = [bytes.fromhex(step) for step in entry["path"]]
    leaf = bytes.fromhex(entry["hash"]) if leaf is None else leaf
    return verify_inclusion(leaf, entry["index"], seal["size"], path, bytes.fromhex(seal["root"]))


def _broken_seals(seals: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    for before, seal in pairwise(seals):
        if seal["number"] == before["number"] + 1 and seal["previous"] != before["root"]:
            yield Finding(f"seal {seal['number']}, previous", "is not the root of the seal before it")


def _bad_entry(
    row: str, entry: Mapping[str, Any], seal: Mapping[str, Any] | None, root_is_wrong: bool
) -> Iterator[Finding]:
    """Whether an entry's text gives its hash, and its hash the root (条目核验)."""
    if seal is None:
        yield Finding(f"{row}, seal", f"seal {entry['seal']} is not in the receipt")
        return
    made = link(bytes.fromhex(entry["previous"]), entry["body"])
    linked = made.hex() == entry["hash"]
    leads = _leads(entry, seal)
    if not linked and _leads(entry, seal, made):
        yield Finding(f"{row}, hash", "changed: body and previous give another one, and that is sealed")
        return
    if not linked:
        yield Finding(f"{row}, body or previous", "changed: they do not give the hash of the entry")
    elif _act_in(entry) is None:
        yield Finding(f"{row}, body", "does not tell an act")
    if not leads and not root_is_wrong:
        what = "path or index" if linked else "path, index or hash"
        yield Finding(
            f"{row}, {what}", f"changed: it does not lead from the entry to the root of seal {seal['number']}"
        )


def _act_in(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        act = json.loads(entry["body"])
    except (ValueError, RecursionError):
        return None
    if not isinstance(act, dict) or not all(
        isinstance(act.get(name), str) for name in ("at", "act", "stream")
    ):
        return None
    actor = act.get("actor")
    texts = isinstance(actor, dict) and all(isinstance(value, str) for value in actor.values())
    return act if texts else None


def _broken_streams(
    entries: Sequence[tuple[str, Mapping[str, Any]]], whole: Sequence[str]
) -> Iterator[Finding]:
    """Whether the entries of each stream stand in their order, and those of a whole stream without a gap (链的连续)."""
    last: dict[str, Mapping[str, Any] | None] = dict.fromkeys(whole)
    for row, entry in entries:
        stream = (_act_in(entry) or {})["stream"]
        before = last.get(stream)
        last[stream] = entry
        expected = GENESIS.hex() if before is None else before["hash"]
        if before is not None and (entry["seal"], entry["index"]) <= (before["seal"], before["index"]):
            yield Finding(
                row, f"out of order: the entry of {stream} before it was sealed later, or it is twice"
            )
        elif entry["previous"] == expected:
            continue
        elif stream in whole:
            yield Finding(
                row, f"missing: entries of {stream} before it, which the receipt says are all there"
            )
        elif before is not None and entry["previous"] == GENESIS.hex():
            yield Finding(row, f"it is the first entry of {stream} and cannot follow another")
    for stream in whole:
        if last[stream] is None:
            yield Finding(
                "receipt, whole", f"there is no entry of {stream}, which the receipt says is all there"
            )
