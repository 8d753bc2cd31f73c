"""Recording of an act (行为入账): its ledger entry and its event, in one statement, in the act's own transaction."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.ledger.rules import GENESIS, entry_body, scoped_key

# One round trip for three rows: every act pays for it, and folding it took a third off a submit (make bench).
# The head row is locked by the upsert, so two acts on one stream queue up here and can never fork the chain.
_RECORD = """
    WITH act AS (
        SELECT %s::varchar AS stream, %s::text AS body, %s::varchar AS act_key
    ), head AS (
        INSERT INTO ledger_head AS h (stream, seq, hash, sealed_seq)
        SELECT stream, 1, sha256(%s::bytea || convert_to(body, 'UTF8')), 0 FROM act
        ON CONFLICT (stream) DO UPDATE
            SET seq = h.seq + 1, hash = sha256(h.hash || convert_to((SELECT body FROM act), 'UTF8'))
        RETURNING seq, hash
    ), event AS (
        INSERT INTO outbox_event (name, payload, at)
        SELECT %s::varchar, %s::jsonb, %s::timestamptz WHERE %s::varchar IS NOT NULL
    )
    INSERT INTO ledger_entry (stream, seq, body, hash, act_key)
    SELECT act.stream, head.seq, act.body, head.hash, act.act_key FROM act, head
"""


class Repeated(Exception):  # noqa: N818 -- not an error: the act was already done under this key
    """The same actor already did an act under this key (重复提交)."""


def record(
    *,
    stream: str,
    act: str,
    actor: Actor,
    at: datetime,
    data: Mapping[str, object],
    key: str | None = None,
    event: Mapping[str, object] | None = None,
) -> None:
    """Append the act to the ledger and, where ``event`` is given, emit an event of the same name with that payload.

    Raises :class:`Repeated` where ``key`` was used before; the transaction is then lost and must be left.
    """
    act_key = None if key is None else scoped_key(actor.id or actor.kind, key)
    body = entry_body(stream=stream, act=act, actor=actor.for_ledger(), at=at, data=data, key=act_key)
    name = None if event is None else act
    payload = Jsonb(dict(event or {}))
    try:
        execute(_RECORD, [stream, body, act_key, GENESIS, name, payload, at, name])
    except IntegrityError as error:
        if "act_key" in str(error):
            raise Repeated(act_key) from error
        raise
