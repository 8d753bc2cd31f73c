"""What is registered of a system (接入登记): who it is, where it lives, how it proves itself, what it may ask.

Source: RFC 7591 (metadata); RFC 9700 (what may be registered); no client secrets: whoever keeps one keeps a password.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from tongban.people.signon.rules.addresses import LONGEST_ADDRESS, address_problem, host_of
from tongban.people.signon.rules.claims import SHARED, Scope
from tongban.people.signon.rules.rights import Right, ordered
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

Errors = dict[str, list[str]]


class ClientMethod(StrEnum):
    """How a system proves who it is (系统认证方式). RFC 7523, RFC 8705."""

    PRIVATE_KEY = "private_key_jwt"
    CERTIFICATE = "tls_client_auth"
    OWN_CERTIFICATE = "self_signed_tls_client_auth"
    NONE = "none"


METHOD_LABELS = {
    ClientMethod.PRIVATE_KEY: msg("用自己的私钥签名"),
    ClientMethod.CERTIFICATE: msg("出示受信任机构签发的证书"),
    ClientMethod.OWN_CERTIFICATE: msg("出示自己签发并登记过的证书"),
    ClientMethod.NONE: msg("不能保密的程序，只凭一次性校验码"),
}


class Flow(StrEnum):
    """Flow (授权流程) that a system may use, by the name of its grant."""

    CODE = "authorization_code"
    REFRESH = "refresh_token"
    SYSTEM = "client_credentials"
    DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


FLOW_LABELS = {
    Flow.CODE: msg("用户在浏览器里登录"),
    Flow.REFRESH: msg("不再打扰用户，更新令牌"),
    Flow.SYSTEM: msg("以系统自己的名义"),
    Flow.DEVICE: msg("终端设备上登录"),
}


class Audience(StrEnum):
    """For whom a system is (面向对象): which door signs its people on."""

    PUBLIC = "public"
    STAFF = "staff"


AUDIENCE_LABELS = {
    Audience.PUBLIC: msg("群众和企业（门户账号）"),
    Audience.STAFF: msg("工作人员（工作台账号）"),
}

SIGNING: Final = ("ES256", "RS256")
LONGEST_NAME: Final = 60  # [O] our own numbers
LONGEST_PURPOSE: Final = 100
MOST_ADDRESSES: Final = 10
LONGEST_KEYS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Registration:
    """Registration (接入登记). ``purposes``: of each scope that it may ask, why. ``sector``: by which a subject is made.
    ``rights``: what it may do in its own name at our API, and why.

    ``level``: the least level of assurance with which anybody enters. ``signing``: how its ID tokens are signed.
    """

    name: str
    audience: Audience
    method: ClientMethod
    flows: frozenset[Flow]
    redirects: tuple[str, ...] = ()
    after_sign_out: tuple[str, ...] = ()
    back_channel: str = ""
    keys: str = ""
    keys_address: str = ""
    certificate_subject: str = ""
    purposes: Mapping[Scope, str] = field(default_factory=dict)
    sector: str = ""
    level: int = 1
    signing: str = "ES256"
    rights: Mapping[Right, str] = field(default_factory=dict)

    def scopes(self) -> frozenset[Scope]:
        """The scopes that it may ask (可请求范围)."""
        return frozenset({Scope.OPENID, *self.purposes})


def as_json(kept: Registration) -> dict[str, Any]:
    """A registration as it is stored (存储形式)."""
    return {
        "name": kept.name,
        "audience": kept.audience.value,
        "method": kept.method.value,
        "flows": sorted(flow.value for flow in kept.flows),
        "redirects": list(kept.redirects),
        "after_sign_out": list(kept.after_sign_out),
        "back_channel": kept.back_channel,
        "keys": kept.keys,
        "keys_address": kept.keys_address,
        "certificate_subject": kept.certificate_subject,
        "purposes": {scope.value: kept.purposes[scope] for scope in Scope if scope in kept.purposes},
        "sector": kept.sector,
        "level": kept.level,
        "signing": kept.signing,
        "rights": ordered(kept.rights),
    }


def from_json(stored: Mapping[str, Any]) -> Registration:
    """The registration stored so (读取登记)."""
    return Registration(
        name=stored["name"],
        audience=Audience(stored["audience"]),
        method=ClientMethod(stored["method"]),
        flows=frozenset(Flow(flow) for flow in stored["flows"]),
        redirects=tuple(stored["redirects"]),
        after_sign_out=tuple(stored["after_sign_out"]),
        back_channel=stored["back_channel"],
        keys=stored["keys"],
        keys_address=stored["keys_address"],
        certificate_subject=stored["certificate_subject"],
        purposes={Scope(scope): purpose for scope, purpose in stored["purposes"].items()},
        sector=stored["sector"],
        level=stored["level"],
        signing=stored["signing"],
        # What was approved before there were rights has none.
        rights={Right(right): purpose for right, purpose in stored.get("rights", {}).items()},
    )


def typed(kept: Registration) -> dict[str, str]:
    """A registration as its form shows it (表单文字); :func:`check` reads it back."""
    return {
        "name": kept.name,
        "audience": kept.audience.value,
        "method": kept.method.value,
        "redirects": "\n".join(kept.redirects),
        "after_sign_out": "\n".join(kept.after_sign_out),
        "back_channel": kept.back_channel,
        "keys": kept.keys,
        "keys_address": kept.keys_address,
        "certificate_subject": kept.certificate_subject,
        "sector": kept.sector,
        "level": str(kept.level),
        "signing": kept.signing,
        **{f"flow_{flow.name.lower()}": "on" for flow in kept.flows},
        **{f"purpose_{scope.value}": purpose for scope, purpose in kept.purposes.items()},
        **{right_field(right): purpose for right, purpose in kept.rights.items()},
    }


def right_field(right: Right) -> str:
    """The field of the form in which a right's purpose is written (用途栏)."""
    return f"right_{right.name.lower()}"


