"""Entry point of a door for the web server (服务入口); TONGBAN_DOOR in the environment says which door."""

import os
from wsgiref.headers import Headers

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from tongban.base.processes import die_with_parent
from tongban.doors.portal.front import Application, GuideFront
from tongban.doors.web.policy import POLICY

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if os.environ.get("TONGBAN_SUPERVISED"):
    # The web server runs us in a process of its own. If that server is killed with -9, this one must not
    # keep the port from the next.
    die_with_parent(os.getppid())


def _harden(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = POLICY


def _door() -> Application:
    """Django, and before it at the portal the guide pages (入口应用)."""
    return GuideFront(get_wsgi_application()) if settings.DOOR == "portal" else get_wsgi_application()


# Static files never reach Django. A name with a digest in it says always the same, so it may be kept for good.
application = WhiteNoise(
    _door(),
    root=settings.STATIC_ROOT,
    prefix=settings.STATIC_URL,
    max_age=60,
    allow_all_origins=False,  # nobody else's page has a use for them
    immutable_file_test=r"^.+\.[0-9a-f]{12}\..+$",
    add_headers_function=_harden,
)
