"""Demonstration accounts (演示账号): who can log in to a fresh installation on one's own machine, and what to try.

They may be stated publicly: only the seed installs them, and only where the portal is served on loopback. This file knows
no framework: the supervisor prints it.
"""

from dataclasses import dataclass

PASSWORD = "tongban-demo"  # noqa: S105 -- a public password, on loopback only
APPLICANT_TOKEN = "tongban-demo-token-lin"  # noqa: S105 -- a public token, on loopback only
CLERK_TOKEN = "tongban-demo-token-chen"  # noqa: S105 -- a public token, on loopback only

PIN = "tongban-pin"  # a public PIN of kept keys, on loopback only


@dataclass(frozen=True, slots=True)
class Account:
    """A way in (演示入口): door, login, password (of the API: a token), role, what to try; ``pin`` of her certificate, where she has one."""

    door: str
    login: str
    password: str
    role: str
    try_this: str
    pin: str = ""


ACCOUNTS = [
    Account(
        "portal",
        "lin",
        PASSWORD,
        "申请人 林晓梅",
        "搜“开理发店”，申请公共场所卫生许可；看“我的办件”，下载证照",
        PIN,
    ),
    Account("portal", "wang", PASSWORD, "申请人 王大海", "搜“砍树”，申请林木采伐许可证；看没有批准的一件"),
    Account(
        "portal",
        "ming",
        PASSWORD,
        "申请人 明小华",
        "看自动决定的人工复核；换身份代小华人力资源公司办：看承诺核查不实的一件，再申请职业中介许可，看为什么不能再承诺",
    ),
    Account("portal", "gong", PASSWORD, "申请人 林阿公", "看“我的授权”：明小华只能帮着填，提交要自己来"),
    Account("workbench", "chen", PASSWORD, "海口市美兰区卫健委 窗口受理", "受理，或者一次性告知补正", PIN),
    Account("workbench", "huang", PASSWORD, "海口市美兰区卫健委 审查", "审查快到期的一件，提出意见", PIN),
    Account("workbench", "fu", PASSWORD, "海口市美兰区卫健委 决定", "准予许可，电子证照随后自动签发", PIN),
    Account("workbench", "li", PASSWORD, "琼中县林业局 窗口受理", "受理林木采伐申请", PIN),
    Account("workbench", "zhou", PASSWORD, "琼中县林业局 审查", "提出审查意见", PIN),
    Account("workbench", "wu", PASSWORD, "琼中县林业局 决定", "准予或者不予许可", PIN),
    Account(
        "workbench", "xie", PASSWORD, "两个机关的事项编辑", "发布事项的新版本；写一条公开信息，送保密审查"
    ),
    Account(
        "workbench",
        "pan",
        PASSWORD,
        "两个机关的事项编辑",
        "审批同事写的事项版本和公开信息；审核权责清单的调整",
    ),
    Account("workbench", "guo", PASSWORD, "省级事项编辑", "改一个基本目录的标准，看影响范围，代拟各地的版本"),
    Account("workbench", "feng", PASSWORD, "省级事项编辑", "批准同事改的标准和随它一起的各地版本"),
    Account(
        "workbench",
        "mei",
        PASSWORD,
        "海口市美兰区卫健委 机关负责人",
        "外出时委托同事代理，看同事的岗位怎么变",
    ),
    Account(
        "workbench",
        "ren",
        PASSWORD,
        "海口市美兰区卫健委 人事管理",
        "在“人员与岗位”提出任职或免职，由 mei 批准",
    ),
    Account(
        "workbench", "hai", PASSWORD, "海口市美兰区政府 负责人", "看自己的岗位，批准联合办理的延期归这里"
    ),
    Account("workbench", "tang", PASSWORD, "省政务服务中心 督查", "看自己的岗位，督查只看不办"),
    Account(
        "workbench", "su", PASSWORD, "美兰区市场监管局 窗口受理", "受理餐饮店联合审批，材料自动分送四个部门"
    ),
    Account("workbench", "qiu", PASSWORD, "美兰区市场监管局 审查", "提出本部门意见"),
    Account("workbench", "fang", PASSWORD, "美兰区消防救援大队 审查", "进入特别程序，只顺延本部门的时间"),
    Account("workbench", "zeng", PASSWORD, "美兰区综合行政执法局 审查", "等市场监管局办完，再提意见"),
    Account("workbench", "dong", PASSWORD, "美兰区市场监管局 决定", "各部门都办完以后，一次作出决定"),
    Account("workbench", "qin", PASSWORD, "海口市人社局 窗口受理", "受理没有承诺的职业中介许可"),
    Account("workbench", "yang", PASSWORD, "海口市人社局 审查", "核查承诺、记录整改；复核自动决定"),
    Account(
        "workbench", "shen", PASSWORD, "海口市人社局 决定", "当场决定承诺件；指定核查人，撤销决定，修复信用"
    ),
    Account(
        "workbench",
        "han",
        PASSWORD,
        "三亚市吉阳区卫健委 窗口受理",
        "窗口收件：替申请人申请文昌的“卫生许可延续”",
    ),
    Account("workbench", "yun", PASSWORD, "文昌市卫健委 窗口受理", "受理三亚窗口收的件，签收原件"),
    Account("workbench", "xing", PASSWORD, "文昌市卫健委 审查", "审查从三亚收来的一件"),
    Account("workbench", "long", PASSWORD, "文昌市卫健委 决定", "准予以后，邮寄纸质证照"),
    Account(
        "workbench", "jiang", PASSWORD, "省政务服务中心 证书登记", "在窗口登记一张证书；看一张证书的全部经过"
    ),
    Account("workbench", "yao", PASSWORD, "省政务服务中心 证书登记", "审核同事登记的证书；看证书统计"),
    Account("api", "（令牌）", APPLICANT_TOKEN, "申请人 林晓梅", "Authorization: Bearer 令牌"),
    Account("api", "（令牌）", CLERK_TOKEN, "海口市美兰区卫健委 窗口受理", "Authorization: Bearer 令牌"),
]
