"""Rules of feedback (评价规则). Pure."""

from tongban.standards.text import msg

SCHEME = (
    "GB/T 39046 A.8"  # 1 is best there; other schemes in use count the other way, so the scheme is stored
)

GRADES = {1: msg("非常满意"), 2: msg("满意"), 3: msg("基本满意"), 4: msg("不满意"), 5: msg("非常不满意")}
LONGEST_COMMENT = 1000
