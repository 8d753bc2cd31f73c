"""Timed work of the ledger (账本定时任务)."""

from django.utils import timezone

from tongban.base.ledger import actions


def seal(timestamp: int) -> None:
    """Seal what is not sealed yet (定时封存). Run twice it finds nothing the second time."""
    while actions.seal(at=timezone.now()):
        pass
