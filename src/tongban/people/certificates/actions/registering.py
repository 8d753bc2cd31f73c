"""Registration (登记): at a counter, where a registrar sees the documents, or online by whoever will hold the certificate."""

import json
import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from tongban.base.actor import Actor
from tongban.base.crypto import encrypt
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_with
from tongban.base.record import Repeated, record
from tongban.people.certificates.access import may_register
from tongban.people.certificates.actions.moving import MENDED, stream_of
from tongban.people.certificates.actions.requests import read_request
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.queries.proofs import PROOF_PURPOSE
from tongban.people.certificates.rules.profiles import PROFILES, Algorithm, Delivery, HolderKind, ProfileKind
from tongban.people.certificates.rules.registering import Errors, Holder, Proof, ProofKind, check
from tongban.people.parties import queries as parties
from tongban.people.places.rules import PROVINCE
from tongban.standards.text import msg


def register(
    *,
    actor: Actor,
    organ_id: uuid.UUID,
    profile: ProfileKind,
    algorithm: Algorithm,
    delivery: Delivery,
    holder: Holder,
    document: ProofKind,
    document_number: str,
    at: datetime,
    request: str = "",
    key: str | None = None,
) -> uuid.UUID:
    """Register at the counter of an organ (窗口登记): the actor has seen the document; returns the certificate's id.

    A second registrar approves. The same key by the same actor gives the same again.
    """
    allowed, reason = may_register(actor, organ_id)
    if not allowed:
        raise Forbidden("certificates.register", reason)
    organ = parties.organ(organ_id)
    proof = Proof(document, document_number.strip(), actor.name, organ.name)
    row = _row(actor, profile, algorithm, delivery, holder, proof, request, at)
    row.office_id, row.place = organ.id, organ.place
    return _enter(actor, row, proof, "certificates.register", at, key)


def ask(
    *,
    actor: Actor,
    name: str,
    algorithm: Algorithm,
    delivery: Delivery,
    at: datetime,
    organ_id: uuid.UUID | None = None,
    request: str = "",
    key: str | None = None,
) -> uuid.UUID:
    """Ask for one's own certificate online (线上申请): a person, or an official for ``organ_id``; returns its id.

    ``name``: as the platform knows her. Needs the level of the profile: she is proven in this session, not typed in.
    """
    profile = ProfileKind.OFFICIAL if organ_id is not None else ProfileKind.PERSON
    if actor.level < PROFILES[profile].level:
        raise Forbidden(
            "certificates.level", msg("申请数字证书要先做高级实名认证，也可以带身份证到窗口登记。")
        )
    if organ_id is None:
        if actor.party_id is None or actor.mandate_id is not None:
            raise Forbidden("certificates.own", msg("只能为自己申请个人证书。"))
        holder = Holder(name, party_id=actor.party_id)
    else:
        if actor.id is None or organ_id not in actor.organs():
            raise Forbidden("certificates.own", msg("只能为自己任职的机关申请工作人员证书。"))
        holder = Holder(name, account_id=actor.id, organ_id=organ_id)
    proof = Proof(ProofKind.SESSION)
    row = _row(actor, profile, algorithm, delivery, holder, proof, request, at)
    row.place = PROVINCE if organ_id is None else parties.organ(organ_id).place
    return _enter(actor, row, proof, "certificates.ask", at, key)


def _row(
    actor: Actor,
    profile: ProfileKind,
    algorithm: Algorithm,
    delivery: Delivery,
    holder: Holder,
    proof: Proof,
    request: str,
    at: datetime,
) -> Certificate:
    holder, errors = check(profile, delivery, holder, proof)
    errors |= _missing(profile, holder)
    der = None
    if delivery is Delivery.REQUEST:
        der, problem = read_request(request, algorithm)
        if problem is not None:
            errors["request"] = [problem]
    if errors:
        raise Invalid("certificates.registration", MENDED, fields=errors)
    return Certificate(
        id=new_id(),
        profile=profile.value,
        algorithm=algorithm.value,
        delivery=delivery.value,
        party_id=holder.party_id,
        organ_id=holder.organ_id,
        account_id=holder.account_id,
        name=holder.name,
        code=holder.code,
        proof=encrypt(PROOF_PURPOSE, json.dumps(proof.told(), ensure_ascii=False)),
        request=der,
        registered_by=actor.id,
        registered_at=at,
    )


def _missing(profile: ProfileKind, holder: Holder) -> Errors:
    """Whom the typed words did not find (没有找到持有人)."""
    kind = PROFILES[profile].holder
    if kind is HolderKind.PERSON and holder.party_id is None:
        return {"id_number": [msg("没有这个人，请核对姓名和证件号码；还没有账号的，请先开户。")]}
    if kind is HolderKind.OFFICIAL and (holder.account_id is None or holder.organ_id is None):
        return {"login": [msg("本机关没有这个登录名的在职人员。")]}
    if profile is ProfileKind.LEGAL_PERSON and holder.account_id is None:
        return {"keeper_number": [msg("没有这个人的账号，请核对姓名和证件号码；还没有账号的，请先开户。")]}
    if profile is ProfileKind.SEAL and holder.organ_id is None:
        return {"code": [msg("机关名录里没有这个统一社会信用代码。")]}
    return {}


def _enter(
    actor: Actor, row: Certificate, proof: Proof, act: str, at: datetime, key: str | None
) -> uuid.UUID:
    data = {
        "certificate": str(row.id),
        "profile": row.profile,
        "algorithm": row.algorithm,
        "delivery": row.delivery,
        "proof": proof.kind.value,
    }
    try:
        with transaction.atomic():
            record(stream=stream_of(row.id), act=act, actor=actor, at=at, data=data, key=key)
            row.save(force_insert=True)
    except Repeated as error:
        done = done_with(actor, key or "")
        if done is None or done[1].act != act:
            raise Conflict("certificates.key", msg("这个请求编号已经用在另一次操作上。")) from error
        return uuid.UUID(str(done[1].data["certificate"]))
    except IntegrityError as error:
        if "certificate_asked_once" in str(error):
            raise Conflict(
                "certificates.asked_once", msg("已经有一份同样的申请在等待审核，不用再提交。")
            ) from error
        raise
    return row.id
