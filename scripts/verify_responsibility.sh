#!/bin/bash
# Checks a responsibility report (责任认定包) with stock tools alone: openssl for signatures, time stamps and hashes, Python's own library for the zip.
#   verify_responsibility.sh REPORT.zip [KEY.pem [ROOT.pem]]     KEY.pem: the office's sealing key, ROOT.pem: the root certificate, from elsewhere
# Ends with 0 and "ok", or with 1 and what does not hold, by act and part. What is in the archive: its README.txt. The status inside the evidence (OCSP)
# is judged by `tongban verify` alone; of SM2 the time stamp as well, for openssl 3.0 cannot be told SM2's identifier when it reads a signed message.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '3p' "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd) work=$(mktemp -d) bad=0
trap 'rm -rf "$work"' EXIT
python3 - "$1" "$work" <<'END' || bad=1
import base64, hashlib, json, os, sys, zipfile
from datetime import datetime
sha, wrong = lambda data: hashlib.sha256(data).hexdigest(), []
must = lambda holds, what: None if holds else wrong.append(what)
line = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
SM3, DIGEST, STAMP = bytes.fromhex("06082a811ccf55018311"), bytes.fromhex("06092a864886f70d010904"), bytes.fromhex("060b2a864886f70d010910020e")
def walk(der):
    """The values side by side in some DER: (tag, whole, content)."""
    found, at = [], 0
    while at < len(der):
        size, head = der[at + 1], 2
        if size > 127:
            head += size & 127
            size = int.from_bytes(der[at + 2:at + head], "big")
        found.append((der[at], der[at:at + head + size], der[at + head:at + head + size]))
        at += head + size
    return found
def inside(der, *path):
    for place in path:
        der = walk(der)[place][2]
    return der
def value_of(attributes, oid):
    return next((inside(one, 1) for _, _, one in walk(attributes) if one.startswith(oid)), b"")
def dissect(stem, evidence):
    """The pieces of a signed message (RFC 5652) as files: certificates, signed attributes, signature, digest, time stamp."""
    signed = walk(inside(evidence, 0, 1, 0))
    certificates = [whole for _, whole, _ in walk(next(content for tag, _, content in signed if tag == 0xA0))]
    signer = walk(inside(signed[-1][2], 0))
    attributes, signature, more = signer[3], signer[5], signer[6]
    out(f"{stem}.attributes", b"\x31" + attributes[1][1:]), out(f"{stem}.signature", signature[2])
    out(f"{stem}.digest", inside(value_of(attributes[2], DIGEST), 0).hex().encode()), out(f"{stem}.token", value_of(more[2], STAMP))
    for n, one in enumerate(certificates):
        out(f"{stem}.{n}.der", one)
    if SM3 in signed[1][1]:
        out(f"{stem}.sm2", b"")
try:
    with zipfile.ZipFile(sys.argv[1]) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    listed = {one["name"]: one["sha256"] for one in manifest["members"]}
    must(set(listed) == set(files) - {"manifest.json"}, "manifest.json: lists other files than there are")
    for name, digest in listed.items():
        must(sha(files.get(name, b"")) == digest, f"{name}: changed")
    signature = manifest.pop("signature")
    ledger, report = json.loads(files["ledger.json"]), json.loads(files["report.json"])
    must(len(report["acts"]) == len(ledger["entries"]), "report.json: tells another number of acts than the ledger")
    out = lambda name, data: open(os.path.join(sys.argv[2], name), "wb").write(data)
    for number, (act, entry) in enumerate(zip(report["acts"], ledger["entries"]), 1):
        body = json.loads(entry["body"])
        row, data, signed = f"act {number} ({body['act']})", body["data"], body.pop("signature", "")
        for name, value in (("act", body["act"]), ("at", body["at"]), ("who", body["actor"].get("name", "")), ("signature", signed)):
            must(act[name] == value, f"{row}, {name}: is not what the ledger tells")
        text = files.get(f"texts/{data.get('document')}.json")
        must(text is None or sha(text) == data["digest"], f"{row}, text: it is not the text whose digest the ledger keeps")
        if signed:
            evidence, content = files.get(f"signatures/{signed}.p7s", b""), files.get(f"signatures/{signed}.json", b"")
            must(sha(evidence) == signed, f"{row}, signature: it is not the evidence that the ledger names")
            must(content == line(body), f"{row}, content: what was signed is not the entry of the ledger")
            out(f"act-{number}.p7s", evidence), out(f"act-{number}.json", content)
            out(f"act-{number}.at", str(int(datetime.fromisoformat(act["stamped_at"] or act["at"]).timestamp())).encode())
            out(f"act-{number}.row", row.encode()), dissect(f"act-{number}", evidence)
        print(f"{row}:", repr((act["at"], act["title"], act["who"] or act["kind"], "signed" if signed else "")))
    out("ledger.json", files["ledger.json"]), out("manifest.text", line(manifest))
    out("manifest.sig", base64.b64decode(signature)), out("manifest.pem", manifest["key"].encode())
    out("roots.pem", b"".join(data for name, data in sorted(files.items()) if name.startswith("certificates/")))
