"""Certificates (数字证书): issuing, OCSP answers, revocation lists and evidence, beside the ``openssl`` command in the same run.

What others do on the machine would count in seconds of the clock, so everything is a second of CPU of one core: ours in this process, openssl's in its
own. The command begins a process for most of what it does; where it can serve many in one (``openssl ocsp -port``, ``openssl speed``), it does.
"""

import http.client
import os
import re
import resource
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median

from tests.bench.report import Figure

from tongban.base.pki import certificates, keys, ocsp, pem, requests, revocation
from tongban.base.pki.evidence import make_evidence, verify_evidence
from tongban.base.pki.keys import Algorithm
from tongban.base.pki.tests import authority as authorities
from tongban.base.pki.tests.authority import AT, OFFICIAL, RESPONDER, STAMPING, Authority
from tongban.base.pki.timestamps import Stamper

SECONDS = float(os.environ.get("TONGBAN_BENCH_SECONDS", "5"))
ACTS = 30
LISTED = 100_000
RATE, BELOW = "1/s of CPU, at least", "ms below"
_NAMES = {Algorithm.P256: "P-256", Algorithm.SM2: "SM2"}
_DIGEST = {Algorithm.P256: "-sha256", Algorithm.SM2: "-sm3"}
_SPEED = {Algorithm.P256: "ecdsap256", Algorithm.SM2: "sm2"}


def measure() -> list[Figure]:
    """Every figure of certificates (测量), for both algorithms."""
    figures = []
    for algorithm in Algorithm:
        authority = authorities.make_authority(algorithm)
        with tempfile.TemporaryDirectory() as folder:
            told = _written(Path(folder), authority)
            for part in (_signatures, _issuing, _answers, _list, _evidence):
                figures += part(authority, told)
    return figures


def _written(folder: Path, authority: Authority) -> Path:
    (folder / "ca.pem").write_bytes(authority.issuing.pem)
    (folder / "root.pem").write_bytes(authority.root.pem)
    key = pem.armour("PRIVATE KEY", keys.private_key_info(authority.issuing_key))
    (folder / "ca.key").write_bytes(key)
    return folder


def _rate(act: Callable[[], object], seconds: float = SECONDS) -> float:
    """How often a second of our CPU does it (每秒次数): the median of five."""
    found = []
    for _ in range(5):
        done, begun = 0, time.process_time()
        while time.process_time() - begun < seconds / 5:
            act()
            done += 1
        found.append(done / (time.process_time() - begun))
    return round(median(found), 1)


def _cost(act: Callable[[], object]) -> float:
    """Seconds of our CPU (耗时): the least of five, after one to warm up."""
    act()
    found = []
    for _ in range(5):
        begun = time.process_time()
        act()
        found.append(time.process_time() - begun)
    return min(found)


def _openssl(*words: str | Path) -> float:
    """Seconds of CPU of one run of the command (命令耗时); it must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _command_rate(*words: str | Path, times: int = 20) -> float:
    return round(1 / median(_openssl(*words) for _ in range(times)), 1)


def _figure(
    algorithm: Algorithm,
    what: str,
    ours: float,
    theirs: float | None,
    beside: str,
    goal: float | None,
    unit: str,
) -> Figure:
    return Figure("certificates", f"{what}, {_NAMES[algorithm]}", ours, theirs, beside, goal, unit)


def _signatures(authority: Authority, folder: Path) -> list[Figure]:
    algorithm, key = authority.algorithm, authority.issuing_key
    out = subprocess.run(
        ["openssl", "speed", "-seconds", "1", "-mr", _SPEED[algorithm]], check=True, capture_output=True, text=True
    ).stdout  # fmt: skip
    told = re.findall(r"^\+F[47]:\d+:256(?::CurveSM2)?:([\d.]+):([\d.]+)$", out, re.MULTILINE)[-1]
    data = b"x" * 400
    signature = key.sign(data)
    sign = _rate(lambda: key.sign(data), SECONDS / 5)
    verify = _rate(lambda: key.public.verify(signature, data), SECONDS / 5)
    return [
        _figure(algorithm, "signatures", sign, float(told[0]), "openssl speed", None, "1/s of CPU"),
        _figure(algorithm, "verifications", verify, float(told[1]), "openssl speed", None, "1/s of CPU"),
    ]


def _issuing(authority: Authority, folder: Path) -> list[Figure]:
    """From a request's bytes to a certificate: possession proven, certificate built, signed and read again."""
    algorithm = authority.algorithm
    request = requests.build_request([("C", "CN"), ("CN", "王芳")], keys.generate(algorithm))
    serials = count(2**100)

    def issue() -> None:
        proven = requests.proven_request(request.der)
        certificates.build_certificate(
            OFFICIAL,
            subject=proven.subject,
            public=proven.public,
            issuer=authority.issuing,
            issuer_key=authority.issuing_key,
            serial=next(serials),
            not_before=AT,
        )

    (folder / "request.pem").write_bytes(request.pem)
    told = _identifier(algorithm, "-vfyopt", "-sigopt")
    theirs = _command_rate(
        *(
            "x509",
            "-req",
            "-in",
            folder / "request.pem",
            "-CA",
            folder / "ca.pem",
            "-CAkey",
            folder / "ca.key",
        ),
        *(_DIGEST[algorithm], "-days", "700", "-set_serial", "77", "-out", folder / "made.pem", *told),
    )
    beside = "openssl x509 -req, a process each"
    return [_figure(algorithm, "certificates issued", _rate(issue), theirs, beside, 100, RATE)]


