"""Responsibility reports (责任认定报告): the verification of thirty signed acts, beside ``openssl cms -verify`` thirty times in the same run.

Ours is timed cold, with nothing kept of earlier certificates, and as in a process that has seen them: the page with its statements, and the
archive as ``tongban verify`` checks it. The reference starts thirty processes, as a stranger would, one after the other.
"""

import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests import signed
from tests import world as worlds
from tests.bench.report import Figure
from tests.bench.stage import Stage

from tongban.base.ledger import actions as ledger_actions
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import content_of
from tongban.oversight.responsibility import queries
from tongban.oversight.responsibility.queries.judging import judge
from tongban.people.certificates import queries as certificates
from tongban.people.certificates.rules.profiles import Algorithm
from tongban.work.cases import actions

ACTS = 30
GOAL = 100.0  # ms
_RUNS = 15


def _case(stage: Stage, algorithm: Algorithm) -> tuple[signed.Signing, str]:
    """A case of thirty acts, each signed: started, submitted, and passed to and fro at the counter."""
    signing = signed.build(algorithm, stage.world)
    case = worlds.submitted(signing.world)
    made = len(ledger.acts_of(f"case:{case.id}"))
    for number in range(ACTS - made):
        act = actions.put_back if number % 2 else actions.claim
        act(actor=signing.world.clerk, case_id=case.id, at=signed.AT)
    ledger_actions.seal(at=signed.AT)
    return signing, str(case.id)


def _forget() -> None:
    """Nothing is known of any certificate (清空缓存)."""
    for name, module in list(sys.modules.items()):
        if name.startswith("tongban.base.pki"):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _timed(work: Callable[[], object], *, cold: bool) -> tuple[float, float]:
    """Milliseconds on the clock, and of our CPU: others work on the machine too."""
    times, spent = [], []
    for _ in range(_RUNS):
        if cold:
            _forget()
        begin, cpu = time.perf_counter(), time.process_time()
        work()
        times.append(1000 * (time.perf_counter() - begin))
        spent.append(1000 * (time.process_time() - cpu))
    return median(times), median(spent)


def _openssl(rows: list[ledger.EntryView], folder: Path) -> float:
    """Thirty times the command (对照)."""
    (folder / "roots.pem").write_bytes(b"".join(root.pem for root in certificates.roots()))
    asked = []
    for number, row in enumerate(rows):
        evidence, content = folder / f"{number}.p7s", folder / f"{number}.json"
        evidence.write_bytes(row.evidence or b"")
        content.write_bytes(content_of(row.body))
        words = f"openssl cms -verify -binary -inform DER -in {evidence} -content {content} -CAfile {folder}/roots.pem -purpose any"
        asked.append([*words.split(), "-attime", str(int(signed.AT.timestamp())), "-out", "/dev/null"])

    def all_of_them() -> None:
        for words in asked:
            subprocess.run(words, check=True, capture_output=True)

    begin = time.perf_counter()
    all_of_them()
    return 1000 * (time.perf_counter() - begin)


def _works(
    signing: signed.Signing, case_id: str, rows: list[ledger.EntryView]
) -> dict[str, Callable[[], None]]:
    judged = judge()

    def verified() -> None:
        for row in rows:
            assert not judged(row.evidence or b"", content_of(row.body)).faults

    def reported() -> None:
        assert not queries.report_of(signing.world.head, uuid.UUID(case_id), at=signed.AT).report.broken

    return {"30 signatures": verified, "report, with statements": reported}


def measure(stage: Stage) -> list[Figure]:
    """Milliseconds for thirty acts, of both algorithms (测量). openssl 3.0 reads no signed message of SM2: there is no reference for it."""
    figures: list[Figure] = []
    for algorithm in (Algorithm.P256, Algorithm.SM2):
        signing, case_id = _case(stage, algorithm)
        rows = ledger.entries_of([f"case:{case_id}"])
        assert len(rows) == ACTS
        assert all(row.evidence for row in rows)
        with tempfile.TemporaryDirectory() as folder:
            reference = _openssl(rows, Path(folder)) if algorithm is Algorithm.P256 else None
        name, area = "openssl cms -verify x 30" if reference else "-", f"responsibility {algorithm.value}"
        for what, work in _works(signing, case_id, rows).items():
            for cold in (True, False):
                took, cpu = _timed(work, cold=cold)
                said = f"{what}, {'cold' if cold else 'warm'}"
                figures.append(Figure(area, said, round(took, 2), reference, name, GOAL, "ms below"))
                figures.append(Figure(area, f"{said}, CPU", round(cpu, 2), None, "", None, "ms"))
    return figures
