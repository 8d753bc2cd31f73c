"""Verification of receipts (回执核验): ``tongban verify FILE``, on any machine, without database, settings or network."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tongban.base.ledger.rules.receipts import Told, check_receipt, told
from tongban.base.signing import verify as verify_signature

_SHOWN = 50  # findings


def run(file: Path, key_files: Sequence[Path] = ()) -> int:
    """Check a receipt (核验回执): 0 where all holds, 1 with each finding named, 2 where a file cannot be read as what it is."""
    try:
        keys = [path.read_text(encoding="utf-8") for path in key_files]
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
        for finding in findings[:_SHOWN]:
            print(_plain(str(finding)))
        print(f"{len(findings)} problems: this receipt does not hold", file=sys.stderr)
        return 1
    _tell(receipt, given=bool(keys))
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