def _identifier(algorithm: Algorithm, *options: str) -> list[str]:
    """SM2's identifier in the words of the command."""
    if algorithm is Algorithm.P256:
        return []
    return [word for option in options for word in (option, "distid:1234567812345678")]


def _answers(authority: Authority, folder: Path) -> list[Figure]:
    """A thousand certificates asked in turn: signed beforehand, and each signed anew for a nonce; openssl serves them over HTTP in one process."""
    algorithm = authority.algorithm
    key, certificate = authority.issue(RESPONDER, "应答")
    responder = ocsp.Responder(authority.issuing, key, certificate)
    _, leaf = authority.issue()
    asked = [
        ocsp.build_request(_with_serial(leaf, 2**100 + number), authority.issuing) for number in range(1000)
    ]
    with_nonce = ocsp.build_request(leaf, authority.issuing, nonce=b"n" * 16)
    for one in asked:
        responder.reply(one, lambda _: ocsp.GOOD, AT)
    turn = count()
    kept = _rate(lambda: responder.reply(asked[next(turn) % 1000], lambda _: ocsp.GOOD, AT))
    fresh = _rate(lambda: responder.reply(with_nonce, lambda _: ocsp.GOOD, AT))
    (folder / "index.txt").write_text(f"V\t{_day(AT + timedelta(days=300))}\t\t{2**100:X}\tunknown\t/CN=x\n")
    theirs = _served(folder, asked[0], _DIGEST[algorithm])
    beside = "openssl ocsp -port, one process, HTTP included"
    return [
        _figure(algorithm, "OCSP answers, signed beforehand", kept, theirs, beside, 1000, RATE),
        _figure(algorithm, "OCSP answers, signed for a nonce", fresh, theirs, beside, None, "1/s of CPU"),
    ]


def _with_serial(leaf: certificates.Certificate, serial: int) -> certificates.Certificate:
    return replace(leaf, serial=serial)


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%y%m%d%H%M%SZ")


