"""One side of the sign-on bench (一方的登录流程), in a process of its own: ``python -m tests.bench.signon_flow SIDE FLOWS …``.

The client is the same for both; what it must make beforehand (an assertion) is made before the clock starts.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import django
from tests.bench.load import cpu_of

VERIFIER = "v" * 64
CHALLENGE = "w1TpKUdYE9hUAcNSeeSRFioHDxfUxuHho_JHAfZ_vDM"  # of the verifier, S256
FORM = "application/x-www-form-urlencoded"
WARM_UP = 20


class Side:
    """A provider as its client sees it (一方)."""

    authorize, token, userinfo = "/oidc/authorize", "/oidc/token", "/oidc/userinfo"
    redirect = "https://apply.example.gov.cn/callback"
    scope = "openid profile"

    def __init__(self, client_id: str, proofs: Iterator[dict[str, str]] | None = None) -> None:
        from django.test import Client

        self.client_id = client_id
        self.proofs = proofs
        self.browser, self.system = Client(), Client()

    def asked(self) -> dict[str, str]:
        """A request to sign somebody on (登录请求)."""
        return {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": self.redirect,
            "scope": self.scope,
            "state": "state",
            "nonce": "nonce",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }

    def flow(self) -> None:
        """Authorize, token, userinfo (一次登录)."""
        answer = self.browser.get(self.authorize, self.asked())
        code = parse_qs(urlsplit(answer["Location"]).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": VERIFIER,
        }
        form |= next(self.proofs) if self.proofs else {"client_id": self.client_id}
        tokens = self.system.post(self.token, urlencode(form), content_type=FORM).json()
        if not {"id_token", "refresh_token"} <= set(tokens):
            raise RuntimeError(str(tokens))
        info = self.system.get(self.userinfo, headers={"Authorization": f"Bearer {tokens['access_token']}"})
        if not info.json().get("sub"):
            raise RuntimeError(info.content.decode())


class Toolkit(Side):
    """django-oauth-toolkit (对照)."""

    authorize, token, userinfo = "/o/authorize/", "/o/token/", "/o/userinfo/"

    def asked(self) -> dict[str, str]:
        """The same, with its word for a remembered consent."""
        return super().asked() | {"approval_prompt": "auto"}


def toolkit() -> Side:
    """Its tables, its client, a person, her consent (布置对照)."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from oauth2_provider.models import get_application_model

    call_command("migrate", interactive=False, verbosity=0)
    user, _fresh = get_user_model().objects.get_or_create(username="xiulan")
    application, _fresh = get_application_model().objects.get_or_create(
        client_id="bench",
        defaults={
            "user": user,
            "redirect_uris": Side.redirect,
            "client_type": "public",
            "authorization_grant_type": "authorization-code",
            "algorithm": "RS256",
            "name": "bench",
        },
    )
    side = Toolkit(application.client_id)
    side.browser.force_login(user)
    page = side.browser.get(side.authorize, side.asked())
    if page.status_code == 200:
        agreed = side.asked() | {"allow": "Authorize"}
        code = parse_qs(urlsplit(side.browser.post(side.authorize, agreed)["Location"]).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": side.redirect,
            "code_verifier": VERIFIER,
            "client_id": side.client_id,
        }
        side.system.post(side.token, urlencode(form), content_type=FORM)
    return side


def ours(client_id: str, key: str, flows: int) -> Side:
    """Our own side: a person signed in, her consent (布置本方)."""
    from joserfc import jwk
    from tests import world as worlds

    from tongban.doors.signon.issuer import now
    from tongban.people.identity.queries import account_by_login
    from tongban.people.signon.tests.filling import Party

    proofs = None
    if key:
        party = Party(None, client_id, jwk.ECKey.import_key(json.loads(key)))  # type: ignore[arg-type] # its row is not asked for
        at = now()
        made = [party.proof(at, exp=int(at.timestamp()) + 800) for _ in range(flows + WARM_UP)]
        proofs = iter(made)
    side = Side(client_id, proofs)
    account = account_by_login("xiulan")
    worlds.enter(side.browser, account and account.id)
    page = side.browser.get(side.authorize, side.asked())
    if page.status_code == 200:
        found = re.search(r'name="key" value="([^"]+)"', page.content.decode())
        if found is None:
            raise RuntimeError(page.content.decode())
        side.browser.post("/oidc/consent", {"key": found[1], "decision": "yes"})
    return side


def measured(flow: Callable[[], None], flows: int) -> dict[str, float]:
    """CPU milliseconds of a flow, in this process and in its database backend (测量)."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(WARM_UP - 1):
        flow()
    with CaptureQueriesContext(connection) as captured:
        flow()
    statements = len(captured)
    backend = connection.connection.info.backend_pid
    before, program = cpu_of(backend), time.process_time()
    for _ in range(flows):
        flow()
    program = time.process_time() - program
    database = cpu_of(backend) - before
    return {
        "cpu": 1000 * (program + database) / flows,
        "program": 1000 * program / flows,
        "database": 1000 * database / flows,
        "statements": statements,
    }


def main() -> None:
    """Set up, measure, say it as one line of JSON (入口)."""
    name, flows, *given = sys.argv[1:]
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    client_id, key = [*given, "", ""][:2]
    side = toolkit() if name == "toolkit" else ours(client_id, key, int(flows))
    print(json.dumps(measured(side.flow, int(flows))))


if __name__ == "__main__":
    main()
