"""The demonstration's cases (演示办件) as data: who asked for what, and what became of it how many working days ago."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tongban.demo.people import FORESTRY, HEALTH
from tongban.work.cases.rules.moves import By, Verb


@dataclass(frozen=True, slots=True)
class Office:
    """An office that handles one item (演示机关事项), and which login does what in it."""

    organ: str
    level: str
    basic: str
    staff: Mapping[By, str]


OFFICES = {
    "health": Office(HEALTH, "4", "460150356000", {By.CLERK: "chen", By.REVIEWER: "huang", By.DECIDER: "fu"}),
    "forestry": Office(
        FORESTRY, "4", "000164213999", {By.CLERK: "li", By.REVIEWER: "zhou", By.DECIDER: "wu"}
    ),
}

ANSWERS: Mapping[str, Mapping[str, object]] = {
    "health": {
        "category": "bathing",
        "address": "海口市美兰区演示路1号",
        "area": "60",
        "central_air": "no",
        "staff": 3,
        "by_agent": "no",
    },
    "forestry": {
        "location": "琼中黎族苗族自治县演示镇演示村1号小班",
        "forest_type": "用材林，桉树",
        "purpose": "商品林主伐",
        "method": "皆伐",
        "area": "12.5",
        "volume": "80",
        "renewal": "采伐后一年内在原地补种同一树种。",
        "by_agent": "no",
    },
}


@dataclass(frozen=True, slots=True)
class Act:
    """What happened (经过): a verb, so many working days ago, and the words that it takes."""

    days_ago: int
    verb: Verb
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """A case (演示办件): begun ``days_ago``, with answers that differ from the usual ones, and its acts in order."""

    key: str
    applicant: str
    office: str
    days_ago: int
    answers: Mapping[str, object]
    acts: tuple[Act, ...] = ()


SUBMIT, ACCEPT = Verb.SUBMIT, Verb.ACCEPT
GOOD = {"opinion": "材料齐全，现场与申请相符，建议准予许可。"}

# The oldest first: lists show the newest on top.
STORIES = (
    Story(
        "refused",
        "wang",
        "health",
        12,
        {"unit_name": "大海演示游泳馆", "category": "sports", "area": "800", "staff": 9},
        (
            Act(12, SUBMIT),
            Act(11, ACCEPT),
            Act(9, Verb.EXAMINE, {"opinion": "池水检测不合格，与国家卫生标准不符，建议不予许可。"}),
            Act(
                8,
                Verb.REFUSE,
                {
                    "reason": "游泳池水质检测不合格，不符合国家卫生标准。整改合格后可以重新申请。",
                    "article": "《公共场所卫生管理条例》第三条",
                },
            ),
        ),
    ),
    Story(
        "closed",
        "lin",
        "health",
        9,
        {"unit_name": "晓梅演示理发店"},
        (
            Act(9, SUBMIT),
            Act(8, ACCEPT),
            Act(6, Verb.EXAMINE, GOOD),
            Act(4, Verb.GRANT, {"note": "准予许可。"}),
            Act(4, Verb.CLOSE),
        ),
    ),
    Story(
        "declined",
        "wang",
        "health",
        8,
        {"unit_name": "大海演示公园", "category": "sports", "area": "5000"},
        (
            Act(8, SUBMIT),
            Act(
                7,
                Verb.DECLINE,
                {
                    "reason": "公园不需要办理卫生许可证。",
                    "article": "《公共场所卫生管理条例》第八条、《行政许可法》第三十二条第一款第一项",
                },
            ),
        ),
    ),
    Story(
        "withdrawn",
        "lin",
        "health",
        7,
        {"unit_name": "晓梅演示茶座", "category": "lodging"},
        (Act(7, SUBMIT), Act(6, Verb.WITHDRAW)),
    ),
    Story(
        "nearly_due",
        "wang",
        "health",
        5,
        {
            "unit_name": "大海演示宾馆",
            "category": "lodging",
            "area": "1200",
            "central_air": "yes",
            "staff": 20,
        },
        (Act(5, SUBMIT), Act(4, ACCEPT)),
    ),
    Story(
        "to_accept_today",
        "lin",
        "health",
        5,
        {"unit_name": "晓梅演示美容店", "area": "85"},
        (Act(5, SUBMIT),),
    ),
    Story(
        "to_decide",
        "lin",
        "health",
        4,
        {"unit_name": "晓梅演示书店", "category": "shop", "area": "150"},
        (Act(4, SUBMIT), Act(3, ACCEPT), Act(1, Verb.EXAMINE, GOOD)),
    ),
    Story(
        "supplement",
        "lin",
        "health",
        3,
        {"unit_name": "晓梅演示民宿", "category": "lodging", "area": "220"},
        (
            Act(3, SUBMIT),
            Act(
                2,
                Verb.REQUEST_SUPPLEMENT,
                {
                    "field:area": "营业面积与平面图不一致，请核对后重新填写。",
                    "material:staff_health": "缺两名从业人员的健康合格证，请补齐后重新上传。",
                },
            ),
        ),
    ),
    Story(
        "to_examine",
        "wang",
        "health",
        2,
        {"unit_name": "大海演示浴室", "area": "300", "staff": 6},
        (Act(2, SUBMIT), Act(1, ACCEPT)),
    ),
    Story(
        "to_accept",
        "wang",
        "health",
        1,
        {"unit_name": "大海演示影剧院", "category": "entertainment", "area": "900", "by_agent": "yes"},
        (Act(1, SUBMIT),),
    ),
    Story("draft", "lin", "health", 1, {"unit_name": "晓梅演示咖啡馆", "category": "lodging"}),
    Story(
        "logging_to_decide",
        "wang",
        "forestry",
        6,
        {},
        (Act(6, SUBMIT), Act(5, ACCEPT), Act(2, Verb.EXAMINE, GOOD)),
    ),
    Story(
        "logging_to_examine",
        "lin",
        "forestry",
        3,
        {"volume": "35", "area": "6"},
        (Act(3, SUBMIT), Act(2, ACCEPT)),
    ),
    Story("logging_to_accept", "wang", "forestry", 1, {"volume": "15", "area": "2.4"}, (Act(1, SUBMIT),)),
)
