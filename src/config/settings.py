"""Settings of every process (配置), read once from the environment through typed readers.

Variables: TONGBAN_HOME (state folder), DATABASE_URL, TONGBAN_DOOR (portal, workbench, api), TONGBAN_PUBLIC_URL
(address printed in QR codes), TONGBAN_SOURCES_URL and TONGBAN_MESSAGES_URL (who checks facts about people, and who sends
short messages), TONGBAN_SOURCES_KEY_FILE (the key shared with both), TONGBAN_OUTSIDE (keys of outside identity providers, see
``read_outside``), TONGBAN_PROXY_SECRET (shared with the proxy that hands certificates on), TONGBAN_SEAL_ORGAN (whose seal stands in
for organs without one), TONGBAN_FILES (``local`` or ``s3://bucket``), TONGBAN_SECRET_FILE, TONGBAN_DEBUG.
"""

import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from config import ports
from config.home import HOME, ROOT


def read_text(name: str, default: str) -> str:
    """A text variable, or ``default`` where it is unset or empty."""
    return os.environ.get(name) or default


def read_flag(name: str) -> bool:
    """A yes/no variable: 1, true, yes and on mean yes."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def read_database(url: str) -> dict[str, object]:
    """Django's database entry for a ``postgresql://`` address; a socket folder goes into ``?host=``."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", "") or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "tongban",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(query.pop("port", "") or parts.port or ""),
        "CONN_MAX_AGE": None,
        # Server-side binding lets hot statements be prepared once per connection.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5, **query},
        "TEST": {"NAME": "test_" + (unquote(parts.path.lstrip("/")) or "tongban")},
    }


def read_secret(folder: Path, name: str = "secret") -> str:
    """A secret of the installation, by default its master secret: made on first use, mode 0600, never in code, log or database.

    Its file is ``name`` in the folder, or what the variable ``TONGBAN_<NAME>_FILE`` says.
    """
    path = Path(read_text(f"TONGBAN_{name.upper()}_FILE", str(folder / name)))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Whole or not at all: another process starting now must never read half a secret.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as fresh:
            fresh.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh.name, path)
        except FileExistsError:
            pass  # another process was first; its secret counts
        finally:
            os.unlink(fresh.name)
    return path.read_text().strip()


def read_outside() -> list[dict[str, str]]:
    """Outside identity providers (外部身份提供方) in the order of TONGBAN_OUTSIDE, e.g. ``province,bank``.

    Each is told by TONGBAN_OUTSIDE_<KEY>_NAME, _ISSUER and _CLIENT, and by _SECRET_FILE (a shared secret) or _KEY_FILE (our own
    private key, P-256 as PEM). Only the paths are read here; the secret itself is read when it is used.
    """
    found = []
    for key in filter(None, (one.strip() for one in os.environ.get("TONGBAN_OUTSIDE", "").split(","))):
        said = f"TONGBAN_OUTSIDE_{key.upper().replace('-', '_')}_"
        own_key = os.environ.get(said + "KEY_FILE", "")
        found.append(
            {
                "key": key,
                "name": os.environ.get(said + "NAME") or key,
                "issuer": os.environ[said + "ISSUER"],
                "client_id": os.environ[said + "CLIENT"],
                "method": "private_key_jwt" if own_key else "client_secret_basic",
                "secret_file": own_key or os.environ[said + "SECRET_FILE"],
            }
        )
    return found


