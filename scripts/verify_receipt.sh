#!/bin/bash
# Checks a receipt of the ledger with stock tools alone: openssl for signatures, Python's own library for hashes.
#   verify_receipt.sh RECEIPT.json [KEY.pem]     KEY.pem: the office's public key, which you got elsewhere
# Ends with 0 and "ok", or with 1 and what does not hold. The form of the file: docs/operations/receipts.md.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '3p' "$0"; exit 2; }
work=$(mktemp -d) bad=0
trap 'rm -rf "$work"' EXIT
python3 - "$1" "$work" <<'END' || bad=1
import base64, hashlib, json, sys
sha, wrong = lambda data: hashlib.sha256(data).digest(), []
must = lambda holds, what: None if holds else wrong.append(what)
fields = lambda thing, names, what: must(set(thing) == set(names.split()), f"{what}: has other fields than {names}")
try:
    told = json.load(open(sys.argv[1], encoding="utf-8"))
    fields(told, "format whole entries seals keys", "receipt")
    must(told["format"] == "tongban-receipt-1" and told["entries"], "receipt, format: another one, or no entries")
    seals = {seal["number"]: seal for seal in told["seals"]}
    must(list(seals) == sorted(seals) and len(seals) == len(told["seals"]), "receipt, seals: their order")
    last = {stream: None for stream in told["whole"]}
    for n, entry in enumerate(told["entries"], 1):
        fields(entry, "body previous hash seal index path", f"entry {n}")
        seal, before = seals[entry["seal"]], bytes.fromhex(entry["previous"])
        # The link: an entry's hash is over the hash before it and its own text.
        link = sha(before + entry["body"].encode())
        must(link.hex() == entry["hash"], f"entry {n}, body, previous or hash: they do not belong together")
        # The way up the Merkle tree (RFC 9162, 2.1.3.2); a leaf is the hash of an entry.
        place, end, node = entry["index"], seal["size"] - 1, sha(b"\0" + bytes.fromhex(entry["hash"]))
        leads = 0 <= place <= end
        for step in map(bytes.fromhex, entry["path"]):
            leads = leads and end > 0
            if place % 2 or place == end:
                node = sha(b"\1" + step + node)
                while place and place % 2 == 0: place, end = place // 2, end // 2
            else:
                node = sha(b"\1" + node + step)
            place, end = place // 2, end // 2
        must(leads and end == 0 and node.hex() == seal["root"],
             f"entry {n}, path, index or hash: do not lead to the root of seal {seal['number']}")
        act = json.loads(entry["body"])
        old, last[act["stream"]] = last.get(act["stream"]), entry
        must(not old or (old["seal"], old["index"]) < (entry["seal"], entry["index"]), f"entry {n}: out of order")
        follows = entry["previous"] == (old["hash"] if old else "0" * 64)
        must(follows or act["stream"] not in told["whole"], f"entry {n}: entries of its stream before it are missing")
        print(f"entry {n}:", repr((act["at"], act["actor"], act["act"], act["stream"])))
    must(all(last[stream] for stream in told["whole"]), "receipt, whole: names a stream without entries")
    for name, pem in told["keys"].items():
        der = base64.b64decode(pem[27:87])
        same = pem == f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(der).decode()}\n-----END PUBLIC KEY-----\n"
        must(same and name == f"ed25519-{sha(der).hex()[:16]}", f"key {name}: is not the one of this id")
    for number, seal in seals.items():
        fields(seal, "number at size root previous key_id signature", f"seal {number}")
        old = seals.get(number - 1)
        must(not old or old["root"] == seal["previous"], f"seal {number}, previous: is not the root of the one before")
        signed = {"seal": number, **{name: seal[name] for name in ("at", "size", "root", "previous")}}
        raw = base64.b64decode(seal["signature"])
        must(base64.b64encode(raw).decode() == seal["signature"], f"seal {number}, signature: spelt in another way")
        stem = f"{sys.argv[2]}/seal-{int(number)}"
        open(f"{stem}.text", "w").write(json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
        open(f"{stem}.sig", "wb").write(raw)
        open(f"{stem}.pem", "w").write(told["keys"].get(seal["key_id"], ""))
        open(f"{stem}.id", "w").write(seal["key_id"])
except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
    wrong.append(f"receipt: cannot be read as one: {fault!r}")
sys.exit("\n".join(repr(what)[1:-1] for what in wrong) if wrong else 0)
END

for text in "$work"/seal-*.text; do
    [ -e "$text" ] || break
    stem=${text%.text} name=$(basename "$text" .text) key=${2:-${text%.text}.pem}
    id=ed25519-$(openssl pkey -pubin -in "$key" -outform DER 2>/dev/null | sha256sum | cut -c1-16) || id=none
    if [ "$id" != "$(cat "$stem.id")" ]; then
        echo "$name, key: it is $id, not the one that the seal names" >&2; bad=1
    elif ! openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in "$text" -sigfile "$stem.sig" >/dev/null 2>&1; then
        echo "$name, signature: does not hold over its number, at, size, root and previous" >&2; bad=1
    fi
done
[ $bad = 0 ] || exit 1
[ $# -ge 2 ] || echo "The key is the receipt's own: compare $id with the one that the office publishes."
echo ok
