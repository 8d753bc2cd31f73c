"""What the actor's departments may do now in joint handling (轮到的部门)."""

from datetime import date

from tongban.base.actor import Actor
from tongban.doors.workbench.shown import Shown, time_left
from tongban.standards.text import msg
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.joint import PartState, PartVerb, find_part
from tongban.work.cases.rules.moves import State
from tongban.work.cases.rules.special import procedures

LABELS = {
    PartVerb.OPINE: msg("提出部门意见"),
    PartVerb.PAUSE: msg("本部门进入特别程序"),
    PartVerb.UNPAUSE: msg("本部门特别程序结束"),
}
VERBS = (PartVerb.OPINE, PartVerb.PAUSE, PartVerb.UNPAUSE)


def turns(actor: Actor, case: CaseView, today: date) -> list[Shown]:
    """What the actor's departments may do now (本部门可办): for the case's page."""
    if case.state is not State.ACCEPTED:
        return []
    return [
        {
            "name": part.name,
            "act_by": part.act_by,
            "left": time_left(part.act_by, part.warn_on, today),
            "acts": [
                {"label": LABELS[verb], "url": f"/cases/{case.id}/parts/{part.key}/{verb}"}
                for verb in VERBS
                if find_part(part.state, verb) is not None
                and (verb is not PartVerb.PAUSE or procedures(case.edition.guide))
            ],
        }
        for part in case.parts
        if part.organ_id in actor.organs_as("reviewer") and part.state in (PartState.OPEN, PartState.PAUSED)
    ]
