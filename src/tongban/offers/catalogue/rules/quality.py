"""Quality (指南质量): what one province's item checker asks of a guide, and how complete a guide is.

Source: the real checks of a province's item checker, as published; the completeness checks and all weights are [O], our
own. An error refuses publishing, a warning lowers the score. What the guide's own structure refuses already stands in
``BY_STRUCTURE`` with the place that refuses it: it is written once, there.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tongban.offers.catalogue.rules.demands import hidden_demands
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.times import (
    ALONE_DAYS,
    EXTENSION_DAYS,
    JOINT_DAYS,
    JOINT_EXTENSION_DAYS,
    LOWER_DAYS,
    critical_path,
    is_joint,
    joint_days,
)
from tongban.standards.item_codes import ItemType
from tongban.standards.text import Message, msg


class Severity(StrEnum):
    """Severity of a finding (严重程度)."""

    ERROR = "error"
    WARNING = "warning"


SEVERITY_LABELS: Mapping[Severity, str] = {Severity.ERROR: msg("必须改"), Severity.WARNING: msg("建议改")}

# Checks of the same source that no guide can fail, because its structure refuses to be read.
BY_STRUCTURE: Mapping[str, str] = {
    "a promise of at once makes the item instant": "Terms._consistent",
    "visits need a reason": "Channels._consistent",
    "fully online means no visit": "Channels._consistent",
    "no visit and not online: post is offered": "Channels._consistent",
    "a fee has basis, item and standard": "Fee",
    "no fee, no online payment": "Fee.online",
    "telephones for advice and for complaint differ": "Phones._differ",
    "the promise is within the law's limit": "Limits._promise_within_law",
    "a commitment says within how many days it is checked": "Commitment.check_days",
    "a commitment replaces what the guide asks": "Guide._many_hands",
    "a department waits for those before it": "Guide._many_hands",
}

# What a licence's process must hold, by the words that published guides use for it.
STAGES: Mapping[str, tuple[str, ...]] = {
    msg("受理"): ("受理", "收件"),
    msg("审查"): ("审查", "审核", "核查"),
    msg("决定"): ("决定", "审批", "批准", "核准"),
    msg("办结"): ("办结", "制证", "制卡", "制作", "颁证", "发证"),
    msg("送达"): ("送达", "领取", "领证", "领卡", "发放"),
}
FEWEST_STEPS = 5
_AREA_CODE = re.compile(r"[(（]?0[0-9]{2,3}[)）]?[- －]?[0-9]")


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding (质量问题): which check, how grave, what to mend and where (``path`` in the guide)."""

    check: str
    severity: Severity
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged (受检内容): the guide, the type of its item, whether a basic edition stands behind it, and what that says."""

    guide: Terms
    item_type: ItemType
    has_basic: bool = True
    standard: Terms | None = None


Places = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Check:
    """A check (质量检查): id, severity, and what it finds as (path, message)."""

    id: str
    severity: Severity
    find: Callable[[Subject], Places]


def findings(
    guide: Terms, item_type: ItemType, *, has_basic: bool = True, standard: Terms | None = None
) -> list[Finding]:
    """What is to be mended in a guide (质量检查), errors first. Counters and telephones are asked of a Guide only.

    ``standard``: what the basic item says, where there is one; without it, nobody can tell what is asked beyond it.
    """
    subject = Subject(guide, item_type, has_basic or standard is not None, standard)
    found = [
        Finding(check.id, check.severity, path, message)
        for check in CHECKS
        for path, message in check.find(subject)
    ]
    return sorted(found, key=lambda one: (one.severity is not Severity.ERROR, one.check != HIDDEN_DEMAND))


def score(guide: Terms, item_type: ItemType, *, has_basic: bool = True, standard: Terms | None = None) -> int:
    """How complete a guide is, 0 to 100 (完整度): the share of checks without a finding, an error weighing three."""
    return score_of(findings(guide, item_type, has_basic=has_basic, standard=standard))


def score_of(found: Collection[Finding]) -> int:
    """The same of what was found already (由质量问题得出的完整度)."""
    failed = {one.check for one in found}
    weights = {check.id: 3 if check.severity is Severity.ERROR else 1 for check in CHECKS}
    kept = sum(weight for check, weight in weights.items() if check not in failed)
    return 100 * kept // sum(weights.values())


# --- errors ------------------------------------------------------------------------------------------------------------


def _area_codes(subject: Subject) -> Places:
    if isinstance(subject.guide, Guide):
        for name in ("advice", "complaint"):
            if not _AREA_CODE.match(getattr(subject.guide.phones, name)):
                yield f"phones.{name}", msg("电话要带区号，例如0898-12345。")


def _fees_online(subject: Subject) -> Places:
    for place, fee in enumerate(subject.guide.fees):
        if fee.online is None:
            yield f"fees.{place}.online", msg("收费要写明能不能网上缴。")


def _licence_faq(subject: Subject) -> Places:
    if subject.item_type is ItemType.LICENCE and not subject.guide.faq:
        yield "faq", msg("行政许可要有常见问题。")


def _licence_steps(subject: Subject) -> Places:
    steps = subject.guide.steps
    if subject.item_type is not ItemType.LICENCE:
        return
    if len(steps) < FEWEST_STEPS:
        yield "steps", Message(msg("行政许可至少有%(count)s个环节。"), {"count": FEWEST_STEPS})
    for stage, words in STAGES.items():
        if not any(word in step.name for step in steps for word in words):
            yield "steps", Message(msg("行政许可的流程里没有“%(stage)s”。"), {"stage": stage})


def _joint_path(subject: Subject) -> Places:
    """行政许可法第42条: the promise holds for all departments together, so the longest way through them must fit in it."""
    guide = subject.guide
    if not isinstance(guide, Guide) or not guide.departments:
        return
    days = joint_days(guide.departments)
    if days > guide.limits.promised_days:
        values = {
            "path": "、".join(one.name for one in critical_path(guide.departments)),
            "days": days,
            "promised": guide.limits.promised_days,
        }
        told = msg("%(path)s先后要%(days)s个工作日，超过承诺的%(promised)s个工作日。")
        yield "departments", Message(told, values)


def _lower_days(subject: Subject) -> Places:
    if subject.item_type is not ItemType.LICENCE or not isinstance(subject.guide, Guide):
        return
    for place, one in enumerate(subject.guide.departments):
        if one.instance == "lower" and one.days > LOWER_DAYS:
            told = Message(
                msg("下级先审查的，最多%(most)s个工作日（行政许可法第四十三条）。"), {"most": LOWER_DAYS}
            )
            yield f"departments.{place}.days", told


def _extension(subject: Subject) -> Places:
    limits, joint = subject.guide.limits, is_joint(subject.guide)
    most = JOINT_EXTENSION_DAYS if joint else EXTENSION_DAYS
    if subject.item_type is ItemType.LICENCE and (limits.extension_days or 0) > most:
        yield (
            "limits.extension_days",
            Message(msg("行政许可最多延长%(most)s个工作日（行政许可法第四十二条）。"), {"most": most}),
        )


def _rule_online(subject: Subject) -> Places:
    guide = subject.guide
    if isinstance(guide, Guide) and guide.rule is not None and guide.channels.online != "full":
        yield "rule", msg("只有全程网办的事项才能自动审批。")


# --- warnings ----------------------------------------------------------------------------------------------------------


def _standing_on_basic(subject: Subject) -> Places:
    if not subject.has_basic:
        yield "name", msg("基本目录还没有这个事项的标准，没法核对是否超出。")


HIDDEN_DEMAND = "quality.hidden_demand"


def _hidden_demand(subject: Subject) -> Places:
    if subject.standard is not None:
        for path, sentence in hidden_demands(subject.standard, subject.guide):
            yield (
                path,
                Message(msg("这句话好像另外要求了什么，基本目录同一处没有：“%(said)s”"), {"said": sentence}),
            )


def _texts_of_law(subject: Subject) -> Places:
    for place, basis in enumerate(subject.guide.basis):
        if not basis.article:
            yield f"basis.{place}.article", msg("设定依据没有写到条款。")
        elif not basis.text:
            yield f"basis.{place}.text", msg("设定依据没有条文。")


def _step_contents(subject: Subject) -> Places:
    for place, step in enumerate(subject.guide.steps):
        if not step.what:
            yield f"steps.{place}.what", msg("没有写这个环节做什么。")


def _review_points(subject: Subject) -> Places:
    for material in subject.guide.materials:
        if not material.review_points:
            yield f"materials.{material.key}.review_points", msg("材料没有审查要点。")


def _material_notes(subject: Subject) -> Places:
    for material in subject.guide.materials:
        if not material.notes:
            yield f"materials.{material.key}.notes", msg("材料没有填写或者准备的说明。")


def _instant_days(subject: Subject) -> Places:
    if subject.guide.case_kind == "instant" and subject.guide.limits.promised_days:
        yield "limits.promised_days", msg("即办件应当承诺当场办结。")


def _statutory(subject: Subject) -> Places:
    """行政许可法第42条. Another law may say otherwise; then the note of the limits names it."""
    limits, joint = subject.guide.limits, is_joint(subject.guide)
    most = JOINT_DAYS if joint else ALONE_DAYS
    counted = subject.item_type is ItemType.LICENCE and limits.statutory_unit == "workday"
    if counted and limits.statutory_days > most and not limits.note:
        told = msg("行政许可的法定期限一般不超过%(most)s个工作日；别的法律另有规定的，写在期限说明里。")
        yield "limits.statutory_days", Message(told, {"most": most})


# [O] Words that speak of matters in which a promise takes the place of no proof: 国家安全、公共安全、金融审慎监管、生态环境、
# 人身健康、生命财产安全、重要涉外. Whoever approves decides.
_GRAVE = re.compile(
    r"国家安全|国家秘密|保密|公共安全|爆炸|枪支|危险化学品|危险货物|放射|核设施|消防|金融|银行|证券|期货|保险业|"
    r"生态环境|环境影响|排污|危险废物|药品|麻醉|医疗机构|食品|卫生许可|涉外"
)


def _grave_commitment(subject: Subject) -> Places:
    guide = subject.guide
    if isinstance(guide, Guide) and guide.commitment is not None and (found := _GRAVE.search(guide.name)):
        told = msg("名称里有“%(word)s”。直接涉及安全、金融、生态环境、人身健康的事项，一般不用告知承诺。")
        yield "commitment", Message(told, {"word": found[0]})


def _windows(subject: Subject) -> Places:
    if isinstance(subject.guide, Guide):
        if not subject.guide.windows:
            yield "windows", msg("没有办理地点。")
        for place, window in enumerate(subject.guide.windows):
            if not window.phone:
                yield f"windows.{place}.phone", msg("办理地点没有电话。")


def _other_faq(subject: Subject) -> Places:
    if subject.item_type is not ItemType.LICENCE and not subject.guide.faq:
        yield "faq", msg("没有常见问题。")


def _filled(element: str, message: str) -> Callable[[Subject], Places]:
    def find(subject: Subject) -> Places:
        if not getattr(subject.guide, element):
            yield element, message

    return find


_E, _W = Severity.ERROR, Severity.WARNING
CHECKS: tuple[Check, ...] = (
    Check("quality.area_code", _E, _area_codes),
    Check("quality.fee_online", _E, _fees_online),
    Check("quality.licence_faq", _E, _licence_faq),
    Check("quality.licence_steps", _E, _licence_steps),
    Check("quality.joint_path", _E, _joint_path),
    Check("quality.lower_days", _E, _lower_days),
    Check("quality.extension", _E, _extension),
    Check("quality.rule_online", _E, _rule_online),
    Check("quality.basic", _W, _standing_on_basic),
    Check(HIDDEN_DEMAND, _W, _hidden_demand),
    Check("quality.law_text", _W, _texts_of_law),
    Check("quality.step_what", _W, _step_contents),
    Check("quality.review_points", _W, _review_points),
    Check("quality.material_notes", _W, _material_notes),
    Check("quality.instant_days", _W, _instant_days),
    Check("quality.statutory", _W, _statutory),
    Check("quality.commitment", _W, _grave_commitment),
    Check("quality.windows", _W, _windows),
    Check("quality.served", _W, _filled("served", msg("没有写服务对象。"))),
    Check("quality.conditions", _W, _filled("conditions", msg("没有写受理条件。"))),
    Check("quality.refusal", _W, _filled("refusal_conditions", msg("没有写不予许可的情形。"))),
    Check("quality.quantity", _W, _filled("quantity_limit", msg("没有写有没有数量限制。"))),
    Check("quality.faq", _W, _other_faq),
    Check("quality.keywords", _W, _filled("keywords", msg("没有检索词，群众搜不到。"))),
    Check("quality.themes", _W, _filled("themes", msg("没有主题。"))),
)
