"""Whom an item serves (服务对象): a person for herself, or a legal person or another body. Pure.

Source: the element 服务对象 of the standard of an item (GB/T 36112-2018, 政务服务事项实施清单要素): 自然人, 企业法人, 事业法人, 社会组织法人,
非法人企业, 行政机关, 其他组织. All but the first are bodies with a code of their own, and apply as such.
"""

from collections.abc import Collection

from tongban.people.parties.rules import PartyKind

NATURAL = "自然人"


def kinds_served(served: Collection[str]) -> frozenset[PartyKind]:
    """The kinds of parties that an item serves (服务对象归类); where nothing is said, all."""
    found = frozenset(PartyKind.PERSON if one == NATURAL else PartyKind.LEGAL for one in served)
    return found or frozenset(PartyKind)


def serves(served: Collection[str], kind: PartyKind) -> bool:
    """Whether a party of this kind may apply (是否服务对象)."""
    return kind in kinds_served(served)
