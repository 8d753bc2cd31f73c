"""Recording of acts (行为入账): ledger entry and event, in the act's own transaction; one act by one statement, many in bulk."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.db import execute, fetch_all
from tongban.base.ledger.rules import GENESIS, entry_body, link, scoped_key, signed_body

# One round trip for three rows: every act pays for it, and folding it took a third off a submit (make bench).
# The head row is locked by the upsert, so two acts on one stream queue up here and can never fork the chain.
_HEAD_AND_EVENT = """
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
"""
_EVIDENCE = """, evidence AS (
        INSERT INTO ledger_evidence (stream, seq, evidence) SELECT act.stream, head.seq, %s::bytea FROM act, head
    )
"""
_ENTRY = """
    INSERT INTO ledger_entry (stream, seq, body, hash, act_key)
    SELECT act.stream, head.seq, act.body, head.hash, act.act_key FROM act, head
"""
_RECORD = _HEAD_AND_EVENT + _ENTRY
_RECORD_SIGNED = _HEAD_AND_EVENT + _EVIDENCE + _ENTRY  # an act without a signature pays nothing for it


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

    Where the actor has unlocked her certificate, the act is signed (签名): the body without ``signature`` is what is signed, the
    evidence is kept beside the entry, and the body names its digest. Raises :class:`Repeated` where ``key`` was used before;
    the transaction is then lost and must be left.
    """
    act_key = None if key is None else scoped_key(actor.id or actor.kind, key)
    body = entry_body(stream=stream, act=act, actor=actor.for_ledger(), at=at, data=data, key=act_key)
    name = None if event is None else act
    payload = Jsonb(dict(event or {}))
    statement, evidence = _RECORD, b""
    if actor.signer is not None:
        evidence = actor.signer.sign_act(body.encode(), at)
        body, statement = signed_body(body, evidence), _RECORD_SIGNED
    params = [stream, body, act_key, GENESIS, name, payload, at, name]
    try:
        execute(statement, params if actor.signer is None else [*params, evidence])
    except IntegrityError as error:
        if "act_key" in str(error):
            raise Repeated(act_key) from error
        raise


@dataclass(frozen=True, slots=True)
class Deed:
    """One of many acts that are recorded together (成批行为).

    ``heard``: an event of the same name carries ``data``, or, where it is given, ``event``.
    """

    stream: str
    act: str
    data: Mapping[str, object]
    heard: bool = False
    event: Mapping[str, object] | None = None


# The heads are locked in one order for everybody, new ones made after those that are there; their rows wait at the same place as
# those of a single act. Rows travel as one JSON text: an array of texts costs Python as much as all the rest.
_HEADS = """
    WITH asked AS (
        SELECT stream FROM json_array_elements_text(%s::json) AS stream
    ), known AS (
        SELECT stream, seq, hash FROM ledger_head WHERE stream IN (SELECT stream FROM asked) ORDER BY stream FOR UPDATE
    ), fresh AS (
        INSERT INTO ledger_head AS h (stream, seq, hash, sealed_seq)
        SELECT stream, 0, %s::bytea, 0 FROM asked WHERE stream NOT IN (SELECT stream FROM known) ORDER BY stream
        ON CONFLICT (stream) DO UPDATE SET seq = h.seq RETURNING stream, seq, hash
    )
    SELECT * FROM known UNION ALL SELECT * FROM fresh
"""
_ENTRIES = """
    INSERT INTO ledger_entry (stream, seq, body, hash)
    SELECT t.stream, t.seq, t.body, decode(t.hash, 'hex')
    FROM json_to_recordset(%s::json) AS t (stream text, seq int, body text, hash text)
"""
_EVIDENCES = """
    INSERT INTO ledger_evidence (stream, seq, evidence)
    SELECT t.stream, t.seq, decode(t.evidence, 'hex')
    FROM json_to_recordset(%s::json) AS t (stream text, seq int, evidence text)
"""
_MOVE_HEADS = """
    UPDATE ledger_head h SET seq = t.seq, hash = decode(t.hash, 'hex')
    FROM json_to_recordset(%s::json) AS t (stream text, seq int, hash text) WHERE h.stream = t.stream
"""
_EVENTS = """
    INSERT INTO outbox_event (name, payload, at)
    SELECT t.name, t.payload, %s FROM json_to_recordset(%s::json) AS t (name text, payload jsonb)
"""


def record_all(deeds: Sequence[Deed], *, actor: Actor, at: datetime) -> None:
    """Append many acts of one actor to the ledger (成批入账), in order, each in its own stream, with their events.

    The entries are exactly those that :func:`record` would have written one after the other; four statements, however many, and
    one more where the actor signs: each deed then has a signature of its own, for each can be asked about alone.
    """
    if not deeds:
        return
    heads = _heads(sorted({deed.stream for deed in deeds}))
    who = actor.for_ledger()
    rows: list[dict[str, object]] = []
    evidences: list[dict[str, object]] = []
    for deed in deeds:
        body = entry_body(stream=deed.stream, act=deed.act, actor=who, at=at, data=deed.data, key=None)
        seq, before = heads[deed.stream]
        if actor.signer is not None:
            made = actor.signer.sign_act(body.encode(), at)
            body = signed_body(body, made)
            evidences.append({"stream": deed.stream, "seq": seq + 1, "evidence": made.hex()})
        heads[deed.stream] = (seq + 1, link(before, body))
        rows.append(
            {"stream": deed.stream, "seq": seq + 1, "body": body, "hash": heads[deed.stream][1].hex()}
        )
    execute(_ENTRIES, [_json(rows)])
    if evidences:
        execute(_EVIDENCES, [_json(evidences)])
    moved = [{"stream": stream, "seq": seq, "hash": hash_.hex()} for stream, (seq, hash_) in heads.items()]
    execute(_MOVE_HEADS, [_json(moved)])
    heard = [
        {"name": deed.act, "payload": deed.data if deed.event is None else deed.event}
        for deed in deeds
        if deed.heard
    ]
    if heard:
        execute(_EVENTS, [at, _json(heard)])


def _heads(streams: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """The heads of ``streams``, locked; those that are not there yet are made."""
    found = fetch_all(_HEADS, [_json(streams), GENESIS])
    return {stream: (seq, bytes(hash_)) for stream, seq, hash_ in found}


def _json(rows: object) -> str:
    return json.dumps(rows, ensure_ascii=False, default=dict)
