"""The test session (测试会话): a database for it, and the compiled messages, before anything else happens.

Without DATABASE_URL the session runs on an embedded cluster of its own, apart from the one that ``make run`` keeps.
"""

import os
import signal
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.operations import DatabaseOperations
from tests.template import template

from config.home import HOME
from config.settings import read_database
from tongban.base.postgres import ensure_database
from tongban.prepare import compile_messages

IS_WORKER = (
    "PYTEST_XDIST_WORKER" in os.environ
)  # such a process inherits the address from the one that started it

OWN_CLUSTER = "TONGBAN_TESTS_OWN_CLUSTER"
_cluster = None


def pytest_configure() -> None:
    """Make ready (准备): once for the session, in the process that controls it."""
    # A shell that starts us in the background has us ignore Ctrl-C, and our children would inherit that; the tests of the
    # supervisor press it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    global _cluster  # noqa: PLW0603 -- the session has one cluster, and pytest's hooks share no object of ours
    if IS_WORKER:
        return
    compile_messages()
    _cluster = ensure_database(HOME / "test-postgres", durable=False)
    if _cluster is not None:
        os.environ[OWN_CLUSTER] = "1"  # for the processes that this one starts
        # pytest-django has read the settings by now; Django keeps this very dictionary, so it is filled anew.
        settings.DATABASES["default"].update(read_database(os.environ["DATABASE_URL"]))
        connections.configure_settings(settings.DATABASES)  # puts Django's defaults back in


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the server that this session started (收尾)."""
    if _cluster is not None:
        _cluster.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Begin with a copy of the migrated template (从模板建库), on the session's own cluster; on another server, migrate."""
    if os.environ.get(OWN_CLUSTER):
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = template(HOME)


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_guards() -> None:
    """Let a test that commits be cleaned up after: the triggers of what only grows refuse every TRUNCATE, as they must."""
    guarded = ("ledger_entry", "ledger_evidence", "ledger_seal", "ledger_seal_part", "calendar_edition")
    original = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        statements = original(self, *args, **kwargs)
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded]
        return [*off, *statements, *on]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign] # for the life of the test process


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    """Worlds open seven accounts a test; argon2 alone would be most of the suite's time. Its use is proved in identity."""
    cheap = "django.contrib.auth.hashers.MD5PasswordHasher"
    # The real one stays behind it: what a wider fixture made before this one is still read.
    settings.PASSWORD_HASHERS = [cheap, *settings.PASSWORD_HASHERS]