except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, StopIteration, zipfile.BadZipFile) as fault:
    wrong.append(f"report: cannot be read as one: {fault!r}")
sys.exit("\n".join(repr(what)[1:-1] for what in wrong) if wrong else 0)
END
[ -e "$work/manifest.text" ] || exit 1
key=${2:-$work/manifest.pem} roots=${3:-$work/roots.pem}
openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in "$work/manifest.text" -sigfile "$work/manifest.sig" >/dev/null 2>&1 ||
    { echo "manifest.json, signature: does not hold" >&2; bad=1; }
"$here/verify_receipt.sh" "$work/ledger.json" "$key" >/dev/null || bad=1
for evidence in "$work"/act-*.p7s; do
    [ -e "$evidence" ] || break
    stem=${evidence%.p7s}
    row=$(cat "$stem.row") at=$(cat "$stem.at")
    for piece in "$stem".*.der; do openssl x509 -inform DER -in "$piece" -out "$piece.pem" 2>/dev/null || true; done
    cat "$stem".*.der.pem >"$stem.chain" 2>/dev/null || true
    # The signature, the certificate and its chain as of the time of signing.
    if [ -e "$stem.sm2" ]; then
        distid=distid:1234567812345678 holds=""
        [ "$(openssl dgst -sm3 -r "$stem.json" | cut -d' ' -f1)" = "$(cat "$stem.digest")" ] || { echo "$row, content: is not what was signed" >&2; bad=1; }
        # Down from the roots, one certificate at a time: only of the certificate that it looks at is openssl told the identifier.
        cp "$roots" "$stem.trusted"
        for _ in 1 2 3 4; do
            for piece in "$stem".*.der.pem; do
                openssl verify -vfyopt "$distid" -attime "$at" -partial_chain -trusted "$stem.trusted" "$piece" >/dev/null 2>&1 || continue
                openssl x509 -in "$piece" -noout -text | grep -q CA:TRUE && cat "$piece" >>"$stem.trusted"
                openssl x509 -in "$piece" -pubkey -noout >"$stem.pub"
                openssl dgst -sm3 -sigopt "$distid" -verify "$stem.pub" -signature "$stem.signature" "$stem.attributes" >/dev/null 2>&1 && holds=1
            done
        done
        [ "$holds" ] || { echo "$row, signature or certificate: does not hold" >&2; bad=1; }
    else
        openssl cms -verify -binary -inform DER -in "$evidence" -content "$stem.json" -CAfile "$roots" -purpose any -attime "$at" -out /dev/null >"$stem.said" 2>&1 ||
            { echo "$row, signature or certificate: does not hold" >&2; bad=1; }
        openssl ts -verify -token_in -in "$stem.token" -data "$stem.signature" -CAfile "$roots" -untrusted "$stem.chain" -attime "$at" >/dev/null 2>&1 ||
            { echo "$row, time_stamp: does not hold" >&2; bad=1; }
    fi
done
[ $bad = 0 ] || exit 1
[ $# -ge 3 ] || echo "Keys or roots are the archive's own: compare them with those that the office and the certificate service publish."
echo ok
