from datetime import UTC, datetime

import pytest

from tongban.base.actor import system
from tongban.base.db import fetch_one
from tongban.base.outbox import actions
from tongban.base.record import record

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def emit(n: int, act: str = "things.touch") -> None:
    record(stream=f"thing:{n}", act=act, actor=system("test"), at=AT, data={}, event={"n": n})


def waiting() -> int:
    return fetch_one("SELECT count(*) FROM outbox_event")[0]


@pytest.mark.django_db
def test_events_become_jobs_in_order_and_each_listener_hears_each():
    heard = []
    emit(1)
    emit(2)
    taken = actions.relay(
        {"things.touch": ["one", "two"]}, lambda job, id_, payload: heard.append((job, payload["n"]))
    )
    assert (taken, heard) == (2, [("one", 1), ("two", 1), ("one", 2), ("two", 2)])
    assert actions.relay({}, lambda *_: None) == 0


@pytest.mark.django_db
def test_an_event_that_nobody_hears_is_taken_and_forgotten():
    emit(1, "things.sleep")
    assert actions.relay({"things.touch": ["one"]}, lambda *_: pytest.fail("nobody listens")) == 1
    assert waiting() == 0


@pytest.mark.django_db(transaction=True)
def test_a_relay_that_dies_half_way_loses_nothing():
    emit(1)
    emit(2)

    def dying(job, id_, payload):
        if payload["n"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.relay({"things.touch": ["one"]}, dying)
    assert waiting() == 2
