"""Commands on the certificate service (证书服务命令): ``tongban pki ceremony …``, ``revoke``, ``seal``, ``token``, ``lists``, ``show``.

The PIN of a token is asked for and never an argument: arguments are seen by everybody on the machine and kept by the shell.
"""

import getpass
import sys
import uuid
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tongban.base.actor import system
from tongban.base.errors import Refusal
from tongban.base.pki.tokens import Token, TokenProblem
from tongban.people.certificates import actions
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.queries.authorities import AuthorityView
from tongban.people.certificates.rules.moves import OFFICE_REASONS, RevocationReason
from tongban.people.certificates.rules.profiles import (
    ALGORITHM_LABELS,
    AUTHORITY_KIND_LABELS,
    Algorithm,
    AuthorityKind,
)
from tongban.people.parties import queries as parties

_OPERATOR = system("pki.ceremony")
_SEALS, _TOKENS = system("pki.seal"), system("pki.token")


def run(args: Namespace) -> int:
    """One of the acts (执行), with the moment read once."""
    acts: dict[str, Callable[[Namespace, datetime], int]] = {
        "ceremony": _ceremony,
        "revoke": _revoke,
        "seal": _seal,
        "request": _request,
        "deliver": _deliver,
        "lists": _lists,
        "show": _show,
    }
    try:
        return acts[args.act](args, timezone.now())
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
    except TokenProblem as problem:
        print(f"密码钥匙不可用：{problem}", file=sys.stderr)
    return 1


def _ceremony(args: Namespace, at: datetime) -> int:
    """Hold a ceremony and print its record (密钥仪式), to be signed by those who are present."""
    kind, algorithm = AuthorityKind(args.kind), Algorithm(args.algorithm)
    if not args.name or not args.organisation or len(args.witness) < 2:
        print("要写明 --name、--organisation，和至少两位 --witness（在场见证人）", file=sys.stderr)
        return 2
    if authorities.has(kind, algorithm) and not args.again:
        print("这一类认证机构已经有了；要换新的，加 --again，原来的随即停用", file=sys.stderr)
        return 1
    made = actions.hold_ceremony(
        actor=_OPERATOR,
        kind=kind,
        algorithm=algorithm,
        name=args.name,
        organisation=args.organisation,
        witnesses=tuple(args.witness),
        at=at,
        demonstration=args.demonstration,
        in_token=args.token,
    )
    print(f"密钥仪式记录  {at.isoformat(timespec='seconds')}")
    _print(made)
    print(f"密钥存放      {made.key}")
    for number, name in enumerate(args.witness, 1):
        print(f"见证人{number}       {name}  ______________")
    return 0


def _revoke(args: Namespace, at: datetime) -> int:
    """Revoke an authority before witnesses (吊销认证机构)."""
    if len(args.witness) < 2:
        print("要写明至少两位 --witness（在场见证人）", file=sys.stderr)
        return 2
    actions.revoke_authority(
        actor=_OPERATOR,
        slug=args.authority,
        reason=RevocationReason(args.reason),
        witnesses=tuple(args.witness),
        at=at,
    )
    print(f"已吊销 {args.authority}，上级机构的撤销列表已经发布")
    return 0


def _seal(args: Namespace, at: datetime) -> int:
    """Make the key of an organ's seal and print the request for its certificate (机关印章)."""
    organ = parties.organ_by_code(args.organ)
    if organ is None:
        print(f"机关名录里没有这个统一社会信用代码：{args.organ}", file=sys.stderr)
        return 1
    request = actions.make_seal_key(actor=_SEALS, organ_id=organ.id, at=at, in_token=args.token)
    return _handed_out(request, args.out)


def _request(args: Namespace, _at: datetime) -> int:
    """Make a key in a holder's token and print the request (在密码钥匙内生成密钥)."""
    with _plugged_in(args) as token:
        return _handed_out(actions.request_in_token(token, args.key), args.out)


def _deliver(args: Namespace, at: datetime) -> int:
    """Write an issued certificate into the token that keeps its key (写入密码钥匙)."""
    with _plugged_in(args) as token:
        label = actions.deliver(actor=_TOKENS, certificate_id=args.certificate, token=token, at=at)
    print(f"证书和证书链已经写入密码钥匙，密钥标签“{label}”")
    return 0


