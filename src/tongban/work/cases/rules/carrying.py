"""Carrying a case over to another edition (换版衔接): field by field, so that nothing that was filled in is lost.

The same rule serves an applicant whose draft meets a newer edition, an office that moves its running cases, and a case that
is passed on to another organ.

A case holds its answers in two places: ``form``, what the present edition asks; ``kept``, what was typed and does not stand
there as it was typed. :func:`answers` joins them, and :func:`carry` never changes what it gives. Where an edition can read an
answer only in another shape (a table that has lost a column), the form holds the shape and ``kept`` the original, so that the
way back restores it. Whoever answers anew puts the new answer in place of both: :func:`superseded`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tongban.offers.catalogue.rules.form import FieldSpec, FieldType, Form, check, check_form, field_of
from tongban.offers.catalogue.rules.guide import Guide, Requirement
from tongban.standards.text import msg


class Fate(StrEnum):
    """What becomes of an answer or a material (衔接结果)."""

    SAME = "same"  # asked as before
    CHANGED = "changed"  # asked in other words, the answer still fits
    UNFIT = "unfit"  # asked, but the answer no longer fits: kept beside, to be answered anew
    DROPPED = "dropped"  # no longer asked: kept beside
    BACK = "back"  # asked again, and what was kept beside comes back
    NEW = "new"  # asked now, not before


FATE_LABELS = {
    Fate.SAME: msg("照旧"),
    Fate.CHANGED: msg("问法变了，内容照旧"),
    Fate.UNFIT: msg("不再符合要求，需要重填"),
    Fate.DROPPED: msg("不再要求，内容留存"),
    Fate.BACK: msg("重新要求，以前填的已带回"),
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


def answers(form: Mapping[str, object], kept: Mapping[str, object]) -> dict[str, object]:
    """Every answer that a case holds (全部填写内容), each as it was typed."""
    return {**form, **kept}


def superseded(
    before: Mapping[str, object], after: Mapping[str, object], kept: Mapping[str, object]
) -> dict[str, object]:
    """What stays beside a form that was filled in further (留存内容): an answer given anew takes the kept one's place."""
    return {key: value for key, value in kept.items() if after.get(key) == before.get(key)}


def carry(
    old: Guide,
    new: Guide,
    *,
    form: Mapping[str, object],
    kept: Mapping[str, object],
    attached: Collection[str],
    running: bool = False,
    waived: Collection[str] = (),
) -> Carried:
    """Carry answers and materials over (衔接): what fits is taken along, what does not is kept beside.

    An answer kept beside earlier comes back where the new edition asks for it again. ``running``: the case was submitted, so
    its form holds only what is asked in its situation; a draft keeps what is hidden. ``waived``: targets that nobody has to
    give, because the platform knows or verifies them, or a commitment stands for them.
    """
    given = answers(form, kept)
    fitting = {key: value for key, value in _fitting(new.form, given).items() if value is not None}
    asked = frozenset(new.form.asked(fitting) if running else new.form.by_key())
    held = {key: value for key, value in fitting.items() if key in asked}
    beside = {key: value for key, value in given.items() if key not in held or held[key] != value}
    lines = _fields(old.form, new.form, given, held, asked, waived)
    return Carried(held, beside, (*lines, *_materials(old, new, held, attached, waived)))


def fit(field: FieldSpec, value: object) -> object | None:
    """An answer as ``field`` holds it (可用内容), or None where it does not take it. Of a table the columns that it has."""
    if field.type is FieldType.ROWS and isinstance(value, list):
        columns = {column.key for column in field.columns}
        value = [
            {key: cell for key, cell in row.items() if key in columns} if isinstance(row, Mapping) else row
            for row in value
        ]
    clean, wrong = check({field.key: field}, {field.key: value}, complete=False)
    return None if wrong else clean.get(field.key)


def _fitting(form: Form, given: Mapping[str, object]) -> dict[str, object | None]:
    return {key: fit(field, given[key]) for key, field in form.by_key().items() if key in given}


def _fields(
    old: Form,
    new: Form,
    given: Mapping[str, object],
    held: Mapping[str, object],
    asked: Collection[str],
    waived: Collection[str],
) -> list[Line]:
    before, after = old.by_key(), new.by_key()
    whens = (old.conditions(), new.conditions())
    lacking = {field_of(key) for key in check_form(new, new.heard(held))[1]}
    lines: list[Line] = []
    for key in dict.fromkeys((*before, *after)):
        target = f"field:{key}"
        if key not in asked:
            if key in given:
                lines.append(Line(target, (after.get(key) or before[key]).label, Fate.DROPPED))
            continue
        missing = key in lacking and target not in waived
        if key in given and key not in held:
            fate = Fate.UNFIT
        elif key not in before:
            fate = Fate.BACK if key in held else Fate.NEW
        else:
            as_before = before[key] == after[key] and whens[0][key] == whens[1][key]
            fate = Fate.SAME if as_before and held.get(key) == given.get(key) else Fate.CHANGED
        lines.append(Line(target, after[key].label, fate, missing))
    return lines


def _materials(
    old: Guide, new: Guide, form: Mapping[str, object], attached: Collection[str], waived: Collection[str]
) -> list[Line]:
    before = {material.key: material for material in old.materials}
    wanted = {material.key: material for material in new.materials_for(form)}
    lines = [
        Line(
            f"material:{key}",
            material.name,
            Fate.NEW if key not in before else Fate.SAME if before[key] == material else Fate.CHANGED,
            material.requirement is Requirement.REQUIRED
            and key not in attached
            and f"material:{key}" not in waived,
        )
        for key, material in wanted.items()
    ]
    names = before | {material.key: material for material in new.materials}
    gone = [key for key in sorted(attached) if key not in wanted]
    return [
        *lines,
        *(Line(f"material:{key}", names[key].name if key in names else key, Fate.DROPPED) for key in gone),
    ]
