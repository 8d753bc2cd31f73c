"""Real-name proof (实名核验): one proof at a time, each kept at once, so that nothing is lost when a source is away."""

import secrets
import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from tongban.base.actor import Actor
from tongban.base.crypto import blind_index
from tongban.base.errors import Conflict, Forbidden, Invalid, Refusal
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity import providers
from tongban.people.identity.models import Account, Claim, PhoneCode, Proof
from tongban.people.identity.queries.proofs import Claimed, claimed, number_digest, proven
from tongban.people.identity.rules import Level
from tongban.people.identity.rules.proofs import (
    CODE_AGAIN_AFTER,
    CODE_LIVES,
    CODE_TRIES,
    CODES_A_DAY,
    CONFIRMED_LIVES,
    WRONG_A_DAY,
    ProofKind,
    clean_value,
    level_by,
)
from tongban.people.identity.rules.sources import Answer, Outcome, Question
from tongban.people.parties import actions as parties
from tongban.people.parties import queries as known
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

VALUE_PURPOSE = "account_proof.value"
_PHONE_PURPOSE = "phone_code.phone"
_CODE_PURPOSE = "phone_code.code"
_DAY = CONFIRMED_LIVES


class SourceAway(Refusal):
    """The source did not answer, or not with sense (来源不可用, 503): nothing is lost, and asking again later is right."""

    status = 503


def _away() -> SourceAway:
    return SourceAway(
        "identity.source_away",
        msg("核验的系统现在没有回应，您填的和已经通过的都还在。请过几分钟再试，也可以先核验别的项。"),
    )


def prove(*, actor: Actor, kind: ProofKind, value: str = "", at: datetime) -> Level:
    """Have a source check one thing about the actor (核验一项); returns the level that the account has now.

    The answer is kept whatever it is. Raises Invalid at the field ``value`` where it does not fit, :class:`SourceAway`
    where nobody answered, Conflict where the person has another account.
    """
    account_id = account_of(actor)
    who = claimed(account_id)
    cleaned = "" if kind is ProofKind.ID_CARD else _cleaned(kind, value)
    if kind is ProofKind.PHONE and not _confirmed(account_id, cleaned, at):
        raise Forbidden("identity.phone_code", msg("请先用短信验证码证明这个号码在您手里。"))
    _brake(account_id, at)
    answer = ask_source(kind=kind.value, name=who.name, number=who.number, value=cleaned, at=at)
    with transaction.atomic():
        level, taken = _keep(actor, account_id, who, kind, cleaned, answer, at)
    if answer.outcome is not Outcome.MATCH:
        raise Invalid("identity.proof_differs", msg("请改正标出的内容。"), fields={"value": [_differs(kind)]})
    if taken is not None:
        raise taken
    return level


def ask_source(*, kind: str, name: str, number: str, value: str, at: datetime) -> Answer:
    """The answer of the source that the settings name (询问来源). Raises :class:`SourceAway`; asks nothing of the database."""
    question = Question(id=secrets.token_hex(16), kind=kind, name=name, number=number, value=value)
    try:
        return providers.source().check(question, at)
    except providers.Unavailable as reason:
        raise _away() from reason


def account_of(actor: Actor) -> uuid.UUID:
    """The account of whoever is signed in (本人账号标识). Raises Forbidden for everybody else."""
    if actor.id is None:
        raise Forbidden("identity.sign_in_first", msg("请先登录。"))
    return actor.id


def _cleaned(kind: ProofKind, value: str) -> str:
    try:
        return clean_value(kind, value)
    except BadCode as error:
        problem = Message(error.message, error.params)
        raise Invalid("identity.proof", msg("请改正标出的内容。"), fields={"value": [problem]}) from error


def _differs(kind: ProofKind) -> str:
    if kind is ProofKind.ID_CARD:
        return msg("姓名和身份证号码对不上，请照身份证核对。")
    return msg("这一项和您的姓名、身份证号码对不上。请核对，或者换一项来核验。")


def _brake(account_id: uuid.UUID, at: datetime) -> None:
    wrong = Proof.objects.filter(~Q(outcome="match"), account_id=account_id, at__gt=at - _DAY).count()
    if wrong >= WRONG_A_DAY:
        raise Forbidden(
            "identity.proof_wait",
            msg("今天对不上的次数太多了，请明天再试，或者带身份证到就近的政务服务窗口核验。"),
        )


def _keep(
    actor: Actor,
    account_id: uuid.UUID,
    who: Claimed,
    kind: ProofKind,
    value: str,
    answer: Answer,
    at: datetime,
) -> tuple[Level, Conflict | None]:
    """Keep the answer, and raise the level as far as the proofs go now."""
    account = Account.objects.select_for_update().get(pk=account_id)
    fits = answer.outcome is Outcome.MATCH
    digest = number_digest(who.number)
    repeated = Proof.objects.filter(account=account, kind=kind.value, number_digest=digest, outcome="match")
    if fits and repeated.exists():
        return Level(account.level), None  # a second press
    Proof.objects.create(
        id=new_id(),
        account=account,
        kind=kind.value,
        source=answer.source,
        reference=answer.reference,
        outcome=answer.outcome.value,
        value_digest=blind_index(VALUE_PURPOSE, f"{kind.value}\n{value}"),
        number_digest=digest,
        at=at,
    )
    level = Level(account.level)
    if fits:
        level = max(level, level_by([one.kind for one in proven(account_id, who.number)]))
    taken = settle(account, who, level, actor, at)
    data: dict[str, object] = {
        "kind": kind.value,
        "source": answer.source,
        "reference": answer.reference,
        "outcome": answer.outcome.value,
        "level": account.level,
    }
    if taken is not None:
        data["not_raised"] = taken.rule
    record(stream=f"account:{account_id}", act="identity.prove", actor=actor, at=at, data=data)
    return Level(account.level), taken


