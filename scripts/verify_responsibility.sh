#!/bin/bash
# Checks a responsibility report (责任认定包) with stock tools alone: openssl for signatures, time stamps and hashes, Python's own library for the zip.
#   verify_responsibility.sh REPORT.zip [KEY.pem [ROOT.pem]]     KEY.pem: the office's sealing key, ROOT.pem: the root certificate, from elsewhere
# Ends with 0 and "ok", or with 1 and what does not hold, by act and part. What is in the archive: its README.txt.
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
            out(f"act-{number}.row", row.encode())
        print(f"{row}:", repr((act["at"], act["title"], act["who"] or act["kind"], "signed" if signed else "")))
    out("ledger.json", files["ledger.json"]), out("manifest.text", line(manifest))
    out("manifest.sig", base64.b64decode(signature)), out("manifest.pem", manifest["key"].encode())
    out("roots.pem", b"".join(data for name, data in sorted(files.items()) if name.startswith("certificates/")))
except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as fault:
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
    # The signature, the certificate and its chain as of the time of signing; the time stamp and the status lie in the unsigned attributes.
    openssl cms -verify -binary -inform DER -in "$evidence" -content "$stem.json" -CAfile "$roots" -purpose any \
        -attime "$(cat "$stem.at")" -out /dev/null >"$stem.said" 2>&1 ||
        { echo "$(cat "$stem.row"), signature: $(grep -m1 -oE '(verify error|error)[^:]*:.*' "$stem.said" | tail -c 120)" >&2; bad=1; }
done
[ $bad = 0 ] || exit 1
[ $# -ge 3 ] || echo "Keys or roots are the archive's own: compare them with those that the office and the certificate service publish."
echo ok
