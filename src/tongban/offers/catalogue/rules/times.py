"""Times (办理时间): what the limits of a guide mean where they say nothing, and how long several departments take together.

Sources: 行政许可法第42条 (twenty days, extended by ten; joint handling forty-five, extended by fifteen), 第43条 (a lower
organ's first examination: twenty days). All in working days (第82条).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tongban.offers.catalogue.rules.guide import Department, Guide, Limits, Terms

ALONE_DAYS, JOINT_DAYS = 20, 45  # 第42条第一款, 第二款
EXTENSION_DAYS, JOINT_EXTENSION_DAYS = 10, 15  # the same
LOWER_DAYS = 20  # 第43条
LATER_DAYS = 10  # [O] within which a deferred material is handed in, where the guide does not say


def is_joint(terms: Terms) -> bool:
    """Whether several departments handle it together (联合办理)."""
    return bool(terms.joint_organs) or (isinstance(terms, Guide) and bool(terms.departments))


def extension_days(limits: Limits, *, joint: bool) -> int:
    """By how many working days the decision may be put off (延长期限), as the guide says or else the law."""
    if limits.extension_days is not None:
        return limits.extension_days
    return JOINT_EXTENSION_DAYS if joint else EXTENSION_DAYS


def later_days(limits: Limits) -> int:
    """Within how many working days a deferred material is handed in (容缺补交期限)."""
    return LATER_DAYS if limits.later_days is None else limits.later_days


@dataclass(frozen=True, slots=True)
class Span:
    """When a department has its turn (办理时段): after how many working days from acceptance it begins, and ends at the latest."""

    department: Department
    begins: int
    ends: int


def spans(departments: Sequence[Department]) -> tuple[Span, ...]:
    """The turn of each department (各部门时段), in the order of the guide: it begins when the last that it waits for is due."""
    found: dict[str, Span] = {}
    for one in departments:
        begins = max((found[key].ends for key in one.after), default=0)
        found[one.key] = Span(one, begins, begins + one.days)
    return tuple(found.values())


def joint_days(departments: Sequence[Department]) -> int:
    """How many working days the departments take together (联办所需天数): along the longest way through them."""
    return max((span.ends for span in spans(departments)), default=0)


def critical_path(departments: Sequence[Department]) -> tuple[Department, ...]:
    """The departments whose days add up to :func:`joint_days` (关键路径), the first begins; of equal ways the one named first."""
    known: Mapping[str, Span] = {span.department.key: span for span in spans(departments)}
    path: list[Department] = []
    at = max(known.values(), key=lambda span: span.ends, default=None)
    while at is not None:
        path.append(at.department)
        before = (known[key] for key in at.department.after)
        at = max(before, key=lambda span: span.ends, default=None)
    return tuple(reversed(path))
