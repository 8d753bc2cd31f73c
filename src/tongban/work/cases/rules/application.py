"""What an application must hold (申请内容), and what may be asked of it: the edition's demands and nothing else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tongban.offers.catalogue.rules.form import Errors, check_form
from tongban.offers.catalogue.rules.guide import Guide, Material, Requirement
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

FIELD: Final = "field"
MATERIAL: Final = "material"
LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Demand:
    """Demand of a supplement (补正事项): on which field or material, and what is to be done."""

    target: str  # "field:<key>" or "material:<key>"
    text: str


def check_complete(
    guide: Guide, form: Mapping[str, object], attached: Collection[str], *, committed: bool = False
) -> Errors:
    """What is still missing or wrong before submission (提交检查), by ``field:…`` and ``material:…``.

    ``committed``: what the edition's commitment replaces need not be handed in (告知承诺). What may follow later (容缺后补)
    is not missing yet. Answers that a draft kept although they are not asked now are no mistake: :func:`to_submit` leaves
    them out.
    """
    clean, wrong = check_form(guide.form, to_submit(guide, form))
    errors: Errors = {f"{FIELD}:{key}": texts for key, texts in wrong.items()}
    there = {*attached, *replaced(guide, committed=committed)}
    for material in guide.materials_for(clean):
        if material.requirement is Requirement.REQUIRED and material.key not in there:
            errors[f"{MATERIAL}:{material.key}"] = [msg("请上传这份材料。")]
    return errors


def replaced(guide: Guide, *, committed: bool) -> frozenset[str]:
    """Keys of the materials that a commitment stands for (承诺代替的材料): whoever committed is not asked for them."""
    return frozenset(guide.commitment.replaces) if committed and guide.commitment else frozenset()


def still_to_come(
    guide: Guide, form: Mapping[str, object], attached: Collection[str], *, committed: bool = False
) -> tuple[Material, ...]:
    """Materials that may follow later and have not come yet (待补交的容缺材料); what was promised instead is not among them."""
    there = {*attached, *replaced(guide, committed=committed)}
    return tuple(
        material
        for material in guide.materials_for(form)
        if material.requirement is Requirement.LATER and material.key not in there
    )


def to_submit(guide: Guide, form: Mapping[str, object]) -> dict[str, object]:
    """Of a draft's answers those that are taken in (提交内容): only what the edition asks in this situation, nothing beyond."""
    return guide.form.heard(form)


def targets(guide: Guide, form: Mapping[str, object]) -> dict[str, str]:
    """Everything that a supplement may ask for (可补正范围): target -> label. Nothing beyond the guide is in it."""
    found = {f"{FIELD}:{key}": field.label for key, field in guide.form.asked(form).items()}
    found |= {f"{MATERIAL}:{material.key}": material.name for material in guide.materials_for(form)}
    return found


def check_demands(
    guide: Guide, form: Mapping[str, object], demands: Sequence[Demand], *, held: Collection[str] = ()
) -> Errors:
    """What is wrong with a supplement notice (补正告知检查): outside the guide, held by the platform, empty, or the same twice.

    ``held``: targets that the platform already knows or can verify, which nobody may be asked for.
    """
    allowed = targets(guide, form)
    errors: Errors = {}
    if not demands:
        errors["demands"] = [msg("请至少选一处需要补正的内容，并写明要怎么补。")]
    for demand in demands:
        if demand.target not in allowed:
            errors.setdefault(demand.target, []).append(msg("办事指南没有要求这一项，不能要求申请人补正。"))
        elif demand.target in held:
            errors.setdefault(demand.target, []).append(
                msg("这一项平台已经掌握或者能够核验，不能要求申请人再交。")
            )
        _, problem = check_note(demand.text)
        if problem:
            errors.setdefault(demand.target, []).extend(problem)
    if len({demand.target for demand in demands}) != len(demands):
        errors.setdefault("demands", []).append(msg("同一处内容只列一次。"))
    return errors


def check_note(text: str, *, required: bool = True) -> tuple[str, list[str]]:
    """A note typed by staff or applicant (说明文字): (clean text, problems)."""
    try:
        clean = plaintext.clean(text, limit=LONGEST_NOTE, multiline=True)
    except BadCode as error:
        return text, [Message(error.message, error.params)]
    if required and not clean:
        return clean, [msg("请填写这一项。")]
    return clean, []


def open_materials(
    guide: Guide, form: Mapping[str, object], attached: Collection[str], demanded: Collection[str]
) -> set[str]:
    """Materials that may be handed in during a supplement (补正可交材料): those demanded, and any that changed answers now require."""
    required = {m.key for m in guide.materials_for(form) if m.requirement is Requirement.REQUIRED}
    return {material.key for material in guide.materials if f"{MATERIAL}:{material.key}" in demanded} | (
        required - set(attached)
    )


def open_fields(guide: Guide, demanded: Collection[str]) -> set[str]:
    """Fields that may be filled in during a supplement (补正可填字段): those demanded, and what is asked because of their answers."""
    found = {target.partition(":")[2] for target in demanded if target.startswith(f"{FIELD}:")}
    for key, when in guide.form.conditions().items():  # a condition looks only back, so one pass finds all
        if found & set(when):
            found.add(key)
    return found


def editable(
    state_is_draft: bool, kind: Literal["field", "material"], key: str, demanded: Collection[str]
) -> bool:
    """Whether the applicant may change this part now (可改范围): all of a draft, of a supplement only what was demanded."""
    return state_is_draft or f"{kind}:{key}" in demanded