def _served(folder: Path, request: bytes, digest: str, times: int = 500) -> float:
    """Answers for each second of CPU of openssl's own responder (对照应答器)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["openssl", "ocsp", "-port", str(port), "-index", folder / "index.txt", "-CA", folder / "ca.pem"]
    words += ["-rsigner", folder / "ca.pem", "-rkey", folder / "ca.key", "-rmd", digest[1:], "-nmin", "480"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [*map(str, words), "-nrequest", str(times)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    done, deadline = 0, time.monotonic() + 60
    try:
        while done < times and time.monotonic() < deadline:
            try:
                link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                link.request("POST", "/", request, {"Content-Type": "application/ocsp-request"})
                assert link.getresponse().read()[:1] == b"\x30"
            except ConnectionRefusedError:
                time.sleep(0.05)  # it is not up yet
                continue
            finally:
                link.close()
            done += 1
        process.wait(timeout=10)
    finally:
        process.kill()
        process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(done / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), 1)


def _list(authority: Authority, folder: Path) -> list[Figure]:
    """A list of a hundred thousand entries, made, and looked into for the first time."""
    algorithm = authority.algorithm
    revoked = [
        revocation.Revoked(2**100 + number, AT - timedelta(minutes=number), revocation.Reason.SUPERSEDED)
        for number in range(LISTED)
    ]

    def make() -> bytes:
        return revocation.build_crl(
            authority.issuing,
            authority.issuing_key,
            number=1,
            this_update=AT,
            next_update=AT + timedelta(days=1),
            revoked=revoked,
        )

    lines = (
        f"R\t{_day(AT + timedelta(days=300))}\t{_day(one.at)},superseded\t{one.serial:X}\tunknown\t/CN=x"
        for one in revoked
    )
    (folder / "index.txt").write_text("\n".join(lines) + "\n")
    (folder / "ca.cnf").write_text(
        f"[ca]\ndefault_ca = one\n[one]\ndatabase = {folder / 'index.txt'}\nunique_subject = no\n"
        f"default_md = {_DIGEST[algorithm][1:]}\ndefault_crl_days = 1\n"
    )
    ours = _cost(make)
    theirs = _openssl(
        *(
            "ca",
            "-gencrl",
            "-config",
            folder / "ca.cnf",
            "-keyfile",
            folder / "ca.key",
            "-cert",
            folder / "ca.pem",
        ),
        *("-out", folder / "list.pem", *_identifier(algorithm, "-sigopt")),
    )
    found = revocation.load_crl(make())
    begun = time.process_time()
    assert found.find(2**100 + LISTED // 2) is not None
    looked = time.process_time() - begun
    what = f"revocation list of {LISTED:,}"
    return [
        _figure(algorithm, f"{what} made", round(ours, 3), round(theirs, 3), "openssl ca -gencrl", None, "s"),
        _figure(algorithm, f"{what}, first look into it", round(1000 * looked, 1), None, "", None, "ms"),
    ]


def _evidence(authority: Authority, folder: Path) -> list[Figure]:
    """Thirty acts of one official, each with content, chain, answer and stamp of its own: read and verified for the first time."""
    algorithm = authority.algorithm
    key, certificate = authority.issue()
    chain = [certificate, authority.issuing, authority.root]
    responder = ocsp.Responder(authority.issuing, authority.issuing_key)
    stamp_key, stamp_certificate = authority.issue(STAMPING, "时间戳")
    stamper = Stamper(stamp_key, (stamp_certificate, authority.issuing), "1.3.6.1.4.1.55555.2.1")
    serials = count(1)

    def status(one: certificates.Certificate, issuer: certificates.Certificate) -> bytes | None:
        if issuer != authority.issuing:
            return None
        return responder.answer([(ocsp.cert_id(one, issuer), ocsp.GOOD)], AT)

    def acts() -> list[tuple[bytes, bytes]]:
        made = []
        for number in range(ACTS):
            content = f"第{number}个行为：{'准予行政许可' * 200}".encode()
            evidence = make_evidence(
                content, key, chain, AT, lambda request: stamper.stamp(request, AT, next(serials)), status
            )
            made.append((content, evidence))
        return made

    costs = []
    for _ in range(5):
        fresh = acts()
        begun = time.process_time()
        assert all(verify_evidence(evidence, content, [authority.root]).good for content, evidence in fresh)
        costs.append(time.process_time() - begun)
    content, evidence = fresh[0]
    beside, theirs = "openssl cms -verify, 30 processes: signature and chain only", None
    if algorithm is Algorithm.P256:  # the command cannot be told SM2's identifier (decision 0018)
        (folder / "content").write_bytes(content)
        (folder / "evidence").write_bytes(evidence)
        words = [
            "cms",
            "-verify",
            "-binary",
            "-cades",
            "-inform",
            "DER",
            "-in",
            folder / "evidence",
            "-purpose",
            "any",
        ]
        words += ["-CAfile", folder / "root.pem", "-content", folder / "content", "-out", os.devnull]
        theirs = round(1000 * ACTS * median(_openssl(*words) for _ in range(10)), 1)
    ours = round(1000 * median(costs), 2)
    return [
        _figure(
            algorithm, f"evidence of {ACTS} acts verified", ours, theirs, beside if theirs else "", 100, BELOW
        )
    ]
