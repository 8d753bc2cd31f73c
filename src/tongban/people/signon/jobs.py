"""Jobs of single sign-on (统一登录任务): sign-out reaches the systems; what has lapsed is swept away."""

import uuid
from datetime import UTC, datetime, timedelta

from django.conf import settings

from tongban.people.signon import actions
from tongban.people.signon.models import AccessToken, DeviceRequest, RefreshToken, SavedRequest, UsedAssertion
from tongban.people.signon.rules.registration import Audience

_KEPT = timedelta(days=1)  # [O] lapsed rows stay a day: a late replay is still told from an unknown token


def session_ended(event_id: int, session: str, because: str) -> None:
    """On ``identity.session_ended``: end what the session opened, and have every system told (会话结束)."""
    actions.end_authorisations(session_id=uuid.UUID(session), at=datetime.now(UTC))


def mandate_ended(event_id: int, mandate: str) -> None:
    """On ``mandates.withdraw``, ``resign``, ``lapse``: end what somebody opened for the other party (授权结束)."""
    actions.end_for_mandate(mandate_id=uuid.UUID(mandate), at=datetime.now(UTC))


def tell_system(event_id: int, notice: str) -> None:
    """On ``signon.sign_out``: tell one system (通知一个系统). Tried again by the worker where it does not answer."""
    issuers = {Audience.PUBLIC.value: settings.PUBLIC_URL, Audience.STAFF.value: settings.WORKBENCH_URL}
    actions.tell(notice_id=uuid.UUID(notice), issuers=issuers, at=datetime.now(UTC))


def sweep(timestamp: int) -> None:
    """Every night: what has lapsed for a day is deleted (清理过期)."""
    before = datetime.now(UTC) - _KEPT
    UsedAssertion.objects.filter(expires_at__lt=before).delete()
    SavedRequest.objects.filter(expires_at__lt=before).delete()
    DeviceRequest.objects.filter(expires_at__lt=before).delete()
    AccessToken.objects.filter(expires_at__lt=before).delete()
    RefreshToken.objects.filter(expires_at__lt=before).delete()
