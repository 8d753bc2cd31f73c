"""Rules of parties (当事人规则): kinds of parties and of legal persons, and who counts as a minor. Pure."""

from datetime import date
from enum import StrEnum

from tongban.standards.text import msg


class PartyKind(StrEnum):
    """Kind of a party (当事人类别)."""

    PERSON = "person"  # 自然人
    LEGAL = "legal"  # 法人


class LegalKind(StrEnum):
    """Kind of a legal person (法人类别): the classes of 民法典 第76、87、96、102条 that apply for something."""

    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    SOCIAL = "social"
    OTHER = "other"


LEGAL_KIND_LABELS = {
    LegalKind.ENTERPRISE: msg("企业法人"),
    LegalKind.INSTITUTION: msg("事业法人"),
    LegalKind.SOCIAL: msg("社会组织法人"),
    LegalKind.OTHER: msg("其他组织"),
}


FULL_AGE = 18  # 民法典 第17条


def comes_of_age(born: date) -> date:
    """The day on which somebody comes of age (成年之日, 民法典 第17条): the eighteenth birthday, 1 March where it is 29 February."""
    try:
        return born.replace(year=born.year + FULL_AGE)
    except ValueError:
        return date(born.year + FULL_AGE, 3, 1)
