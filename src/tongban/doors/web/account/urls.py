"""Addresses of the pages of an account (地址表), under the prefix of each door."""

from django.urls import URLPattern, path

from tongban.doors.web.account import leaving, outside, overview, passkeys, registering, stepping, ways
from tongban.doors.web.account.addresses import PREFIXES


def addresses(door: str) -> list[URLPattern]:
    """The addresses at one door (一个门的地址)."""
    base = PREFIXES[door]
    people = [
        path("register", registering.register, name="register"),
        path(f"{base}/proofs", registering.proofs, name="account-proofs"),
        path(f"{base}/proofs/<slug:kind>", registering.proof),
        path(f"{base}/claim", registering.claim),
        path(f"{base}/leave", leaving.leave),
        path(f"{base}/merge", leaving.merge),
        path("login/outside", outside.unknown),
        path("login/outside/<slug:key>", outside.begin),
        path("login/outside/<slug:key>/back", outside.back),
        path("register/outside", outside.register),
        path(f"{base}/linked", outside.linked, name="account-linked"),
        path(f"{base}/linked/confirm", outside.confirm),
        path(f"{base}/linked/<uuid:linked_id>/unlink", outside.unlink),
    ]
    return [
        *(people if door == "portal" else []),
        path("recover", leaving.redeem, name="recover"),
        path("stepup", stepping.step_up, name="stepup"),
        path("stepup/passkey", stepping.with_passkey),
        path(base, overview.overview, name="account"),
        path(f"{base}/ways", ways.ways, name="account-ways"),
        path(f"{base}/ways/totp", ways.totp),
        path(f"{base}/ways/totp/remove", ways.remove_totp),
        path(f"{base}/ways/password", ways.password),
        path(f"{base}/ways/passkey", passkeys.bind),
        path(f"{base}/ways/passkey/options", passkeys.creation_options),
        path(f"{base}/ways/passkey/<uuid:passkey_id>/remove", passkeys.remove),
        path(f"{base}/sessions", overview.sessions, name="account-sessions"),
        path(f"{base}/sessions/end", overview.end_everywhere),
        path(f"{base}/sessions/<uuid:session_id>/end", overview.end_session),
    ]
