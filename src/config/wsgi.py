"""Entry point of a door for the web server (服务入口); TONGBAN_DOOR in the environment says which door."""

import os

from django.core.wsgi import get_wsgi_application

from tongban.base.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if os.environ.get("TONGBAN_SUPERVISED"):
    # The web server runs us in a process of its own. If that server is killed with -9, this one must not
    # keep the port from the next.
    die_with_parent(os.getppid())

application = get_wsgi_application()
