"""Plain SQL (原生语句): for the hot statements that a module keeps in its own queries and actions."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection, connections

# What says that the database went away (数据库断开). The driver's own two as well: a cursor that Django closes for us while
# it reads rows piece by piece fails outside of Django's translation.
LOST: tuple[type[Exception], ...] = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)

# Values in the order of their places, or by name.
Params = Sequence[Any] | Mapping[str, Any]


def fetch_one(sql: str, params: Params = ()) -> tuple[Any, ...] | None:
    """Run ``sql`` and return its first row, or None. A jsonb value comes as text: Django asks psycopg not to read it."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def fetch_all(sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """Run ``sql`` and return all rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def execute(sql: str, params: Params = ()) -> int:
    """Run ``sql`` and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def aside(sql: str, params: Sequence[Any] = ()) -> None:
    """Run ``sql`` on a connection of its own (另行写入): it stands at once, whatever becomes of the present transaction.

    For telling how far a long transaction is; it must touch no row that the transaction holds, or it would wait for ever.
    """
    apart = connections.create_connection("default")
    try:
        with apart.cursor() as cursor:
            cursor.execute(sql, params)
    finally:
        apart.close()
