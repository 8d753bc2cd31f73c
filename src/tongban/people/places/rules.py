"""Rules of places (区划规则): levels from province to village. Pure."""

LEVELS = ("province", "prefecture", "county", "township", "village")
AGGREGATE = "统计汇总码"  # a code of the statisticians that is no place anybody lives in
PROVINCE = "460000000000"  # Hainan, for which this installation works


def may_be_parent(upper: str, lower: str) -> bool:
    """Whether a place of level ``upper`` may contain one of level ``lower`` (上下级)."""
    return LEVELS.index(upper) < LEVELS.index(lower)
