"""Carrying a case over to another edition (换版衔接): field by field, so that nothing that was filled in is lost.

The same rule serves an applicant whose draft meets a newer edition, an office that moves its running cases, and a case that
is passed on to another organ.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tongban.offers.catalogue.rules.form import FieldSpec, check, field_of
from tongban.offers.catalogue.rules.guide import Guide, Requirement
from tongban.standards.text import msg


class Fate(StrEnum):
    """What becomes of an answer or a material (衔接结果)."""

    SAME = "same"  # asked as before
    CHANGED = "changed"  # asked in other words, the answer still fits
    UNFIT = "unfit"  # asked, but the answer no longer fits: kept beside, to be answered anew
    DROPPED = "dropped"  # no longer asked: kept beside
    NEW = "new"  # asked now, not before


FATE_LABELS = {
    Fate.SAME: msg("照旧"),
    Fate.CHANGED: msg("问法变了，内容照旧"),
    Fate.UNFIT: msg("不再符合要求，需要重填"),
    Fate.DROPPED: msg("不再要求，内容留存"),
    Fate.NEW: msg("新要求"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A field or material in the comparison (衔接行). ``target``: ``field:<key>`` or ``material:<key>``."""

    target: str
    label: str
    fate: Fate
    missing: bool = False  # must be given before the case can go on


@dataclass(frozen=True, slots=True)
class Carried:
    """A case on its new edition (衔接后的内容). ``form`` and ``kept`` together hold every answer there was."""

    form: dict[str, object]
    kept: dict[str, object]
    lines: tuple[Line, ...]

    @property
    def hindrances(self) -> tuple[Line, ...]:
        """What a running case would lack (不能换版的原因): it may not be asked of an applicant after the fact."""
        return tuple(line for line in self.lines if line.missing)


def carry(
    old: Guide,
    new: Guide,
    *,
    form: Mapping[str, object],
    kept: Mapping[str, object],
    attached: Collection[str],
) -> Carried:
    """Carry answers and materials over (衔接): what fits is taken along, what does not is kept beside.

    An answer kept beside earlier comes back where the new edition asks for it again.
    """
    before, after = old.form.by_key(), new.form.by_key()
    given = {**kept, **form}
    fitting, unfit = _fitting(new, {key: value for key, value in given.items() if key in after})
    beside = {key: value for key, value in given.items() if key not in fitting}
    asked = new.form.asked(fitting)
    lines: list[Line] = []
    for key in dict.fromkeys((*before, *after)):
        if key not in after:
            if key in given:
                lines.append(Line(f"field:{key}", before[key].label, Fate.DROPPED))
            continue
        missing = key in asked and after[key].required and key not in fitting
        lines.append(Line(f"field:{key}", after[key].label, _fate(key, before, after, unfit), missing))
    return Carried(fitting, beside, (*lines, *_materials(old, new, fitting, attached)))


def _fitting(new: Guide, given: Mapping[str, object]) -> tuple[dict[str, object], frozenset[str]]:
    """The answers that the new edition takes as they are, and the fields whose answers it does not take."""
    clean, wrong = check(new.form.by_key(), dict(given), complete=False)
    unfit = frozenset(field_of(key) for key in wrong)
    return {key: given[key] for key in given if key in clean and key not in unfit}, unfit


def _fate(
    key: str, before: Mapping[str, FieldSpec], after: Mapping[str, FieldSpec], unfit: Collection[str]
) -> Fate:
    if key in unfit:
        return Fate.UNFIT
    if key not in before:
        return Fate.NEW
    return Fate.SAME if before[key] == after[key] else Fate.CHANGED


def _materials(old: Guide, new: Guide, form: Mapping[str, object], attached: Collection[str]) -> list[Line]:
    before = {material.key: material for material in old.materials}
    wanted = {material.key: material for material in new.materials_for(form)}
    lines = [
        Line(
            f"material:{key}",
            material.name,
            Fate.NEW if key not in before else Fate.SAME if before[key] == material else Fate.CHANGED,
            material.requirement is Requirement.REQUIRED and key not in attached,
        )
        for key, material in wanted.items()
    ]
    gone = [key for key in attached if key not in {m.key for m in new.materials}]
    return [
        *lines,
        *(Line(f"material:{key}", before[key].name if key in before else key, Fate.DROPPED) for key in gone),
    ]
