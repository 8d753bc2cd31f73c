"""Who may read a responsibility report (责任认定报告权限): the applicant, the head of an organ that took part, whoever supervises the place."""

from tongban.base.actor import Actor, ActorKind
from tongban.standards.text import msg
from tongban.work.cases.access import Standing

_HEAD, _SUPERVISOR, _GOVERNOR = "head", "supervisor", "governor"


def may_read(actor: Actor, case: Standing, organs: frozenset[object] = frozenset()) -> tuple[bool, str]:
    """Whether ``actor``, who may see the case, may read its report (能否查看责任认定报告), and why not.

    ``organs``: further organs that took part in it. An official reads of colleagues' responsibility only as their superior.
    """
    if actor.kind is ActorKind.SYSTEM or (actor.party_id is not None and actor.party_id == case.party_id):
        return True, ""
    heads = actor.organs_as(_HEAD)
    areas = actor.areas_as(_SUPERVISOR, _GOVERNOR)
    if case.organ_id in heads or heads & organs or any(case.place.startswith(area) for area in areas):
        return True, ""
    return False, msg("责任认定报告由申请人本人、机关负责人和督查人员查看。")
