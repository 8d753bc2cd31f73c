"""Jobs of identity (身份任务)."""

import uuid
from datetime import UTC, datetime

from tongban.people.identity import actions


def forget(timestamp: int) -> None:
    """Forget what counts no more (定时清理): failures older than a day, attempts by outside accounts that are over."""
    at = datetime.now(UTC)
    actions.forget_guesses(at=at)
    actions.forget_attempts(at=at)


def tell_certificate_ends(event_id: int, certificate_id: str) -> None:
    """Tell a holder at her account that her certificate ends soon (证书到期消息). Run twice, the second finds it told."""
    actions.tell_certificate_ends(certificate_id=uuid.UUID(certificate_id))
