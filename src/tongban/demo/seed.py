"""The seed (初始数据): Hainan's places, departments, items, guides and laws, and on one's own machine a demonstration to try.

Everything goes through imports and actions, so it is lawful by construction; and everything may be done again: what is
there already stays as it is.
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from tongban.base.calendar import imports as calendar
from tongban.base.calendar.queries import SHIPPED
from tongban.base.search import imports as synonyms
from tongban.demo import (
    cases,
    certificates,
    elsewhere,
    intermediaries,
    mandates,
    notices,
    people,
    promises,
    systems,
)
from tongban.demo import powers as proposals
from tongban.offers.catalogue import imports as catalogue
from tongban.offers.powers import imports as powers
from tongban.offers.publicinfo import imports as laws
from tongban.people.parties import imports as organs
from tongban.people.places import imports as places

Report = Callable[[str], None]

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OPENED_DAYS_AGO = 20  # working days: the accounts are older than their cases

REFERENCE: tuple[tuple[Callable[[Path, Report], int], str], ...] = (
    (places.run, "hainan_divisions.csv"),
    (organs.run, "hainan_organs.csv"),
    (catalogue.run_items, "basic_items.csv"),
    (catalogue.run_guides, "guides"),
    (catalogue.run_bundles, "bundles"),
    (laws.run, "laws"),
    (powers.run, "powers.csv"),
    (synonyms.run, "synonyms.csv"),
    (calendar.run_first, SHIPPED),
)


def is_rehearsal() -> bool:
    """Whether this installation is somebody's own machine (是否演示环境): its portal's address is loopback.

    The demonstration's passwords are public, so nothing that others can reach may ever have its accounts.
    """
    return urlsplit(settings.PUBLIC_URL).hostname in _LOOPBACK


def follow_ports(report: Report) -> None:
    """Amend the example systems (更新示例地址) that are served at other ports than they are registered with."""
    moved = systems.reconnect(timezone.now())
    if moved:
        report(f"示例系统换了地址或者登记，已更新 {moved} 个")


def run(report: Report) -> None:
    """Fill the database (装入). Raises RuntimeError where the shipped data cannot be imported, which is a fault of ours."""
    for take_in, name in REFERENCE:
        if take_in(Path(settings.DATA) / name, report) != 0:
            raise RuntimeError(f"data/{name} could not be imported; the reasons stand above")
    if not is_rehearsal():
        report("本站不在本机地址上服务，没有装入演示账号和演示办件")
        return
    now = timezone.now()
    opened = people.register_all(cases.moment(_OPENED_DAYS_AGO, 0, now))
    issued = certificates.issue_all(cases.moment(_OPENED_DAYS_AGO, 1, now))
    given = mandates.play(cases.moment(_OPENED_DAYS_AGO, 1, now))
    made = cases.play_all(now) + elsewhere.play(now) + promises.play_all(now)
    told = notices.publish_all(now) + intermediaries.publish_all(now, report)
    proposed = proposals.propose(now)
    connected = systems.connect_all(now)
    report(
        f"演示：新开 {opened} 个账号，签发 {issued} 张证书，新办 {made} 件，新公开信息 {told} 条，新提清单调整 {proposed} 次，接入系统 {connected} 个，登记授权 {given} 份"
    )
