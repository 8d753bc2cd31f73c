"""What the duties and the accountability usually are (责任事项范本), by type of power: to begin from, never binding.

The wording is our own, along the stages that the laws name: licences 行政许可法 chapters 4 and 6; penalties 行政处罚法 chapter 5;
the others by the same order of things. An editor changes it to what the organ really does.
"""

from collections.abc import Mapping
from typing import Final

from tongban.offers.powers.rules.content import Duty
from tongban.standards.item_codes import ItemType

_Stages = tuple[tuple[str, str], ...]

_ON_REQUEST: Final[_Stages] = (
    (
        "受理责任",
        "公示条件、程序、期限和要交的材料；材料不齐的，一次说全还差什么；受理或者不受理都给凭证，不受理的说明理由。",
    ),
    ("审查责任", "在规定的时间里审查材料；要核实实际情况的，派两人以上去看；听取申请人和利害关系人的意见。"),
    ("决定责任", "在期限内作出书面决定；不同意的说明理由，并告诉怎样申请复议、提起诉讼。"),
    ("送达责任", "在规定的时间里把决定和证件送到申请人手里，并把结果公开。"),
    ("事后监管责任", "检查被许可的活动是不是符合规定，发现问题依法处理，并记录在案。"),
)
_STAGES: Final[Mapping[ItemType, _Stages]] = {
    ItemType.LICENCE: _ON_REQUEST,
    ItemType.PENALTY: (
        ("立案责任", "发现或者接到举报、移送的违法线索，及时审查，决定立案或者不立案。"),
        ("调查责任", "派两人以上亮明执法证件调查取证，全面、客观、公正，保守秘密。"),
        ("审查责任", "对违法事实、证据、程序、裁量和当事人的申辩进行审查。"),
        ("告知责任", "决定以前告诉当事人事实、理由、依据和陈述、申辩、听证的权利。"),
        ("决定责任", "情节复杂或者重大的集体讨论；决定书写明事实、依据、处罚和救济途径。"),
        ("送达责任", "按法定的期限和方式把决定书送达当事人。"),
        ("执行责任", "督促履行；不履行的依法强制执行或者申请人民法院执行。"),
    ),
    ItemType.COERCION: (
        ("催告责任", "采取强制以前书面催告或者告知理由、依据和权利，听取陈述、申辩。"),
        ("决定责任", "经本机关负责人批准后作出书面决定；情况紧急的在法定时间里补办手续。"),
        ("实施责任", "派两人以上亮明执法证件实施，当场制作笔录和清单，不超出必要的限度。"),
        ("解除责任", "理由消失或者期限届满的，立即解除，退还财物。"),
    ),
    ItemType.LEVY: (
        ("核定责任", "公示项目、标准、依据和减免条件，按规定核定应缴的数额。"),
        ("告知责任", "书面告诉缴纳的数额、期限、方式和救济途径。"),
        ("征收责任", "按标准征收，开具法定票据，全额上缴国库。"),
        ("监管责任", "检查征收和使用情况，多收的退还，欠缴的追缴。"),
    ),
    ItemType.PAYMENT: (
        ("受理责任", "公示对象、条件、标准和程序；材料不齐的，一次说全还差什么。"),
        ("审查责任", "在规定的时间里核实申请人的情况，按规定公示。"),
        ("决定责任", "在期限内作出决定；不同意的书面说明理由和救济途径。"),
        ("给付责任", "按标准足额、按时给付到本人。"),
        ("监管责任", "定期核查资格，不再符合的及时停发，骗取的依法追回。"),
    ),
    ItemType.INSPECTION: (
        ("计划责任", "制定并公布年度检查计划，随机抽取对象和人员，不重复检查。"),
        ("检查责任", "派两人以上亮明执法证件检查，如实记录，不妨碍正常经营，不收费。"),
        ("处置责任", "发现问题的，责令改正或者依法处理；涉嫌犯罪的移送。"),
        ("公开责任", "在规定的时间里公开检查结果。"),
    ),
    ItemType.CONFIRMATION: (
        *_ON_REQUEST[:4],
        ("事后监管责任", "对确认的事项跟踪核查，情况变化的及时更正或者撤销。"),
    ),
    ItemType.REWARD: (
        ("制定方案责任", "公布奖励的条件、名额、程序和标准。"),
        ("组织申报责任", "公开组织推荐和申报，审查是否符合条件。"),
        ("审核公示责任", "集体评审并公示，调查核实异议。"),
        ("表彰责任", "按程序批准后颁发，把结果公开。"),
    ),
    ItemType.RULING: (
        ("受理责任", "审查申请，在规定的时间里决定是否受理并告知双方。"),
        ("审理责任", "通知对方答辩，听取双方意见，核实证据，可以先行调解。"),
        ("裁决责任", "在期限内作出书面裁决，写明事实、理由、依据和救济途径。"),
        ("送达责任", "把裁决书送达双方，督促履行。"),
    ),
    ItemType.OTHER_POWER: _ON_REQUEST,
}

ACCOUNTABILITY: Final[tuple[str, ...]] = (
    "符合条件不受理、不办理，或者不符合条件予以受理、办理的。",
    "不在规定的期限内作出决定，或者没有法定依据、不按法定程序行使权力的。",
    "要求申请人提供清单以外的材料，或者擅自收费的。",
    "不履行监管责任，造成严重后果的。",
    "滥用职权、玩忽职守、徇私舞弊，索取或者收受财物的。",
)


def duties_of(kind: ItemType) -> tuple[Duty, ...]:
    """The usual duties of a type of power (责任事项范本); none for what is no power."""
    return tuple(Duty(stage=stage, text=text) for stage, text in _STAGES.get(kind, ()))