DEBUG = read_flag("TONGBAN_DEBUG")
DOOR = read_text("TONGBAN_DOOR", "portal")
SECRET_KEY = read_secret(HOME)
ALLOWED_HOSTS = read_text("TONGBAN_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
PUBLIC_URL = read_text("TONGBAN_PUBLIC_URL", ports.address("portal")).rstrip("/")
WORKBENCH_URL = read_text("TONGBAN_WORKBENCH_URL", ports.address("workbench")).rstrip("/")
# By which the proxy in front shows that a certificate handed on is its word (doors/web/proxied.py); none: no proxy is trusted.
PROXY_SECRET = read_text("TONGBAN_PROXY_SECRET", "")
# The hardware module in which keys of authorities may live (PKCS#11); none: they lie in the folder of keys.
TOKEN_LIBRARY = read_text("TONGBAN_TOKEN_LIBRARY", "")
TOKEN_LABEL = read_text("TONGBAN_TOKEN_LABEL", "tongban")
TOKEN_PIN_FILE = read_text("TONGBAN_TOKEN_PIN_FILE", str(HOME / "token_pin"))
# Credit code of the organ whose seal signs documents of organs that have none of their own; none: the installation's own key signs (PAdES B-B).
SEAL_ORGAN = read_text("TONGBAN_SEAL_ORGAN", "")
API_URL = read_text("TONGBAN_API_URL", ports.address("api")).rstrip("/")
SOURCES_URL = read_text("TONGBAN_SOURCES_URL", ports.address("sources")).rstrip("/")
MESSAGES_URL = read_text("TONGBAN_MESSAGES_URL", SOURCES_URL).rstrip("/")
SOURCES_KEY = read_secret(HOME, "sources_key")
OUTSIDE = read_outside()
DATA = ROOT / "data"
FILES = read_text("TONGBAN_FILES", "local")
S3_ENDPOINT = read_text("TONGBAN_S3_ENDPOINT", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "tongban.base.ledger",
    "tongban.base.outbox",
    "tongban.base.files",
    "tongban.base.numbering",
    "tongban.base.search",
    "tongban.base.calendar",
    "tongban.people.places",
    "tongban.people.parties",
    "tongban.people.certificates",
    "tongban.people.identity",
    "tongban.people.mandates",
    "tongban.people.signon",
    "tongban.offers.catalogue",
    "tongban.offers.publicinfo",
    "tongban.offers.powers",
    "tongban.records.exchange",
    "tongban.records.materials",
    "tongban.records.licences",
    "tongban.work.cases",
    "tongban.oversight.feedback",
    "tongban.doors.web",
    "tongban.doors.signon",
    "tongban.doors.workbench",
    "tongban.doors.portal",
]

DATABASES = {"default": read_database(read_text("DATABASE_URL", "postgresql:///tongban"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

ROOT_URLCONF = f"config.urls_{DOOR}"
WSGI_APPLICATION = "config.wsgi.application"
MIDDLEWARE = [
    "tongban.doors.web.middleware.Faults",
    "tongban.doors.web.middleware.headers",
    "tongban.doors.web.middleware.hosts",
    "tongban.doors.web.middleware.cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tongban.doors.web.middleware.actor",
    "tongban.doors.web.account.stepping.Ask",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.template.context_processors.i18n",
                "tongban.doors.web.context.page",
            ],
        },
    }
]

# The doors share a host in the first minute; a cookie knows no port, so each door has its own names.
SESSION_COOKIE_NAME = f"tongban_{DOOR}_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_NAME = f"tongban_{DOOR}_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tongban.doors.web.errors.stale_form"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "tongban_language"
LOCALE_PATHS = [ROOT / "src" / "tongban" / "doors" / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [("vendor", ROOT / "build" / "vendor")] if (ROOT / "build" / "vendor").exists() else []

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tongban.doors.web.storage.HashedFiles"},
}

# An upload is streamed and cut off at its own limit; these bound everything else in a request.
FILE_UPLOAD_HANDLERS = ["tongban.doors.web.uploads.LimitedUploadHandler"]
FILE_UPLOAD_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# [O] A page of the guide editor has some 130 materials of 22 parts each; no page of the other doors comes near 500.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2900 if DOOR == "workbench" else 500
DATA_UPLOAD_MAX_NUMBER_FILES = 40

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "pyhanko": {"level": "WARNING"},
        "pyhanko_certvalidator": {"level": "WARNING"},
    },
}
if DOOR == "api":
    # Programs bring a token, not a cookie: nothing of sessions and forms is in their way.
    MIDDLEWARE = [f"tongban.doors.web.middleware.{name}" for name in ("Faults", "headers", "hosts")]
