"""Jobs of identity (身份任务)."""

from datetime import UTC, datetime

from tongban.people.identity import actions


def forget(timestamp: int) -> None:
    """Forget what counts no more (定时清理): failures older than a day, attempts by outside accounts that are over."""
    at = datetime.now(UTC)
    actions.forget_guesses(at=at)
    actions.forget_attempts(at=at)
