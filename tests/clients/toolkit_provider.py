"""A provider that others wrote (他人的身份提供方): django-oauth-toolkit on a database of its own, in a process of its own.

``python -m tests.clients.toolkit_provider FOLDER REDIRECT SECRET`` says its port on one line and serves until it is ended. Whoever
comes is one person, signed in already: what is judged is the protocol.
"""

import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

CLIENT = "tongban-elsewhere"


def somebody(get_response):
    """Whoever comes is signed in (已登录)."""

    def handle(request):
        from django.contrib.auth import get_user_model

        request.user = get_user_model().objects.get(username="ming")
        return get_response(request)

    return handle


class Quiet(WSGIRequestHandler):
    """Without a log: codes stand in the addresses."""

    def log_message(self, format, *args):
        return


def configure(folder: Path) -> None:
    """Settings of the provider (配置)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    settings.configure(
        SECRET_KEY="of the other provider",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.bench.toolkit.urls",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "tests.clients.toolkit_provider.somebody",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "db.sqlite3")}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": key.decode(),
            "PKCE_REQUIRED": True,
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http"],
            "SCOPES": {"openid": "sign in", "profile": "name"},
        },
    )
    django.setup()


def main() -> None:
    """Set up, say the port, serve (入口)."""
    folder, redirect, secret = sys.argv[1:]
    configure(Path(folder))
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from oauth2_provider.models import get_application_model

    call_command("migrate", interactive=False, verbosity=0)
    user = get_user_model().objects.create(username="ming")
    get_application_model().objects.create(
        client_id=CLIENT,
        client_secret=secret,
        user=user,
        redirect_uris=redirect,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        algorithm="RS256",
        skip_authorization=True,
        name="tongban",
    )
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
