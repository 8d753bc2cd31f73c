"""Verification of receipts and of exported cases (回执和导出核验): ``tongban verify FILE``, on any machine, without database, settings or network."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tongban.base.archives import MANIFEST, Broken, check_manifest, unpack
from tongban.base.ledger.rules import Finding
from tongban.base.ledger.rules.receipts import Told, check_receipt, told
from tongban.base.signing import verify as verify_signature
from tongban.work.cases.rules.exported import CASE, JSON_MEMBERS, LEDGER, check_export

_SHOWN = 50  # findings


def run(file: Path, key_files: Sequence[Path] = ()) -> int:
    """Check a receipt or the export of a case (核验回执或导出): 0 where all holds, 1 with each finding named, 2 where a file cannot be read as what it is."""
    try:
        keys = [path.read_text(encoding="utf-8") for path in key_files]
        if _is_archive(file):
            return _run_archive(file, keys)
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        print(f"cannot read: {fault}", file=sys.stderr)
        return 2
    try:
        receipt = json.loads(text)
    except (ValueError, RecursionError):
        print("receipt: is not JSON", file=sys.stderr)
        return 1
    try:
        findings = check_receipt(receipt, verify=verify_signature, keys=keys)
    except ValueError as fault:
        print(f"--key: {fault}", file=sys.stderr)
        return 2
    if findings:
        return _refused(findings, "receipt")
    _tell(receipt, given=bool(keys))
    return 0


def _refused(findings: Sequence[Finding], what: str) -> int:
    for finding in findings[:_SHOWN]:
        print(_plain(str(finding)))
    print(f"{len(findings)} problems: this {what} does not hold", file=sys.stderr)
    return 1


def _is_archive(file: Path) -> bool:
    # One altered byte in the mark itself must not make a receipt of it: a receipt begins with a brace.
    with file.open("rb") as opened:
        return b"PK" in opened.read(4) or file.suffix.lower() == ".zip"


def _run_archive(file: Path, keys: Sequence[str]) -> int:
    """Check the export of a case (核验导出): container, manifest, ledger, and the files against the ledger."""
    try:
        with file.open("rb") as opened:
            members = unpack(opened, lambda name: name in (MANIFEST, *JSON_MEMBERS))
            if opened.read(1):
                raise Broken("end", "there is more than was written")
    except Broken as broken:
        return _refused([broken.finding], "export")
    contents = {one.name: one.content for one in members}
    read: dict[str, Any] = {}
    findings = []
    for name in (MANIFEST, *sorted(JSON_MEMBERS)):
        try:
            read[name] = json.loads(contents.get(name) or b"")
        except (ValueError, RecursionError):
            findings.append(Finding(name, "missing, or not JSON"))
    if len({one.name for one in members}) < len(members):
        findings.append(Finding("archive", "a name stands there twice"))
    if findings:
        return _refused(findings, "export")
    try:
        findings = check_manifest(read[MANIFEST], contents[MANIFEST] or b"", members, verify_signature, keys)
        findings += check_receipt(read[LEDGER], verify=verify_signature, keys=keys)
    except ValueError as fault:
        print(f"--key: {fault}", file=sys.stderr)
        return 2
    if not findings:
        acts = [json.loads(entry["body"]) for entry in read[LEDGER]["entries"]]
        findings = check_export(read[CASE], acts, {one.name: one.sha256 for one in members})
    if findings:
        return _refused(findings, "export")
    _tell(read[LEDGER], given=bool(keys))
    for one in members:
        print(_plain(f"{one.name}: {one.size} bytes, SHA-256 {one.sha256}"))
    print(
        _plain(
            f"ok: case {read[CASE]['case']['number']}, {len(members)} files, exported {read[MANIFEST].get('at')}"
        )
    )
    return 0


def _tell(receipt: dict[str, Any], *, given: bool) -> None:
    acts = told(receipt)
    for number, act in enumerate(acts, 1):
        print(_plain(f"entry {number}: {act.at}  {_who(act)}  {act.act}  {act.stream}  (seal {act.seal})"))
    for seal in receipt["seals"]:
        print(_plain(f"seal {seal['number']}: {seal['at']}  root {seal['root']}  key {seal['key_id']}"))
    for stream in dict.fromkeys(act.stream for act in acts):
        whole = (
            "every entry up to the last one given" if stream in receipt["whole"] else "some of its entries"
        )
        print(_plain(f"{stream}: {whole}"))
    if given:
        print("key: the one given with --key")
    else:
        print(
            "key: taken from the receipt itself, which proves little. Compare its id with the one that the office"
            " publishes (/v1/ledger/keys), or give a key from elsewhere with --key"
        )
    print(f"ok: {len(acts)} entries, {len(receipt['seals'])} seals")


def _who(act: Told) -> str:
    return " ".join(act.actor[name] for name in ("kind", "name", "id") if name in act.actor)


def _plain(text: str) -> str:
    """``text`` without what would move the cursor of a terminal (去控制字符): a receipt may come from anybody."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
