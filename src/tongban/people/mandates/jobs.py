"""Jobs of mandates (授权后台任务)."""

from django.utils import timezone

from tongban.base.actor import system
from tongban.people.mandates.actions import lapse_all, remind_all


def lapse(timestamp: int) -> None:
    """Put down which mandates are over (授权到期), every hour; they counted no more from the day itself. Run twice it finds nothing."""
    while lapse_all(actor=system("mandates.lapse"), at=timezone.now()):
        pass


def remind(timestamp: int) -> None:
    """Tell both sides of what ends soon (授权到期提醒), each mandate once. Run twice it finds nothing."""
    while remind_all(actor=system("mandates.remind"), at=timezone.now()):
        pass