def check(given: Mapping[str, str], *, rehearsal: bool = False) -> tuple[Registration | None, Errors]:
    """The registration that somebody typed (核对登记), or what is wrong with it, by field.

    ``rehearsal``: on one's own machine the platform may also call systems there, by plain http.
    """
    errors: Errors = {}
    name = _words(given, "name", LONGEST_NAME, errors)
    purposes: dict[Scope, str] = {
        scope: words
        for scope in SHARED
        if given.get(f"purpose_{scope.value}", "").strip()
        and (words := _words(given, f"purpose_{scope.value}", LONGEST_PURPOSE, errors))
    }
    rights: dict[Right, str] = {
        right: words
        for right in Right
        if given.get(right_field(right), "").strip()
        and (words := _words(given, right_field(right), LONGEST_PURPOSE, errors))
    }
    flows = frozenset(flow for flow in Flow if given.get(f"flow_{flow.name.lower()}"))
    audience = _choice(given, "audience", tuple(Audience), errors)
    method = _choice(given, "method", tuple(ClientMethod), errors)
    signing = _choice(given, "signing", SIGNING, errors)
    level = _choice(given, "level", ("1", "2", "3"), errors)
    redirects = _addresses(given, "redirects", errors)
    after_sign_out = _addresses(given, "after_sign_out", errors)
    back_channel = _called(given, "back_channel", errors, rehearsal)
    keys_address = _called(given, "keys_address", errors, rehearsal)
    keys = given.get("keys", "").strip()
    subject = given.get("certificate_subject", "").strip()
    sector = given.get("sector", "").strip().lower() or _sector(redirects)
    if not audience or not method or not signing or not level:
        return None, errors
    found = Registration(
        name=name,
        audience=Audience(audience),
        method=ClientMethod(method),
        flows=flows,
        redirects=redirects,
        after_sign_out=after_sign_out,
        back_channel=back_channel,
        keys=keys,
        keys_address=keys_address,
        certificate_subject=subject,
        purposes=purposes,
        sector=sector,
        level=int(level),
        signing=signing,
        rights=rights,
    )
    for name_of_field, texts in _together(found).items():
        errors.setdefault(name_of_field, []).extend(texts)
    return (None if errors else found), errors


