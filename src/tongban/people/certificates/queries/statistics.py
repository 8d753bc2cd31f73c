"""Statistics of certificates (证书统计): by profile, state and month, within a registrar's reach."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from tongban.base.actor import Actor
from tongban.people.certificates.access import REGISTRAR
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.rules.moves import CertificateState
from tongban.people.certificates.rules.profiles import ProfileKind

_CHINA = ZoneInfo("Asia/Shanghai")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics (证书统计). ``by_state``: (profile, state) -> how many; ``issued``, ``ended``: month ``yyyy-mm`` -> how many."""

    by_state: dict[tuple[ProfileKind, CertificateState], int]
    issued: dict[str, int]
    ended: dict[str, int]

    def total(self, profile: ProfileKind) -> int:
        """All of one profile (合计)."""
        return sum(number for (kind, _state), number in self.by_state.items() if kind is profile)


def months_until(at: datetime) -> list[str]:
    """The last twelve months in China (近十二个月), oldest first."""
    day = at.astimezone(_CHINA).date()
    numbered = day.year * 12 + day.month - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(numbered - MONTHS + 1, numbered + 1)]


def statistics(actor: Actor, *, at: datetime) -> Statistics:
    """Statistics of what the registrar reaches (证书统计). Three statements."""
    reached = Q(pk__in=[])
    for area in actor.areas_as(REGISTRAR):
        reached |= Q(place__startswith=area)
    rows = Certificate.objects.filter(reached)
    counted = rows.values_list("profile", "state").annotate(number=Count("pk"))
    return Statistics(
        {(ProfileKind(profile), CertificateState(state)): number for profile, state, number in counted},
        _by_month(actor, reached, "not_before", at),
        _by_month(actor, reached, "ended_at", at),
    )


def _by_month(actor: Actor, reached: Q, column: str, at: datetime) -> dict[str, int]:
    months = months_until(at)
    rows = (
        Certificate.objects.filter(reached, **{f"{column}__isnull": False})
        .annotate(month=TruncMonth(column, tzinfo=_CHINA))
        .values_list("month")
        .annotate(number=Count("pk"))
    )
    found = {month.strftime("%Y-%m"): number for month, number in rows}
    return {month: found.get(month, 0) for month in months}
