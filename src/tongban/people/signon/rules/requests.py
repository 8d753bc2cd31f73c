"""Requests to sign somebody on (登录请求): what a system asks for, read from its parameters.

Source: OpenID Connect Core 3.1.2.1, 5.5; RFC 7636 (S256 only); RFC 9470 (step-up); RFC 9700. A code is the only thing given.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tongban.people.identity.rules import Level
from tongban.people.signon.rules.claims import SCOPE_OF, Claim, Scope, claims_of
from tongban.people.signon.rules.refusals import ProtocolRefusal, invalid_request
from tongban.people.signon.rules.registration import Flow, Registration

ACR: Final = {level: f"urn:tongban:level:{int(level)}" for level in Level}
_LEVELS: Final = {urn: level for level, urn in ACR.items()}
PROMPTS: Final = frozenset({"none", "login", "consent", "select_account"})
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 7636, 4.2: base64url of 32 bytes
_LONGEST: Final = {"state": 1024, "nonce": 255, "login_hint": 200, "claims": 4000}  # [O] our own numbers
_LONGEST_AGE: Final = 9  # digits


@dataclass(frozen=True, slots=True)
class Asked:
    """What a system asks for (登录请求内容), read and allowed.

    ``level``: the least that will do, the system's own included. ``strict``: whether less must not be answered with.
    ``in_token``: claims for the ID token; ``in_answer``: for the userinfo answer.
    """

    redirect: str
    state: str = ""
    nonce: str = ""
    challenge: str = ""
    scopes: frozenset[Scope] = frozenset({Scope.OPENID})
    in_token: frozenset[Claim] = frozenset()
    in_answer: frozenset[Claim] = frozenset()
    prompts: frozenset[str] = frozenset()
    max_age: int | None = None
    level: Level = Level.UNPROVEN
    login_hint: str = ""

    def for_company(self) -> bool:
        """Whether the system asks for whom somebody acts (是否问代表哪家企业)."""
        return Scope.COMPANY in self.scopes or Claim.COMPANY in self.in_token | self.in_answer

    def shares(self) -> frozenset[str]:
        """What somebody agrees to share (需要同意的内容): claims, and access after sign-out."""
        offline = {Scope.OFFLINE.value} if Scope.OFFLINE in self.scopes else set()
        return frozenset({claim.value for claim in self.in_token | self.in_answer} | offline)


def redirect_of(params: Mapping[str, str], system: Registration) -> str | None:
    """Where the answer may go (返回地址): the address asked for, where it is registered letter by letter; or None."""
    asked = params.get("redirect_uri", "")
    return asked if asked in system.redirects else None


def read(params: Mapping[str, str], system: Registration) -> Asked:
    """What is asked for by ``params`` (读取请求), whose redirect address is the system's; raises ProtocolRefusal."""
    _ensure_kind(params, system)
    challenge = params.get("code_challenge", "")
    if params.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        # Absent means "plain" (RFC 7636, 4.3), which is the downgrade that RFC 9700, 2.1.1 speaks of.
        raise invalid_request("PKCE is required: code_challenge with code_challenge_method=S256")
    for name, limit in _LONGEST.items():
        if len(params.get(name, "")) > limit:
            raise invalid_request(f"{name} is too long")
    scopes = read_scopes(params.get("scope", ""), system)
    prompts = frozenset(params.get("prompt", "").split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise invalid_request("prompt: none alone, or any of login, consent, select_account")
    in_token, in_answer, essential = _read_claims(params.get("claims", ""), system)
    asked_level = _lowest([*params.get("acr_values", "").split()[:10], *essential])
    return Asked(
        redirect=params["redirect_uri"],
        state=params.get("state", ""),
        nonce=params.get("nonce", ""),
        challenge=challenge,
        scopes=scopes,
        in_token=in_token,
        in_answer=in_answer | claims_of(scopes),
        prompts=prompts,
        max_age=_age(params.get("max_age", "")),
        level=max(Level(system.level), asked_level or Level.UNPROVEN),
        login_hint=params.get("login_hint", ""),
    )


def _ensure_kind(params: Mapping[str, str], system: Registration) -> None:
    if Flow.CODE not in system.flows:
        raise ProtocolRefusal("unauthorized_client", "this client may not use the authorization code flow")
    if params.get("response_type", "") != "code":
        raise ProtocolRefusal("unsupported_response_type", "response_type must be code")
    if params.get("response_mode", "query") != "query":
        raise invalid_request("response_mode must be query")
    if "registration" in params:
        raise ProtocolRefusal("registration_not_supported", "clients are registered beforehand")


def read_scopes(text: str, system: Registration, *, openid: bool = True) -> frozenset[Scope]:
    """The scopes asked for (读取范围): known, registered by the system, and ``openid`` among them where it must be."""
    words = frozenset(text.split())
    if openid and Scope.OPENID.value not in words:
        raise ProtocolRefusal("invalid_scope", "scope must contain openid")
    allowed = {scope.value for scope in system.scopes()}
    if not words <= allowed:
        raise ProtocolRefusal("invalid_scope", "a scope that is not registered for this client")
    return frozenset(Scope(word) for word in words)


def _age(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_AGE):
        raise invalid_request("max_age must be a number of seconds")
    return int(text)


def _lowest(urns: Iterable[Any]) -> Level | None:
    """The lowest level among the values: each of them will do (任一即可)."""
    levels = [_LEVELS[urn] for urn in urns if isinstance(urn, str) and urn in _LEVELS]
    return min(levels, default=None)


def _read_claims(text: str, system: Registration) -> tuple[frozenset[Claim], frozenset[Claim], list[Any]]:
    """(claims for the token, claims for userinfo, values of acr) by the claims parameter (Core 5.5)."""
    if not text:
        return frozenset(), frozenset(), []
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise invalid_request("claims must be a JSON object") from error
    if not isinstance(asked, dict):
        raise invalid_request("claims must be a JSON object")
    parts = {name: {} if asked.get(name) is None else asked[name] for name in ("id_token", "userinfo")}
    if not all(isinstance(part, dict) for part in parts.values()):
        raise invalid_request("claims.id_token and claims.userinfo must be objects")
    allowed = {claim for claim, scope in SCOPE_OF.items() if scope in system.scopes()}
    in_token, in_answer = (
        frozenset(claim for claim in allowed if claim.value in parts[name])
        for name in ("id_token", "userinfo")
    )
    acr = parts["id_token"].get("acr")
    values = [acr.get("value"), *_listed(acr.get("values"))] if isinstance(acr, dict) else []
    return in_token, in_answer, values


def _listed(values: Any) -> list[Any]:
    return values[:10] if isinstance(values, list) else []
