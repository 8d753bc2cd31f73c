"""Who issues (签发者): the portal for people, the workbench for staff; and where its endpoints stand."""

from datetime import UTC, datetime

from django.conf import settings

from tongban.people.signon.rules.registration import Audience


def issuer() -> str:
    """The issuer at this door (签发者标识): its own address."""
    return str(settings.WORKBENCH_URL if settings.DOOR == "workbench" else settings.PUBLIC_URL)


def audience() -> Audience:
    """For whom this door signs on (面向对象)."""
    return Audience.STAFF if settings.DOOR == "workbench" else Audience.PUBLIC


def endpoint(name: str) -> str:
    """The address of an endpoint (端点地址)."""
    return f"{issuer()}/oidc/{name}"


def now() -> datetime:
    """The moment of a request (此刻), read once and passed on."""
    return datetime.now(UTC)
