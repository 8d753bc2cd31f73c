from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tongban.base.actor import PUBLIC, system
from tongban.base.db import execute, fetch_all, fetch_one
from tongban.base.ledger import actions, queries
from tongban.base.record import Repeated, record

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ME = system("test")


def act(stream: str = "thing:1", n: int = 0, key: str | None = None, event=None) -> None:
    record(stream=stream, act="things.touch", actor=ME, at=AT, data={"n": n}, key=key, event=event)


def found() -> set[str]:
    return {finding.row for finding in queries.verify()}


def tamper(sql: str, params=()) -> None:
    """What somebody with the keys to the database could do: switch the triggers off and write."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("ledger_entry", "ledger_seal", "ledger_seal_part"):
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    assert execute(sql, params) == 1


@pytest.mark.django_db
def test_acts_on_one_thing_are_linked_in_order():
    for n in range(3):
        act(n=n)
    told = queries.acts_of("thing:1")
    assert [(a.seq, a.act, a.data["n"]) for a in told] == [
        (1, "things.touch", 0),
        (2, "things.touch", 1),
        (3, "things.touch", 2),
    ]
    assert fetch_all("SELECT seq FROM ledger_head") == [(3,)]
    assert found() == set()


@pytest.mark.django_db
def test_an_act_that_is_rolled_back_leaves_no_entry_and_no_event():
    with transaction.atomic():
        act(event={"x": 1})
        transaction.set_rollback(True)
    for table in ("ledger_entry", "ledger_head", "outbox_event"):
        assert fetch_all(f"SELECT * FROM {table}") == []


@pytest.mark.django_db
def test_an_act_without_an_event_emits_none_and_one_with_an_event_emits_it():
    act()
    act(event={"x": 1})
    assert fetch_all("SELECT name, payload->>'x' FROM outbox_event") == [("things.touch", "1")]


@pytest.mark.django_db
def test_recording_an_act_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        act(event={"x": 1}, key="k")


@pytest.mark.django_db
def test_a_key_is_used_once_by_one_actor_and_freely_by_another():
    act(key="k")
    with pytest.raises(Repeated), transaction.atomic():
        act(key="k")
    record(stream="thing:1", act="things.touch", actor=PUBLIC, at=AT, data={}, key="k")
    assert queries.done_before(ME, "k") == ("thing:1", "things.touch")
    assert queries.done_before(ME, "other") is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET body = body",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE ledger_evidence SET evidence = evidence",
        "DELETE FROM ledger_evidence",
        "TRUNCATE ledger_evidence",
        "UPDATE ledger_seal SET root = root",
        "DELETE FROM ledger_seal_part",
    ],
)
def test_the_database_refuses_to_change_or_remove_what_is_recorded(statement):
    act()
    # A table that others refer to is not emptied at all, whatever its trigger would say.
    with pytest.raises(DatabaseError, match=r"append-only|foreign key"), transaction.atomic():
        execute(statement)


@pytest.mark.django_db
def test_sealing_covers_everything_once_and_each_seal_names_the_one_before():
    act("a", 1)
    act("b", 1)
    assert actions.seal(at=AT) == 2
    act("a", 2)
    assert actions.seal(at=AT) == 1
    assert actions.seal(at=AT) == 0
    (first, root), (second, _) = fetch_all("SELECT previous, root FROM ledger_seal ORDER BY id")
    assert (first, second) == ("", root)
    assert found() == set()


@pytest.mark.django_db
@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            "UPDATE ledger_entry SET body = replace(body, '\"n\":2', '\"n\":3') WHERE stream='a' AND seq=2",
            "ledger_entry(a, 2)",
        ),
        (
            "UPDATE ledger_entry SET hash = set_byte(hash, 5, get_byte(hash, 5) # 1) WHERE stream='a' AND seq=1",
            "ledger_entry(a, 1)",
        ),
        ("DELETE FROM ledger_entry WHERE stream='a' AND seq=3", "ledger_entry(a, 3)"),
        ("DELETE FROM ledger_entry WHERE stream='a' AND seq=2", "ledger_entry(a, 2)"),
        ("DELETE FROM ledger_entry WHERE stream='b'", "ledger_entry(b, 1)"),
        ("UPDATE ledger_head SET seq = 2 WHERE stream='a'", "ledger_head(a)"),
        ("DELETE FROM ledger_head WHERE stream='b'", "ledger_head(b)"),
    ],
)
def test_one_change_behind_the_ledgers_back_names_the_row(sealed, change, named):
    for n in (1, 2, 3):
        act("a", n)
    act("b", 1)
    if sealed:
        actions.seal(at=AT)
    tamper(change)
    assert named in found()


@pytest.mark.django_db
def test_cutting_the_end_of_a_stream_together_with_its_head_is_found_once_it_was_sealed():
    act("a", 1)
    act("a", 2)
    before = bytes(fetch_one("SELECT hash FROM ledger_entry WHERE stream='a' AND seq=1")[0])
    actions.seal(at=AT)
    tamper("DELETE FROM ledger_entry WHERE stream='a' AND seq=2")
    tamper("UPDATE ledger_head SET seq=1, sealed_seq=1, hash=%s WHERE stream='a'", [before])
    assert "ledger_entry(a, 2)" in found()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_seal SET root = repeat('0', 64)",
        "UPDATE ledger_seal SET size = size + 1",
        "UPDATE ledger_seal SET at = at + interval '1 microsecond'",
        "UPDATE ledger_seal SET signature = set_byte(signature, 0, get_byte(signature, 0) # 1)",
        "UPDATE ledger_seal SET previous = 'x'",
    ],
)
def test_a_changed_seal_is_named(change):
    act()
    actions.seal(at=AT)
    tamper(change)
    assert "ledger_seal(1)" in found()


@pytest.mark.django_db
def test_a_removed_seal_is_named():
    act("a", 1)
    actions.seal(at=AT)
    act("a", 2)
    actions.seal(at=AT)
    tamper("DELETE FROM ledger_seal_part WHERE seal_id = 1")
    tamper("DELETE FROM ledger_seal WHERE id = 1")
    assert "ledger_seal(1)" in found()


@pytest.mark.django_db(transaction=True)
def test_many_acts_at_once_on_one_thing_never_fork_its_chain_even_while_it_is_sealed():
    def work(n: int) -> None:
        try:
            with transaction.atomic():
                act("hot", n)
            if n % 5 == 0:
                actions.seal(at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    while actions.seal(at=AT):
        pass
    assert [seq for (seq,) in fetch_all("SELECT seq FROM ledger_entry ORDER BY seq")] == list(range(1, 41))
    assert found() == set()


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_entry_at_the_same_place():
    act("a", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        execute("INSERT INTO ledger_entry (stream, seq, body, hash) VALUES ('a', 1, '{}', '')")
