"""What the worker does for certificates (证书后台任务). Each may run twice, late, or beside itself: what is done already is left alone."""

import uuid

from django.utils import timezone

from tongban.base.actor import system
from tongban.people.certificates import actions

_PUBLISHER = system("certificates.publish")
_CLOCK = system("certificates.clock")
_ISSUER = system("certificates.issue")


def publish_list(event_id: int, certificate_id: str) -> None:
    """Publish the list that a suspension, revocation or resumption changes (发布撤销列表), at once."""
    actions.publish_list_for(actor=_PUBLISHER, certificate_id=uuid.UUID(certificate_id), at=timezone.now())


def issue_requested(event_id: int, certificate_id: str) -> None:
    """Answer the holder's own request, once it is approved (按请求签发). Run twice, the second finds it done."""
    actions.issue_requested(actor=_ISSUER, certificate_id=uuid.UUID(certificate_id), at=timezone.now())


def keep_time(timestamp: int) -> None:
    """What time alone brings (按时处理): lists before they lapse, what was not fetched, what is over, who has to renew."""
    at = timezone.now()
    actions.publish_lists_due(actor=_PUBLISHER, at=at)
    actions.keep_time(actor=_CLOCK, at=at)
