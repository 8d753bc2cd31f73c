"""Kill -9 in the middle of 200 submits (断电演练): nothing acknowledged is lost, nothing is doubled, and the ledger proves it."""

import json
import os
import signal
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests.journeys.running import Running, answers, command_of, launch, request, running
from tests.world import PDF

from tongban.demo.accounts import APPLICANT_TOKEN

CASES = 200
AT_ONCE = 200
KILL_AFTER = 60  # acknowledged submits

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Draft:
    """A draft ready to be submitted, and the key that its submit goes under."""

    id: str
    version: int
    key: str


class Client:
    """The machine API, as the demonstration's applicant uses it."""

    def __init__(self, here: Running) -> None:
        self.port = here.ports["api"]
        self.headers = {"Authorization": f"Bearer {APPLICANT_TOKEN}"}

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict]:
        status, text = request(self.port, method, f"/v1{path}", body, {**self.headers, **headers})
        return status, json.loads(text) if text else {}

    def must(self, method: str, path: str, body: object = None, **headers: str) -> dict:
        status, answer = self.call(method, path, body, **headers)
        assert status < 300, (status, answer)
        return answer

    def upload(self) -> str:
        edge = uuid.uuid4().hex
        body = (
            (
                f'--{edge}\r\nContent-Disposition: form-data; name="title"\r\n\r\nmaterial\r\n'
                f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="paper.pdf"\r\n'
                "Content-Type: application/pdf\r\n\r\n"
            ).encode()
            + PDF
            + f"\r\n--{edge}--\r\n".encode()
        )
        return self.must(
            "POST", "/materials", body, **{"Content-Type": f"multipart/form-data; boundary={edge}"}
        )["id"]


def answer_for(field: dict) -> object:
    """Something that the field takes."""
    if field["options"]:
        return field["options"][-1]["value"]
    by_type = {"integer": 12, "decimal": "36.5", "date": "2026-12-08", "phone": "13800138000"}
    return by_type.get(field["type"], "海口市美兰区和平大道 1 号")


def prepare(client: Client) -> list[Draft]:
    """200 complete drafts, made through the API."""
    hit = client.must(
        "GET", "/items?q=%E5%85%AC%E5%85%B1%E5%9C%BA%E6%89%80%E5%8D%AB%E7%94%9F%E8%AE%B8%E5%8F%AF"
    )["items"][0]
    guide = client.must("GET", f"/items/{hit['code']}")["guide"]
    fields = [field for section in guide["form"]["sections"] for field in section["fields"]]
    values = {field["key"]: answer_for(field) for field in fields if field["required"]}
    needed = [m["key"] for m in guide["materials"] if m["requirement"] == "required" and not m["when"]]
    needed += [
        m["key"]
        for m in guide["materials"]
        if m["requirement"] == "required"
        and m["when"]
        and all(values.get(k) in test for k, test in m["when"].items())
    ]
    paper = client.upload()

    def one(n: int) -> Draft:
        case = client.must("POST", "/cases", {"item_code": hit["code"]})
        client.must("PATCH", f"/cases/{case['id']}/form", {"values": values})
        for key in needed:
            client.must("PUT", f"/cases/{case['id']}/materials/{key}", {"material_id": paper})
        return Draft(case["id"], client.must("GET", f"/cases/{case['id']}")["version"], uuid.uuid4().hex)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(CASES)))


def submit(client: Client, draft: Draft) -> str | None:
    """The number, where the submit was acknowledged; None where it was not."""
    try:
        body = {"version": draft.version}
        status, answer = client.call(
            "POST", f"/cases/{draft.id}/acts/submit", body, **{"Idempotency-Key": draft.key}
        )
    except (OSError, ValueError):
        return None
    assert status in (200, 503), (status, answer)
    return answer["number"] if status == 200 else None


def kill_database_and_servers(here: Running) -> None:
    """The database's first process and every server process, without warning."""
    os.kill(here.postmaster(), signal.SIGKILL)
    for process in here.family()[1:]:
        if "granian" in command_of(process):
            os.kill(process, signal.SIGKILL)


def wait_until_up(here: Running) -> None:
    deadline = time.monotonic() + 60
    while not all(answers(port) for port in here.ports.values()):
        assert time.monotonic() < deadline, (here.home / "run.log").read_text()[-3000:]
        time.sleep(0.1)


def rows(here: Running, sql: str, *params: object) -> list[tuple]:
    with psycopg.connect(here.database()) as connection:
        return connection.execute(sql, params).fetchall()


def check_whole(here: Running, acknowledged: dict[str, str]) -> None:
    """Every acknowledged case is there, whole, with its ledger."""
    found = {
        str(id_): (number, state, entries)
        for id_, number, state, entries in rows(
            here,
            """SELECT c.id, c.number, c.state, (SELECT array_agg(e.body::jsonb->>'act' ORDER BY e.seq)
               FROM ledger_entry e WHERE e.stream = 'case:' || c.id) FROM case_file c WHERE c.id = ANY(%s)""",
            list(acknowledged),
        )
    }
    for case, number in acknowledged.items():
        assert found[case] == (number, "submitted", ["cases.start", "cases.submit"]), (
            case,
            number,
            found.get(case),
        )


@pytest.mark.skipif("TONGBAN_RUN_DATABASE_URL" in os.environ, reason="the test kills the database it runs on")
def test_kill_9_of_database_and_servers_amid_200_submits_loses_and_doubles_nothing(tmp_path: Path):
    with running(tmp_path / "home") as here:
        client = Client(here)
        drafts = prepare(client)
        acknowledged: dict[str, str] = {}
        struck = threading.Event()

        def work(draft: Draft) -> None:
            number = submit(client, draft)
            if number is not None:
                acknowledged[draft.id] = number
            if len(acknowledged) >= KILL_AFTER and not struck.is_set():
                struck.set()
                kill_database_and_servers(here)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(work, drafts))
        assert struck.is_set()
        assert KILL_AFTER <= len(acknowledged) < CASES

        wait_until_up(here)
        check_whole(here, acknowledged)

        # The others ask again under the same key, and so does everyone who was answered: nothing is doubled.
        for draft in drafts:
            number = submit(client, draft)
            assert number is not None
            assert acknowledged.setdefault(draft.id, number) == number
        check_whole(here, acknowledged)
        assert len(set(acknowledged.values())) == CASES
        serials = sorted(int(number[-4:]) for number in acknowledged.values())
        assert serials == list(range(serials[0], serials[0] + CASES))

        here.kill_everything()
        again = launch(here.home, here.ports)
        here.process = again.process
        check_whole(here, acknowledged)
        told = here.command("ledger", "verify")
        assert told.returncode == 0, told.stdout + told.stderr

        case = next(iter(acknowledged))
        with psycopg.connect(here.database()) as connection:
            connection.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
            connection.execute(
                "UPDATE ledger_entry SET body = overlay(body placing 'X' from 30 for 1) WHERE stream = %s AND seq = 2",
                [f"case:{case}"],
            )
            connection.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
        told = here.command("ledger", "verify")
        assert told.returncode == 1
        assert f"ledger_entry(case:{case}, 2)" in told.stdout
