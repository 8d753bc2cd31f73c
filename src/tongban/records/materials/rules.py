"""Rules of materials (材料规则): trust grades. Pure."""

from enum import StrEnum

from tongban.standards.text import msg


class Trust(StrEnum):
    """Trust grade (可信等级), seen in real use as A to D; see data/codes/material_trust_levels_108.csv."""

    ORGAN = "A"
    CHECKED = "B"
    OWNER = "C"
    PROMISED = "D"


TRUST_LABELS = {
    Trust.ORGAN: msg("行政机关产生"),
    Trust.CHECKED: msg("窗口核验过原件"),
    Trust.OWNER: msg("申请人上传"),
    Trust.PROMISED: msg("申请人承诺"),
}

LARGEST_BYTES = 20 * 1024 * 1024  # [O] our own number