def _together(found: Registration) -> Errors:
    """What must fit together (相互核对)."""
    errors: Errors = {}
    if not found.flows:
        errors["flow_code"] = [msg("至少选一种登录流程。")]
    if Flow.CODE in found.flows and not found.redirects:
        errors["redirects"] = [msg("请填写登录后回到哪里，一行一个地址。")]
    if Flow.CODE not in found.flows and found.redirects:
        errors["redirects"] = [msg("没有选浏览器登录，就不要登记回到哪里。")]
    if found.method is ClientMethod.NONE and Flow.SYSTEM in found.flows:
        errors["flow_system"] = [msg("不能保密的程序，不能以系统自己的名义办事。")]
    if found.rights and Flow.SYSTEM not in found.flows:
        errors[right_field(next(iter(found.rights)))] = [
            msg("要用平台的接口，请在上面选“以系统自己的名义”。")
        ]
    if Scope.OFFLINE in found.purposes and Flow.REFRESH not in found.flows:
        errors["purpose_offline_access"] = [msg("要在退出以后更新信息，请同时选“更新令牌”。")]
    if Scope.STAFF in found.purposes and found.audience is Audience.PUBLIC:
        errors["purpose_staff"] = [msg("只有面向工作人员的系统才能问岗位。")]
    if Scope.COMPANY_CODE in found.purposes and Scope.COMPANY not in found.purposes:
        errors["purpose_company_code"] = [msg("要统一社会信用代码，请同时登记“代表哪家企业”。")]
    if Scope.COMPANY in found.purposes and (found.audience is Audience.STAFF or Flow.CODE not in found.flows):
        errors["purpose_company"] = [msg("只有群众和企业在浏览器里登录的系统，才能问代表哪家企业。")]
    if {Scope.PHONE, Scope.PHONE_FULL, Scope.IDENTITY} & set(
        found.purposes
    ) and found.audience is Audience.STAFF:
        errors["purpose_phone"] = [msg("工作人员账号没有证件和手机号码，不要登记。")]
    if not re.fullmatch(r"[a-z0-9.-]{1,100}|\[?[0-9a-f:]{2,39}\]?", found.sector or "x"):
        errors["sector"] = [msg("这里填一个域名，例如 apply.example.gov.cn。")]
    errors |= _proof_problems(found)
    return errors


def _proof_problems(found: Registration) -> Errors:
    by_keys = found.method in (ClientMethod.PRIVATE_KEY, ClientMethod.OWN_CERTIFICATE)
    if by_keys and bool(found.keys) == bool(found.keys_address):
        return {"keys": [msg("公钥和公钥地址，请填其中一项。")]}
    if not by_keys and (found.keys or found.keys_address):
        return {"keys": [msg("这种认证方式不用公钥，请清空。")]}
    if found.keys and (
        problem := keys_problem(found.keys, with_certificate=found.method is not ClientMethod.PRIVATE_KEY)
    ):
        return {"keys": [problem]}
    if (found.method is ClientMethod.CERTIFICATE) != bool(found.certificate_subject):
        return {"certificate_subject": [msg("只有出示受信任机构签发的证书时才填证书主题，而且必须填。")]}
    if len(found.certificate_subject) > LONGEST_ADDRESS:
        return {"certificate_subject": [msg("证书主题太长。")]}
    return {}


_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518, 6.2.2, 6.3.2, 6.4


def keys_problem(text: str, *, with_certificate: bool = False) -> str | None:
    """What is wrong with a set of public keys (公钥集问题, RFC 7517), or None. Never a secret, never a private key."""
    if len(text) > LONGEST_KEYS:
        return msg("公钥集太长。")
    try:
        keys = json.loads(text)["keys"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return msg('请填 JWKS 格式的公钥集：{"keys": […]}。')
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        return msg('请填 JWKS 格式的公钥集：{"keys": […]}。')
    if any(_PRIVATE & set(key) for key in keys):
        return msg("里面有私钥。私钥不能交给任何人：请马上换一对新的，只填公钥。")
    if any(key.get("kty") not in ("EC", "RSA", "OKP") for key in keys):
        return msg("公钥只能是 EC、RSA 或者 OKP 类型。")
    if with_certificate and not all(key.get("x5c") for key in keys):
        return msg("每个公钥要带证书（x5c）。")
    return None


def _words(given: Mapping[str, str], name: str, limit: int, errors: Errors) -> str:
    try:
        text = plaintext.clean(given.get(name, ""), limit=limit)
    except BadCode as error:
        errors[name] = [Message(error.message, error.params)]
        return ""
    if not text:
        errors[name] = [msg("请填写这一项。")]
    return text


def _choice(given: Mapping[str, str], name: str, known: tuple[str, ...], errors: Errors) -> str:
    value = given.get(name, "")
    if value not in known:
        errors[name] = [msg("请选一项。")]
        return ""
    return value


def _addresses(given: Mapping[str, str], name: str, errors: Errors) -> tuple[str, ...]:
    lines = tuple(dict.fromkeys(line.strip() for line in given.get(name, "").splitlines() if line.strip()))
    if len(lines) > MOST_ADDRESSES:
        errors[name] = [msg("最多 10 个地址。")]
        return ()
    problems = [problem for line in lines if (problem := address_problem(line))]
    if problems:
        errors[name] = list(dict.fromkeys(problems))
    return lines


def _called(given: Mapping[str, str], name: str, errors: Errors, rehearsal: bool) -> str:
    address = given.get(name, "").strip()
    problem = address_problem(address, loopback=rehearsal) if address else None
    if problem:
        errors[name] = [problem]
    return address


def _sector(redirects: tuple[str, ...]) -> str:
    return host_of(redirects[0]) if redirects and address_problem(redirects[0]) is None else ""
