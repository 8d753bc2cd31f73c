"""Verification of receipts, exported cases, responsibility reports and archived registrations (回执、导出、责任认定包和登记档案核验): ``tongban verify FILE``.

On any machine, without database, settings or network.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tongban.base.archives import MANIFEST, Broken, check_manifest, unpack
from tongban.base.ledger.rules import Finding
from tongban.base.ledger.rules.receipts import Told, check_receipt, told
from tongban.base.signing import verify as verify_signature
from tongban.oversight.responsibility.rules import files as reports
from tongban.oversight.responsibility.rules.judging import judge_by, read_roots
from tongban.people.certificates.rules import archiving
from tongban.work.cases.rules.exported import CASE, JSON_MEMBERS, LEDGER, check_export

_SHOWN = 50  # findings


def run(file: Path, key_files: Sequence[Path] = (), root_files: Sequence[Path] = ()) -> int:
    """Check a receipt, the export of a case or a responsibility report (核验): 0 where all holds, 1 with each finding named, 2 where
    a file cannot be read as what it is. ``root_files``: root certificates from elsewhere, PEM; only they count then."""
    try:
        keys = [path.read_text(encoding="utf-8") for path in key_files]
        if _is_archive(file):
            return _run_archive(file, keys, [path.read_bytes() for path in root_files])
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


def _run_archive(file: Path, keys: Sequence[str], roots: Sequence[bytes]) -> int:
    """Check an archive (核验归档包): container, manifest, ledger, and the files against the ledger."""
    try:
        with file.open("rb") as opened:
            members = unpack(opened, _wanted)
            if opened.read(1):
                raise Broken("end", "there is more than was written")
    except Broken as broken:
        return _refused([broken.finding], "archive")
    contents = {one.name: one.content for one in members}
    manifest = _read(contents.get(MANIFEST))
    told_format = manifest.get("format") if isinstance(manifest, dict) else None
    main, names, what = _KINDS.get(str(told_format), (CASE, JSON_MEMBERS, "export"))
    read = {MANIFEST: manifest, **{name: _read(contents.get(name)) for name in sorted(names)}}
    findings = [Finding(name, "missing, or not JSON") for name, value in read.items() if value is None]
    if len({one.name for one in members}) < len(members):
        findings.append(Finding("archive", "a name stands there twice"))
    if findings:
        return _refused(findings, what)
    try:
        findings = check_manifest(read[MANIFEST], contents[MANIFEST] or b"", members, verify_signature, keys)
        findings += check_receipt(read[LEDGER], verify=verify_signature, keys=keys)
        if what == "report":
            # A changed member is named by the manifest; what it is that was changed in it is said all the same.
            findings += _of_report(read, contents, roots, sound=not findings)
        elif what == "registration" and not findings:
            acts = [json.loads(entry["body"]) for entry in read[LEDGER]["entries"]]
            findings = archiving.check_archive(read[main], acts, contents)
        elif not findings:
            acts = [json.loads(entry["body"]) for entry in read[LEDGER]["entries"]]
            findings = check_export(read[CASE], acts, {one.name: one.sha256 for one in members})
    except ValueError as fault:
        print(f"--key or --root: {fault}", file=sys.stderr)
        return 2
    if findings:
        return _refused(findings, what)
    _tell(read[LEDGER], given=bool(keys))
    for one in members:
        print(_plain(f"{one.name}: {one.size} bytes, SHA-256 {one.sha256}"))
    if what == "report":
        signed = sum(1 for act in read[main]["acts"] if act["signature"])
        print(f"signed acts: {signed} of {len(read[main]['acts'])}")
        if signed and not roots:
            print(
                "roots: taken from the archive itself, which proves little. Give the service's own with --root"
            )
    number = read[main]["id"] if what == "registration" else f"case {read[main]['case']['number']}"
    print(_plain(f"ok: {number}, {len(members)} files, {what} of {read[MANIFEST].get('at')}"))
    return 0


# Formats of archives by their manifest: the member that says what it is, those that are JSON, and its name in words.
_KINDS = {
    reports.FORMAT: (reports.REPORT, reports.JSON_MEMBERS, "report"),
    archiving.FORMAT: (archiving.REGISTRATION, archiving.JSON_MEMBERS, "registration"),
}


def _wanted(name: str) -> bool:
    """Whether the content of a member is looked at."""
    return name in (MANIFEST, *JSON_MEMBERS) or reports.wanted(name) or archiving.wanted(name)


def _read(content: bytes | None) -> Any:
    try:
        return json.loads(content or b"")
    except (ValueError, RecursionError):
        return None


def _of_report(
    read: dict[str, Any], contents: dict[str, bytes | None], roots: Sequence[bytes], *, sound: bool
) -> list[Finding]:
    """Findings in a report (核验责任认定包): its acts against the ledger, and every signature anew."""
    if not sound and check_receipt(read[LEDGER], verify=verify_signature):
        return []  # a ledger that does not hold is no witness
    own = [pem for name, pem in contents.items() if name.startswith(reports.ROOTS) and pem is not None]
    return reports.check_report(
        read[reports.REPORT], read[LEDGER], contents, judge_by(read_roots(roots or own))
    )


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
