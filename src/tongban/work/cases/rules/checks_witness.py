"""What a follow-up check must look like by the acts of its case (核查与账本对照)."""

from collections.abc import Iterable

from tongban.work.cases.rules.checks import CheckState, CheckVerb
from tongban.work.cases.rules.moves import GRANTS
from tongban.work.cases.rules.witness import Recorded

_ACT = "cases.check_"
_GRANTS = frozenset(f"cases.{verb}" for verb in GRANTS)
_FOUND = frozenset({CheckVerb.KEEP, CheckVerb.BREACH})
_ENDS = frozenset({CheckVerb.KEEP, CheckVerb.RECTIFY, CheckVerb.REVOKE})


def expected_check(acts: Iterable[Recorded]) -> dict[str, object] | None:
    """Columns of the check that the acts of its case determine (应有核查), by name; None where no act scheduled one.

    Its day stands in the act of the decision; one from before that was told is not compared.
    """
    row: dict[str, object] | None = None
    committed = False
    for recorded in acts:
        data = recorded.data
        committed = committed or "committed" in data
        if recorded.act in _GRANTS and committed:
            row = {
                "state": CheckState.SCHEDULED,
                "assignee_id": None,
                "finding": "",
                "checked_at": None,
                "rectify_by": None,
                "ended_at": None,
            } | ({"due_on": data["check_due_on"]} if "check_due_on" in data else {})
        elif recorded.act.startswith(_ACT) and row is not None:
            row |= _after(CheckVerb(recorded.act.removeprefix(_ACT)), recorded)
    return row


def _after(verb: CheckVerb, recorded: Recorded) -> dict[str, object]:
    """What one step of a check leaves in its row."""
    data = recorded.data
    found: dict[str, object] = {"state": data["check"]}
    if verb is CheckVerb.ASSIGN:
        found["assignee_id"] = data["assignee"]
    if verb in _FOUND:
        found |= {"finding": data["finding"], "checked_at": recorded.at}
    if verb is CheckVerb.BREACH:
        found["rectify_by"] = data["rectify_by"]
    if verb in _ENDS:
        found["ended_at"] = recorded.at
    return found
