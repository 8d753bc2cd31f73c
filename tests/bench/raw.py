"""Raw SQL (裸语句): the same rows by psycopg alone, prepared, in as many statements and the same transactions.

What our acts do besides is left out: whether the form is complete, who may act, what the calendar says.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime

import psycopg
from tests.bench.load import WORKERS
from tests.bench.stage import Draft, Stage, own_part

_LOCK = "SELECT state, version, edition_id, organ_id, party_id, form FROM case_file WHERE id = %s FOR UPDATE"
_NUMBER = """
    INSERT INTO numbering_series AS s (name, last) VALUES (%s, 1)
    ON CONFLICT (name) DO UPDATE SET last = s.last + 1 RETURNING last
"""
_SUBMIT = """
    UPDATE case_file SET state = %s, version = %s, act_by = %s, warn_on = %s, promised_on = NULL, due_on = NULL,
        provisional = %s, submitted_at = %s, number = %s, clock = %s, handler_id = NULL WHERE id = %s
"""
_ACCEPT = """
    UPDATE case_file SET state = %s, version = %s, act_by = %s, warn_on = %s, promised_on = %s, due_on = %s,
        provisional = %s, accepted_at = %s, clock = clock || %s, handler_id = NULL WHERE id = %s
"""
_GRANT = """
    UPDATE case_file SET state = %s, version = %s, act_by = %s, warn_on = %s, promised_on = %s, due_on = %s,
        provisional = %s, decided_at = %s, clock = clock || %s, handler_id = NULL WHERE id = %s
"""
_DOCUMENT = "INSERT INTO case_document (id, case_id, verb, body, by_id, at) VALUES (%s, %s, %s, %s, %s, %s)"
_RECORD = """
    WITH act AS (
        SELECT %s::varchar AS stream, %s::text AS body
    ), head AS (
        INSERT INTO ledger_head AS h (stream, seq, hash, sealed_seq)
        SELECT stream, 1, sha256(%s::bytea || convert_to(body, 'UTF8')), 0 FROM act
        ON CONFLICT (stream) DO UPDATE
            SET seq = h.seq + 1, hash = sha256(h.hash || convert_to((SELECT body FROM act), 'UTF8'))
        RETURNING seq, hash
    ), event AS (
        INSERT INTO outbox_event (name, payload, at) VALUES (%s::varchar, %s::jsonb, %s::timestamptz)
    )
    INSERT INTO ledger_entry (stream, seq, body, hash) SELECT act.stream, head.seq, act.body, head.hash FROM act, head
"""
_GENESIS = b"\x00" * 32
_DAY = date(2026, 12, 8)
_FIXED = "0" * 64  # where ours puts the digest of the form


def _record(
    wire: psycopg.Connection, case: uuid.UUID, act: str, number: str, at: datetime, said: str
) -> None:
    body = (
        f'{{"act":"{act}","actor":{{"id":"{case}","kind":"person"}},"at":"{at.isoformat()}","data":{{{said}'
        f'"number":"{number}","act_by":"{_DAY}"}},"stream":"case:{case}","v":1}}'
    )
    event = f'{{"case_id": "{case}", "number": "{number}"}}'
    wire.execute(_RECORD, [f"case:{case}", body, _GENESIS, act, event, at], prepare=True)


def submit(wire: psycopg.Connection, case: Draft) -> None:
    """Submit one draft (提交) by four statements."""
    at = datetime.now(UTC)
    row = wire.execute(_LOCK, [case.id], prepare=True).fetchone()
    assert row is not None
    series = f"case:{case.item_code}:{at:%Y%m%d}"
    taken = wire.execute(_NUMBER, [series], prepare=True).fetchone()
    assert taken is not None
    number = f"{case.item_code}{at:%y%m%d}{taken[0]:06d}"
    values = ["submitted", row[1] + 1, _DAY, _DAY, False, at, number, _event("received"), case.id]
    wire.execute(_SUBMIT, values, prepare=True)
    said = f'"attached":["lease","report"],"form":"{_FIXED}","from":"draft","to":"submitted",'
    _record(wire, case.id, "cases.submit", number, at, said)
    wire.commit()


def _event(what: str) -> str:
    return f'[["{what}", "{_DAY}", 0, ""]]'


def accept(wire: psycopg.Connection, case: Draft, by: uuid.UUID) -> None:
    """Accept one case (受理) by four statements."""
    _decide(wire, case, by, "accept", _ACCEPT, "accepted", '"from":"submitted","to":"accepted",')


def grant(wire: psycopg.Connection, case: Draft, by: uuid.UUID) -> None:
    """Grant one case (准予) by four statements."""
    _decide(wire, case, by, "grant", _GRANT, "decided", '"from":"examined","to":"granted",')


def _decide(
    wire: psycopg.Connection, case: Draft, by: uuid.UUID, verb: str, update: str, event: str, said: str
) -> None:
    at = datetime.now(UTC)
    row = wire.execute(_LOCK, [case.id], prepare=True).fetchone()
    assert row is not None
    document = uuid.uuid4()
    wire.execute(_DOCUMENT, [document, case.id, verb, '{"note": ""}', by, at], prepare=True)
    target = {"accept": "accepted", "grant": "granted"}[verb]
    values = [target, row[1] + 1, _DAY, _DAY, _DAY, _DAY, False, at, _event(event), case.id]
    wire.execute(update, values, prepare=True)
    told = f'"document":"{document}","digest":"{_FIXED}","due_on":"{_DAY}","promised_on":"{_DAY}",{said}'
    _record(wire, case.id, f"cases.{verb}", case.item_code, at, told)
    wire.commit()


def submitting(stage: Stage, cases: Sequence[Draft], number: int) -> Iterator[None]:
    """A worker that submits (提交者)."""
    with psycopg.connect(stage.url) as wire:
        for case in own_part(cases, number, WORKERS):
            submit(wire, case)
            yield


def accepting(stage: Stage, cases: Sequence[Draft], number: int) -> Iterator[None]:
    """A worker that accepts (受理者)."""
    return _deciding(stage, cases, number, accept)


def granting(stage: Stage, cases: Sequence[Draft], number: int) -> Iterator[None]:
    """A worker that grants (决定者)."""
    return _deciding(stage, cases, number, grant)


def _deciding(
    stage: Stage,
    cases: Sequence[Draft],
    number: int,
    act: Callable[[psycopg.Connection, Draft, uuid.UUID], None],
) -> Iterator[None]:
    by = stage.world.clerk.id
    assert by is not None
    with psycopg.connect(stage.url) as wire:
        for case in own_part(cases, number, WORKERS):
            act(wire, case, by)
            yield