def _plugged_in(args: Namespace) -> AbstractContextManager[Token]:
    """The holder's token, opened with the PIN that she types (插入的密码钥匙)."""
    library = args.library or settings.TOKEN_LIBRARY
    if not library:
        raise TokenProblem("--library")
    return closing(Token(library, args.token, getpass.getpass("密码钥匙口令（PIN）：")))


def _handed_out(request: str, out: Path | None) -> int:
    if out is None:
        print(request, end="")
    else:
        out.write_text(request)
        print(f"证书请求已写入 {out}，请交登记人员登记")
    return 0


def parser(pki: ArgumentParser) -> None:
    """What the commands take (命令参数)."""
    acts = pki.add_subparsers(dest="act", required=True, metavar="ACT")
    ceremony = acts.add_parser("ceremony", help="密钥仪式")
    ceremony.add_argument("kind", choices=[kind.value for kind in AuthorityKind])
    ceremony.add_argument("--algorithm", choices=[one.value for one in Algorithm], default="p256")
    ceremony.add_argument("--name", default="")
    ceremony.add_argument("--organisation", default="")
    ceremony.add_argument("--demonstration", action="store_true")
    ceremony.add_argument("--again", action="store_true")
    ceremony.add_argument("--token", action="store_true")
    revoke = acts.add_parser("revoke", help="吊销认证机构")
    revoke.add_argument("authority")
    revoke.add_argument("--reason", choices=[one.value for one in OFFICE_REASONS], required=True)
    for witnessed in (ceremony, revoke):
        witnessed.add_argument("--witness", action="append", default=[], metavar="NAME")
    seal = acts.add_parser("seal", help="机关印章密钥")
    seal.add_argument("--organ", required=True, metavar="CODE")
    seal.add_argument("--token", action="store_true")
    request = acts.add_parser("request", help="在密码钥匙内生成密钥")
    request.add_argument("--key", default="tongban", metavar="LABEL")
    for asking in (seal, request):
        asking.add_argument("--out", type=Path)
    deliver = acts.add_parser("deliver", help="写入密码钥匙")
    deliver.add_argument("certificate", type=uuid.UUID)
    for plugged in (request, deliver):
        plugged.add_argument("--library", default="")
        plugged.add_argument("--token", required=True, metavar="LABEL")
    acts.add_parser("lists", help="发布全部撤销列表")
    acts.add_parser("show", help="认证机构一览")


def _lists(_args: Namespace, at: datetime) -> int:
    """Publish every list anew (发布全部撤销列表), a root's as well where its key is at hand."""
    for found in authorities.authorities():
        if found.kind in (AuthorityKind.ROOT, AuthorityKind.ISSUING):
            number = actions.publish_list(actor=_OPERATOR, authority_id=found.id, at=at)
            print(f"{found.slug}  第 {number} 号")
    return 0


def _show(_args: Namespace, _at: datetime) -> int:
    """All authorities with their fingerprints (认证机构一览)."""
    for found in authorities.authorities():
        _print(found)
        print()
    return 0


def _print(found: AuthorityView) -> None:
    certificate = found.certificate
    fingerprint = ":".join(certificate.fingerprint[at : at + 4].upper() for at in range(0, 64, 4))
    mark = "  （演示）" if found.demonstration else ""
    if found.revoked_at is not None:
        mark += f"  （{found.revoked_at:%Y-%m-%d} 吊销）"
    elif found.retired_at is not None:
        mark += f"  （{found.retired_at:%Y-%m-%d} 停用）"
    print(f"认证机构      {found.slug}  {AUTHORITY_KIND_LABELS[found.kind]}{mark}")
    print(f"算法          {ALGORITHM_LABELS[found.algorithm]}")
    print(f"名称          {certificate.name}")
    print(f"序列号        {certificate.serial:x}")
    print(f"有效期        {certificate.not_before:%Y-%m-%d} 至 {certificate.not_after:%Y-%m-%d}")
    print(f"指纹 SHA-256  {fingerprint}")
