"""Commands on cases (办件命令): ``tongban calendar recompute``."""

from django.utils import timezone

from tongban.base.actor import system
from tongban.work.cases import actions, queries
from tongban.work.cases.models import Redating

_REDATER = system("cases.redate")


def recompute() -> int:
    """Compute the dates of all open cases anew by the current calendar (重算期限), whatever was done before; 0.

    One that is under way is gone on with.
    """

    def told(run: Redating) -> None:
        print(f"{run.looked} cases computed, {run.moved} moved", flush=True)

    run = actions.redate(actor=_REDATER, at=timezone.now(), again=True, told=told)
    if run is None:
        print("no calendar was imported; nothing to compute")
        return 0
    found = queries.redating(run.id)
    print(
        f"{found.calendar}: {found.state}; {found.looked} open cases computed, {found.moved} moved"
        f" ({found.due} of them promise or limit), {found.settled} settled"
    )
    return 0
