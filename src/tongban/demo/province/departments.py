"""Departments (部门): what the items' data calls them, and the usual names of such bodies in the province and below.

The names are those of bodies of that kind; that each place has each of them is ours, for demonstration. Provincial bodies
that the plan of 2016 names keep their names of that time, as in ``data/hainan_organs.csv``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Department:
    """A department (部门). ``given``: its name in the items' data; ``province``: "" where the province has none.

    ``local`` and ``short`` hold ``{}`` where the place stands.
    """

    given: str
    province: str
    local: str
    short: str
    kind: str


def _usual(given: str, province: str, local: str, short: str) -> Department:
    return Department(given, province, f"{{}}{local}", f"{{}}{short}", local.removesuffix("局"))


DEPARTMENTS: tuple[Department, ...] = (
    _usual("行政审批局", "海南省人民政府政务服务中心", "行政审批服务局", "审批局"),
    _usual("人社局", "海南省人力资源和社会保障厅", "人力资源和社会保障局", "人社局"),
    _usual("交通运输局", "海南省交通运输厅", "交通运输局", "交通局"),
    Department("税务局", "国家税务总局海南省税务局", "国家税务总局{}税务局", "{}税务局", "税务"),
    _usual("住建局", "海南省住房和城乡建设厅", "住房和城乡建设局", "住建局"),
    _usual("自然资源和规划局", "海南省自然资源和规划厅", "自然资源和规划局", "资规局"),
    _usual("公安分局", "海南省公安厅", "公安局", "公安局"),
    _usual("医疗保障局", "海南省医疗保障局", "医疗保障局", "医保局"),
    _usual("文广旅局", "海南省旅游和文化广电体育厅", "旅游和文化广电体育局", "旅文局"),
    _usual("教科体局", "海南省教育厅", "教育局", "教育局"),
    _usual("农业农村局", "海南省农业农村厅", "农业农村局", "农业农村局"),
    _usual("司法局", "海南省司法厅", "司法局", "司法局"),
    Department("卫健局", "海南省卫生和计划生育委员会", "{}卫生健康委员会", "{}卫健委", "卫生健康"),
    _usual("民政局", "海南省民政厅", "民政局", "民政局"),
    _usual("林业局", "海南省林业局", "林业局", "林业局"),
    _usual("市监局", "海南省工商行政管理局", "市场监督管理局", "市监局"),
    _usual("生态环境局", "海南省生态环境厅", "生态环境局", "生态环境局"),
    Department("残联", "海南省残疾人联合会", "{}残疾人联合会", "{}残联", "残联"),
    _usual("水务局", "海南省水务厅", "水务局", "水务局"),
    _usual("应急管理局", "海南省应急管理厅", "应急管理局", "应急局"),
    Department("政府办公室", "海南省人民政府办公厅", "{}人民政府办公室", "{}政府办", "政府办公"),
    _usual("烟草专卖局", "海南省烟草专卖局", "烟草专卖局", "烟草局"),
    _usual("气象局", "海南省气象局", "气象局", "气象局"),
    _usual("退役军人事务局", "海南省退役军人事务厅", "退役军人事务局", "退役军人局"),
    _usual("财政局", "海南省财政厅", "财政局", "财政局"),
    Department("党委办公室", "中共海南省委办公厅", "中共{}委员会办公室", "{}委办公室", "党委办公"),
    _usual("综合执法局", "", "综合行政执法局", "综合执法局"),
    Department("发改局", "海南省发展和改革委员会", "{}发展和改革委员会", "{}发展改革委", "发展和改革"),
    Department("公管办", "", "{}公共资源交易管理办公室", "{}公管办", "公共资源交易"),
    Department("统战部", "中共海南省委统一战线工作部", "中共{}委员会统一战线工作部", "{}委统战部", "统战"),
    _usual("商务局", "海南省商务厅", "商务局", "商务局"),
    Department("消防大队", "海南省消防救援总队", "{}消防救援大队", "{}消防大队", "消防救援"),
    _usual("经信局", "海南省工业和信息化厅", "工业和信息化局", "工信局"),
    _usual("统计局", "海南省统计局", "统计局", "统计局"),
)
# Nobody is named for the items of 其他部门: their applications go to the office that receives for all.
RECEIVES_FOR_ALL = DEPARTMENTS[0]
BY_GIVEN = {department.given: department for department in DEPARTMENTS}


def of(given: str) -> Department:
    """The department of an item (所属部门)."""
    return BY_GIVEN.get(given, RECEIVES_FOR_ALL)
