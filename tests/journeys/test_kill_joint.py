"""Kill -9 of workers, servers and the database while departments and timers are at a case (联办断电演练): it ends as if nothing
had happened, every act once, every document once, every notice once."""

import json
import os
import random
import signal
import threading
import time
import uuid
from pathlib import Path

import psycopg
import pytest
from tests.journeys.running import Running, command_of, request, running
from tests.journeys.test_kill import wait_until_up

KILLS = 5
PATIENCE = 300

pytestmark = pytest.mark.slow

# A case of three working weeks ago on which nobody said a word, made through the actions; and a token for everybody.
_PREPARE = """
import io, json
from django.utils import timezone
from tests.world import PDF
from tongban.demo.cases import moment
from tongban.demo.people import SEEDER, actor
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import account_by_login
from tongban.records.materials import actions as materials
from tongban.standards import credit_code
from tongban.work.cases import actions
now = timezone.now()
tokens = {}
for login in ("lin", "su", "qiu", "huang", "fang", "zeng", "dong"):
    account = account_by_login(login)
    tokens[login] = identity.issue_token(actor=SEEDER, account_id=account.id, label="drill", days=1, at=now)
then = moment(12, 0, now)
lin = actor("lin", then)
case = actions.start(actor=lin, item_code="11460108000000030B4460198001000", at=then)
answers = {
    "shop_name": "演练小餐馆", "shop_code": credit_code.make("92460108MA5RC1235"), "address": "海口市美兰区和平大道 3 号",
    "area": "50", "category": "hot", "manager": "林晓梅", "staff": 3, "new_sign": "no",
}
errors = actions.save(actor=lin, case_id=case.id, values=answers, at=then)
assert not errors, errors
for key in ("premises", "layout", "rules", "staff_health"):
    paper = materials.keep(actor=lin, stream=io.BytesIO(PDF), file_name="a.pdf", title=key, at=then)
    actions.attach(actor=lin, case_id=case.id, key=key, material_id=paper, at=then)
actions.submit(actor=lin, case_id=case.id, at=then)
print("PREPARED " + json.dumps({"case": str(case.id), "tokens": tokens}))
"""


class Official:
    """An official at the machine door, who asks again under the same key until there is an answer."""

    def __init__(self, here: Running, token: str) -> None:
        self.here, self.headers = here, {"Authorization": f"Bearer {token}"}

    def case(self, case: str) -> dict:
        return self._until("GET", f"/v1/cases/{case}", None, {})

    def act(self, case: str, path: str, **body: object) -> dict:
        key = uuid.uuid4().hex
        sent = {"version": self.case(case)["version"], **body}
        return self._until("POST", f"/v1/cases/{case}/{path}", sent, {"Idempotency-Key": key})

    def _until(self, method: str, path: str, body: object, headers: dict[str, str]) -> dict:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                status, text = request(self.here.ports["api"], method, path, body, self.headers | headers)
                if status == 200:
                    return json.loads(text)
                assert status in (500, 502, 503), (status, path, text)
            except (OSError, ValueError):
                pass
            assert time.monotonic() < deadline, path
            time.sleep(0.2)


def kill_something(here: Running, chance: random.Random) -> str:
    """One of: the database, the worker, the servers, all of it; without warning."""
    what = chance.choice(("database", "worker", "servers", "everything"))
    family = here.family()[1:]
    if what in ("database", "everything"):
        os.kill(here.postmaster(), signal.SIGKILL)
    for process in family:
        named = command_of(process)
        if (what in ("worker", "everything") and "worker" in named) or (
            what in ("servers", "everything") and "granian" in named
        ):
            os.kill(process, signal.SIGKILL)
    return what


