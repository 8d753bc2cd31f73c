"""Passkeys (通行密钥, W3C Web Authentication Level 2): bind one, sign in with one, show with one that it is the owner.

Discoverable, so that no login is typed; user verification required, so that the device asks for finger, face or PIN. The browser's
part is a script (``web/passkeys.js``); without it the other ways stay.
"""

import json
from typing import Any

import webauthn
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Refusal
from tongban.doors.web import entering
from tongban.doors.web.account.addresses import account_page
from tongban.doors.web.account.own import field, now, own, say, show, typed_of
from tongban.doors.web.account.presence import (
    ensure_strong,
    is_here,
    presence_fields,
)
from tongban.doors.web.views import next_of, wrong_door
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import Method
from tongban.standards.text import msg

_CHALLENGE = "passkey_challenge"
_LONGEST = 20_000
_REQUIRED = UserVerificationRequirement.REQUIRED


def _site(request: HttpRequest) -> tuple[str, str]:
    """(relying party, origin): the host under which we are asked, which the middleware has checked."""
    host = request.get_host()
    return host.rsplit(":", 1)[0], f"{request.scheme}://{host}"


def _given(request: HttpRequest) -> tuple[dict[str, Any], bytes]:
    """(what the browser gave, the challenge it had to sign). A challenge is used once."""
    challenge = request.session.pop(_CHALLENGE, "")
    try:
        given = json.loads(request.POST.get("credential", "")[:_LONGEST])
    except (ValueError, RecursionError):
        given = None
    if not challenge or not isinstance(given, dict):
        raise Forbidden("identity.passkey_stale", msg("这次没有用上通行密钥，请再试一次。"))
    return given, base64url_to_bytes(challenge)


def _options(request: HttpRequest, options: Any) -> HttpResponse:
    text = webauthn.options_to_json(options)
    request.session[_CHALLENGE] = json.loads(text)["challenge"]
    return HttpResponse(text, content_type="application/json")


@own
@require_POST
def creation_options(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the browser is asked to make (绑定参数)."""
    account = queries.own_account(actor)
    known = [PublicKeyCredentialDescriptor(id=one) for one in queries.credentials_of(actor)]
    options = webauthn.generate_registration_options(
        rp_id=_site(request)[0],
        rp_name="通办",
        user_id=account.id.bytes,
        user_name=account.login,
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
    )
    return _options(request, options)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Bind a passkey (绑定通行密钥)."""
    typed = typed_of(request, "label", "sms", longest=40)
    onward = next_of(request, account_page("ways"))
    refusal: Refusal | None = None
    sent = "sent" in request.POST
    if request.method == "POST":
        try:
            if is_here(request, actor):
                _bind(request, actor, typed["label"])
                say(request, "ok", _("通行密钥绑定好了"), _("下次登录不用输密码。"))
                return HttpResponseRedirect(onward)
            sent = True
        except Refusal as problem:
            refusal = problem
    else:
        typed["label"] = entering.device_of(request)[:40]
    fields = [
        field("label", _("给它起个名字"), typed, refusal, help=_("例如：我的手机。"), maxlength=40),
        *presence_fields(actor, sent, typed, refusal),
    ]
    context = {
        "fields": fields,
        "asks_message": any(one["name"] == "sms" for one in fields),
        "sent": sent,
        "onward": onward,
        "options_url": account_page("ways/passkey/options"),
        "back_url": account_page("ways"),
    }
    return show(request, "passkey", context, refusal)


def _bind(request: HttpRequest, actor: Actor, label: str) -> None:
    given, challenge = _given(request)
    relying, origin = _site(request)
    try:
        verified = webauthn.verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=relying,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise Forbidden("identity.passkey_refused", msg("这次没有绑定成，请再试一次。")) from error
    actions.add_passkey(
        actor=actor,
        credential=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        label=label,
        at=now(),
    )
    if actor.session_id is not None:
        actions.lift_session(actor=actor, method=Method.PASSKEY, at=now())


@require_POST
def request_options(request: HttpRequest) -> HttpResponse:
    """What the browser is asked to sign (登录参数): any of its passkeys for this site."""
    options = webauthn.generate_authentication_options(rp_id=_site(request)[0], user_verification=_REQUIRED)
    return _options(request, options)


def signed_account(request: HttpRequest) -> Any:
    """The account whose passkey signed this page's challenge (通行密钥的账号). Raises Forbidden."""
    given, challenge = _given(request)
    relying, origin = _site(request)
    unfit = Forbidden("identity.passkey", msg("不认识这个通行密钥。请用别的方式登录。"))
    try:
        credential = base64url_to_bytes(given["rawId"])
        known = actions.public_key_of(credential)
        if known is None:
            raise unfit
        verified = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=relying,
            expected_origin=origin,
            credential_public_key=known[0],
            credential_current_sign_count=0,  # the counter is held to under the lock of its row
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise unfit from error
    return actions.use_passkey(credential=credential, sign_count=verified.new_sign_count, at=now())


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey (通行密钥登录)."""
    onward = next_of(request)
    typed = {"login": "", "next": onward}
    try:
        account = signed_account(request)
    except Refusal as refusal:
        return render(request, "web/login.html", {"typed": typed, "refusal": refusal}, status=refusal.status)
    wrong = wrong_door(account)
    if wrong:
        return render(request, "web/login.html", {"typed": typed, "wrong_door": wrong}, status=403)
    entering.enter(request, account, methods=[Method.PASSKEY], at=now())
    return HttpResponseRedirect(onward)


@own
@require_POST
def remove(request: HttpRequest, actor: Actor, passkey_id: Any) -> HttpResponse:
    """Take a passkey away (去掉通行密钥)."""
    ensure_strong(actor)
    actions.remove_passkey(actor=actor, passkey_id=passkey_id, at=now())
    say(request, "ok", _("通行密钥已经去掉"))
    return HttpResponseRedirect(account_page("ways"))
