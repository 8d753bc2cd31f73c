"""Signing on (统一登录): the whole flow of a person whose session and consent stand, beside django-oauth-toolkit's same flow.

Both sides are asked by the same client in their own process: authorize, token, userinfo; PKCE, one ID token, one refresh token.
"""

import json
import os
import subprocess
import sys
from statistics import median
from typing import Any

from django.db import connections
from django.utils import timezone
from tests.bench.database import ROOT, database
from tests.bench.report import Figure
from tests.bench.stage import Stage

from tongban.people.signon import actions
from tongban.people.signon.tests.filling import connected

ROUNDS = 3
FLOWS = 150
GOAL = 3.0
_TOOLKIT = "django-oauth-toolkit, public client, RS256"


def measure(stage: Stage) -> list[Figure]:
    """Sides by turns (测量): CPU of one flow, in the program and in the database."""
    plain = connected(stage.world, method="none", signing="RS256")
    signed = connected(stage.world)
    actions.ready(timezone.now())
    connections.close_all()
    keys = json.dumps(signed.key.as_dict(private=True))
    found: dict[str, list[dict[str, float]]] = {"toolkit": [], "plain": [], "signed": []}
    with database("tongban_bench_toolkit") as theirs:
        for _ in range(ROUNDS):
            found["toolkit"].append(_side("toolkit", theirs))
            found["plain"].append(_side("plain", stage.url, plain.client_id))
            found["signed"].append(_side("signed", stage.url, signed.client_id, keys))

    def figure(side: str, what: str, read: str, unit: str, goal: float | None) -> Figure:
        ours, reference = (median(run[read] for run in found[name]) for name in (side, "toolkit"))
        if unit == "flows per CPU second":
            ours, reference = 1000 / ours, 1000 / reference
        return Figure("sign-on", what, round(ours, 3), round(reference, 3), _TOOLKIT, goal, unit)

    return [
        figure("plain", "flow, the same client", "cpu", "flows per CPU second", GOAL),
        figure("signed", "flow, private_key_jwt and ES256", "cpu", "flows per CPU second", GOAL),
        figure("plain", "CPU, program and database", "cpu", "ms each", None),
        figure("signed", "CPU, program and database, private_key_jwt", "cpu", "ms each", None),
        figure("plain", "CPU, database", "database", "ms each", None),
        figure("plain", "statements of a flow", "statements", "statements", None),
    ]


def _side(name: str, url: str, *arguments: str) -> dict[str, float]:
    """One run of one side in a process of its own (一次运行)."""
    settings = "tests.bench.toolkit.settings" if name == "toolkit" else "config.settings"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.signon_flow", name, str(FLOWS), *arguments],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": settings,
            "TONGBAN_DOOR": "portal",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
