"""The certificate service (证书服务): issuing through the action, and answers about a status over HTTP, beside openssl's own responder.

Answers are asked of the API door as production serves it, of two hundred certificates in turn; a figure for each second of CPU of the
door's own process, since others work on the machine too. Of the reference likewise, over HTTP, in the same run.
"""

import itertools
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from django.db import connection, connections, transaction
from tests.bench import certificates as library
from tests.bench import load, serving
from tests.bench.report import Figure
from tests.bench.stage import Stage

from tongban.base.pki import keys, ocsp, pem
from tongban.base.pki.certificates import load_certificate
from tongban.base.pki.requests import build_request
from tongban.people.certificates import actions, queries
from tongban.people.certificates.actions import authority_keys
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind, Delivery
from tongban.people.certificates.tests import service as services

ASKED = 200
ISSUED = 300
ROUNDS = 3


def measure(stage: Stage) -> list[Figure]:
    """Issue, then ask (测量)."""
    service = services.build(stage.world, at=datetime.now(UTC).replace(microsecond=0))
    figures, made = _issuing(service)
    issuing = authorities.current(AuthorityKind.ISSUING, Algorithm.P256)
    found = [load_certificate(queries.file_of(service.first, one) or b"") for one in made[:ASKED]]
    questions = [ocsp.build_request(one, issuing.certificate) for one in found]
    connections.close_all()
    with serving.door("api") as (port, pid):
        runs = [
            load.run(partial(_asking, port, f"/pki/ocsp/{issuing.slug}", questions), stage.url, pid)
            for _ in range(ROUNDS)
        ]
    reference = _reference(issuing, found, questions[0])
    figures += [
        Figure(
            "OCSP over HTTP",
            "answers, each second of the door's CPU",
            round(median(1000 / run.program_cpu for run in runs), 1),
            reference,
            "openssl ocsp -port, HTTP included",
            1000,
            "1/s at least",
        ),
        Figure("OCSP over HTTP", "rate", round(median(run.rate for run in runs), 1), None, "", None, "1/s"),
        Figure("OCSP over HTTP", "p99", round(median(run.p99 for run in runs), 2), None, "", None, "ms"),
        Figure(
            "OCSP over HTTP",
            "CPU, database",
            round(median(run.database_cpu for run in runs), 3),
            None,
            "",
            None,
            "ms each",
        ),
    ]
    return figures


def _issuing(service: services.Service) -> tuple[list[Figure], list[object]]:
    """Requests of holders' own keys, approved, answered one after another, each with its entry in the ledger."""
    request = build_request([("CN", "x")], keys.generate(keys.Algorithm.P256)).pem.decode()
    waiting = [service.approved(delivery=Delivery.REQUEST, request=request) for _ in range(ISSUED)]
    begun, cpu = time.perf_counter(), time.process_time()
    for one in waiting:
        actions.issue_requested(actor=services.OPERATOR, certificate_id=one, at=service.at)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    area, beside = "issuing through the action", "transactions of one small UPDATE, one thread"
    return [
        Figure(area, "rate, one thread", round(ISSUED / seconds, 1), _bare(), beside, 100, "1/s at least"),
        Figure(area, "issued, each second of CPU", round(ISSUED / cpu, 1), None, "", 100, "1/s at least"),
    ], list(waiting)


def _bare() -> float:
    """How many transactions a second one thread gets through at all (对照): each waits until it is on disk."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bare (id int PRIMARY KEY, told int)")
        cursor.execute("INSERT INTO bench_bare VALUES (1, 0)")
        begun = time.perf_counter()
        for number in range(ISSUED):
            with transaction.atomic():
                cursor.execute("UPDATE bench_bare SET told = %s WHERE id = 1", [number])
        seconds = time.perf_counter() - begun
        cursor.execute("DROP TABLE bench_bare")
    return round(ISSUED / seconds, 1)


def _asking(port: int, path: str, questions: list[bytes], number: int) -> Iterator[None]:
    turn = itertools.cycle(questions[number:] + questions[:number])
    return serving.asked(port, (serving.request("POST", path, question) for question in turn))


def _reference(
    issuing: authorities.AuthorityView, found: list[library.certificates.Certificate], question: bytes
) -> float:
    """openssl's responder with the same authority and certificates (对照)."""
    key = authority_keys.key_of(issuing.key)
    if not isinstance(key, keys.LocalKey):
        raise TypeError("the bench keeps its keys in the folder")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ca.pem").write_bytes(issuing.certificate.pem)
        (folder / "ca.key").write_bytes(pem.armour("PRIVATE KEY", keys.private_key_info(key)))
        lines = [
            f"V\t{one.not_after:%y%m%d%H%M%SZ}\t\t{one.serial:X}\tunknown\t/CN={one.serial:X}\n"
            for one in found
        ]
        (folder / "index.txt").write_text("".join(lines))
        return library._served(folder, question, "-sha256")
