"""Licences (证照): issuing one, signed by the installation's own key (PAdES B-B), and sealed for the long term (B-LT), in the same run.

One thread, one transaction each: number, PDF, signature, file, row, entry in the ledger.
"""

import time
import uuid
from collections.abc import Callable
from statistics import median

from tests import signed
from tests import world as worlds
from tests.bench.report import Figure
from tests.bench.stage import Stage

from tongban.base.actor import system
from tongban.people.certificates.tests import service as services
from tongban.records.licences import actions
from tongban.records.licences.actions import Grant

ISSUED = 60  # each way, in rounds of ten that take turns
_PLATFORM = system("bench.licences")


def measure(stage: Stage) -> list[Figure]:
    """Milliseconds for one licence, either way (测量)."""
    services.build(stage.world, at=signed.BEFORE).sealed()
    organs = {"sealed": stage.world.organ_id, "plain": stage.world.other_organ_id}
    times: dict[str, list[float]] = {name: [] for name in organs}
    cpu = dict.fromkeys(organs, 0.0)
    for organ_id in organs.values():
        _issue(stage.world, organ_id)  # fonts are read
    for _ in range(ISSUED // 10):
        for name, organ_id in organs.items():
            begun = time.process_time()
            for _ in range(10):
                times[name].append(_timed(lambda: _issue(stage.world, organ_id)))  # noqa: B023 -- called at once
            cpu[name] += time.process_time() - begun
    sealed, plain = (round(median(times[name]), 2) for name in ("sealed", "plain"))
    costs = {name: round(1000 * spent / ISSUED, 2) for name, spent in cpu.items()}
    beside = "PAdES B-B by the installation's key"
    return [
        Figure("licences", "issued, sealed for the long term", sealed, plain, beside, None, "ms"),
        Figure("licences", "CPU of it", costs["sealed"], costs["plain"], beside, None, "ms"),
    ]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def _issue(world: worlds.World, organ_id: uuid.UUID) -> None:
    grant = Grant(
        case_id=uuid.uuid4(),
        case_number="测量办件",
        name="公共场所卫生许可证",
        licence_type="123",
        holder_id=world.applicant.party_id or uuid.uuid4(),
        issuer_id=organ_id,
        place=worlds.COUNTY,
        facts=[{"label": "店名", "value": "阿秀理发店"}, {"label": "地址", "value": "滨海大道123号"}],
        valid_years=4,
        demonstration=True,
    )
    actions.issue(actor=_PLATFORM, grant=grant, at=signed.AT)