def wait_for(check, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not check():
        assert time.monotonic() < deadline, what
        time.sleep(0.5)


def rows(here: Running, sql: str, *params: object) -> list[tuple]:
    with psycopg.connect(here.database()) as connection:
        return connection.execute(sql, params).fetchall()


def prepared(here: Running) -> tuple[str, dict[str, Official]]:
    told = here.command("manage", "shell", "-c", _PREPARE)
    line = next((line for line in told.stdout.splitlines() if line.startswith("PREPARED ")), None)
    assert line is not None, told.stdout + told.stderr
    made = json.loads(line.removeprefix("PREPARED "))
    return made["case"], {login: Official(here, token) for login, token in made["tokens"].items()}


@pytest.mark.skipif("TONGBAN_RUN_DATABASE_URL" in os.environ, reason="the test kills the database it runs on")
def test_kill_9_during_a_joint_case_with_timers_ends_as_if_nothing_had_happened(tmp_path: Path):
    with running(tmp_path / "home") as here:
        case, who = prepared(here)
        struck: list[str] = []
        over = threading.Event()

        def strike() -> None:
            chance = random.Random(20261125)  # noqa: S311 -- when to strike, no secret
            while len(struck) < KILLS and not over.is_set():
                time.sleep(chance.uniform(0.5, 4))
                struck.append(kill_something(here, chance))
                wait_until_up(here)

        killer = threading.Thread(target=strike)
        killer.start()
        try:
            # Nobody accepts it: the timer does, since five working days have long passed.
            wait_for(lambda: who["su"].case(case)["state"] == "accepted", "deemed accepted")
            who["fang"].act(case, "parts/fire/pause", kind="inspection", days=3, reason="器材送检。")
            who["huang"].act(case, "parts/health/opine", agrees=True, opinion="符合。")
            who["qiu"].act(case, "parts/food/opine", agrees=True, opinion="符合。")
            who["zeng"].act(case, "parts/sign/opine", agrees=True, opinion="符合。")
            who["fang"].act(case, "parts/fire/unpause")
            who["fang"].act(case, "parts/fire/opine", agrees=True, opinion="符合。")
            who["dong"].act(case, "acts/grant", note="")
            wait_for(lambda: who["lin"].case(case)["state"] == "closed", "closed")
            killer.join(PATIENCE)
        finally:
            over.set()
            killer.join(PATIENCE)
        assert len(struck) == KILLS
        wait_for(lambda: not rows(here, "SELECT 1 FROM outbox_event"), "the outbox is empty")
        wait_for(lambda: _all_filed(here, case), "every document that goes out is made")
        _check(here, case)


def _all_filed(here: Running, case: str) -> bool:
    made = {
        verb
        for (verb,) in rows(
            here, "SELECT verb FROM case_document WHERE case_id = %s AND file_id IS NOT NULL", case
        )
    }
    return {"deem_accepted", "pause", "grant"} <= made


def _check(here: Running, case: str) -> None:
    acts = [
        act
        for (act,) in rows(
            here,
            "SELECT body::jsonb->>'act' FROM ledger_entry WHERE stream = %s ORDER BY seq",
            f"case:{case}",
        )
    ]
    once = [act.removeprefix("cases.") for act in acts if act not in ("cases.file_document",)]
    assert once == [
        "start",
        "submit",
        "deem_accepted",
        "pause",
        "opine",
        "opine",
        "opine",
        "unpause",
        "conclude",
        "grant",
        "close",
    ]
    assert rows(here, "SELECT count(*) FROM licence WHERE case_id = %s", case) == [(1,)]
    # A notice for each act that concerns the applicant, none twice and none missing.
    wait_for(
        lambda: _told(here, case) == ["close", "deem_accepted", "grant", "pause", "submit"],
        "every notice once",
    )
    numbers = rows(here, "SELECT number FROM case_document WHERE case_id = %s AND number IS NOT NULL", case)
    assert len(numbers) == len(set(numbers))
    told = here.command("ledger", "verify")
    assert told.returncode == 0, told.stdout + told.stderr


def _told(here: Running, case: str) -> list[str]:
    return sorted(verb for (verb,) in rows(here, "SELECT verb FROM case_notice WHERE case_id = %s", case))
