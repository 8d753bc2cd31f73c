"""Commands on the certificate service (证书服务命令): ``tongban pki ceremony …``, ``tongban pki show``."""

import sys
from argparse import Namespace
from datetime import datetime

from django.utils import timezone

from tongban.base.actor import system
from tongban.base.errors import Refusal
from tongban.people.certificates import actions
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.queries.authorities import AuthorityView
from tongban.people.certificates.rules.profiles import (
    ALGORITHM_LABELS,
    AUTHORITY_KIND_LABELS,
    Algorithm,
    AuthorityKind,
)

ACTS = ("ceremony", "lists", "show")
_OPERATOR = system("pki.ceremony")


def run(args: Namespace) -> int:
    """One of the acts (执行), with the moment read once."""
    at = timezone.now()
    try:
        if args.act == "ceremony":
            return _ceremony(args, at)
        if args.act == "lists":
            return _lists(at)
        return _show()
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
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


def _lists(at: datetime) -> int:
    """Publish every list anew (发布全部撤销列表), a root's as well where its key is at hand."""
    for found in authorities.authorities():
        if found.kind in (AuthorityKind.ROOT, AuthorityKind.ISSUING):
            number = actions.publish_list(actor=_OPERATOR, authority_id=found.id, at=at)
            print(f"{found.slug}  第 {number} 号")
    return 0


def _show() -> int:
    """All authorities with their fingerprints (认证机构一览)."""
    for found in authorities.authorities():
        _print(found)
        print()
    return 0


def _print(found: AuthorityView) -> None:
    certificate = found.certificate
    fingerprint = ":".join(certificate.fingerprint[at : at + 4].upper() for at in range(0, 64, 4))
    mark = "  （演示）" if found.demonstration else ""
    mark += f"  （{found.retired_at:%Y-%m-%d} 停用）" if found.retired_at else ""
    print(f"认证机构      {found.slug}  {AUTHORITY_KIND_LABELS[found.kind]}{mark}")
    print(f"算法          {ALGORITHM_LABELS[found.algorithm]}")
    print(f"名称          {certificate.name}")
    print(f"序列号        {certificate.serial:x}")
    print(f"有效期        {certificate.not_before:%Y-%m-%d} 至 {certificate.not_after:%Y-%m-%d}")
    print(f"指纹 SHA-256  {fingerprint}")