def settle(account: Account, who: Claimed, level: Level, actor: Actor, at: datetime) -> Conflict | None:
    """Raise the account to ``level`` where that is more (定级); with the first real level it becomes the person's own.

    Within the caller's transaction. Returns the reason where the person cannot be this account's, changing nothing.
    """
    if level <= account.level:
        return None
    if account.party_id is None:
        try:
            with transaction.atomic():
                account.party_id = _person(who, actor, at)
                account.level = level.value
                account.save(update_fields=["party", "level"])
                Claim.objects.filter(account=account).delete()
        except (IntegrityError, Conflict) as error:
            account.refresh_from_db()
            return error if isinstance(error, Conflict) else _has_another()
        return None
    account.level = level.value
    account.save(update_fields=["level"])
    return None


def _has_another() -> Conflict:
    return Conflict(
        "identity.party_once",
        msg(
            "您用这个身份证号码已经有一个账号了，一个人只有一个账号。请用那个账号登录，或者把两个账号合成一个。"
        ),
    )


def _person(who: Claimed, actor: Actor, at: datetime) -> uuid.UUID:
    """The party of this person, who is registered now where she was not known."""
    party_id = known.by_number(who.number)
    if party_id is None:
        return parties.register(actor=actor, name=who.name, id_number=who.number, phone=who.phone, at=at)
    if Account.objects.filter(party_id=party_id).exists():
        raise _has_another()
    if not known.matches(party_id, who.name):
        raise Conflict(
            "identity.party_name",
            msg("这个身份证号码在办事记录里是另一个名字。请带身份证到就近的政务服务窗口核对。"),
        )
    if not known.facts(party_id).phone:  # forgotten when she left
        parties.change_phone(actor=actor, party_id=party_id, phone=who.phone, at=at)
    return party_id


# ── the telephone ──


def send_code(*, actor: Actor, phone: str, at: datetime) -> None:
    """Send a code to a number (发短信验证码). Raises Forbidden where one was just sent or too many were, SourceAway where none went out."""
    account_id = account_of(actor)
    number = _cleaned(ProofKind.PHONE, phone)
    digest = blind_index(_PHONE_PURPOSE, number)
    recent = PhoneCode.objects.filter(
        Q(account_id=account_id) | Q(phone_digest=digest), sent_at__gt=at - _DAY
    )
    last = recent.order_by("-sent_at").first()
    if last is not None and last.sent_at > at - CODE_AGAIN_AFTER:
        raise Forbidden("identity.code_again", msg("刚刚发过一条，请等一分钟再发。"))
    if recent.count() >= CODES_A_DAY:
        raise Forbidden("identity.codes_a_day", msg("今天发的验证码太多了，请明天再试，或者换一项来核验。"))
    code = f"{secrets.randbelow(10**6):06d}"
    text = f"【通办】验证码 {code}，10 分钟内有效。不要告诉任何人，工作人员也不会问您要。"
    try:
        providers.messages().send(number, text, at)
    except providers.Unavailable as reason:
        raise SourceAway(
            "identity.message_away", msg("短信现在发不出去，请过几分钟再试，也可以先核验别的项。")
        ) from reason
    with transaction.atomic():
        sent = PhoneCode.objects.create(
            id=new_id(), account_id=account_id, phone_digest=digest, code_digest=b"", sent_at=at
        )
        sent.code_digest = _code_digest(sent.id, code)
        sent.save(update_fields=["code_digest"])
        record(stream=f"account:{account_id}", act="identity.send_code", actor=actor, at=at, data={})


def confirm_code(*, actor: Actor, phone: str, code: str, at: datetime) -> None:
    """The code that was sent to a number is typed (核对验证码). From now on the number waits for its source, for a day."""
    account_id = account_of(actor)
    digest = blind_index(_PHONE_PURPOSE, _cleaned(ProofKind.PHONE, phone))
    found = PhoneCode.objects.filter(
        account_id=account_id, phone_digest=digest, sent_at__gt=at - CODE_LIVES, confirmed_at=None
    ).order_by("-sent_at")
    sent = found.first()
    problem = msg("验证码不对，或者已经过期。请核对，或者重新发一条。")
    # Counted before it is looked at, in one statement: guesses sent side by side are all counted.
    counted = sent is not None and PhoneCode.objects.filter(pk=sent.pk, tries__lt=CODE_TRIES).update(
        tries=F("tries") + 1
    )
    if sent is None or not counted or bytes(sent.code_digest) != _code_digest(sent.id, code.strip()):
        raise Invalid("identity.code", msg("请改正标出的内容。"), fields={"code": [problem]})
    with transaction.atomic():
        PhoneCode.objects.filter(pk=sent.pk).update(confirmed_at=at)
        record(stream=f"account:{account_id}", act="identity.confirm_code", actor=actor, at=at, data={})


def _code_digest(sent_id: uuid.UUID, code: str) -> bytes:
    return blind_index(_CODE_PURPOSE, f"{sent_id}\n{code}")


def _confirmed(account_id: uuid.UUID, phone: str, at: datetime) -> bool:
    return PhoneCode.objects.filter(
        account_id=account_id,
        phone_digest=blind_index(_PHONE_PURPOSE, phone),
        confirmed_at__gt=at - CONFIRMED_LIVES,
    ).exists()
